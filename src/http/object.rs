//! A JSON object, and nothing else, as the body of a request.

use std::fmt::{self, Formatter};
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, OptionalFromRequest, Request};
use axum::http::StatusCode;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Server;
use super::error::Problem;

/// The largest object that most calls read, in bytes: ten times a reason of 500 characters, each of them written as an escape.
pub(super) const OBJECT_BYTES: usize = 65_536;

/// What the body of a call holds.
pub(super) trait Content: DeserializeOwned {
    /// What to send, in Dutch.
    const EXPECTED: &'static str;
    /// The largest body, in bytes.
    const LIMIT: usize = OBJECT_BYTES;
}

/// What a JSON object says. A list is refused, where a struct of serde takes one for its fields in their order.
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

impl<T: Content> FromRequest<Arc<Server>> for Object<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, server: &Arc<Server>) -> Result<Self, Problem> {
        DefaultBodyLimit::max(T::LIMIT).apply(&mut request);
        let read = <Json<Self> as FromRequest<_>>::from_request(request, server).await;
        read.map(|Json(object)| object).map_err(|rejection| unread::<T>(rejection.status()))
    }
}

/// `None`: there is no body.
impl<T: Content> OptionalFromRequest<Arc<Server>> for Object<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, server: &Arc<Server>) -> Result<Option<Self>, Problem> {
        DefaultBodyLimit::max(T::LIMIT).apply(&mut request);
        let read = <Json<Self> as OptionalFromRequest<_>>::from_request(request, server).await;
        read.map(|json| json.map(|Json(object)| object)).map_err(|rejection| unread::<T>(rejection.status()))
    }
}

fn unread<T: Content>(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::BodyTooLarge(T::LIMIT, T::EXPECTED),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::MediaType(format!("Stuur de inhoud als application/json. {}", T::EXPECTED))
        }
        _ => Problem::Body(T::EXPECTED.to_owned()),
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}
