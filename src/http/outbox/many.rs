//! `POST /v1/outbox/many`: one wish for many parcels.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::exchange::outbox::{Wish, steer_many};
use crate::http::deadlines::{LONG, note};
use crate::http::error::Problem;
use crate::http::object::{Content, Object};
use crate::http::openapi::BadSteering;
use crate::http::{Caller, Server};
use crate::store::{OutboxQuery, ParcelState};

/// What to do with which parcels.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Many {
    wish: WishJson,
    /// In this state, as in `refused`; of several, each by itself.
    #[schema(example = "refused")]
    state: String,
    /// From or for this party, by its code.
    partij: Option<String>,
    /// As in `WMO301`.
    functie: Option<String>,
    /// Whose last fault has this code, as in `IB014`.
    code: Option<String>,
    /// Up to 500 characters. No Bsn.
    reason: String,
}

/// What to do.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum WishJson {
    /// Send again now.
    Requeue,
    /// Do not send until released.
    Hold,
    /// Let go what was held.
    Release,
    /// Never send.
    GiveUp,
}

impl Content for Many {
    const EXPECTED: &'static str = "Stuur JSON met wish (requeue, hold, release of give-up), state, minstens een van partij, functie en code, en de reden, als {\"wish\": \"requeue\", \"state\": \"refused\", \"code\": \"IB010\", \"reason\": \"De route is hersteld.\"}.";
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SteeredTogether {
    /// For so many it was done.
    done: usize,
    /// Of those, so many may have arrived before: they may arrive twice.
    at_risk: usize,
    /// For so many it cannot be done as they stand now; an attempt is under way, for instance.
    left: usize,
}

/// Does the same with many parcels, by party, functie or code, the oldest first. For operators.
///
/// Each of them stands in the audit log with the reason.
#[utoipa::path(
    post,
    path = "/v1/outbox/many",
    tag = "outbox",
    request_body(
        content = Many,
        example = json!({"wish": "requeue", "state": "refused", "code": "IB010", "reason": "De route is hersteld."})
    ),
    responses((status = 200, description = "How many", body = SteeredTogether), BadSteering)
)]
pub(in crate::http) async fn many(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Object(asked): Object<Many>,
) -> Result<Json<SteeredTogether>, Problem> {
    let who = caller.operator()?;
    let wrong = || Problem::Body(Many::EXPECTED.to_owned());
    let partij = asked.partij.map(|code| Partij::from_text(&code).ok_or_else(wrong)).transpose()?;
    let is_narrow = partij.is_some() || asked.functie.is_some() || asked.code.is_some();
    if !is_narrow || !ParcelState::WORDS.contains(&asked.state.as_str()) {
        return Err(wrong());
    }
    let reason = note("reason", &asked.reason, LONG)?;
    let wish = match asked.wish {
        WishJson::Requeue => Wish::Requeue,
        WishJson::Hold => Wish::Hold,
        WishJson::Release => Wish::Release,
        WishJson::GiveUp => Wish::GiveUp,
    };
    let query = OutboxQuery { states: vec![asked.state], partij, functie: asked.functie };
    let many = steer_many(&query, asked.code.as_deref(), wish, (who, &reason), &server.gateway).await?;
    Ok(Json(SteeredTogether { done: many.done, at_risk: many.at_risk, left: many.left }))
}
