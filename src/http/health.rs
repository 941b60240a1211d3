//! Probes, with reasons.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Server;

/// Whether the process runs.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    responses((status = 200, description = "It does", body = Value, example = json!({"status": "ok"})))
)]
pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Whether berichten can be taken in: the store was written to in the last seconds, and what could not be kept last would be now. Answered
/// from memory.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses(
        (
            status = 200,
            description = "It can, with how many parcels wait and are stuck, how many deadlines are overdue, and our own \
                certificates that end within 30 days",
            body = Value,
            example = json!({"status": "ok", "waiting": 0, "stuck": 0, "overdue": 0})
        ),
        (
            status = 503,
            description = "It cannot; with the reason, as in {\"status\": \"unavailable\", \"reason\": \"…\"}"
        ),
    )
)]
pub(super) async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, Json<Value>) {
    let ending = server.gateway.certificates.ending(server.gateway.clock.now());
    match server.gateway.pulse.last() {
        Ok(counts) => {
            let mut body =
                json!({ "status": "ok", "waiting": counts.waiting, "stuck": counts.stuck, "overdue": counts.overdue });
            if !ending.is_empty() {
                body["certificates_ending"] =
                    ending.iter().map(|one| json!({ "setting": one.setting, "ends_at": one.ends_at })).collect();
            }
            (StatusCode::OK, Json(body))
        }
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable", "reason": reason }))),
    }
}
