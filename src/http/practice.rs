//! What every answer says under a clock that was set for practice: a header with the time that it shows, and on a page a banner
//! above all else. Here, and not in the pages, so that none can leave it out.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Server;
use super::dashboard::practice_banner;
use crate::domain::Timestamp;
use crate::exchange::local_time;

/// What the clock shows, in practice.
pub(super) const PRACTICE_HEADER: HeaderName = HeaderName::from_static("practice-clock");

/// Says so, when it is practice.
pub(super) async fn mark(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let clock = &server.gateway.clock;
    let response = next.run(request).await;
    if !clock.is_practice() {
        return response;
    }
    let now = clock.now();
    let mut response = if is_page(&response) { with_banner(response, now).await } else { response };
    if let Ok(value) = HeaderValue::from_str(&local_time(now).format("%Y-%m-%dT%H:%M:%S%:z").to_string()) {
        response.headers_mut().insert(PRACTICE_HEADER, value);
    }
    response
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// The page with a banner as the first thing in its body. Its length changes with it.
async fn with_banner(response: Response, now: Timestamp) -> Response {
    let (mut parts, body) = response.into_parts();
    // Our own pages: they are whole before they leave.
    let page = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&page);
    let begin = page.find("<body").and_then(|at| Some(at + page[at..].find('>')? + 1)).unwrap_or(0);
    let (head, rest) = page.split_at(begin);
    let page = [head, &practice_banner(now), rest].concat();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}
