//! The manual, for everybody: pages of text that stand in `docs/handleiding`.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::rendered;
use super::visitor::Frame;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{ForAll, NotThere};

/// The parts: name in the address, title, text.
const PARTS: [(&str, &str, &str); 5] = [
    ("", "Handleiding", include_str!("../../../docs/handleiding/index.html")),
    ("medewerker", "Voor de medewerker berichtenverkeer", include_str!("../../../docs/handleiding/medewerker.html")),
    (
        "functioneel-beheerder",
        "Voor de functioneel beheerder",
        include_str!("../../../docs/handleiding/functioneel-beheerder.html"),
    ),
    ("aanbieder", "Voor de administratie van een aanbieder", include_str!("../../../docs/handleiding/aanbieder.html")),
    ("beheer", "Voor de beheerder", include_str!("../../../docs/handleiding/beheer.html")),
];

/// Pictures of pages, which a test in a browser makes (`IWMO_PICTURES=1`): name and bytes.
const PICTURES: [(&str, &[u8]); 5] = [
    ("termijnen.png", include_bytes!("../../../docs/handleiding/termijnen.png")),
    ("bericht.png", include_bytes!("../../../docs/handleiding/bericht.png")),
    ("client.png", include_bytes!("../../../docs/handleiding/client.png")),
    ("declaratie.png", include_bytes!("../../../docs/handleiding/declaratie.png")),
    ("controleer.png", include_bytes!("../../../docs/handleiding/controleer.png")),
];

#[derive(Template)]
#[template(path = "handleiding.html")]
struct Page {
    f: Frame,
    title: &'static str,
    /// Text of ours, as HTML.
    text: &'static str,
    is_part: bool,
}

/// The manual: what there is in it.
#[utoipa::path(get, path = "/handleiding", tag = "dashboard", responses(ForAll))]
pub(in crate::http) async fn contents(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    server.handleiding("", &headers).await
}

/// A part of the manual.
#[utoipa::path(
    get,
    path = "/handleiding/{deel}",
    tag = "dashboard",
    params(("deel" = String, Path, description = "For whom, as in medewerker", example = "medewerker")),
    responses(ForAll, NotThere)
)]
pub(in crate::http) async fn part(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Path(deel): Path<String>,
) -> Result<Response, Problem> {
    server.handleiding(&deel, &headers).await
}

/// A picture in the manual.
#[utoipa::path(
    get,
    path = "/handleiding/beeld/{naam}",
    tag = "dashboard",
    params(("naam" = String, Path, description = "Of the picture", example = "bericht.png")),
    responses((status = 200, description = "A picture", body = Vec<u8>, content_type = "image/png"), NotThere)
)]
pub(in crate::http) async fn picture(Path(naam): Path<String>) -> Result<Response, Problem> {
    let (_, bytes) = PICTURES.into_iter().find(|(name, _)| *name == naam).ok_or(Problem::NotFound)?;
    Ok(([(CONTENT_TYPE, "image/png")], bytes).into_response())
}

impl Server {
    async fn handleiding(&self, deel: &str, headers: &HeaderMap) -> Result<Response, Problem> {
        let (_, title, text) = PARTS.into_iter().find(|(name, ..)| *name == deel).ok_or(Problem::NotFound)?;
        let f = self.open_frame(headers, "/handleiding").await;
        Ok(rendered(StatusCode::OK, &Page { f, title, text, is_part: !deel.is_empty() }))
    }
}
