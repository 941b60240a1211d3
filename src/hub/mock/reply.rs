//! What goes back to who sent something, and how that looks on the wire.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::response::{Html, IntoResponse, Response};

use super::line::Scissors;

/// What goes back.
pub(super) enum Reply {
    /// Bv03.
    Confirmed(Vec<u8>),
    /// A SOAP fault with Fo03.
    Refused(Vec<u8>),
    /// 503.
    Unavailable { retry_after: Option<u64> },
    /// 500 without StUF.
    ServerError,
    /// 200 with HTML.
    WebPage,
    /// This status with HTML.
    Status(u16),
    /// No answer: the connection closes.
    Cut,
    /// No answer, ever.
    Hang,
    /// Bv03, of which half goes out.
    Half(Vec<u8>),
    /// Bv03, a byte a second.
    Drip(Vec<u8>),
    /// Bv03, once what is due was sent.
    AfterActing(Vec<u8>),
}

/// On the wire.
pub(super) fn answer(reply: Reply, scissors: Option<Extension<ConnectInfo<Scissors>>>) -> Response {
    const PAGE: &str = "<!doctype html><title>Onderhoud</title>";
    let xml = [(CONTENT_TYPE, "text/xml; charset=utf-8")];
    match reply {
        Reply::Confirmed(answer) => (xml, answer).into_response(),
        Reply::Refused(answer) => (StatusCode::INTERNAL_SERVER_ERROR, xml, answer).into_response(),
        Reply::Unavailable { retry_after: None } => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Reply::Unavailable { retry_after: Some(seconds) } => {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Reply::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "kapot, op bestelling\n").into_response(),
        Reply::WebPage => Html(PAGE).into_response(),
        Reply::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, [(LOCATION, "/")], Html(PAGE)).into_response()
        }
        Reply::Half(answer) => {
            let half = Bytes::copy_from_slice(&answer[..answer.len() / 2]);
            let parts = [Ok(half), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
            let length = [(CONTENT_LENGTH, answer.len().to_string())];
            (xml, length, Body::from_stream(futures_util::stream::iter(parts))).into_response()
        }
        Reply::Drip(answer) => {
            let length = [(CONTENT_LENGTH, answer.len().to_string())];
            let drops = futures_util::stream::unfold(answer.into_iter(), async |mut rest| {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                let drop = rest.next()?;
                Some((Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(&[drop])), rest))
            });
            (xml, length, Body::from_stream(drops)).into_response()
        }
        Reply::Hang | Reply::AfterActing(_) | Reply::Cut => {
            if let Some(Extension(ConnectInfo(scissors))) = scissors {
                scissors.cut();
            }
            (StatusCode::INTERNAL_SERVER_ERROR, "zonder antwoord, op bestelling\n").into_response()
        }
    }
}
