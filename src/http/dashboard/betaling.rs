//! The page of payments: which batches there are, what they pay, and until when.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{ROWS, rendered};
use super::texts::{self, TEXTS, Texts};
use super::visitor::{Frame, Visitor};
use crate::domain::Partij;
use crate::domain::facts::calculation::euros;
use crate::http::Server;
use crate::http::betalingen::{BetalingJson, PaymentJson};
use crate::http::error::Problem;
use crate::http::openapi::{ForOperators, NoOrder, NotThere};

#[derive(Template)]
#[template(path = "betalingen.html")]
struct Page {
    t: &'static Texts,
    f: Frame,
    rows: Vec<BetalingRow>,
}

/// A batch for people.
struct BetalingRow {
    kenmerk: String,
    /// Where its downloads are.
    path: String,
    gemeente: String,
    uitvoerdatum: String,
    totaal: String,
    /// When it was paid, or that it was withdrawn.
    betaald: String,
    /// Whether a bank can be told to pay it.
    has_order: bool,
    payments: Vec<PaymentRow>,
}

/// What a payee gets, and which declaraties that is.
struct PaymentRow {
    aanbieder: String,
    bedrag: String,
    /// Id of each, and what it is.
    declaraties: Vec<(String, String)>,
}

/// The page of payments.
#[utoipa::path(get, path = "/betalingen", tag = "dashboard", responses(ForOperators))]
pub(in crate::http) async fn betalingen(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let chosen = visitor.scope().filter(|partij| partij.is_gemeente()).map(Partij::code);
    let gemeente = visitor.caller.gemeente(chosen)?;
    let found = server.gateway.store.betalingen(gemeente.as_ref(), None, ROWS).await?;
    let page = Page {
        t: &TEXTS,
        f: server.frame(&visitor, "/betalingen"),
        rows: found.into_iter().map(|view| server.betaling_row(&view.into())).collect(),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// The lines that a batch pays as CSV, for who is logged in.
#[utoipa::path(
    get,
    path = "/betalingen/{gemeente}/{name}/csv",
    tag = "dashboard",
    params(("gemeente" = String, Path, description = "CBS code"), ("name" = String, Path, description = "Of the batch")),
    responses(ForOperators, NotThere)
)]
pub(in crate::http) async fn csv(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((gemeente, kenmerk)): Path<(String, String)>,
) -> Result<Response, Problem> {
    server.betaling_csv(&party(&gemeente, &visitor)?, &kenmerk).await
}

/// A batch as an order to a bank (pain.001), for who is logged in.
#[utoipa::path(
    get,
    path = "/betalingen/{gemeente}/{name}/pain001",
    tag = "dashboard",
    params(("gemeente" = String, Path, description = "CBS code"), ("name" = String, Path, description = "Of the batch")),
    responses(ForOperators, NotThere, NoOrder)
)]
pub(in crate::http) async fn pain001(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((gemeente, kenmerk)): Path<(String, String)>,
) -> Result<Response, Problem> {
    server.betaling_pain001(&party(&gemeente, &visitor)?, &kenmerk).await
}

/// The gemeente with this code, whose payments this visitor may read.
fn party(code: &str, visitor: &Visitor) -> Result<Partij, Problem> {
    visitor.caller.gemeente(Some(code))?.ok_or(Problem::NotFound)
}

impl Server {
    fn betaling_row(&self, json: &BetalingJson) -> BetalingRow {
        BetalingRow {
            kenmerk: json.name.clone(),
            path: format!("/betalingen/{}", json.key),
            gemeente: self.naam(&json.gemeente),
            uitvoerdatum: texts::date(json.execution_date),
            totaal: euros(json.total.into()),
            betaald: texts::paid(json.paid_on, json.withdrawn.as_ref()),
            has_order: json.withdrawn.is_none(),
            payments: json.payments.iter().map(|one| self.payment_row(one)).collect(),
        }
    }

    fn payment_row(&self, json: &PaymentJson) -> PaymentRow {
        let declaraties = json.declaraties.iter().map(|one| {
            let bedrag = euros(one.bedrag.into());
            (one.id.clone(), texts::in_batch(&one.declaratie_nummer, &bedrag, one.due))
        });
        PaymentRow {
            aanbieder: self.naam(&json.payee),
            bedrag: euros(json.bedrag.into()),
            declaraties: declaraties.collect(),
        }
    }
}
