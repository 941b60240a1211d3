//! Which lines of a declaratie a page shows.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use crate::http::query;
use crate::store::LineQuery;

/// Which lines are looked at.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LineFilter {
    /// All when nothing is said.
    #[serde(default)]
    #[param(required = false, schema_with = uitkomsten)]
    pub(super) uitkomst: String,
    /// Those on this toewijzing; all when it is empty.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 0, maximum = 999_999_999)]
    pub(super) toewijzing: Option<i64>,
    /// The line before the first.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 0, maximum = 999_999_999)]
    pub(super) after: Option<usize>,
}

fn uitkomsten() -> RefOr<Schema> {
    query::one_of(&["toegekend", "afgewezen"])
}

impl LineFilter {
    /// The page of this declaratie with these lines.
    pub(super) fn path(&self, id: &str) -> String {
        let uitkomst = Some(self.uitkomst.clone()).filter(|uitkomst| !uitkomst.is_empty());
        let toewijzing = self.toewijzing.map(|nummer| nummer.to_string());
        let after = self.after.map(|line| line.to_string());
        let pairs = [("uitkomst", uitkomst), ("toewijzing", toewijzing), ("after", after)];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/declaraties/{id}{}{query}", if query.is_empty() { "" } else { "?" })
    }

    pub(super) fn query(&self) -> LineQuery {
        let granted = match self.uitkomst.as_str() {
            "toegekend" => Some(true),
            "afgewezen" => Some(false),
            _ => None,
        };
        LineQuery { granted, toewijzing_nummer: self.toewijzing, after: 0 }
    }
}

/// A number in a field that may be empty.
fn number<'de, D: Deserializer<'de>, N: FromStr>(field: D) -> Result<Option<N>, D::Error> {
    Ok(String::deserialize(field)?.trim().parse().ok())
}
