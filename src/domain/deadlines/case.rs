//! One bericht, as the kinds of deadlines look at it: what it says, how it was judged, what came before, and what was agreed.

use chrono::NaiveDate;

use super::counted::{Counted, Direction};
use super::kind::DeadlineKind;
use super::profile::{Profile, Side};
use super::term::Unit;
use super::werkdag::{Calendar, Skipped};
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::facts::history::{History, ToewijzingFact};
use crate::domain::facts::new_toewijzing::NewToewijzing;
use crate::domain::judging::verdict::Verdict;
use crate::domain::{Bericht, Berichtsoort, Heenbericht, Partij, Timestamp};

/// What a kind of deadline is.
pub struct Row {
    /// Which one.
    pub kind: DeadlineKind,
    /// What it is called, in Dutch.
    pub title: &'static str,
    /// The keys of its terms in a profile.
    pub terms: &'static [&'static str],
    /// In what they may count.
    pub units: &'static [Unit],
    /// Whether a profile may go without: what only parties agree on.
    pub is_optional: bool,
    /// Whose turn it is.
    pub binds: Binds,
    /// What it is about, where a bericht starts several: its name then stands with the deadline.
    pub topic: Topic,
    /// What is awaited, in Dutch; `None`: the bericht, by its name.
    pub awaits: Option<&'static str>,
    /// The deadlines that a bericht starts, or starts and ends by itself.
    pub opens: fn(&Case<'_>) -> Vec<Opening>,
    /// The deadlines that a bericht ends: most by one that is not rejected.
    pub closes: fn(&Case<'_>) -> Vec<Closing>,
}

/// What a kind of deadline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A toewijzing, by its number.
    Toewijzing,
    /// A verzoek, by the name that its aanbieder gave it.
    Verzoek,
    /// A declaratie, by its number.
    Declaratie,
    /// What the gateway noticed, in its words.
    Noticed,
}

/// Whom a kind of deadline binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// Always the same side.
    Side(Side),
    /// Whoever a bericht is for.
    Receiver,
    /// Whoever has to mend what the gateway noticed: no bericht starts it.
    Noticed,
}

impl Binds {
    /// Whose turn it is after this bericht.
    #[must_use]
    pub fn party_of<'a>(&self, bericht: &'a Bericht) -> &'a Partij {
        let (gemeente, aanbieder) = bericht.header().pair();
        match self {
            Self::Side(Side::Gemeente) => gemeente,
            Self::Side(Side::Aanbieder) => aanbieder,
            Self::Receiver | Self::Noticed => bericht.addressee(),
        }
    }
}

/// A bericht, and all that a kind of deadline may look at.
pub struct Case<'a> {
    /// As it came.
    pub bericht: &'a Bericht,
    /// The day on which it came in.
    pub received: NaiveDate,
    /// How it was judged.
    pub verdict: &'a Verdict,
    /// The answer to it is composed here, at once.
    pub is_answered: bool,
    /// What came before.
    pub history: &'a History,
    /// The versions of toewijzingen that it brings; none when it is rejected.
    pub toewijzingen: &'a [NewToewijzing],
    /// What was agreed.
    pub profile: &'a Profile,
    /// The days that count.
    pub calendar: &'a Calendar,
    /// The day of a moment in Europe/Amsterdam.
    pub day_of: fn(Timestamp) -> NaiveDate,
}

/// Where a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineState {
    /// Waiting for the answer, in time.
    Open,
    /// Waiting for the answer, in time, and its moment is near.
    DueSoon,
    /// Waiting for the answer, too late.
    Overdue,
    /// Answered in time.
    Met,
    /// Answered too late.
    Late,
    /// Somebody said that nobody needs to wait, for good or until a day.
    Waived,
    /// Nobody waits any more: the network refused what was to be answered.
    Void,
}

/// A deadline that starts, or that the bericht itself ends at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What is watched.
    pub kind: DeadlineKind,
    /// The bericht that is awaited or that came.
    pub answer: Berichtsoort,
    /// What it is about, when a bericht starts several: a `ToewijzingNummer`.
    pub subject: Option<String>,
    /// The last day in time.
    pub due: NaiveDate,
    /// The days on the way that did not count.
    pub skipped: Vec<Skipped>,
    /// What it was counted by; `None`: by nothing that can be counted again.
    pub counted: Option<Counted>,
    /// Open, or met or late when the bericht itself is the answer; void when nobody waits.
    pub state: DeadlineState,
    /// An earlier bericht that it belongs to; `None`: the one at hand.
    pub bericht_id: Option<String>,
}

/// A deadline that a bericht ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Which bericht it belongs to.
    pub of: Of,
    /// Which kind.
    pub kind: DeadlineKind,
    /// Of several, the one about this; `None`: every one.
    pub subject: Option<String>,
    /// What becomes of it.
    pub ends: Ends,
}

/// Which bericht a deadline belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// The one with this name here.
    Bericht(String),
    /// Any declaratie between the same parties that has a line on this toewijzing.
    LinesOn(ToewijzingNummer),
    /// Any bericht between the same parties that brought a version of this toewijzing.
    Toewijzing(ToewijzingNummer),
}

