//! Berichten by what is known of them: `POST /v1/berichten/zoek`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::berichten::{BerichtJson, Page};
use super::error::Problem;
use super::filter::{behind, first_of, is_retourcode, typed};
use super::object::{Content, Object};
use super::openapi::{BadSearch, ForCallers};
use super::uitleg::MOST_OF_MANY;
use super::{Caller, Server};
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Bsn, Value as _};
use crate::store::{BerichtQuery, Look, Stage};

/// What is known of the berichten that are asked for. All that is said must hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BerichtenSearch)]
pub(super) struct Known {
    /// Of a client in it: 9 digits.
    bsn: Option<String>,
    identificatie: Option<String>,
    toewijzing_nummer: Option<i64>,
    /// Sender in the header, by its code.
    afzender: Option<String>,
    /// Receiver in the header, by its code.
    ontvanger: Option<String>,
    /// As in `WMO305`.
    berichtsoort: Option<String>,
    /// Among what was found.
    retourcode: Option<String>,
    /// That came in on or after this day.
    van: Option<NaiveDate>,
    /// That came in on or before this day.
    tot: Option<NaiveDate>,
    /// How far they came on their way, as in `accepted`.
    state: Option<String>,
    /// What the page before gave as `next`.
    after: Option<String>,
    /// How many there are on a page, at most 200; 50 when nothing is said.
    limit: Option<u32>,
}

impl Content for Known {
    const EXPECTED: &'static str =
        "Stuur JSON met wat u weet, als {\"toewijzing_nummer\": 700101} of {\"bsn\": \"…\"}; zie /docs.";
}

impl Known {
    fn query(&self, caller: &Caller) -> Result<BerichtQuery, Problem> {
        let state = self.state.as_deref().map(|word| Stage::from_word(word).ok_or_else(|| no_state(word)));
        let bsn = self.bsn.as_deref().map(|text| Bsn::from_text(&typed(text)).ok_or_else(no_bsn));
        let (code, soort) =
            ("geef een gemeentecode van 4 of een AGB-code van 8 cijfers", "geef drie cijfers na WMO, als WMO305");
        Ok(BerichtQuery {
            partij: caller.scope().cloned(),
            bsn: bsn.transpose()?,
            identificatie: self.identificatie.as_deref().map(typed),
            toewijzing_nummer: self.toewijzing_nummer,
            afzender: fit(("afzender", self.afzender.as_deref()), code, |text| Partij::from_text(text).is_some())?,
            ontvanger: fit(("ontvanger", self.ontvanger.as_deref()), code, |text| Partij::from_text(text).is_some())?,
            berichtsoort: fit(("berichtsoort", self.berichtsoort.as_deref()), soort, is_soort)?,
            retourcode: fit(
                ("retourcode", self.retourcode.as_deref()),
                "geef vier tekens, als 9019 of S329",
                is_retourcode,
            )?,
            transport: state.transpose()?,
            from_id: self.van.map(first_of),
            before_id: self.tot.map(behind),
            ..BerichtQuery::default()
        })
    }
}

/// What was said of this name, as it was typed; a value that cannot be would find nothing, and nobody would see why.
fn fit(
    (name, said): (&str, Option<&str>),
    expected: &str,
    fits: impl FnOnce(&str) -> bool,
) -> Result<Option<String>, Problem> {
    let Some(text) = said.map(typed) else { return Ok(None) };
    if fits(&text) { Ok(Some(text)) } else { Err(Problem::Body(format!("{name}: {expected}."))) }
}

fn is_soort(text: &str) -> bool {
    let number = text.strip_prefix("WMO").unwrap_or_default();
    number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn no_state(_: &str) -> Problem {
    Problem::Body(format!("state: kies uit {}.", Stage::WORDS.join(", ")))
}

fn no_bsn() -> Problem {
    Problem::Body("bsn: geef de 9 cijfers.".to_owned())
}

/// Finds berichten by what is known of them, the newest first. The search is kept in the audit log, not what was asked.
#[utoipa::path(
    post,
    path = "/v1/berichten/zoek",
    tag = "berichten",
    request_body(content = Known, example = json!({"toewijzing_nummer": 700_101, "berichtsoort": "WMO305"})),
    responses((status = 200, description = "A page", body = Page<BerichtJson>), BadSearch, ForCallers)
)]
pub(super) async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Object(known): Object<Known>,
) -> Result<Json<Page<BerichtJson>>, Problem> {
    let query = known.query(&caller)?;
    let limit = known.limit.unwrap_or(50).clamp(1, 200);
    let store = &server.gateway.store;
    let look = Look {
        at: server.gateway.clock.now(),
        who: caller.name().to_owned(),
        what: "berichten.searched",
        bericht_id: None,
        detail: "{}".to_owned(),
    };
    store.keep_look(&look).await?;
    let found = store.find_berichten(&query, known.after.as_deref(), limit).await?;
    let items = found.into_iter().map(|view| BerichtJson::of(view, &caller, MOST_OF_MANY)).collect();
    Ok(Json(Page::of(items, limit, |bericht: &BerichtJson| bericht.id())))
}
