//! Which berichten a list shows.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use super::query;
use crate::domain::Partij;
use crate::domain::afspraken::gateway::is_invisible;
use crate::domain::berichten::waarde::Value as _;
use crate::exchange::{end_of_day, first_id_from, start_of_day};
use crate::store::{BerichtQuery, Outcome, Stage};

/// How berichten fared.
pub(super) const OUTCOMES: [Outcome; 5] =
    [Outcome::Accepted, Outcome::Partial, Outcome::Parked, Outcome::Rejected, Outcome::Refused];

/// Which berichten a list shows.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BerichtFilter {
    /// As in `WMO305`.
    #[serde(default)]
    #[param(required = false, schema_with = soort)]
    pub berichtsoort: String,
    /// What became of them.
    #[serde(default)]
    #[param(required = false, schema_with = outcomes)]
    pub verdict: String,
    /// From or to this party, by its code.
    #[serde(default)]
    #[param(required = false, schema_with = query::partij)]
    pub partner: String,
    /// With this retourcode among what was found.
    #[serde(default)]
    #[param(required = false, schema_with = code)]
    pub retourcode: String,
    /// Only those that came so far on their way to their addressee, and no further.
    #[serde(default)]
    #[param(required = false, schema_with = stages)]
    pub transport: String,
    /// That came in on or after this day.
    #[serde(default)]
    #[param(required = false, schema_with = query::day)]
    pub van: String,
    /// That came in on or before this day.
    #[serde(default)]
    #[param(required = false, schema_with = query::day)]
    pub tot: String,
}

fn soort() -> RefOr<Schema> {
    query::text("^WMO[0-9]{3}$", "WMO305")
}

fn outcomes() -> RefOr<Schema> {
    query::one_of(&OUTCOMES.map(Outcome::name))
}

fn code() -> RefOr<Schema> {
    query::text("^[0-9A-Z][0-9]{3}$", "9019")
}

fn stages() -> RefOr<Schema> {
    query::one_of(&Stage::WORDS)
}

impl BerichtFilter {
    pub fn query(&self) -> BerichtQuery {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        BerichtQuery {
            berichtsoort: filled(&self.berichtsoort),
            outcome: Outcome::from_name(&self.verdict),
            partner: Partij::from_text(&self.partner),
            retourcode: filled(&self.retourcode),
            transport: Stage::from_word(&self.transport),
            from_id: self.van.parse().ok().map(first_of),
            before_id: self.tot.parse().ok().map(behind),
            ..BerichtQuery::default()
        }
    }

    /// Its parameters that say something.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("berichtsoort", self.berichtsoort.as_str()),
            ("verdict", &self.verdict),
            ("partner", &self.partner),
            ("retourcode", &self.retourcode),
            ("transport", &self.transport),
            ("van", &self.van),
            ("tot", &self.tot),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty())
    }

    /// Whether it leaves nothing out.
    pub fn is_empty(&self) -> bool {
        self.pairs().next().is_none()
    }
}

/// What somebody means by a text that was typed or pasted: other blanks are blanks, and marks that nobody sees are not there.
pub(super) fn typed(text: &str) -> String {
    let meant = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    let seen = text.chars().filter(|letter| letter.is_whitespace() || !is_invisible(*letter)).map(meant);
    seen.collect::<String>().trim().to_owned()
}

/// Whether a text has the form of a retourcode: `9019`, `S329`.
pub(super) fn is_retourcode(text: &str) -> bool {
    let (first, rest) = text.split_at_checked(1).unwrap_or_default();
    first.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && rest.len() == 3
        && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// The least id that a bericht of this day can have.
pub(super) fn first_of(day: NaiveDate) -> String {
    first_id_from(start_of_day(day))
}

/// The least id that a bericht after this day can have.
pub(super) fn behind(day: NaiveDate) -> String {
    first_id_from(end_of_day(day))
}