/// What becomes of a deadline that is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Met, or late when the bericht came too late.
    Answered,
    /// Met, or late when what the bericht tells of happened too late: on this day.
    Happened(NaiveDate),
    /// Nobody waits for it any more.
    Void,
}

impl<'a> Case<'a> {
    /// The heenbericht; `None` of a retour.
    #[must_use]
    pub const fn heen(&self) -> Option<&'a Heenbericht> {
        match self.bericht {
            Bericht::Heen(heen) => Some(heen),
            Bericht::Retour(_) => None,
        }
    }

    /// What a heenbericht says that counts; `None` when it is rejected as a whole.
    #[must_use]
    pub fn counting(&self) -> Option<&'a Inhoud> {
        self.heen().filter(|_| !self.verdict.is_rejected()).map(|heen| &heen.inhoud)
    }

    /// A deadline of this kind that counts from day 0; `None` when nothing was agreed.
    #[must_use]
    pub fn from_day(&self, kind: DeadlineKind, answer: Berichtsoort, day_0: NaiveDate) -> Option<Opening> {
        self.under(kind.name(), (kind, answer), day_0)
    }

    /// The same, by the term with this key.
    #[must_use]
    pub fn under(&self, key: &str, (kind, answer): (DeadlineKind, Berichtsoort), day_0: NaiveDate) -> Option<Opening> {
        let term = self.profile.term(key)?;
        let due = term.due(day_0, self.calendar);
        let skipped = term.skipped(day_0, due, self.calendar);
        Some(Opening { skipped, ..Opening::due_on(kind, answer, due).counted(key, day_0, Direction::After) })
    }

    /// The versions of a toewijzing that are known.
    #[must_use]
    pub fn versions(&self, nummer: ToewijzingNummer) -> &'a [ToewijzingFact] {
        self.history.toewijzingen.versions(nummer)
    }

    /// Whether this version holds: it was decided after every one that is known (IV013).
    #[must_use]
    pub fn holds(&self, new: &NewToewijzing) -> bool {
        let decided = (new.toewijzingsdatum, &new.toewijzingstijd);
        let versions = self.versions(new.toewijzing_nummer).iter();
        versions.map(|known| (known.toewijzingsdatum, &known.toewijzingstijd)).all(|known| known < decided)
    }

    /// The versions that come, hold and are not withdrawn.
    pub fn holding(&self) -> impl Iterator<Item = &'a NewToewijzing> {
        self.toewijzingen.iter().filter(|new| !new.verwijderd && self.holds(new))
    }

    /// Ends a deadline about a toewijzing, whichever version started it.
    pub fn closings_on(
        &self,
        kind: DeadlineKind,
        nummer: ToewijzingNummer,
        ends: Ends,
    ) -> impl Iterator<Item = Closing> {
        self.versions(nummer).iter().map(move |version| Closing {
            of: Of::Bericht(version.bericht_id.clone()),
            kind,
            subject: Some(nummer.to_string()),
            ends,
        })
    }

    /// Met when this day has not passed, else late.
    #[must_use]
    pub fn in_time(&self, due: NaiveDate) -> DeadlineState {
        if due < self.received { DeadlineState::Late } else { DeadlineState::Met }
    }
}

impl DeadlineState {
    /// Whether somebody still waits.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Open | Self::DueSoon | Self::Overdue)
    }
}

impl Opening {
    /// A deadline that ends with this day.
    #[must_use]
    pub const fn due_on(kind: DeadlineKind, answer: Berichtsoort, due: NaiveDate) -> Self {
        Self {
            kind,
            answer,
            subject: None,
            due,
            skipped: Vec::new(),
            counted: None,
            state: DeadlineState::Open,
            bericht_id: None,
        }
    }

    /// About this.
    #[must_use]
    pub fn about(self, subject: &impl ToString) -> Self {
        Self { subject: Some(subject.to_string()), ..self }
    }

    /// Counted by the term with this key.
    #[must_use]
    pub fn counted(self, key: &str, day_0: NaiveDate, direction: Direction) -> Self {
        Self { counted: Some(Counted { term: key.to_owned(), day_0, direction }), ..self }
    }

    /// In this state.
    #[must_use]
    pub fn in_state(self, state: DeadlineState) -> Self {
        Self { state, ..self }
    }
}

impl Closing {
    /// A deadline of this bericht that is answered.
    #[must_use]
    pub fn answered(kind: DeadlineKind, bericht_id: &str) -> Self {
        Self { of: Of::Bericht(bericht_id.to_owned()), kind, subject: None, ends: Ends::Answered }
    }
}

/// Of a kind that no bericht starts.
#[must_use]
pub const fn starts_with_no_bericht(_: &Case<'_>) -> Vec<Opening> {
    Vec::new()
}

/// Of a kind that no bericht ends, or that ends as it starts.
#[must_use]
pub const fn ends_with_no_bericht(_: &Case<'_>) -> Vec<Closing> {
    Vec::new()
}
