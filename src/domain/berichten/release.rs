//! A release of the standard: a row of data, and what it has that another one has not.
//!
//! No other file asks a release for its name or number to decide something: it asks for a [`Property`], so that a
//! release that is added later cannot fall into the branch of another one unseen.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{self, AtomicUsize};

use chrono::{NaiveDate, NaiveDateTime};

use super::further::Further;
use super::soort::Berichtsoort;

/// Something in which releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Support is declared with a 303, which a 304 answers; where not, with a 323, which a 325 answers.
    Facturen,
    /// A 301 holds a beschikking, with the toewijzingen in it.
    Beschikkingen,
    /// The reason is part of the key of a stop.
    RedenInStopKey,
    /// What a toewijzing allows is counted in periods that have begun; where not, in proportion to their days.
    StartedPeriods,
    /// A line tells what was calculated, volume times tariff, beside what is asked, which may be less (TR317, CS323). Where
    /// not, all of it is asked, and minutes may have a tariff that was agreed per hour (TR346, IV081).
    BerekendBedrag,
    /// A line that was rejected can be credited as well (IV054).
    RejectedIsCredited,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Facturen,
        Self::Beschikkingen,
        Self::RedenInStopKey,
        Self::StartedPeriods,
        Self::BerekendBedrag,
        Self::RejectedIsCredited,
    ];

    /// As a file writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facturen => "facturen",
            Self::Beschikkingen => "beschikkingen",
            Self::RedenInStopKey => "reden-in-stop-key",
            Self::StartedPeriods => "started-periods",
            Self::BerekendBedrag => "berekend-bedrag",
            Self::RejectedIsCredited => "rejected-is-credited",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// `BerichtVersie` and `BerichtSubversie`; a later release has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(pub u16, pub u16);

impl Number {
    /// A number as people write it: `3.2`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (versie, subversie) = text.split_once('.')?;
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        Some(Self(number(versie)?, number(subversie)?)).filter(|number| number.to_string() == text)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// From which release on a rule holds, and before which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    since: Option<Number>,
    until: Option<Number>,
}

impl Span {
    /// In every release.
    pub const ALWAYS: Self = Self { since: None, until: None };

    /// From this release on.
    #[must_use]
    pub const fn since(number: Number) -> Self {
        Self { since: Some(number), until: None }
    }

    /// Until this release came.
    #[must_use]
    pub const fn until(number: Number) -> Self {
        Self { since: None, until: Some(number) }
    }

    /// Whether this release lies in it.
    #[must_use]
    pub fn holds(self, number: Number) -> bool {
        self.since.is_none_or(|since| since <= number) && self.until.is_none_or(|until| number < until)
    }
}

/// How a rule holds in one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// How deep the standard has it checked, or by whom.
    pub level: &'static str,
    /// The numbers of the berichten that it holds for, as in `301 305`.
    pub numbers: &'static str,
    /// Why nothing checks it here, where that is not told by its level; or empty.
    pub unchecked: &'static str,
}

impl Holding {
    /// The berichten, as in `WMO301`.
    pub fn berichten(self) -> impl Iterator<Item = String> {
        self.numbers.split(' ').map(|number| format!("WMO{number}"))
    }

    /// The level in one Dutch word.
    #[must_use]
    pub fn level_nl(self) -> &'static str {
        match self.level {
            "message" => "bericht",
            "history" => "eerder",
            "external" => "extern",
            "xsd" => "schema",
            "process" => "proces",
            _ => "invullen",
        }
    }

    /// Whether it holds for this kind of bericht.
    #[must_use]
    pub fn is_for(self, soort: Berichtsoort) -> bool {
        self.numbers.split(' ').any(|number| soort.name().ends_with(number))
    }
}

/// First and last day on which a release is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseWindow {
    /// The first day.
    pub first: NaiveDate,
    /// The last day; `None`: no end is known.
    pub last: Option<NaiveDate>,
}

/// When nothing leaves for the network, so that all can change to a release at once; times of Europe/Amsterdam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// The first moment.
    pub from: NaiveDateTime,
    /// The moment after the last.
    pub until: NaiveDateTime,
}

impl Freeze {
    /// The days at whose end nothing leaves: on which nobody can do any more what is due that day.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        let last = self.until.date();
        self.from.date().iter_days().take_while(move |day| *day < last)
    }
}

/// What a release does with rules that have a row.
#[derive(Debug, Default)]
pub struct RegelChanges {
    /// Rules of other releases that hold in this one too.
    pub begun: Vec<&'static str>,
    /// Another code for the retour, by rule.
    pub retour_codes: HashMap<&'static str, &'static str>,
    /// Another text, by rule.
    pub texts: HashMap<&'static str, &'static str>,
}

