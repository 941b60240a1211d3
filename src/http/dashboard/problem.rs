//! What went wrong, where people look; and that it is practice.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::rendered;
use super::rows;
use super::texts::{TEXTS, Texts};
use super::visitor::Frame;
use crate::domain::Timestamp;
use crate::http::error::Explained;

#[derive(Template)]
#[template(path = "probleem.html")]
struct ProblemPage<'a> {
    t: &'static Texts,
    f: Frame,
    title: &'static str,
    detail: &'a str,
}

/// What went wrong, for people.
pub(in crate::http) fn problem_page(status: StatusCode, explained: &Explained) -> Response {
    rendered(status, &ProblemPage { t: &TEXTS, f: Frame::outside(), title: explained.title, detail: &explained.detail })
}

#[derive(Template)]
#[template(path = "oefening.html")]
struct PracticeBanner {
    t: &'static Texts,
    now: String,
}

/// That it is practice, and what the clock shows.
pub(in crate::http) fn practice_banner(now: Timestamp) -> String {
    PracticeBanner { t: &TEXTS, now: rows::moment(now) }.render().expect("a text takes every write")
}
