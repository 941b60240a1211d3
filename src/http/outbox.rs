//! `/v1/outbox`: what goes to the network, and what an operator does about it.

mod many;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::berichten::{Page, PageQuery};
use super::deadlines::{LONG, note};
use super::error::Problem;
use super::object::{Content, Object};
use super::openapi::{BadQuery, BadSteering, ForCallers, NotThere};
use super::query::{self, Parameters, unfit};
use super::{Caller, Server};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::{Partij, Timestamp};
use crate::exchange::outbox::{self, Steered, Wish};
use crate::store::{FaultView, Hold, OutboxQuery, ParcelState, ParcelView, Scope};

/// All calls about the outbox.
pub(super) fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(holds))
        .routes(routes!(faults))
        .routes(routes!(release_all))
        .routes(routes!(many::many))
        .routes(routes!(requeue))
        .routes(routes!(hold))
        .routes(routes!(release))
        .routes(routes!(give_up))
}

/// Which parcels are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// One or several; all when nothing is said.
    #[param(style = Form, explode = false, schema_with = states)]
    state: Option<String>,
    /// From or for this party, by its code.
    #[param(schema_with = query::partij)]
    partij: Option<String>,
    /// As in `WMO301`.
    #[param(schema_with = functie)]
    functie: Option<String>,
    /// What the page before gave as `next`.
    #[param(schema_with = query::cursor)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An envelope that goes to the network.
#[derive(Serialize, ToSchema)]
pub(super) struct Parcel {
    /// Its referentienummer.
    id: String,
    /// `Di01`, `Du01` or `Fo01`.
    kind: &'static str,
    /// As in `WMO301`.
    functie: String,
    /// The bericht inside, or that the fault is about.
    bericht: String,
    /// Sender on the envelope.
    zender: String,
    /// Receiver on the envelope.
    ontvanger: String,
    /// `waiting`, `sending`, `unclear`, `held`, `refused`, `stuck`, `delivered` or `given-up`.
    state: &'static str,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt: Option<Timestamp>,
    attempts: i64,
    /// Whether it may have arrived although nobody said so.
    maybe_arrived: bool,
    /// The parcel that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    /// Why the last attempt did not succeed.
    reason: Option<String>,
}

impl From<ParcelView> for Parcel {
    fn from(view: ParcelView) -> Self {
        let next_attempt = match view.state {
            ParcelState::Waiting { due_at } => Some(due_at),
            ParcelState::Unclear { due_at } => due_at,
            ParcelState::Sending { .. }
            | ParcelState::Delivered { .. }
            | ParcelState::Refused { .. }
            | ParcelState::Held
            | ParcelState::Stuck
            | ParcelState::GivenUp => None,
        };
        Self {
            kind: view.kind.name(),
            functie: view.functie,
            bericht: view.bericht_id,
            zender: view.zender,
            ontvanger: view.ontvanger,
            state: view.state.word(),
            next_attempt,
            attempts: view.attempts,
            maybe_arrived: view.maybe_arrived,
            replaced_by: view.replaced_by,
            reason: view.last_reason,
            id: view.referentienummer,
        }
    }
}

/// A parcel that was steered.
#[derive(Serialize, ToSchema)]
pub(super) struct SteeredParcel {
    #[serde(flatten)]
    parcel: Parcel,
    /// What may come of it, in Dutch.
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
}

/// What stands still as a whole.
#[derive(Serialize, ToSchema)]
pub(super) struct Standstill {
    /// `netwerk`, `ontvanger`, `functie` or `zender`.
    scope: &'static str,
    /// Which one; empty for the network.
    name: String,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Why, and what to do, in Dutch.
    reason: String,
}

impl From<Hold> for Standstill {
    fn from(hold: Hold) -> Self {
        Self { scope: hold.scope.word(), name: hold.scope.name().to_owned(), since: hold.since, reason: hold.reason }
    }
}

/// What stands still.
#[derive(Serialize, ToSchema)]
pub(super) struct Standstills {
    items: Vec<Standstill>,
}

