//! Where a toewijzing stands, the support on it and the verzoeken about it: read off from what was sent, and never stored.

use chrono::NaiveDate;

use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::facts::history::{PrestatieFact, ToewijzingFact, VerzoekFact};
use crate::domain::regels::prestatie::granted;

/// Where a toewijzing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToewijzingStand {
    /// Sent, and its aanbieder did not confirm it yet.
    Sent,
    /// Confirmed; its first day is still to come.
    Planned,
    /// Support may be given today.
    Running,
    /// Its last day is past.
    Ended,
    /// Taken back: it counts as never sent.
    Removed,
    /// Its aanbieder refused it: it counts as never sent, and somebody has to look.
    Refused,
}

impl ToewijzingStand {
    /// By the version that holds, whether that was refused or confirmed, and the day.
    #[must_use]
    pub fn of(current: &ToewijzingFact, (refused, confirmed): (bool, bool), today: NaiveDate) -> Self {
        if refused {
            Self::Refused
        } else if current.verwijderd {
            Self::Removed
        } else if !confirmed {
            Self::Sent
        } else if current.ingangsdatum > today {
            Self::Planned
        } else if current.einddatum.is_some_and(|last| last < today) {
            Self::Ended
        } else {
            Self::Running
        }
    }

    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Removed => "removed",
            Self::Refused => "refused",
        }
    }
}

/// Where the support on a toewijzing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeveringStand {
    /// No start is live.
    NotStarted,
    /// The last start has no stop.
    Started,
    /// The last start was stopped for a while.
    Paused,
    /// The last start was stopped for good.
    Stopped,
}

impl LeveringStand {
    /// By the live starts and stops on one toewijzing, the one accepted last at the end (OP155).
    #[must_use]
    pub fn of(starts: &[&StartKey], stops: &[&StopKey]) -> Self {
        let Some(last) = starts.last() else { return Self::NotStarted };
        let mut own = stops.iter().filter(|stop| stop.start == **last).peekable();
        if own.peek().is_none() {
            Self::Started
        } else if own.all(|stop| stop.is_temporary()) {
            Self::Paused
        } else {
            Self::Stopped
        }
    }

    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::Started => "started",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

/// Where a verzoek stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerzoekStand {
    /// The gemeente did not answer it yet.
    Open,
    /// The gemeente looks into it.
    InResearch,
    /// A toewijzing came of it.
    Honoured,
    /// It was rejected.
    Rejected,
}

impl VerzoekStand {
    /// By what was answered.
    #[must_use]
    pub fn of(verzoek: &VerzoekFact) -> Self {
        if verzoek.honoured {
            Self::Honoured
        } else if !verzoek.is_open() {
            Self::Rejected
        } else if verzoek.antwoorden.contains(&VerzoekAntwoord::InOnderzoek) {
            Self::InResearch
        } else {
            Self::Open
        }
    }

    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InResearch => "in-research",
            Self::Honoured => "honoured",
            Self::Rejected => "rejected",
        }
    }
}

/// What was declared on a toewijzing: debet lines less credit lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// How many lines, credits included.
    pub lines: usize,
    /// In the units of the lines.
    pub volume: i128,
    /// In euro cents.
    pub bedrag: i128,
}

impl Declared {
    /// What was asked in these lines.
    #[must_use]
    pub fn asked(lines: &[PrestatieFact]) -> Self {
        Self::sum(lines.iter().map(|line| (line, line.prestatie.ingediend_bedrag.signed())))
    }

    /// What was granted of them.
    #[must_use]
    pub fn granted(lines: &[PrestatieFact]) -> Self {
        Self::sum(granted(lines))
    }

    fn sum<'a>(lines: impl Iterator<Item = (&'a PrestatieFact, i128)>) -> Self {
        lines.fold(Self::default(), |sum, (line, bedrag)| {
            let sign = if line.prestatie.is_debet() { 1 } else { -1 };
            Self {
                lines: sum.lines + 1,
                volume: sum.volume + sign * i128::from(line.prestatie.geleverd_volume),
                bedrag: sum.bedrag + bedrag,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::berichten::waarde::ToewijzingNummer;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).expect("a day")
    }

    fn start(begindatum: u32) -> StartKey {
        let toewijzing_nummer = Some(ToewijzingNummer(1));
        StartKey { toewijzing_nummer, categorie: None, code: None, begindatum: day(begindatum) }
    }

    fn stop(begindatum: u32, reden: &str) -> StopKey {
        StopKey { start: start(begindatum), reden_beeindiging: reden.to_owned(), einddatum: day(9) }
    }

    #[test]
    fn the_last_start_and_its_own_stops_tell_where_support_stands() {
        let (first, second) = (start(2), start(5));
        let (paused, ended, later) = (stop(2, "20"), stop(2, "19"), stop(5, "20"));
        assert_eq!(LeveringStand::of(&[], &[]), LeveringStand::NotStarted);
        assert_eq!(LeveringStand::of(&[&first], &[]), LeveringStand::Started);
        assert_eq!(LeveringStand::of(&[&first], &[&paused]), LeveringStand::Paused);
        assert_eq!(LeveringStand::of(&[&first], &[&paused, &ended]), LeveringStand::Stopped);
        assert_eq!(LeveringStand::of(&[&first, &second], &[&paused, &ended]), LeveringStand::Started);
        assert_eq!(LeveringStand::of(&[&first, &second], &[&paused, &ended, &later]), LeveringStand::Paused);
    }
}
