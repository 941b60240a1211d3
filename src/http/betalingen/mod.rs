//! `/v1/betalingen`: what a gemeente pays its aanbieders, in batches under a kenmerk that it chooses. Names no client.

mod export;
mod json;
pub(super) mod not_paid;
mod pain001;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::berichten::{Page, PageQuery};
use super::deadlines::{LONG, note};
use super::declaraties::LINES;
use super::error::Problem;
use super::object::{Content, Object};
use super::openapi::{BadBatch, BadPayment, BadQuery, BadWithdrawal, ForGemeenten, NoOrder, NotThere};
use super::query::{self, Parameters};
use super::{Caller, Server};
use crate::api::ToPay;
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value;
use crate::domain::money::betaling::Kenmerk;
use crate::exchange::pay::{NotPaid, make, paid, withdraw};
use crate::store::{BetalingView, LineQuery};
pub(super) use json::{BetalingJson, Payment, PaymentJson, payments};

/// The calls about payments.
pub(super) fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(put, one))
        .routes(routes!(csv))
        .routes(routes!(pain001))
        .routes(routes!(betaald))
        .routes(routes!(intrekken))
}

/// The batch that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Named {
    /// Chosen by the gemeente: 1 to 35 letters, digits, spaces and `-?:().,'+`, the first a letter or a digit.
    #[param(example = "2026-06")]
    name: String,
}

/// Whose batches are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// CBS code of the gemeente. An operator has to say; a gemeente has no others than its own.
    #[param(schema_with = query::gemeente)]
    gemeente: Option<String>,
}

/// Which batches are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// CBS code; an operator sees those of all gemeenten when nothing is said.
    #[param(schema_with = query::gemeente)]
    gemeente: Option<String>,
    /// What the page before gave as `next`.
    #[param(schema_with = key)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A gemeente and a kenmerk.
fn key() -> RefOr<Schema> {
    query::text("^[0-9]{4}/.{1,35}$", "0384/2026-06")
}

/// That the bank paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Paid {
    /// The day of payment.
    day: NaiveDate,
}

/// That a batch is not to be paid after all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToWithdraw {
    /// Why, up to 500 characters. No Bsn.
    reason: String,
}

/// Makes a batch of what is payable, or gives the one that is there.
///
/// It takes every answered declaratie of the gemeente with something payable that stands in no batch yet, and makes one amount
/// of it for each aanbieder: credits are set off. An aanbieder of whom no more was granted than taken back, or whose amount is
/// more than one SEPA transfer can be, stays for a later batch (`left_out`). What is in a batch does not change any more. The
/// same kenmerk with the same body gives the same batch; with another body, or after the batch was withdrawn, it is refused. An
/// empty body asks for all, to be paid today.
#[utoipa::path(
    put,
    path = "/v1/betalingen/{name}",
    tag = "betalingen",
    params(Named),
    request_body(content = Option<ToPay>, example = json!({"execution_date": "2026-06-30"})),
    responses(
        (status = 201, description = "The batch that was made", body = BetalingJson),
        (status = 200, description = "The batch that was there", body = BetalingJson),
        BadBatch
    )
)]
pub(super) async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { name }): Path<Named>,
    asked: Result<Option<Object<ToPay>>, Problem>,
) -> Result<Response, Problem> {
    let person = caller.of_gemeente()?;
    let kenmerk = Kenmerk::from_text(&name).ok_or(Problem::Kenmerk)?;
    let asked = asked?.map(|Object(asked)| asked).unwrap_or_default();
    let is_aanbieder = |code: &String| Partij::from_text(code).is_some_and(|partij| !partij.is_gemeente());
    if !asked.aanbieder.as_ref().is_none_or(is_aanbieder) {
        return Err(Problem::Body("aanbieder: geef de AGB-code van 8 cijfers, of laat het veld weg.".to_owned()));
    }
    let (betaling, is_new) = make(kenmerk, asked.into(), person, &server.gateway).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(BetalingJson::from(betaling))).into_response())
}

