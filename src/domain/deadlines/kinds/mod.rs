//! The kinds of deadlines: one file and one row each. Pure: no store, no clock.

mod betaling;
mod correctie;
mod creditering;
mod declaratie_antwoord;
mod declareren;
mod noticed;
mod onderzoek;
mod retour;
mod start;
mod start_na_toewijzing;
mod stop;
mod verlenging;
mod verzoek;

use super::case::{Case, Closing, Opening, Row, Topic};
use super::kind::DeadlineKind;

/// The row of a kind.
#[must_use]
pub const fn row(kind: DeadlineKind) -> &'static Row {
    match kind {
        DeadlineKind::Retour => &retour::ROW,
        DeadlineKind::DeclaratieAntwoord => &declaratie_antwoord::ROW,
        DeadlineKind::Start => &start::ROW,
        DeadlineKind::Stop => &stop::ROW,
        DeadlineKind::Verzoek => &verzoek::ROW,
        DeadlineKind::Onderzoek => &onderzoek::ROW,
        DeadlineKind::StartNaToewijzing => &start_na_toewijzing::ROW,
        DeadlineKind::Declareren => &declareren::ROW,
        DeadlineKind::Verlenging => &verlenging::ROW,
        DeadlineKind::Correctie => &correctie::ROW,
        DeadlineKind::Creditering => &creditering::ROW,
        DeadlineKind::Betaling => &betaling::ROW,
        DeadlineKind::Transport => &noticed::TRANSPORT,
        DeadlineKind::Certificaat => &noticed::CERTIFICAAT,
        DeadlineKind::Codelijst => &noticed::CODELIJST,
        DeadlineKind::Afzender => &noticed::AFZENDER,
        DeadlineKind::Wachten => &noticed::WACHTEN,
        DeadlineKind::AlertOntvanger => &noticed::ALERT_ONTVANGER,
    }
}

/// What is awaited, in Dutch, where a deadline with this name waits for this bericht; of one that a person opened these words.
#[must_use]
pub fn awaited<'a>(name: &str, answer: &'a str) -> &'a str {
    DeadlineKind::from_name(name).and_then(|kind| row(kind).awaits).unwrap_or(answer)
}

/// What a deadline with this name is called, in Dutch.
#[must_use]
pub fn title(name: &str) -> &'static str {
    DeadlineKind::from_name(name).map_or("afgesproken termijn", |kind| row(kind).title)
}

/// What a deadline with this name is about; one that a person opened is about a toewijzing, if anything.
#[must_use]
pub fn topic(name: &str) -> Topic {
    DeadlineKind::from_name(name).map_or(Topic::Toewijzing, |kind| row(kind).topic)
}

/// Every deadline that a bericht starts, in the order of the kinds.
#[must_use]
pub fn openings(case: &Case<'_>) -> Vec<Opening> {
    DeadlineKind::ALL.into_iter().flat_map(|kind| (row(kind).opens)(case)).collect()
}

/// Every deadline that a bericht ends.
#[must_use]
pub fn closings(case: &Case<'_>) -> Vec<Closing> {
    DeadlineKind::ALL.into_iter().flat_map(|kind| (row(kind).closes)(case)).collect()
}

/// The keys that a profile may have, each with the row that it belongs to.
pub fn term_keys() -> impl Iterator<Item = (&'static str, &'static Row)> {
    let rows = DeadlineKind::ALL.into_iter().map(row);
    rows.flat_map(|row| row.terms.iter().map(move |key| (*key, row)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::deadlines::case::Binds;

    #[test]
    fn every_kind_has_a_row_of_its_own_and_every_term_one_kind() {
        for kind in DeadlineKind::ALL {
            assert_eq!(row(kind).kind, kind);
            assert_eq!(row(kind).binds == Binds::Noticed, kind.is_noticed(), "{}", kind.name());
            if kind.is_noticed() {
                assert!(row(kind).terms.is_empty(), "no profile says how long {} runs", kind.name());
                continue;
            }
            assert_eq!(row(kind).terms.first(), Some(&kind.name()), "its own name is a term");
            assert!(!row(kind).units.is_empty(), "{}", kind.name());
        }
        let keys: Vec<&str> = term_keys().map(|(key, _)| key).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:?}");
    }
}
