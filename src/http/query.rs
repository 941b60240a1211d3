//! Parameters of a request, with our own answer to wrong ones.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::error::Problem;

/// The bericht that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Id {
    /// As in the receipt.
    #[param(example = "019cb7f4-7a80-7000-8000-5b1f0c2d9e11")]
    pub id: String,
}

/// The parameters behind the question mark.
pub(super) struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(values)| Self(values)).map_err(|rejection| Problem::Query(unreadable(&rejection.body_text())))
    }
}

/// What is wrong with parameters, in Dutch, of what the crate that reads them says in English: the place and the cause.
pub(super) fn unreadable(said: &str) -> String {
    const SEE: &str = "Zie /docs voor wat achter het vraagteken kan staan.";
    let said = said.split_once("query string: ").map_or(said, |(_, said)| said);
    if let Some((_, name)) = said.split_once("missing field `") {
        return format!("{} ontbreekt. {SEE}", name.trim_end_matches('`'));
    }
    let Some((name, cause)) = said.split_once(": ") else { return format!("De parameters zijn niet te lezen. {SEE}") };
    // What our own types say of a value is a sentence.
    if cause.ends_with('.') {
        return said.to_owned();
    }
    let known: Vec<&str> =
        cause.split_once(", expected ").map_or(Vec::new(), |(_, known)| known.split('`').skip(1).step_by(2).collect());
    let what = if known.is_empty() { SEE.to_owned() } else { format!("Kies uit: {}.", known.join(", ")) };
    format!("{name}: deze waarde is niet te lezen. {what}")
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, Uri};
    use chrono::NaiveDate;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
        Right,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only reading them matters")]
    struct Wanted {
        van: NaiveDate,
        limit: Option<u32>,
        side: Option<Side>,
        own: Option<Own>,
    }

    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Own;

    impl TryFrom<String> for Own {
        type Error = &'static str;

        fn try_from(_: String) -> Result<Self, &'static str> {
            Err("geef een getal.")
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_parameter_is_told_in_dutch() {
        for (query, told) in [
            ("limit=3", "van ontbreekt. Zie /docs voor wat achter het vraagteken kan staan."),
            ("van=x", "van: deze waarde is niet te lezen. Zie /docs voor wat achter het vraagteken kan staan."),
            (
                "van=2026-01-01&limit=no",
                "limit: deze waarde is niet te lezen. Zie /docs voor wat achter het vraagteken kan staan.",
            ),
            ("van=2026-01-01&side=up", "side: deze waarde is niet te lezen. Kies uit: left, right."),
            ("van=2026-01-01&own=x", "own: geef een getal."),
        ] {
            let uri: Uri = format!("/?{query}").parse().expect("a URL");
            let (mut parts, ()) = Request::builder().uri(uri).body(()).expect("a request").into_parts();
            match Parameters::<Wanted>::from_request_parts(&mut parts, &()).await {
                Err(Problem::Query(text)) => assert_eq!(text, told, "{query}"),
                _ => panic!("{query} is not as wanted"),
            }
        }
    }
}
