//! What goes to the network and stands still, grouped by reason, and what people do about it; each with a reason of their own.
//!
//! The reason of a group may tell anything: in the address stands a digest of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDateTime;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::IntoParams;

use super::answer::{ROWS, redirect, rendered};
use super::rows::{self, ParcelRow, Party};
use super::visitor::{Frame, Sent, Visitor};
use super::words;
use crate::exchange::outbox::{self, NotSteered, Wish};
use crate::exchange::{local_time, sha256_hex};
use crate::http::Server;
use crate::http::deadlines::{LONG, note};
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators, NotThere};
use crate::http::query::{self, Parameters};
use crate::store::{ParcelGroup, Scope};

/// How many faults that were put apart stand here.
const FAULTS: u32 = 20;

#[derive(Template)]
#[template(path = "netwerk.html")]
struct Page {
    f: Frame,
    groups: Vec<GroupRow>,
    under_way: i64,
    holds: Vec<HoldRow>,
    /// When nothing leaves because of another release, now and to come.
    freezes: Vec<String>,
    faults: Vec<FaultRow>,
    notice: Option<String>,
    problem: Option<String>,
    may_act: bool,
}

struct GroupRow {
    link: String,
    state: &'static str,
    reason: String,
    count: i64,
    receivers: i64,
}

/// What stands still as a whole.
struct HoldRow {
    what: String,
    since: String,
    reason: String,
    /// What the form says, where a person can let it go.
    scope: Option<(&'static str, String)>,
}

/// A fault of the network that fits nothing that was sent.
struct FaultRow {
    received_at: String,
    from: Party,
    text: String,
    why: String,
}

/// What became of the form that was sent last.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Answered {
    /// How many were changed.
    #[serde(default)]
    #[param(required = false)]
    gedaan: String,
    /// How many stayed as they were.
    #[serde(default)]
    #[param(required = false)]
    mislukt: String,
}

/// What goes to the network and stands still.
#[utoipa::path(get, path = "/netwerk", tag = "dashboard", params(Answered), responses(ForOperators, BadQuery))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(answered): Parameters<Answered>,
) -> Result<Response, Problem> {
    visitor.caller.operator()?;
    let store = &server.gateway.store;
    let groups = store.parcel_groups().await?;
    let (under_way, standing): (Vec<_>, Vec<_>) = groups.iter().partition(|group| is_under_way(group));
    let faults = store.faults(None, FAULTS).await?.into_iter().map(|fault| FaultRow {
        received_at: rows::moment(fault.received_at),
        from: Party::of(&fault.zender, &|code: &str| server.naam(code)),
        text: fault.text,
        why: fault.why.unwrap_or_default(),
    });
    let page = Page {
        groups: standing.into_iter().map(group_row).collect(),
        under_way: under_way.iter().map(|group| group.count).sum(),
        holds: store.holds().await?.into_iter().map(|hold| server.hold_row(hold)).collect(),
        freezes: server.coming_freezes(),
        faults: faults.collect(),
        notice: words::done(&answered.gedaan),
        problem: words::not_done(&answered.mislukt),
        may_act: visitor.may_act(),
        f: server.frame(&visitor, "/netwerk"),
    };
    Ok(rendered(StatusCode::OK, &page))
}

impl Server {
    /// The freezes that are not over, in words.
    fn coming_freezes(&self) -> Vec<String> {
        let now = local_time(self.gateway.clock.now()).naive_local();
        let moment = |at: NaiveDateTime| at.format("%d-%m-%Y %H:%M").to_string();
        let freezes = self.gateway.releases.freezes_from(now).into_iter();
        freezes.map(|freeze| words::freeze(&moment(freeze.from), &moment(freeze.until), freeze.from <= now)).collect()
    }
}

/// What goes out by itself, without anybody looking.
pub(super) fn is_under_way(group: &ParcelGroup) -> bool {
    matches!(group.standing.as_str(), "waiting" | "sending")
}

fn group_row(group: &ParcelGroup) -> GroupRow {
    GroupRow {
        link: link(group),
        state: words::standing(&group.standing),
        reason: words::reason(group.reason.as_deref()),
        count: group.count,
        receivers: group.receivers,
    }
}

/// The page with the envelopes of this group.
pub(super) fn link(group: &ParcelGroup) -> String {
    let reason = digest(group);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("stand", &group.standing)
        .append_pair("reden", &reason)
        .finish();
    format!("/netwerk/groep?{query}")
}

fn digest(group: &ParcelGroup) -> String {
    let text = group.reason.as_deref().unwrap_or_default();
    sha256_hex(text.as_bytes()).chars().take(16).collect()
}

