//! A JSON object, and nothing else, as the body of a request.

use std::fmt::{self, Formatter};
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Server;
use super::error::Problem;

/// What the body of a call holds.
pub(super) trait Content: DeserializeOwned {
    /// What to send, in Dutch.
    const EXPECTED: &'static str;
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

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Problem> {
        let read = <Json<Self> as FromRequest<_>>::from_request(request, server).await;
        read.map(|Json(object)| object).map_err(|_| Problem::Body(T::EXPECTED.to_owned()))
    }
}

/// `None`: there is no body.
impl<T: Content> OptionalFromRequest<Arc<Server>> for Object<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Option<Self>, Problem> {
        let read = <Json<Self> as OptionalFromRequest<_>>::from_request(request, server).await;
        read.map(|json| json.map(|Json(object)| object)).map_err(|_| Problem::Body(T::EXPECTED.to_owned()))
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
