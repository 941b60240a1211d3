//! What the log tells of calls: in each line of a call its route and the name of its credential, and a warning when it was
//! turned away or failed. No address is logged as it was asked for: people type there what they look for.

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// Puts what a call logs in a span of its own.
pub(super) async fn in_span(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("call", method = %request.method(), route, credential = Empty);
    async {
        let response = next.run(request).await;
        log_status(response.status());
        response
    }
    .instrument(span)
    .await
}

/// This call is made with this credential.
pub(super) fn by(credential: &str) {
    Span::current().record("credential", credential);
}

fn log_status(status: StatusCode) {
    let code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => tracing::warn!(status = code, "a call was not let in"),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::TOO_MANY_REQUESTS => {
            tracing::warn!(status = code, "a call was turned away");
        }
        _ if status.is_server_error() => tracing::error!(status = code, "a call failed"),
        _ => tracing::debug!(status = code, "a call was answered"),
    }
}
