//! What surrounds every call: what no handler has to look at before it runs, and what every answer carries.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Server;
use super::dashboard::problem_page;
use super::error::{Explained, Problem};
use super::openapi::API_VERSION;

const VERSION_HEADER: HeaderName = HeaderName::from_static("api-version");

/// Where programs call; everywhere else people look.
const FOR_PROGRAMS: [&str; 5] = ["/v1/", "/soap/", "/health/", "/metrics", "/openapi.json"];

/// Runs a call, if what stands behind the question mark is what it takes and its body is not compressed.
pub(super) async fn check(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let known = server.queries.check(request.method(), request.extensions(), request.uri().query());
    match known.and_then(|()| is_plain(request.headers())) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn is_plain(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Problem::MediaType(
            "De inhoud is gecomprimeerd (Content-Encoding). Stuur haar zonder compressie.".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// Says which version of the API answers; what goes wrong where people look becomes a page.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_for_people = !FOR_PROGRAMS.iter().any(|begin| path.starts_with(begin)) && !wants_problem(request.headers());
    let mut response = next.run(request).await;
    if is_for_people && let Some(explained) = response.extensions_mut().remove::<Explained>() {
        response = problem_page(response.status(), &explained);
    }
    response.headers_mut().insert(VERSION_HEADER, HeaderValue::from_static(API_VERSION));
    response
}

fn wants_problem(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("json") && !accepted.contains("text/html")
}

/// A call by a method that its path does not know.
pub(super) async fn other_method(State(server): State<Arc<Server>>, path: Option<MatchedPath>) -> Problem {
    Problem::Method(path.map(|path| server.queries.methods(path.as_str())).unwrap_or_default())
}