/// All that a release is, as its folder tells.
#[derive(Debug)]
pub struct Edition {
    /// Its number.
    pub number: Number,
    /// The namespace of a schema, with `{schema}` for the name of it, as in `wmo305` or `basisschema`.
    pub namespace: &'static str,
    /// What it has.
    pub properties: Vec<Property>,
    /// The version of its schemas that headers tell; `None`: headers have no place for it.
    pub xsd_versie: Option<&'static str>,
    /// The kinds of bericht that this gateway knows of it.
    pub berichten: Vec<Berichtsoort>,
    /// Path and text of its schemas.
    pub schemas: Vec<(String, &'static str)>,
    /// On which days it is in force, where nobody says otherwise; `None`: never.
    pub window: Option<ReleaseWindow>,
    /// When nothing leaves because of it.
    pub freezes: Vec<Freeze>,
    /// The rules that it has, by code.
    pub regels: HashMap<&'static str, Holding>,
    /// How rules differ in it from their rows.
    pub changes: RegelChanges,
    /// Elements that no type of ours has.
    pub further: Vec<Further>,
    /// Codes of its lists that no type of ours has, as in `Eenheid 85`: a bericht with one is refused.
    pub unknown_codes: Vec<String>,
}

/// A release of the standard; a later one is greater. As cheap as a reference, which it is.
#[derive(Clone, Copy)]
pub struct Release(&'static Known);

struct Known {
    index: usize,
    name: String,
    properties: u8,
    edition: Edition,
}

impl Release {
    /// So many can be known in one run of the program.
    pub const MOST: usize = 32;

    /// A release that is known from now on, to the end of the program; `None` when there are too many.
    #[must_use]
    pub fn new(edition: Edition) -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let index = COUNT.fetch_add(1, atomic::Ordering::Relaxed);
        let name = edition.number.to_string();
        let properties = edition.properties.iter().fold(0, |all, property| all | property.bit());
        (index < Self::MOST).then(|| Self(Box::leak(Box::new(Known { index, name, properties, edition }))))
    }

    /// Its place among all that are known, below [`Release::MOST`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0.index
    }

    /// All that it is.
    #[must_use]
    pub const fn edition(self) -> &'static Edition {
        &self.0.edition
    }

    /// As people write it: `3.2`.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// Whether it has this.
    #[must_use]
    pub const fn has(self, property: Property) -> bool {
        self.0.properties & property.bit() != 0
    }

    /// `BerichtVersie` and `BerichtSubversie` in the header.
    #[must_use]
    pub fn versie(self) -> (i64, i64) {
        let Number(versie, subversie) = self.0.edition.number;
        (versie.into(), subversie.into())
    }

    /// The kinds of bericht that this gateway knows of this release.
    #[must_use]
    pub fn berichtsoorten(self) -> &'static [Berichtsoort] {
        &self.0.edition.berichten
    }

    /// The namespace of one of its schemas, as in `wmo305`.
    #[must_use]
    pub fn namespace(self, schema: &str) -> String {
        self.0.edition.namespace.replace("{schema}", schema)
    }

    /// Whether a rule with this code and a row for these releases holds in it.
    #[must_use]
    pub fn has_regel(self, code: &str, span: Span) -> bool {
        let Edition { number, regels, changes, .. } = &self.0.edition;
        regels.contains_key(code) && (span.holds(*number) || changes.begun.contains(&code))
    }
}

impl PartialEq for Release {
    fn eq(&self, other: &Self) -> bool {
        self.0.index == other.0.index
    }
}

impl Eq for Release {}

impl Hash for Release {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.index.hash(state);
    }
}

impl PartialOrd for Release {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Release {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.edition.number, self.0.index).cmp(&(other.0.edition.number, other.0.index))
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

/// The releases that a bericht may be of, and the one that is meant when nothing is said.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// All, the earliest first.
    pub known: &'static [Release],
    /// The one that is meant.
    pub usual: Release,
}

impl Choice {
    /// The one of this name; the usual one without a name.
    #[must_use]
    pub fn named(&self, name: Option<&str>) -> Option<Release> {
        match name {
            None => Some(self.usual),
            Some(name) => self.known.iter().copied().find(|release| release.name() == name),
        }
    }

    /// The names, for people.
    #[must_use]
    pub fn names(&self) -> String {
        self.known.iter().rev().map(|release| release.name()).collect::<Vec<_>>().join(" of ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        assert_eq!(Number::from_text("3.2"), Some(Number(3, 2)));
        assert!(Number::from_text("3.10") > Number::from_text("3.9"));
        for wrong in ["", "3", "3.", "3.02", "+3.2", "3.2.1", "70000.1", "3.2 "] {
            assert_eq!(Number::from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_span_begins_with_its_release_and_ends_before_it() {
        let three = Number(3, 0);
        let in_spans = |number| [Span::ALWAYS, Span::since(three), Span::until(three)].map(|span| span.holds(number));
        assert_eq!(in_spans(Number(2, 9)), [true, false, true]);
        assert_eq!(in_spans(three), [true, true, false]);
    }
}
