//! `/v1/deadlines`: what is due and what is overdue, and what people do about it.

pub(super) mod bulk;
pub(super) mod keep_error;
pub(super) mod spoed;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::berichten::{Page, PageQuery};
use super::error::Problem;
use super::object::{Content, Object};
use super::openapi::{BadDeadline, BadOpening, BadQuery, ForCallers, NotThere};
use super::query::{self, Parameters, unfit};
use super::{Caller, Server};
use crate::api::DeadlineJson;
use crate::domain::Partij;
use crate::domain::berichten::notitie::{Notitie, Unfit};
use crate::domain::berichten::waarde::{ToewijzingNummer, Value as _};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Profile;
use crate::domain::money::betaling::Kenmerk;
use crate::exchange::keep::{self, OpeningAsked, Taking};
use crate::store::{DeadlineQuery, DeadlineState};

/// The longest reference or name, in characters.
pub(super) const SHORT: usize = 100;
/// The longest reason, in characters.
pub(super) const LONG: usize = 500;

/// Which deadlines are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// The kind, as in `retour` or `ondersteuningsplan`.
    #[param(schema_with = clock)]
    clock: Option<String>,
    /// Those between this gemeente or aanbieder and another.
    #[param(schema_with = query::partij)]
    partij: Option<String>,
    /// Who took it on, by the name that was told.
    #[param(max_length = 100)]
    owner: Option<String>,
    /// Due on or after this day.
    #[serde(rename = "dueFrom", alias = "due_from")]
    due_from: Option<NaiveDate>,
    /// One or several; open, due-soon and overdue when nothing is said.
    #[param(style = Form, explode = false, schema_with = states)]
    state: Option<String>,
    /// Due on or before this day.
    #[serde(rename = "dueBy", alias = "due_by")]
    due_by: Option<NaiveDate>,
    /// What the page before gave as `next`.
    #[param(schema_with = query::cursor)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Lists deadlines, the earliest due first.
#[utoipa::path(
    get,
    path = "/v1/deadlines",
    tag = "deadlines",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<DeadlineJson>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<DeadlineJson>>, Problem> {
    if let Some(clock) = filter.clock.as_deref() {
        check_clock(clock, &server.gateway.profile)?;
    }
    let states = filter.state.as_deref().unwrap_or("open,due-soon,overdue").split(',').filter_map(state).collect();
    let store = &server.gateway.store;
    if let Some(id) = filter.after.as_deref()
        && store.deadline(id, caller.scope()).await?.is_none()
    {
        return Err(query::no_such_page());
    }
    let query = DeadlineQuery {
        partij: caller.scope().cloned(),
        with: filter.partij.as_deref().and_then(Partij::from_text),
        clock: filter.clock,
        owner: filter.owner,
        states,
        due_from: filter.due_from,
        due_by: filter.due_by,
    };
    let page = PageQuery { after: filter.after, limit: filter.limit };
    let found = store.deadlines(&query, page.after.as_deref(), page.limit()).await?;
    let items = found.into_iter().map(DeadlineJson::from).collect();
    Ok(Json(Page::of(items, page.limit(), |deadline: &DeadlineJson| &deadline.id)))
}

/// What a deadline is opened with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToOpen {
    /// Chosen by who opens it: the same one again gives the same deadline. 1 to 35 letters, digits, spaces and `-?:().,'+`.
    name: String,
    /// The term, as in `ondersteuningsplan`, or the agreement when that has one term, as in `MLW-18`.
    clock: String,
    /// CBS code.
    gemeente: String,
    /// AGB code; may be left out where the term binds the gemeente.
    aanbieder: Option<String>,
    /// The day from which it counts: counting starts the day after.
    from: NaiveDate,
    /// The toewijzing that it is about.
    #[schema(minimum = 0, maximum = 999_999_999)]
    toewijzing_nummer: Option<i64>,
    /// How the parties know it, up to 100 characters. No Bsn.
    referentie: Option<String>,
}

/// That what was awaited was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Finished {
    /// The day on which it was done: from the day from which it counts, up to today.
    day: NaiveDate,
    /// What was done, up to 500 characters; stands in the audit log. No Bsn.
    reason: Option<String>,
}

/// Who takes a deadline on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acknowledge {
    /// Who looks after it, up to 100 characters.
    owner: String,
    /// What is going on, up to 500 characters. No Bsn.
    reason: String,
    /// The last day, after which it is nobody's again; absent: until it is answered.
    until: Option<NaiveDate>,
}

/// The deadline that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Named {
    /// As in the list.
    #[param(example = "019cb7f4-7a80-7000-8000-5b1f0c2d9e12")]
    id: String,
}

