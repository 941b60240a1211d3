//! A bericht is looked at on a page: dropped as a file or pasted, and nothing of it is kept. Who is logged in for a party may hand
//! it in as well, and begin with a bericht of its own that was not right.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use super::answer::{redirect, rendered};
use super::visitor::{Frame, Sent, Visitor};
use crate::api::report::Report;
use crate::exchange::receive::receive;
use crate::exchange::{Carrier, Format, Received, Reply};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{ForOperators, NotThere};
use crate::http::uitleg::page_of;
use crate::size::HUGE_BYTES;
use crate::store::Look;

/// The largest bericht that stands in the form again, in bytes.
const SHOWN_BYTES: usize = 200_000;

#[derive(Template)]
#[template(path = "controleer.html")]
struct Page {
    f: Frame,
    report: Option<Report>,
    /// Whether it may be handed in here: by who acts for a party.
    may_hand_in: bool,
    /// What stands in the form already.
    text: String,
}

/// The page that takes a bericht.
#[utoipa::path(get, path = "/controleer", tag = "dashboard", responses(ForOperators))]
pub(in crate::http) async fn page(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    server.controleer_html(&visitor, None, String::new())
}

/// What the button says that is to be done with it.
enum Wish<'s> {
    /// Look at it.
    Check,
    /// Take it in, as posted by the party that is logged in.
    HandIn,
    /// Put the bericht with this id in the form.
    Correct(&'s str),
}

impl<'s> Wish<'s> {
    fn of(sent: &'s Sent) -> Self {
        match sent.field("doe") {
            "indienen" => Self::HandIn,
            "verbeteren" => Self::Correct(sent.field("van")),
            _ => Self::Check,
        }
    }
}

/// The report, of which nothing is kept; or hands the bericht in; or shows one that is to be corrected.
#[utoipa::path(
    post,
    path = "/controleer",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What was found", body = String, content_type = "text/html"),
        (status = 303, description = "Handed in: to the page of the bericht, which says what became of it"),
        (status = 403, description = "Not from this session, or not for a party; a page"),
        (status = 422, description = "Too large to be handed in or shown here; a page"),
        NotThere
    )
)]
pub(in crate::http) async fn check(State(server): State<Arc<Server>>, sent: Sent) -> Result<Response, Problem> {
    match Wish::of(&sent) {
        Wish::Check => server.checked(&sent).await,
        Wish::HandIn => server.handed_in(&sent).await,
        Wish::Correct(id) => server.to_correct(id, &sent.visitor).await,
    }
}

fn too_large() -> Problem {
    Problem::Body("Dit bericht is te groot voor deze pagina. Verbeter en stuur het met uw eigen software.".to_owned())
}

impl Server {
    fn controleer_html(&self, visitor: &Visitor, report: Option<Report>, text: String) -> Response {
        let may_hand_in = visitor.may_act() && !visitor.is_operator();
        let f = self.frame(visitor, "/controleer");
        rendered(StatusCode::OK, &Page { f, report, may_hand_in, text })
    }

    async fn checked(&self, sent: &Sent) -> Result<Response, Problem> {
        let text = sent.field("bericht");
        let looked = self.look_at(Bytes::from(text.to_owned())).await?;
        let kind = (looked.berichtsoort, looked.release);
        let report = Report::of(sent.field("bestand"), kind, looked.verdict, &looked.findings, page_of);
        // Only who may go on with it gets it back.
        let is_shown = !sent.visitor.is_operator() && text.len() <= SHOWN_BYTES;
        let text = if is_shown { text.to_owned() } else { String::new() };
        Ok(self.controleer_html(&sent.visitor, Some(report), text))
    }

    /// Goes the way of `POST /v1/berichten`. What is not taken in has a page as well.
    async fn handed_in(&self, sent: &Sent) -> Result<Response, Problem> {
        let by = sent.visitor.keeper()?.name.to_owned();
        let partij = sent.visitor.caller.partij()?.clone();
        let bytes = Bytes::from(sent.field("bericht").to_owned());
        // Larger ones take turns, over the API.
        let most = self.max_bericht_bytes.min(HUGE_BYTES);
        if bytes.len() > most {
            return Err(too_large());
        }
        let carrier = Carrier::Api { partij, by, force: false };
        let received = Received::new(bytes, Format::Xml, self.gateway.clock.now(), carrier);
        let (Reply::Recorded(receipt) | Reply::Repeated(receipt) | Reply::Refused(_, receipt)) =
            receive(&received, &self.gateway).await?;
        Ok(redirect(&format!("/berichten/{}", receipt.id)))
    }

    /// It holds what is of a person: that somebody saw it is kept in the audit log.
    async fn to_correct(&self, id: &str, visitor: &Visitor) -> Result<Response, Problem> {
        let (store, who) = (&self.gateway.store, visitor.keeper()?.name.to_owned());
        let partij = visitor.caller.partij()?;
        let bytes = store.payload(id, Some(partij)).await?.ok_or(Problem::NotFound)?;
        if bytes.len() > SHOWN_BYTES {
            return Err(too_large());
        }
        let at = self.gateway.clock.now();
        let bericht_id = Some(id.to_owned());
        store.keep_look(&Look { at, who, what: "bericht.revealed", bericht_id, detail: "{}".to_owned() }).await?;
        Ok(self.controleer_html(visitor, None, String::from_utf8_lossy(&bytes).into_owned()))
    }
}
