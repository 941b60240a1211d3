//! `/v1/toewijzingen`: where a toewijzing stands, with all that happened to it, and those on which nothing started yet.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::berichten::{BerichtJson, Page, ROWS};
use super::error::Problem;
use super::openapi::{BadQuery, ForCallers, NotThere};
use super::query::{self, Parameters};
use super::uitleg::MOST_OF_MANY;
use super::{Caller, Server};
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::waarde::Value;
use crate::domain::facts::history::{ToewijzingFact, VerzoekFact};
use crate::domain::money::stand::{Declared, LeveringStand, ToewijzingStand, VerzoekStand};
use crate::domain::{Partij, Timestamp};
use crate::store::{DeliveryView, RefusedToewijzing, ToewijzingView, VersionView, WaitingKey, WaitingToewijzing};

/// Gives one toewijzing: where it stands and all that happened to it.
#[utoipa::path(
    get,
    path = "/v1/toewijzingen/{gemeente}/{nummer}",
    tag = "toewijzingen",
    params(
        ("gemeente" = String, Path, description = "CBS code, 4 digits", example = "0384"),
        ("nummer" = i64, Path, description = "ToewijzingNummer", example = 700_101),
    ),
    responses((status = 200, description = "The toewijzing", body = ToewijzingJson), NotThere, ForCallers)
)]
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path((gemeente, nummer)): Path<(String, String)>,
) -> Result<Json<ToewijzingJson>, Problem> {
    let found = find(&server, &gemeente, &nummer, caller.scope()).await?;
    let today = server.gateway.clock.today();
    found.map(|view| Json(ToewijzingJson::of(view, today, &caller))).ok_or(Problem::NotFound)
}

/// The toewijzing that a path names.
///
/// # Errors
/// The store failed.
pub(super) async fn find(
    server: &Server,
    gemeente: &str,
    nummer: &str,
    partij: Option<&Partij>,
) -> Result<Option<ToewijzingView>, Problem> {
    let gemeente = Partij::from_text(gemeente).filter(Partij::is_gemeente);
    let Some((gemeente, nummer)) = gemeente.zip(nummer.parse().ok()) else { return Ok(None) };
    Ok(server.gateway.store.toewijzing(&gemeente, nummer, partij).await?)
}

/// Lists the toewijzingen on which no support started yet, by aanbieder.
#[utoipa::path(
    get,
    path = "/v1/toewijzingen/wachtend",
    tag = "toewijzingen",
    params(WaitingQuery),
    responses((status = 200, description = "By aanbieder", body = Page<WaitingJson>), BadQuery, ForCallers)
)]
pub(super) async fn waiting(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(WaitingQuery { after, limit }): Parameters<WaitingQuery>,
) -> Result<Json<Page<WaitingJson>>, Problem> {
    let today = server.gateway.clock.today();
    let after = after.as_deref().map(|text| key_of(text).ok_or_else(query::no_such_page)).transpose()?;
    let limit = limit.unwrap_or(ROWS);
    let (store, scope) = (&server.gateway.store, caller.scope());
    let found = store.toewijzingen_without_start(scope, today, after.as_ref(), limit).await?;
    let items = found.into_iter().map(|view| WaitingJson::of(view, today)).collect();
    Ok(Json(Page::of(items, limit, |one: &WaitingJson| &one.key)))
}

/// Which of those that wait.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitingQuery {
    /// What the page before gave as `next`.
    #[param(schema_with = key)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Lists the toewijzingen of which the aanbieder refused the last version, the newest first.
///
/// One stays here until the gemeente sends another version.
#[utoipa::path(
    get,
    path = "/v1/toewijzingen/afgewezen",
    tag = "toewijzingen",
    params(RefusedQuery),
    responses((status = 200, description = "A page", body = Page<RefusedJson>), BadQuery, ForCallers)
)]
pub(super) async fn refused(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(RefusedQuery { after, limit }): Parameters<RefusedQuery>,
) -> Result<Json<Page<RefusedJson>>, Problem> {
    let after = after.as_deref().and_then(|text| text.split_once('/'));
    let after = after.and_then(|(bericht, nummer)| Some((bericht, nummer.parse().ok()?)));
    let limit = limit.unwrap_or(ROWS);
    let found = server.gateway.store.refused_toewijzingen(caller.scope(), after, limit).await?;
    let items = found.into_iter().map(RefusedJson::from).collect();
    Ok(Json(Page::of(items, limit, |one: &RefusedJson| &one.key)))
}

/// Which of those that were refused.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RefusedQuery {
    /// What the page before gave as `next`.
    #[param(schema_with = refused_key)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

pub(super) fn refused_key() -> RefOr<Schema> {
    query::text("^[0-9a-f-]{36}/[0-9]{1,9}$", "019cb7f4-7a80-7000-8000-5b1f0c2d9e11/700101")
}

/// A toewijzing that its aanbieder refused, as the API gives it.
#[derive(Serialize, ToSchema)]
pub(super) struct RefusedJson {
    #[serde(skip)]
    key: String,
    gemeente: String,
    aanbieder: String,
    toewijzing_nummer: i64,
    /// The 301 that brought it.
    bericht: String,
    /// The 302 that refused it, with the retourcodes.
    retour: Option<String>,
}