/// A fault of the network that does not fit what was sent.
#[derive(Serialize, ToSchema)]
pub(super) struct Fault {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// Who sent it.
    zender: String,
    /// The referentienummer that it names.
    about: String,
    code: String,
    /// Code, omschrijving and details.
    text: String,
    /// Why it was put apart, in Dutch.
    why: Option<String>,
}

/// Faults, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Faults {
    items: Vec<Fault>,
}

impl From<FaultView> for Fault {
    fn from(view: FaultView) -> Self {
        let FaultView { id, received_at, zender, about, code, text, why } = view;
        Self { id, received_at, zender, about, code, text, why }
    }
}

/// Why somebody does something.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// Up to 500 characters. No Bsn.
    reason: String,
}

impl Content for Because {
    const EXPECTED: &'static str = "Stuur JSON met de reden, als {\"reason\": \"De route is hersteld.\"}.";
}

/// What to let go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LetGo {
    /// The functie that stands still, as in `WMO301`.
    functie: Option<String>,
    /// The sender that stands still, by its code.
    zender: Option<String>,
    /// Up to 500 characters. No Bsn.
    reason: String,
}

impl Content for LetGo {
    const EXPECTED: &'static str = "Stuur JSON met \"functie\" of \"zender\" en de reden, als {\"functie\": \"WMO301\", \"reason\": \"De stilstand is voorbij.\"}.";
}

/// What was let go.
#[derive(Serialize, ToSchema)]
pub(super) struct Released {
    /// How many parcels go out in a new envelope, as they were refused for it.
    sent_anew: usize,
}

/// The parcel that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Number {
    /// Its referentienummer.
    #[param(example = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a01")]
    id: String,
}

/// Lists what goes to the network, the newest first. For operators.
#[utoipa::path(
    get,
    path = "/v1/outbox",
    tag = "outbox",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<Parcel>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<Parcel>>, Problem> {
    caller.operator()?;
    let partij = |code: String| {
        let wrong = || unfit("partij", "geef de CBS-code van 4 of de AGB-code van 8 cijfers.");
        Partij::from_text(&code).ok_or_else(wrong)
    };
    let query = OutboxQuery {
        states: filter.state.as_deref().map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        partij: filter.partij.map(partij).transpose()?,
        functie: filter.functie,
    };
    let page = PageQuery { after: filter.after, limit: filter.limit };
    let found = server.gateway.store.outbox(&query, page.after.as_deref(), page.limit()).await?;
    let items = found.into_iter().map(Parcel::from).collect();
    Ok(Json(Page::of(items, page.limit(), |parcel: &Parcel| &parcel.id)))
}

fn states() -> RefOr<Schema> {
    query::some_of(&ParcelState::WORDS)
}

fn functie() -> RefOr<Schema> {
    query::text("^(WMO[0-9]{3}|Fo01)$", "WMO301")
}

/// What stands still as a whole, the oldest first: one item, whatever waits behind it. For operators.
#[utoipa::path(
    get,
    path = "/v1/outbox/holds",
    tag = "outbox",
    responses((status = 200, description = "All of it", body = Standstills), ForCallers)
)]
pub(super) async fn holds(State(server): State<Arc<Server>>, caller: Caller) -> Result<Json<Standstills>, Problem> {
    caller.operator()?;
    let items = server.gateway.store.holds().await?.into_iter().map(Standstill::from).collect();
    Ok(Json(Standstills { items }))
}

/// Faults of the network that do not fit what was sent, the newest first, at most 200. They changed nothing. For operators.
#[utoipa::path(
    get,
    path = "/v1/outbox/faults",
    tag = "outbox",
    responses((status = 200, description = "The newest", body = Faults), ForCallers)
)]
pub(super) async fn faults(State(server): State<Arc<Server>>, caller: Caller) -> Result<Json<Faults>, Problem> {
    caller.operator()?;
    let items = server.gateway.store.faults(None, 200).await?.into_iter().map(Fault::from).collect();
    Ok(Json(Faults { items }))
}

