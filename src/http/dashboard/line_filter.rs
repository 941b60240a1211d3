//! Which lines of a declaratie a page shows.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::form_urlencoded;
use utoipa::IntoParams;

use crate::store::LineQuery;

/// Which lines are looked at.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LineFilter {
    /// `toegekend` or `afgewezen`; all when nothing is said.
    #[serde(default)]
    pub(super) uitkomst: String,
    /// Those on this toewijzing; all when it is empty.
    #[serde(default, deserialize_with = "nummer")]
    #[param(minimum = 0, maximum = 999_999_999)]
    pub(super) toewijzing: Option<i64>,
    /// The line before the first.
    pub(super) after: Option<String>,
}

impl LineFilter {
    /// The page of this declaratie with these lines.
    pub(super) fn path(&self, id: &str) -> String {
        let toewijzing = self.toewijzing.map(|nummer| nummer.to_string());
        let told =
            [("uitkomst", Some(&self.uitkomst)), ("toewijzing", toewijzing.as_ref()), ("after", self.after.as_ref())];
        let told = told.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(told).finish();
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

/// The number of a toewijzing in a field that may be empty.
fn nummer<'de, D: Deserializer<'de>>(field: D) -> Result<Option<i64>, D::Error> {
    let text = String::deserialize(field)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let nummer = text.parse().ok().filter(|nummer| (0..=999_999_999).contains(nummer));
    nummer.map(Some).ok_or_else(|| D::Error::custom("geef een getal van 0 tot en met 999999999, of laat het leeg."))
}