impl Server {
    fn hold_row(&self, hold: crate::store::Hold) -> HoldRow {
        let name = hold.scope.name().to_owned();
        let (what, may_release) = match &hold.scope {
            Scope::Netwerk => ("alles".to_owned(), false),
            Scope::Ontvanger(code) => (format!("alles aan {}", self.naam(code)), false),
            Scope::Functie(functie) => (format!("elke {functie}"), true),
            Scope::Zender(code) => (format!("alles van {}", self.naam(code)), true),
        };
        let scope = may_release.then(|| (hold.scope.word(), name));
        HoldRow { what, since: rows::moment(hold.since), reason: hold.reason, scope }
    }
}

/// Which group is looked at.
#[derive(Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Group {
    /// Where its envelopes stand.
    #[param(schema_with = standings)]
    stand: String,
    /// A digest of why.
    #[param(schema_with = reasons)]
    reden: String,
    /// The envelope before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    after: String,
    /// How many were changed.
    #[serde(default)]
    #[param(required = false)]
    gedaan: String,
    /// How many stayed as they were.
    #[serde(default)]
    #[param(required = false)]
    mislukt: String,
}

fn standings() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    query::one_of(&crate::store::ParcelState::WORDS)
}

fn reasons() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    query::text("^[0-9a-f]{16}$", "e3b0c44298fc1c14")
}

#[derive(Template)]
#[template(path = "netwerk-groep.html")]
struct GroupPage {
    f: Frame,
    state: &'static str,
    reason: String,
    count: i64,
    rows: Vec<ParcelRow>,
    next: Option<String>,
    back: String,
    notice: Option<String>,
    problem: Option<String>,
    may_act: bool,
}

/// The envelopes that stand still for one reason.
#[utoipa::path(
    get,
    path = "/netwerk/groep",
    tag = "dashboard",
    params(Group),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn group(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(asked): Parameters<Group>,
) -> Result<Response, Problem> {
    visitor.caller.operator()?;
    let store = &server.gateway.store;
    let groups = store.parcel_groups().await?;
    let is_asked = |group: &&ParcelGroup| group.standing == asked.stand && digest(group) == asked.reden;
    let Some(group) = groups.iter().find(is_asked) else {
        // The last of them was dealt with.
        return Ok(redirect(&format!("/netwerk?gedaan={}&mislukt={}", asked.gedaan, asked.mislukt)));
    };
    let after = Some(asked.after.as_str()).filter(|after| !after.is_empty());
    let found = store.parcels_of_group(group, after, ROWS).await?;
    let naam = |code: &str| server.naam(code);
    let is_full = found.len() == ROWS as usize;
    let page = GroupPage {
        state: words::standing(&group.standing),
        reason: words::reason(group.reason.as_deref()),
        count: group.count,
        rows: found.iter().map(|view| ParcelRow::of(view, &naam)).collect(),
        next: found.last().filter(|_| is_full).map(|last| format!("{}&after={}", link(group), last.referentienummer)),
        back: link(group),
        notice: words::done(&asked.gedaan),
        problem: words::not_done(&asked.mislukt),
        may_act: visitor.may_act(),
        f: server.frame(&visitor, "/netwerk"),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// Sends envelopes again, holds them, lets them go or gives them up.
#[utoipa::path(
    post,
    path = "/netwerk",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the page, which tells how many were changed"),
        (status = 403, description = "Not from this session, or not an operator; a page"),
        (status = 422, description = "The reason is not as it should be; a page"),
    )
)]
pub(in crate::http) async fn act(State(server): State<Arc<Server>>, sent: Sent) -> Result<Response, Problem> {
    let who = sent.visitor.keeper()?.name;
    sent.visitor.caller.operator()?;
    let reason = note("reden", sent.field("reden"), LONG)?;
    let (mut done, mut failed) = (0, 0);
    let mut count = |result: Result<usize, NotSteered>| match result {
        Ok(changed) => {
            done += changed;
            Ok(())
        }
        Err(NotSteered::Store(error)) => Err(Problem::Store(error)),
        Err(NotSteered::NotFound | NotSteered::Busy | NotSteered::NotNow(_)) => {
            failed += 1;
            Ok(())
        }
    };
    if let Some(scope) = Scope::from_words(sent.field("soort"), sent.field("naam")) {
        count(outbox::release(&scope, (who, &reason), &server.gateway).await.map(|anew| anew.max(1)))?;
    }
    let wish = match sent.field("doe") {
        "vasthouden" => Wish::Hold,
        "vrijgeven" => Wish::Release,
        "opgeven" => Wish::GiveUp,
        _ => Wish::Requeue,
    };
    for number in sent.all("id") {
        count(outbox::steer(number, wish, (who, &reason), &server.gateway).await.map(|_| 1))?;
    }
    let back = sent.back();
    let join = if back.contains('?') { '&' } else { '?' };
    Ok(redirect(&format!("{back}{join}gedaan={done}&mislukt={failed}")))
}
