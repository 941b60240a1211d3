//! Which lines of a declaratie a page shows.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use super::answer::ROWS;
use crate::domain::afspraken::list;
use crate::domain::regels::REGELS;
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
    /// Those that this rule says to be wrong; all when it is empty.
    #[serde(default)]
    #[param(required = false, schema_with = rule)]
    pub(super) regel: String,
    /// The line before the first.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 0, maximum = 999_999_999)]
    pub(super) after: Option<usize>,
    /// The page with this number, where no line before it is left out.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 9_999_999)]
    pub(super) bladzijde: Option<usize>,
}

fn uitkomsten() -> RefOr<Schema> {
    query::one_of(&["toegekend", "afgewezen"])
}

fn rule() -> RefOr<Schema> {
    query::text("^[A-Z]{2,4}-?[0-9]{2,4}[a-z]?$", "TR338")
}

impl LineFilter {
    /// The page of this declaratie with these lines.
    pub(super) fn path(&self, id: &str) -> String {
        let uitkomst = Some(self.uitkomst.clone()).filter(|uitkomst| !uitkomst.is_empty());
        let toewijzing = self.toewijzing.map(|nummer| nummer.to_string());
        let regel = Some(self.regel.clone()).filter(|regel| !regel.is_empty());
        let after = self.after.map(|line| line.to_string());
        let bladzijde = self.bladzijde.map(|page| page.to_string());
        let pairs = [
            ("uitkomst", uitkomst),
            ("toewijzing", toewijzing),
            ("regel", regel),
            ("after", after),
            ("bladzijde", bladzijde),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/declaraties/{id}{}{query}", if query.is_empty() { "" } else { "?" })
    }

    /// The line before the first of its page.
    pub(super) fn first(&self) -> Option<usize> {
        self.after.or_else(|| Some(self.bladzijde?.saturating_sub(1) * ROWS as usize))
    }

    /// The pages of all lines, by number, as far as they stand in a row: the first, the last, and those around this one; and
    /// whether it is this one. None where lines are left out, as nobody counted those.
    pub(super) fn pages(&self, id: &str, lines: usize) -> Vec<(usize, String, bool)> {
        let last = lines.div_ceil(ROWS as usize);
        if last < 2 || !self.is_all() {
            return Vec::new();
        }
        let here = self.first().unwrap_or(0) / ROWS as usize + 1;
        let shown = (1..=last).filter(|page| *page == 1 || *page == last || page.abs_diff(here) <= 3);
        let link = |page: usize| Self { bladzijde: Some(page), ..Self::default() }.path(id);
        shown.map(|page| (page, link(page), page == here)).collect()
    }

    /// Whether no line is left out.
    pub(super) fn is_all(&self) -> bool {
        self.uitkomst.is_empty() && self.toewijzing.is_none() && self.regel.is_empty()
    }

    pub(super) fn query(&self) -> LineQuery {
        let granted = match self.uitkomst.as_str() {
            "toegekend" => Some(true),
            "afgewezen" => Some(false),
            _ => None,
        };
        // What is no rule breaks no line.
        let rule = Some(known(&self.regel).unwrap_or("?")).filter(|_| !self.regel.is_empty());
        LineQuery { granted, toewijzing_nummer: self.toewijzing, rule, after: 0 }
    }
}

/// The rule of the standard, or the agreement beside it, with this code.
fn known(code: &str) -> Option<&'static str> {
    let rules = REGELS.iter().map(|regel| regel.code);
    rules.chain(list().iter().map(|afspraak| afspraak.id)).find(|known| *known == code)
}

/// A number in a field that may be empty.
fn number<'de, D: Deserializer<'de>, N: FromStr>(field: D) -> Result<Option<N>, D::Error> {
    Ok(String::deserialize(field)?.trim().parse().ok())
}