/// Lists batches, the newest first.
///
/// Each with its declaraties and the days on which these are due. A due date on a day on which banks do not work does not
/// shift: have it paid before.
#[utoipa::path(
    get,
    path = "/v1/betalingen",
    tag = "betalingen",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<BetalingJson>), BadQuery, ForGemeenten)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<BetalingJson>>, Problem> {
    let gemeente = caller.gemeente(filter.gemeente.as_deref())?;
    let page = PageQuery { after: filter.after, limit: filter.limit };
    server.check_batch(gemeente.as_ref(), page.after.as_deref()).await?;
    let found = server.gateway.store.betalingen(gemeente.as_ref(), page.after.as_deref(), page.limit()).await?;
    let items = found.into_iter().map(BetalingJson::from).collect();
    Ok(Json(Page::of(items, page.limit(), |one: &BetalingJson| &one.key)))
}

/// A batch that a path names, of the gemeente whose it is.
pub(super) struct NamedBatch {
    server: Arc<Server>,
    gemeente: Partij,
    name: String,
}

impl FromRequestParts<Arc<Server>> for NamedBatch {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, server).await.map_err(Problem::into_response)?;
        let named = Path::from_request_parts(parts, server).await;
        let Path(Named { name }) = named.map_err(PathRejection::into_response)?;
        let whose = Parameters::<Whose>::from_request_parts(parts, server).await;
        let Parameters(whose) = whose.map_err(Problem::into_response)?;
        let gemeente = caller.one_gemeente("gemeente", whose.gemeente.as_deref()).map_err(Problem::into_response)?;
        Ok(Self { server: Arc::clone(server), gemeente, name })
    }
}

/// Gives one batch.
#[utoipa::path(
    get,
    path = "/v1/betalingen/{name}",
    tag = "betalingen",
    params(Named, Whose),
    responses((status = 200, description = "The batch", body = BetalingJson), NotThere, BadQuery, ForGemeenten)
)]
pub(super) async fn one(batch: NamedBatch) -> Result<Json<BetalingJson>, Problem> {
    Ok(Json(batch.server.betaling(&batch.gemeente, &batch.name).await?.into()))
}

/// Gives the lines that a batch pays as CSV.
#[utoipa::path(
    get,
    path = "/v1/betalingen/{name}/csv",
    tag = "betalingen",
    params(Named, Whose),
    responses(
        (status = 200, description = "A row for each line", body = String, content_type = "text/csv"),
        NotThere,
        BadQuery,
        ForGemeenten
    )
)]
pub(super) async fn csv(batch: NamedBatch) -> Result<Response, Problem> {
    batch.server.betaling_csv(&batch.gemeente, &batch.name).await
}

/// Gives a batch as an order to a bank: a draft of SEPA credit transfers (pain.001.001.09), one for each payee.
///
/// The accounts are those of the settings (`[[rekening]]`). Downloads of one batch are the same, byte for byte. Of a batch that
/// was withdrawn there is none.
#[utoipa::path(
    get,
    path = "/v1/betalingen/{name}/pain001",
    tag = "betalingen",
    params(Named, Whose),
    responses(
        (status = 200, description = "The order", body = String, content_type = "application/xml"),
        NotThere,
        BadQuery,
        NoOrder,
        ForGemeenten
    )
)]
pub(super) async fn pain001(batch: NamedBatch) -> Result<Response, Problem> {
    batch.server.betaling_pain001(&batch.gemeente, &batch.name).await
}

/// Tells that the bank paid a batch, and on which day.
///
/// The clocks `betaling` on its declaraties stop, met or late by that day, and open claims become less. Telling it again with
/// the same day changes nothing.
#[utoipa::path(
    post,
    path = "/v1/betalingen/{name}/betaald",
    tag = "betalingen",
    params(Named),
    request_body(content = Paid, example = json!({"day": "2026-06-30"})),
    responses((status = 200, description = "The batch", body = BetalingJson), NotThere, BadPayment)
)]
pub(super) async fn betaald(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { name }): Path<Named>,
    body: Result<Object<Paid>, Problem>,
) -> Result<Json<BetalingJson>, Problem> {
    let person = caller.of_gemeente()?;
    let Object(Paid { day }) = body?;
    let kenmerk = Kenmerk::from_text(&name).ok_or(Problem::NotFound)?;
    Ok(Json(paid(kenmerk, day, person, &server.gateway).await?.into()))
}

