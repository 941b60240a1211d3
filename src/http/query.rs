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
        query.map(|Query(values)| Self(values)).map_err(|rejection| Problem::Query(rejection.body_text()))
    }
}