impl From<RefusedToewijzing> for RefusedJson {
    fn from(view: RefusedToewijzing) -> Self {
        Self {
            key: format!("{}/{}", view.bericht_id, view.toewijzing_nummer),
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
            toewijzing_nummer: view.toewijzing_nummer,
            bericht: view.bericht_id,
            retour: view.retour_id,
        }
    }
}

fn key() -> RefOr<Schema> {
    query::text("^[0-9]{8}/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{1,9}/[0-9]{4}$", "41005001/2026-03-02/700101/0384")
}

fn key_of(text: &str) -> Option<WaitingKey> {
    let [aanbieder, ingangsdatum, nummer, gemeente] = text.split('/').collect::<Vec<_>>().try_into().ok()?;
    Some(WaitingKey {
        aanbieder: aanbieder.to_owned(),
        ingangsdatum: Value::from_text(ingangsdatum)?,
        toewijzing_nummer: nummer.parse().ok()?,
        gemeente: gemeente.to_owned(),
    })
}

/// Where a toewijzing and the support on it stand.
pub(super) struct Stand {
    pub toewijzing: ToewijzingStand,
    pub levering: LeveringStand,
    /// An earlier version ended later: the gemeente shortened it.
    pub withdrawn: bool,
    pub declared: Declared,
    pub granted: Declared,
}

impl Stand {
    /// Read off from what happened.
    pub fn of(view: &ToewijzingView, today: NaiveDate) -> Self {
        let current = current(view);
        let starts: Vec<_> = view.starts.iter().filter(|one| one.is_live()).map(|one| &one.key).collect();
        let stops: Vec<_> = view.stops.iter().filter(|one| one.is_live()).map(|one| &one.key).collect();
        let ends_later = |one: &VersionView| match (one.fact.einddatum, current.fact.einddatum) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(one), Some(last)) => one > last,
        };
        let decided = |fact: &ToewijzingFact| (fact.toewijzingsdatum, fact.toewijzingstijd.clone());
        let is_earlier = |one: &&VersionView| !one.refused && decided(&one.fact) < decided(&current.fact);
        Self {
            toewijzing: ToewijzingStand::of(&current.fact, (current.refused, is_confirmed(view, current)), today),
            levering: LeveringStand::of(&starts, &stops),
            withdrawn: view.versions.iter().filter(is_earlier).any(ends_later),
            declared: Declared::asked(&view.prestaties),
            granted: Declared::granted(&view.prestaties),
        }
    }
}

/// The version that holds: the one decided last (IV013), refused ones aside as long as there are others.
pub(super) fn current(view: &ToewijzingView) -> &VersionView {
    let decided = |one: &&VersionView| (!one.refused, one.fact.toewijzingsdatum, one.fact.toewijzingstijd.clone());
    view.versions.iter().max_by_key(decided).expect("a toewijzing has a version")
}

/// Whether any 301 that brought this decision was accepted.
fn is_confirmed(view: &ToewijzingView, current: &VersionView) -> bool {
    let is_same = |one: &&VersionView| {
        one.fact.toewijzingsdatum == current.fact.toewijzingsdatum
            && one.fact.toewijzingstijd == current.fact.toewijzingstijd
    };
    view.versions.iter().filter(is_same).any(|one| one.confirmed)
}

/// A toewijzing, as the API gives it. Nothing of its client.
#[derive(Serialize, ToSchema)]
pub(super) struct ToewijzingJson {
    gemeente: String,
    aanbieder: String,
    toewijzing_nummer: i64,
    /// `sent`, `planned`, `running`, `ended`, `removed`, or `refused` by the aanbieder.
    state: &'static str,
    /// A later version ended it sooner.
    withdrawn: bool,
    /// `not-started`, `started`, `paused` or `stopped`.
    delivery: &'static str,
    /// The version that holds.
    current: VersionJson,
    /// All that came, in that order.
    versions: Vec<VersionJson>,
    starts: Vec<StartJson>,
    stops: Vec<StopJson>,
    verzoeken: Vec<VerzoekJson>,
    declared: DeclaredJson,
    granted: DeclaredJson,
    /// The berichten about it, oldest first, each with its clocks and transport.
    timeline: Vec<BerichtJson>,
}

