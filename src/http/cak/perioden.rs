//! `/v1/cak/perioden`: of which periods of four weeks the gemeente tells the CAK the cost price of a client (MLW-16, MLW-16b).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Export, check_days};
use crate::domain::Partij;
use crate::domain::berichten::periode::cak_code;
use crate::domain::cak::{Cak, CostPeriode};
use crate::exchange::table::Cell;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForGemeenten, NotThere};
use crate::http::query::{self, Parameters};
use crate::http::{Caller, Server};

const HEADING: [&str; 7] =
    ["Bsn", "Gemeente", "CAK-periode", "Begindatum", "Einddatum", "Kostprijs (centen)", "Opmerking"];

/// Which days, and of which gemeente.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct PeriodenQuery {
    /// The first day.
    #[param(example = "2018-12-03")]
    from: NaiveDate,
    /// The last day.
    #[param(example = "2019-01-27")]
    to: NaiveDate,
    /// By its CBS code; an operator has to name one, a gemeente may leave it out.
    #[param(schema_with = query::gemeente)]
    partij: Option<String>,
}

/// Gives the periods of the CAK of which a gemeente tells the cost price, as CSV with a row for each client and period.
///
/// Those with a day of support from `from` to `to`, up to today: of clients of the new method, and from the day on which the
/// gemeente tells of everything of all clients. Who tells of a period is decided on the first day of support in it. A client
/// stands in a period once, whatever the number of products and aanbieders; a period is told as a whole, also where only a
/// part of it was asked. For the gemeente alone. Who took an export stands in the audit log.
#[utoipa::path(
    get,
    path = "/v1/cak/perioden",
    tag = "cak",
    params(PeriodenQuery),
    responses(
        (status = 200, description = "A row for each client and period", body = String, content_type = "text/csv"),
        BadQuery,
        NotThere,
        ForGemeenten
    )
)]
pub(in crate::http) async fn export(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(PeriodenQuery { from, to, partij }): Parameters<PeriodenQuery>,
) -> Result<Response, Problem> {
    let gemeente = caller.one_gemeente("partij", partij.as_deref())?;
    check_days(from, to)?;
    let profile = &server.gateway.profile;
    let cak = profile.afspraken.cak().ok_or_else(|| Problem::NothingAgreed(nothing_agreed(&profile.name)))?;
    // What is still to come is not known yet.
    let last = to.min(server.gateway.clock.today());
    let support = server.gateway.store.support(&gemeente, from, last).await?;
    let perioden = cak.cost_perioden(&support, (from, last));
    let rows = perioden.iter().map(|one| row(one, &gemeente, cak)).collect();
    server.export(Export { file: "cak-perioden.csv", heading: &HEADING, rows }, (gemeente, from, to), &caller).await
}

fn nothing_agreed(profile: &str) -> String {
    format!(
        "Onder het profiel {profile} is geen kostprijs voor het CAK afgesproken (instelling deadlines.profile). \
         Met mlw-2018 is die er wel; starts en stops geeft /v1/cak."
    )
}

fn row(one: &CostPeriode, gemeente: &Partij, cak: &Cak) -> Vec<Cell> {
    let remark = if one.method.is_some() { "" } else { UNKNOWN };
    vec![
        Cell::Plain(one.bsn.digits().to_owned()),
        Cell::Plain(gemeente.code().to_owned()),
        Cell::Plain(cak_code(one.periode.begindatum)),
        Cell::Plain(one.periode.begindatum.to_string()),
        Cell::Plain(one.periode.einddatum.to_string()),
        Cell::Number(cak.cost_price),
        Cell::Text(remark.to_owned()),
    ]
}

/// Where no product of a client is known.
const UNKNOWN: &str = "De productcode is niet bekend: controleer of deze client onder de nieuwe methode valt.";