/// Withdraws a batch that is not paid.
///
/// What stands in it is payable again, in a batch under another kenmerk; this one stays to be seen, and has no order to a bank
/// any more. Withdraw it before the bank has its order, or once the bank was told not to carry it out. Withdrawing it again
/// changes nothing.
#[utoipa::path(
    post,
    path = "/v1/betalingen/{name}/intrekken",
    tag = "betalingen",
    params(Named),
    request_body(content = ToWithdraw, example = json!({"reason": "De rekening van de aanbieder klopt niet."})),
    responses((status = 200, description = "The batch", body = BetalingJson), NotThere, BadWithdrawal)
)]
pub(super) async fn intrekken(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { name }): Path<Named>,
    body: Result<Object<ToWithdraw>, Problem>,
) -> Result<Json<BetalingJson>, Problem> {
    let person = caller.of_gemeente()?;
    let Object(ToWithdraw { reason }) = body?;
    let reason = note("reason", &reason, LONG)?;
    let kenmerk = Kenmerk::from_text(&name).ok_or(Problem::NotFound)?;
    Ok(Json(withdraw(kenmerk, reason, person, &server.gateway).await?.into()))
}

impl Content for ToPay {
    const EXPECTED: &str = "Stuur JSON: {} voor alles wat te betalen is, of met \"aanbieder\" (AGB-code) en \"execution_date\" (als 2026-06-30).";
}

impl Content for Paid {
    const EXPECTED: &str = "Stuur JSON met de dag van betaling, als {\"day\": \"2026-06-30\"}.";
}

impl Content for ToWithdraw {
    const EXPECTED: &str = "Stuur JSON met \"reason\": waarom de betaling wordt ingetrokken.";
}

impl Server {
    /// Whether this is a batch that a page may begin after.
    async fn check_batch(&self, gemeente: Option<&Partij>, key: Option<&str>) -> Result<(), Problem> {
        let Some((of, kenmerk)) = key.and_then(|key| key.split_once('/')) else { return Ok(()) };
        let of = Partij::from_text(of).filter(|of| gemeente.is_none_or(|gemeente| gemeente == of));
        let found = match of {
            Some(of) => self.betaling(&of, kenmerk).await.map(drop),
            None => Err(Problem::NotFound),
        };
        found.map_err(|problem| if matches!(problem, Problem::NotFound) { query::no_such_page() } else { problem })
    }

    async fn betaling(&self, gemeente: &Partij, kenmerk: &str) -> Result<BetalingView, Problem> {
        let kenmerk = Kenmerk::from_text(kenmerk).ok_or(Problem::NotFound)?;
        self.gateway.store.betaling(gemeente, &kenmerk).await?.ok_or(Problem::NotFound)
    }

    pub(super) async fn betaling_csv(&self, gemeente: &Partij, kenmerk: &str) -> Result<Response, Problem> {
        let betaling = self.betaling(gemeente, kenmerk).await?;
        // What is in a batch does not change, so that pages of lines fit together.
        let mut table = export::table();
        for one in &betaling.declaraties {
            let mut query = LineQuery::default();
            loop {
                let lines = self.gateway.store.declaratie_lines(&one.id, Some(gemeente), query, LINES).await?;
                let Some(last) = lines.last() else { break };
                query.after = last.line;
                export::add_lines(&mut table, &betaling.kenmerk, one, &lines);
            }
        }
        let headers =
            [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=betaling.csv")];
        Ok((headers, table).into_response())
    }

    pub(super) async fn betaling_pain001(&self, gemeente: &Partij, kenmerk: &str) -> Result<Response, Problem> {
        let betaling = self.betaling(gemeente, kenmerk).await?;
        if let Some(withdrawn) = betaling.withdrawn {
            return Err(NotPaid::Withdrawn(withdrawn).into());
        }
        let order = pain001::pain001(&betaling, &self.rekeningen).map_err(Problem::NoAccount)?;
        let headers = [(CONTENT_TYPE, "application/xml"), (CONTENT_DISPOSITION, "attachment; filename=pain001.xml")];
        Ok((headers, order).into_response())
    }
}
