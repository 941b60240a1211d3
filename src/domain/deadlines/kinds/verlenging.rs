//! The signal that a toewijzing ends and nothing follows it, counted back from its Einddatum.
//!
//! It starts with the version that sets the Einddatum and moves with a newer one. What ends it: a successor, a longer
//! version, a verzoek about it, and a stop for good. Both parties find it among their deadlines; that it is overdue is the
//! signal.

use chrono::NaiveDate;

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::toewijzing::Product;
use crate::domain::berichten::waarde::{ProductCategorie, ToewijzingNummer};
use crate::domain::deadlines::case::{Binds, Case, Closing, Ends, Opening, Row, Topic};
use crate::domain::deadlines::counted::Direction;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::history::ToewijzingFact;
use crate::domain::facts::new_toewijzing::NewToewijzing;

const KIND: DeadlineKind = DeadlineKind::Verlenging;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "verlenging",
    terms: &[KIND.name()],
    // Werkdagen are not counted back.
    units: &[Unit::Dagen, Unit::Weken, Unit::Maanden],
    is_optional: true,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Toewijzing,
    awaits: Some("verzoek om verlenging (WMO315 of WMO317), of een nieuwe toewijzing van de gemeente"),
    opens,
    closes,
};

/// How long a toewijzing lasts, and for what.
struct Span<'a> {
    nummer: ToewijzingNummer,
    categorie: Option<&'a ProductCategorie>,
    first: NaiveDate,
    last: Option<NaiveDate>,
}

impl<'a> Span<'a> {
    fn of_new(new: &'a NewToewijzing) -> Self {
        let categorie = categorie(new.product.as_ref());
        Self { nummer: new.toewijzing_nummer, categorie, first: new.ingangsdatum, last: new.einddatum }
    }

    fn of_known(fact: &'a ToewijzingFact) -> Self {
        let categorie = categorie(fact.product.as_ref());
        Self { nummer: fact.toewijzing_nummer, categorie, first: fact.ingangsdatum, last: fact.einddatum }
    }

    /// Whether it goes on where the other one ends, without a day between.
    fn follows(&self, other: &Span<'_>) -> bool {
        let Some(last) = other.last else { return false };
        self.nummer != other.nummer
            && self.categorie == other.categorie
            && last.succ_opt().is_none_or(|next| self.first <= next)
            && self.last.is_none_or(|own| own > last)
    }
}

fn categorie(product: Option<&Product>) -> Option<&ProductCategorie> {
    product.map(|product| &product.categorie)
}

/// Of the versions that came: those with an end that is not too near, and that nothing follows.
fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(term) = case.profile.term_of(KIND) else { return Vec::new() };
    let opening = |new: &NewToewijzing| {
        let einddatum = new.einddatum?;
        let due = term.due_before(einddatum);
        let is_asked = due >= case.received && !has_successor(&Span::of_new(new), case);
        is_asked.then(|| {
            let opening = Opening::due_on(KIND, Berichtsoort::Wmo301, due).about(&new.toewijzing_nummer);
            opening.counted(KIND.name(), einddatum, Direction::Before)
        })
    };
    case.holding().filter_map(opening).collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    let answered = |nummers: Vec<ToewijzingNummer>| nummers.into_iter().map(|nummer| (nummer, Ends::Answered));
    let mut ends: Vec<(ToewijzingNummer, Ends)> = Vec::new();
    match case.counting() {
        Some(Inhoud::Toewijzing(_) | Inhoud::Beschikking(_)) => {
            ends.extend(case.toewijzingen.iter().filter(|new| case.holds(new)).map(|new| end_of_earlier(new, case)));
            for new in case.holding().map(Span::of_new) {
                ends.extend(answered(known(case, |known| new.follows(known))));
            }
        }
        Some(Inhoud::VerzoekOmToewijzing(client)) => {
            for product in &client.aangevraagde_producten {
                let asked = categorie(product.product.as_ref());
                ends.extend(answered(known(case, |known| known.categorie == asked)));
            }
        }
        Some(Inhoud::VerzoekOmWijziging(client)) => {
            let changed = client.verzoek.te_wijzigen_producten.iter().map(|one| one.toewijzing_nummer);
            ends.extend(answered(changed.collect()));
        }
        Some(Inhoud::Stop(client)) => {
            let stops = client.stop_producten.iter().filter(|one| one.is_first_delivery() && !one.is_temporary());
            ends.extend(stops.filter_map(|stop| Some((stop.toewijzing_nummer?, Ends::Void))));
        }
        Some(
            Inhoud::Start(_)
            | Inhoud::Antwoord(_)
            | Inhoud::Declaratie(_)
            | Inhoud::DeclaratieAntwoord { .. }
            | Inhoud::Factuur { .. }
            | Inhoud::FactuurAntwoord { .. },
        )
        | None => {}
    }
    ends.into_iter().flat_map(|(nummer, ends)| case.closings_on(KIND, nummer, ends)).collect()
}

/// What a newer version makes of the signal of the earlier ones: asked for in time when it lasts longer, else moved.
fn end_of_earlier(new: &NewToewijzing, case: &Case<'_>) -> (ToewijzingNummer, Ends) {
    let current = case.history.toewijzingen.current(new.toewijzing_nummer).and_then(|known| known.einddatum);
    let is_longer = current.is_some_and(|known| new.einddatum.is_none_or(|last| last > known));
    let ends = if is_longer && !new.verwijderd { Ends::Answered } else { Ends::Void };
    (new.toewijzing_nummer, ends)
}

/// Whether something follows it: known already, or in the same bericht.
fn has_successor(span: &Span<'_>, case: &Case<'_>) -> bool {
    let is_new = case.holding().any(|other| Span::of_new(other).follows(span));
    is_new || !known(case, |known| known.follows(span)).is_empty()
}

/// The known toewijzingen of this client of which this is so.
fn known(case: &Case<'_>, is_so: impl Fn(&Span<'_>) -> bool) -> Vec<ToewijzingNummer> {
    let live = case.history.toewijzingen.all_current().into_iter().filter(|fact| !fact.verwijderd);
    live.map(Span::of_known).filter(is_so).map(|known| known.nummer).collect()
}