/// Lets go a functie or sender that stands still. For operators.
///
/// What waited behind it goes out; what was refused for it goes out in new envelopes.
#[utoipa::path(
    post,
    path = "/v1/outbox/release",
    tag = "outbox",
    request_body(content = LetGo, example = json!({"functie": "WMO301", "reason": "De stilstand is voorbij."})),
    responses((status = 200, description = "It is let go", body = Released), BadSteering, NotThere)
)]
pub(super) async fn release_all(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Object(asked): Object<LetGo>,
) -> Result<Json<Released>, Problem> {
    let who = caller.operator()?;
    let scope = match (asked.functie, asked.zender) {
        (Some(functie), None) => Scope::Functie(functie),
        (None, Some(zender)) => Scope::Zender(zender),
        (None, None) | (Some(_), Some(_)) => return Err(Problem::Body(LetGo::EXPECTED.to_owned())),
    };
    let reason = note("reason", &asked.reason, LONG)?;
    let sent_anew = outbox::release(&scope, (who, &reason), &server.gateway).await?;
    Ok(Json(Released { sent_anew }))
}

/// Sends a parcel again now. For operators.
///
/// The same bytes under the same referentienummer; but what a fault refused goes out in a new envelope, and the old one stays as
/// it was. `risk` tells when it may arrive twice.
#[utoipa::path(
    post,
    path = "/v1/outbox/{id}/requeue",
    tag = "outbox",
    params(Number),
    request_body(content = Because, example = json!({"reason": "De route is hersteld."})),
    responses((status = 200, description = "The parcel that goes out", body = SteeredParcel), BadSteering, NotThere)
)]
pub(super) async fn requeue(steering: Steering) -> Result<Json<SteeredParcel>, Problem> {
    steering.toward(Wish::Requeue).await
}

/// Holds a parcel: it is not sent until it is released. For operators.
#[utoipa::path(
    post,
    path = "/v1/outbox/{id}/hold",
    tag = "outbox",
    params(Number),
    request_body(content = Because, example = json!({"reason": "De aanbieder vraagt te wachten."})),
    responses((status = 200, description = "The parcel", body = SteeredParcel), BadSteering, NotThere)
)]
pub(super) async fn hold(steering: Steering) -> Result<Json<SteeredParcel>, Problem> {
    steering.toward(Wish::Hold).await
}

/// Lets a parcel go that was held. For operators.
#[utoipa::path(
    post,
    path = "/v1/outbox/{id}/release",
    tag = "outbox",
    params(Number),
    request_body(content = Because, example = json!({"reason": "De aanbieder kan weer ontvangen."})),
    responses((status = 200, description = "The parcel that goes out", body = SteeredParcel), BadSteering, NotThere)
)]
pub(super) async fn release(steering: Steering) -> Result<Json<SteeredParcel>, Problem> {
    steering.toward(Wish::Release).await
}

/// Gives a parcel up: it is never sent, and nobody waits for an answer to it. For operators.
#[utoipa::path(
    post,
    path = "/v1/outbox/{id}/give-up",
    tag = "outbox",
    params(Number),
    request_body(content = Because, example = json!({"reason": "Per telefoon afgehandeld."})),
    responses((status = 200, description = "The parcel", body = SteeredParcel), BadSteering, NotThere)
)]
pub(super) async fn give_up(steering: Steering) -> Result<Json<SteeredParcel>, Problem> {
    steering.toward(Wish::GiveUp).await
}

/// An operator who steers one parcel, and why.
pub(super) struct Steering {
    server: Arc<Server>,
    caller: Caller,
    id: String,
    because: Because,
}

impl FromRequest<Arc<Server>> for Steering {
    type Rejection = Response;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, server).await.map_err(Problem::into_response)?;
        let number = Path::from_request_parts(&mut parts, server).await;
        let Path(Number { id }) = number.map_err(PathRejection::into_response)?;
        let because = Object::from_request(Request::from_parts(parts, body), server).await;
        let Object(because) = because.map_err(Problem::into_response)?;
        Ok(Self { server: Arc::clone(server), caller, id, because })
    }
}

impl Steering {
    async fn toward(self, wish: Wish) -> Result<Json<SteeredParcel>, Problem> {
        let who = self.caller.operator()?;
        let reason = note("reason", &self.because.reason, LONG)?;
        let Steered { parcel, risk } = outbox::steer(&self.id, wish, (who, &reason), &self.server.gateway).await?;
        Ok(Json(SteeredParcel { parcel: parcel.into(), risk }))
    }
}
