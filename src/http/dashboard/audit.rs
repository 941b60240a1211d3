//! What people did, the newest first. For operators.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::answer::{ROWS, rendered};
use super::rows;
use super::visitor::{Frame, Visitor};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators};
use crate::http::query::Parameters;
use crate::store::AuditView;

/// Something that somebody did.
pub(super) struct DeedRow {
    pub at: String,
    pub who: String,
    pub what: String,
    pub why: String,
    pub bericht_id: Option<String>,
}

impl DeedRow {
    pub fn of(view: &AuditView) -> Self {
        let detail: Value = serde_json::from_str(&view.detail).unwrap_or_default();
        let said = |name: &str| detail[name].as_str().map(str::to_owned);
        let why: Vec<String> =
            ["owner", "reason", "afspraak", "partner", "list"].into_iter().filter_map(said).collect();
        Self {
            at: rows::moment(view.at),
            who: view.who.clone(),
            what: deed(&view.what).to_owned(),
            why: why.join(": "),
            bericht_id: view.bericht_id.clone(),
        }
    }
}

/// What was done, in words; the word of the log for what has none.
fn deed(what: &str) -> &str {
    match what {
        "deadline.acknowledged" => "termijn opgepakt",
        "deadline.let-go" => "termijn weer vrij: de dag tot wanneer hij was opgepakt, is voorbij",
        "deadline.opened" => "termijn geopend",
        "deadline.done" => "termijn gereed gemeld",
        "deadline.waived" => "termijn gesloten",
        "parcel.sent-again" => "opnieuw verstuurd",
        "parcel.sent-anew" => "opnieuw verstuurd in een nieuwe envelop",
        "parcel.held" => "vastgehouden",
        "parcel.given-up" => "opgegeven",
        "fault.taken" => "fout van het netwerk ontvangen",
        "fault.put-apart" => "fout van het netwerk apart gezet",
        "declaratie.proposed" => "antwoord op declaratie voorgesteld",
        "declaratie.approved" => "antwoord op declaratie goedgekeurd",
        "berichten.searched" => "gezocht naar berichten",
        "client.seen" => "pagina van een cliënt bekeken",
        "client.revealed" => "BSN van een cliënt bekeken",
        "partner.contact" => "contact van een partner gewijzigd",
        "list.exported" => "lijst gedownload",
        "bericht.revealed" => "persoonsgegevens van een bericht bekeken",
        other => other,
    }
}

/// Where the list begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AuditQuery {
    /// The place before which it begins.
    #[param(minimum = 1)]
    voor: Option<i64>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    f: Frame,
    rows: Vec<DeedRow>,
    first: bool,
    next: Option<String>,
}

/// What people did, the newest first.
#[utoipa::path(get, path = "/logboek", tag = "dashboard", params(AuditQuery), responses(ForOperators, BadQuery))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(asked): Parameters<AuditQuery>,
) -> Result<Response, Problem> {
    visitor.caller.operator()?;
    let found = server.gateway.store.deeds(None, asked.voor, ROWS).await?;
    let is_full = found.len() == ROWS as usize;
    let page = Page {
        rows: found.iter().map(DeedRow::of).collect(),
        first: asked.voor.is_none(),
        next: found.last().filter(|_| is_full).map(|last| format!("/logboek?voor={}", last.seq)),
        f: server.frame(&visitor, "/logboek"),
    };
    Ok(rendered(StatusCode::OK, &page))
}
