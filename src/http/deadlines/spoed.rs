//! `/v1/toewijzingen/…/spoed`: support begins on a written order of the gemeente (MLW-12b), until that is taken back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LONG, SHORT, aanbieder, gemeente, note, toewijzing_nummer};
use crate::api::WithdrawnJson;
use crate::domain::Timestamp;
use crate::exchange::keep::{SpoedAsked, record_spoed, withdraw_spoed};
use crate::http::error::Problem;
use crate::http::object::{Content, Object};
use crate::http::openapi::{BadSpoed, BadSpoedWithdrawal};
use crate::http::{Caller, Server};
use crate::store::Spoed;

/// The order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SpoedOrder {
    /// AGB code of who was ordered to begin.
    aanbieder: String,
    /// The day of the order.
    day: NaiveDate,
    /// Where the order is, up to 100 characters. No Bsn.
    referentie: String,
}

/// An order as it is kept.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SpoedJson {
    gemeente: String,
    aanbieder: String,
    toewijzing_nummer: i64,
    /// The day of the order.
    day: NaiveDate,
    referentie: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// By whom, by the name of the credential.
    recorded_by: String,
    /// That it was taken back.
    withdrawn: Option<WithdrawnJson>,
}

/// An order to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct OrderToWithdraw {
    /// AGB code of who was ordered to begin.
    aanbieder: String,
    /// Why, up to 500 characters. No Bsn.
    reason: String,
}

/// Tells that support on a toewijzing begins on a written order: its clock `start-na-toewijzing` does not run.
///
/// The gemeente says so, or an operator. The toewijzing need not be there yet. A clock that runs becomes void; one that was
/// answered stays as it is. Telling it again changes nothing, and another order is refused: take the first one back.
#[utoipa::path(
    put,
    path = "/v1/toewijzingen/{gemeente}/{nummer}/spoed",
    tag = "toewijzingen",
    params(
        ("gemeente" = String, Path, description = "CBS code, 4 digits", example = "0988"),
        ("nummer" = i64, Path, description = "ToewijzingNummer", example = 880_101),
    ),
    request_body(
        content = SpoedOrder,
        example = json!({"aanbieder": "41005001", "day": "2018-04-03", "referentie": "brief 2018-112"})
    ),
    responses((status = 200, description = "The order, as it is kept", body = SpoedJson), BadSpoed)
)]
pub(in crate::http) async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path((code, nummer)): Path<(String, String)>,
    Object(order): Object<SpoedOrder>,
) -> Result<Json<SpoedJson>, Problem> {
    let asked = SpoedAsked {
        gemeente: gemeente(&code)?,
        aanbieder: aanbieder(&order.aanbieder)?,
        toewijzing_nummer: toewijzing_nummer(nummer.parse().map_err(|_| Problem::NotFound)?)?,
        dag: order.day,
        referentie: note("referentie", &order.referentie, SHORT)?,
    };
    Ok(Json(record_spoed(asked, caller.keeper(), &server.gateway).await?.into()))
}

/// Takes a written order back: how soon support begins after the toewijzing is watched again.
///
/// The gemeente says so, or an operator. Its clock `start-na-toewijzing` runs again with the day on which it was due: overdue when
/// that is past, met or late when a start was reported meanwhile. The order stays in the audit log, and another one may be told.
#[utoipa::path(
    post,
    path = "/v1/toewijzingen/{gemeente}/{nummer}/spoed/intrekken",
    tag = "toewijzingen",
    params(
        ("gemeente" = String, Path, description = "CBS code, 4 digits", example = "0988"),
        ("nummer" = i64, Path, description = "ToewijzingNummer", example = 880_101),
    ),
    request_body(
        content = OrderToWithdraw,
        example = json!({"aanbieder": "41005001", "reason": "De opdracht was voor een andere client."})
    ),
    responses((status = 200, description = "The order, as it was kept", body = SpoedJson), BadSpoedWithdrawal)
)]
pub(in crate::http) async fn intrekken(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path((code, nummer)): Path<(String, String)>,
    Object(order): Object<OrderToWithdraw>,
) -> Result<Json<SpoedJson>, Problem> {
    let nummer = toewijzing_nummer(nummer.parse().map_err(|_| Problem::NotFound)?)?;
    let named = (gemeente(&code)?, aanbieder(&order.aanbieder)?, nummer);
    let reason = note("reason", &order.reason, LONG)?;
    let (spoed, withdrawn) = withdraw_spoed(named, reason, caller.keeper(), &server.gateway).await?;
    Ok(Json(SpoedJson { withdrawn: Some(withdrawn.into()), ..spoed.into() }))
}

impl Content for SpoedOrder {
    const EXPECTED: &str = "Stuur JSON met \"aanbieder\" (AGB-code), \"day\" (van de schriftelijke opdracht, als 2018-04-03) en \"referentie\" \
        (waar die te vinden is).";
}

impl Content for OrderToWithdraw {
    const EXPECTED: &str =
        "Stuur JSON met \"aanbieder\" (AGB-code) en \"reason\": waarom de schriftelijke opdracht wordt ingetrokken.";
}

impl From<Spoed> for SpoedJson {
    fn from(spoed: Spoed) -> Self {
        Self {
            gemeente: spoed.gemeente.code().to_owned(),
            aanbieder: spoed.aanbieder.code().to_owned(),
            toewijzing_nummer: spoed.toewijzing_nummer.0,
            day: spoed.dag,
            referentie: spoed.referentie,
            recorded_at: spoed.at,
            recorded_by: spoed.by,
            withdrawn: None,
        }
    }
}
