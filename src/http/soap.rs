//! `/soap/ggk`: envelopes from the network, on a listener of their own.
//!
//! Who hands them over is believed as to who sent them: so only who shows a certificate of the network, or the adapters that the
//! settings name, and no browser. A certificate may speak for some parties only.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::Problem;
use super::serve::{OverTls, Peer};
use super::{Server, body};
use crate::exchange::network;
use crate::size::HUGE_BYTES;

/// An envelope is a third larger than the bericht in it, and a fault may carry a whole original.
const ENVELOPE_FACTOR: usize = 2;

/// Takes in one envelope of the network.
#[utoipa::path(
    post,
    path = "/soap/ggk",
    tag = "network",
    request_body(content = String, content_type = "text/xml", description = "StUF-GGk 2.1, in SOAP"),
    responses(
        (status = 200, description = "A Bv03: the envelope is kept", body = String, content_type = "text/xml"),
        (status = 500, description = "A SOAP fault (text/xml), with the code of StUF"),
    )
)]
pub(super) async fn receive(
    State(server): State<Arc<Server>>,
    Extension(Peer(peer)): Extension<Peer>,
    over_tls: Option<Extension<OverTls>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let is_adapter = server.adapters.is_empty() || server.adapters.contains(&peer);
    if !is_adapter || headers.contains_key(header::ORIGIN) {
        tracing::warn!(address = %peer, "refused an envelope: not an adapter of ggk.adapters, or a browser");
        return Err(Problem::NotAnAdapter);
    }
    let wanted = "Stuur een envelop in SOAP 1.1, met Content-Type: text/xml.";
    if body::media_type(&headers, wanted)? != "text/xml" {
        return Err(Problem::MediaType(wanted.to_owned()));
    }
    let limit = ENVELOPE_FACTOR * server.max_bericht_bytes;
    let whole = body::read(body, &headers, (limit, HUGE_BYTES), &server.turns).await?;
    let certificate = over_tls.and_then(|Extension(OverTls(certificate))| certificate);
    let speaks_for = certificate.and_then(|certificate| server.speaks_for(certificate.oin.as_deref()?));
    let answer = network::receive_envelope(&whole.bytes, speaks_for.as_deref(), &server.gateway).await;
    let status = if answer.is_fault { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
    Ok((status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], answer.body).into_response())
}
