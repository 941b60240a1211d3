//! Probes, with reasons.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Server;

/// The process runs.
pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The store answers, so berichten can be taken in.
pub(super) async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, Json<Value>) {
    match server.gateway.store.overview().await {
        Ok(overview) => {
            let body = json!({ "status": "ok", "waiting": overview.waiting, "stuck": overview.stuck, "overdue": overview.overdue });
            (StatusCode::OK, Json(body))
        }
        Err(error) => {
            let body = json!({ "status": "unavailable", "reason": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}