#[derive(Serialize, ToSchema)]
struct VersionJson {
    toewijzingsdatum: NaiveDate,
    toewijzingstijd: String,
    ingangsdatum: NaiveDate,
    einddatum: Option<NaiveDate>,
    product_categorie: Option<String>,
    product_code: Option<String>,
    volume: Option<i64>,
    eenheid: Option<String>,
    frequentie: Option<String>,
    /// In euro cents.
    budget: Option<i64>,
    referentie_aanbieder: Option<String>,
    removes: bool,
    /// `waiting`, `confirmed` or `refused`, by the aanbieder.
    answer: &'static str,
    bericht: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct StartJson {
    begindatum: NaiveDate,
    live: bool,
    bericht: String,
    removed_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct StopJson {
    begindatum: NaiveDate,
    einddatum: NaiveDate,
    reden_beeindiging: String,
    live: bool,
    bericht: String,
    removed_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct VerzoekJson {
    referentie_aanbieder: String,
    berichtsoort: &'static str,
    /// `open`, `in-research`, `honoured` or `rejected`.
    state: &'static str,
    bericht: String,
}

/// What was declared: debet less credit.
#[derive(Serialize, ToSchema)]
struct DeclaredJson {
    lines: usize,
    volume: i128,
    /// In euro cents.
    bedrag: i128,
}

/// A toewijzing on which nothing started yet, as the API gives it.
#[derive(Serialize, ToSchema)]
pub(super) struct WaitingJson {
    #[serde(skip)]
    key: String,
    aanbieder: String,
    gemeente: String,
    toewijzing_nummer: i64,
    ingangsdatum: NaiveDate,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// Since its first day; 0 when that is still to come.
    days_waiting: i64,
}

impl WaitingJson {
    fn of(view: WaitingToewijzing, today: NaiveDate) -> Self {
        let WaitingKey { aanbieder, ingangsdatum, toewijzing_nummer, gemeente } = view.key();
        Self {
            key: format!("{aanbieder}/{ingangsdatum}/{toewijzing_nummer}/{gemeente}"),
            days_waiting: days_waiting(&view, today),
            aanbieder: view.aanbieder,
            gemeente: view.gemeente,
            toewijzing_nummer: view.toewijzing_nummer,
            ingangsdatum: view.ingangsdatum,
            received_at: view.received_at,
        }
    }
}

/// How many days ago support was to begin.
pub(super) fn days_waiting(view: &WaitingToewijzing, today: NaiveDate) -> i64 {
    today.signed_duration_since(view.ingangsdatum).num_days().max(0)
}

impl ToewijzingJson {
    fn of(view: ToewijzingView, today: NaiveDate, caller: &Caller) -> Self {
        let stand = Stand::of(&view, today);
        let declared = |sum: Declared| DeclaredJson { lines: sum.lines, volume: sum.volume, bedrag: sum.bedrag };
        Self {
            state: stand.toewijzing.name(),
            withdrawn: stand.withdrawn,
            delivery: stand.levering.name(),
            current: VersionJson::of(current(&view)),
            versions: view.versions.iter().map(VersionJson::of).collect(),
            starts: view.starts.iter().map(StartJson::of).collect(),
            stops: view.stops.iter().map(StopJson::of).collect(),
            verzoeken: view.verzoeken.iter().map(VerzoekJson::of).collect(),
            declared: declared(stand.declared),
            granted: declared(stand.granted),
            timeline: view.berichten.into_iter().map(|view| BerichtJson::of(view, caller, MOST_OF_MANY)).collect(),
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
            toewijzing_nummer: view.toewijzing_nummer,
        }
    }
}

impl StartJson {
    fn of(view: &DeliveryView<StartKey>) -> Self {
        Self {
            begindatum: view.key.begindatum,
            live: view.is_live(),
            bericht: view.bericht_id.clone(),
            removed_by: view.removed_by.clone(),
        }
    }
}

impl StopJson {
    fn of(view: &DeliveryView<StopKey>) -> Self {
        Self {
            begindatum: view.key.start.begindatum,
            einddatum: view.key.einddatum,
            reden_beeindiging: view.key.reden_beeindiging.clone(),
            live: view.is_live(),
            bericht: view.bericht_id.clone(),
            removed_by: view.removed_by.clone(),
        }
    }
}

impl VersionJson {
    fn of(view: &VersionView) -> Self {
        let fact = &view.fact;
        let (product, omvang) = (fact.product.as_ref(), fact.omvang.as_ref());
        Self {
            toewijzingsdatum: fact.toewijzingsdatum,
            toewijzingstijd: fact.toewijzingstijd.to_text(),
            ingangsdatum: fact.ingangsdatum,
            einddatum: fact.einddatum,
            product_categorie: product.map(|product| product.categorie.to_string()),
            product_code: product.and_then(|product| product.code.as_ref()).map(ToString::to_string),
            volume: omvang.map(|omvang| omvang.volume),
            eenheid: omvang.map(|omvang| omvang.eenheid.to_text()),
            frequentie: omvang.map(|omvang| omvang.frequentie.to_text()),
            budget: fact.budget,
            referentie_aanbieder: fact.referentie_aanbieder.clone(),
            removes: fact.verwijderd,
            answer: match (view.refused, view.confirmed) {
                (true, _) => "refused",
                (false, true) => "confirmed",
                (false, false) => "waiting",
            },
            bericht: view.bericht_id.clone(),
            received_at: fact.received_at,
        }
    }
}

impl VerzoekJson {
    fn of(fact: &VerzoekFact) -> Self {
        Self {
            referentie_aanbieder: fact.referentie_aanbieder.clone(),
            berichtsoort: fact.soort.name(),
            state: VerzoekStand::of(fact).name(),
            bericht: fact.bericht_id.clone(),
        }
    }
}