/// Opens a deadline that no bericht starts, or gives the one that is there.
///
/// One of its parties opens it, or an operator. Which terms there are, how long they run and whom they bind comes with the
/// profile; a term that the profile lacks is refused with the names of those that it has. The same name with the same
/// content gives the same deadline; with another content it is refused.
#[utoipa::path(
    post,
    path = "/v1/deadlines",
    tag = "deadlines",
    request_body(
        content = ToOpen,
        example = json!({"name": "plan-2018-112", "clock": "MLW-18", "gemeente": "0988", "aanbieder": "41005001",
            "from": "2018-04-03", "toewijzing_nummer": 880_101, "referentie": "brief 2018-112"})
    ),
    responses(
        (status = 201, description = "The deadline that was opened", body = DeadlineJson),
        (status = 200, description = "The deadline that was there", body = DeadlineJson),
        BadOpening
    )
)]
pub(super) async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Object(asked): Object<ToOpen>,
) -> Result<Response, Problem> {
    let (view, is_new) = keep::open(asked.wanted()?, caller.keeper(), &server.gateway).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(DeadlineJson::from(view))).into_response())
}

/// Tells that what a person opened a deadline for was done, and on which day.
///
/// The deadline is met or late by that day. Telling it again with the same day changes nothing. What a bericht started, a
/// bericht stops.
#[utoipa::path(
    post,
    path = "/v1/deadlines/{id}/gereed",
    tag = "deadlines",
    params(Named),
    request_body(content = Finished, example = json!({"day": "2018-04-16"})),
    responses((status = 200, description = "The deadline", body = DeadlineJson), NotThere, BadDeadline)
)]
pub(super) async fn gereed(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { id }): Path<Named>,
    Object(finished): Object<Finished>,
) -> Result<Json<DeadlineJson>, Problem> {
    Ok(Json(keep::finish(&id, finished.checked()?, caller.keeper(), &server.gateway).await?.into()))
}

/// Takes a deadline on: who looks after it, and what is going on.
///
/// It stays open or overdue until it is answered. After the day of `until` it is nobody's again. Of several who take it on the last one counts: so it is handed over. Each stands
/// in the audit log, with who had it before.
#[utoipa::path(
    post,
    path = "/v1/deadlines/{id}/acknowledge",
    tag = "deadlines",
    params(Named),
    request_body(
        content = Acknowledge,
        example = json!({"owner": "Team Wmo, A. de Boer", "reason": "De aanbieder stuurt het bericht deze week."})
    ),
    responses((status = 200, description = "The deadline", body = DeadlineJson), NotThere, BadDeadline)
)]
pub(super) async fn acknowledge(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { id }): Path<Named>,
    Object(taken): Object<Acknowledge>,
) -> Result<Json<DeadlineJson>, Problem> {
    Ok(Json(keep::acknowledge(&id, taken.checked()?, caller.keeper(), &server.gateway).await?.into()))
}

impl Acknowledge {
    /// Who, why, and until when.
    fn checked(&self) -> Result<Taking, Problem> {
        let (owner, reason) = (note("owner", &self.owner, SHORT)?, note("reason", &self.reason, LONG)?);
        Ok(Taking { owner, reason, until: self.until })
    }
}

impl Finished {
    /// When, and what.
    fn checked(&self) -> Result<(NaiveDate, Option<String>), Problem> {
        let reason = self.reason.as_deref().map(|reason| note("reason", reason, LONG));
        Ok((self.day, reason.transpose()?))
    }
}

/// That nobody needs to wait.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Waive {
    /// Why, up to 500 characters. No Bsn.
    reason: String,
    /// The last day that it holds; absent: for good.
    until: Option<NaiveDate>,
}

/// Says that nobody needs to wait for this: for good, or until and including a day.
///
/// Whoever waits says so, or an operator; not the party whose turn it is. It stands in the audit log. After the day the deadline
/// is open or overdue again. An answer that comes all the same is kept as met or late. Saying the same again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/deadlines/{id}/waive",
    tag = "deadlines",
    params(Named),
    request_body(
        content = Waive,
        example = json!({"reason": "De client is verhuisd; er komt geen antwoord meer.", "until": "2026-12-31"})
    ),
    responses((status = 200, description = "The deadline", body = DeadlineJson), NotThere, BadDeadline)
)]
pub(super) async fn waive(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { id }): Path<Named>,
    Object(waive): Object<Waive>,
) -> Result<Json<DeadlineJson>, Problem> {
    Ok(Json(keep::waive(&id, waive.checked()?, caller.keeper(), &server.gateway).await?.into()))
}

impl Waive {
    /// Why, and until when.
    fn checked(&self) -> Result<(String, Option<NaiveDate>), Problem> {
        Ok((note("reason", &self.reason, LONG)?, self.until))
    }
}

impl Content for Waive {
    const EXPECTED: &str = "Stuur JSON met \"reason\" (waarom niemand hoeft te wachten) en zo nodig \"until\" (de laatste dag, als 2026-12-31).";
}

impl Content for ToOpen {
    const EXPECTED: &str = "Stuur JSON met \"name\", \"clock\" (als ondersteuningsplan of MLW-18), \"gemeente\" (CBS-code) en \"from\" (als \
        2018-04-03), en waar dat past \"aanbieder\" (AGB-code), \"toewijzing_nummer\" en \"referentie\".";
}

impl Content for Finished {
    const EXPECTED: &str = "Stuur JSON met de dag waarop het gereed was, als {\"day\": \"2018-04-16\"}.";
}

impl Content for Acknowledge {
    const EXPECTED: &str = "Stuur JSON met \"owner\" (wie de termijn bewaakt), \"reason\" (wat er speelt) en zo nodig \"until\" (de laatste dag, als 2026-12-31).";
}

impl ToOpen {
    fn wanted(self) -> Result<OpeningAsked, Problem> {
        Ok(OpeningAsked {
            kenmerk: Kenmerk::from_text(&self.name).ok_or(Problem::Kenmerk)?,
            clock: self.clock,
            gemeente: gemeente(&self.gemeente)?,
            aanbieder: self.aanbieder.as_deref().map(aanbieder).transpose()?,
            vanaf: self.from,
            toewijzing_nummer: self.toewijzing_nummer.map(toewijzing_nummer).transpose()?,
            referentie: self.referentie.map(|text| note("referentie", &text, SHORT)).transpose()?,
        })
    }
}

fn gemeente(code: &str) -> Result<Partij, Problem> {
    let wrong = || Problem::Body("gemeente: geef de CBS-code van 4 cijfers.".to_owned());
    Partij::from_text(code).filter(Partij::is_gemeente).ok_or_else(wrong)
}

fn aanbieder(code: &str) -> Result<Partij, Problem> {
    let wrong = || Problem::Body("aanbieder: geef de AGB-code van 8 cijfers.".to_owned());
    Partij::from_text(code).filter(|partij| !partij.is_gemeente()).ok_or_else(wrong)
}

fn toewijzing_nummer(nummer: i64) -> Result<ToewijzingNummer, Problem> {
    let wrong = || Problem::Body("toewijzing_nummer: geef een getal van 0 tot en met 999999999.".to_owned());
    (0..=999_999_999).contains(&nummer).then_some(ToewijzingNummer(nummer)).ok_or_else(wrong)
}

/// A text that people write, of at most so many characters.
///
/// # Errors
/// It is empty or longer, or holds what may be a Bsn.
pub(super) fn note(field: &str, text: &str, longest: usize) -> Result<String, Problem> {
    Notitie::from_text(text, longest).map(Notitie::into_text).map_err(|why| {
        Problem::Body(match why {
            Unfit::Length => format!("{field}: schrijf 1 tot {longest} tekens."),
            Unfit::Bsn => format!("{field}: hier staat iets wat een BSN kan zijn. Verwijs zonder BSN naar de client."),
        })
    })
}

const STATES: [DeadlineState; 7] = [
    DeadlineState::Open,
    DeadlineState::DueSoon,
    DeadlineState::Overdue,
    DeadlineState::Met,
    DeadlineState::Late,
    DeadlineState::Waived,
    DeadlineState::Void,
];

fn clock() -> RefOr<Schema> {
    query::text("^[a-z0-9-]{1,40}$", "retour")
}

/// A kind that nobody knows would give an empty list, and who watches that would never hear a thing.
fn check_clock(clock: &str, profile: &Profile) -> Result<(), Problem> {
    let kinds = DeadlineKind::ALL.map(DeadlineKind::name);
    let known: Vec<&str> = kinds.into_iter().chain(profile.plain.iter().map(|term| term.name.as_str())).collect();
    if known.contains(&clock) { Ok(()) } else { Err(unfit("clock", &format!("kies uit {}.", known.join(", ")))) }
}

fn states() -> RefOr<Schema> {
    query::some_of(&STATES.map(DeadlineState::name))
}

fn state(name: &str) -> Option<DeadlineState> {
    STATES.into_iter().find(|state| state.name() == name)
}
