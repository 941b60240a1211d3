//! The signal that a toewijzing ends and nothing follows it, some weeks before it does (S19).
//!
//! It starts with the version that sets the Einddatum and moves with a newer one. What stops it: a successor, a longer
//! version, a verzoek about it, and a stop for good. Both parties find it among their deadlines; that it is overdue is the
//! signal.

use chrono::NaiveDate;

use super::Draft;
use crate::clock;
use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::toewijzing::Product;
use crate::domain::berichten::waarde::{ProductCategorie, ToewijzingNummer};
use crate::domain::deadlines::deadline::Clock;
use crate::domain::facts::history::ToewijzingFact;
use crate::exchange::Gateway;
use crate::store::{Closing, DeadlineState, Ends, LedgerChange, NewDeadline, NewToewijzing};

/// How long a toewijzing lasts, and for what.
struct Term<'a> {
    nummer: ToewijzingNummer,
    categorie: Option<&'a ProductCategorie>,
    first: NaiveDate,
    last: Option<NaiveDate>,
}

impl<'a> Term<'a> {
    fn of_new(new: &'a NewToewijzing) -> Self {
        let categorie = categorie(new.product.as_ref());
        Self { nummer: new.toewijzing_nummer, categorie, first: new.ingangsdatum, last: new.einddatum }
    }

    fn of_known(fact: &'a ToewijzingFact) -> Self {
        let categorie = categorie(fact.product.as_ref());
        Self { nummer: fact.toewijzing_nummer, categorie, first: fact.ingangsdatum, last: fact.einddatum }
    }

    /// Whether it goes on where the other one ends, without a day between.
    fn follows(&self, other: &Term<'_>) -> bool {
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

impl Draft<'_> {
    /// The signals of the versions that came: of those with an end that is not too near, and that nothing follows.
    pub(super) fn verlengingen(&self, toewijzingen: &[NewToewijzing], gateway: &Gateway) -> Vec<NewDeadline> {
        let Some(term) = gateway.profile.verlenging else { return Vec::new() };
        let received = clock::date_of(self.received.at);
        let opened = |new: &&NewToewijzing| {
            let due = term.due_before(new.einddatum?);
            let deadline = self.due_on((Clock::Verlenging, Berichtsoort::Wmo301), due, DeadlineState::Open, gateway);
            (due >= received && !self.has_successor(&Term::of_new(new), toewijzingen))
                .then(|| NewDeadline { subject: Some(new.toewijzing_nummer.to_string()), ..deadline })
        };
        self.holding(toewijzingen).filter_map(|new| opened(&new)).collect()
    }

    /// The signals that stop.
    pub(super) fn ends_verlenging(&self, heen: &Heenbericht, ledger: &LedgerChange) -> Vec<Closing> {
        let answered = |nummers: Vec<ToewijzingNummer>| nummers.into_iter().map(|nummer| (nummer, Ends::Answered));
        let mut ends: Vec<(ToewijzingNummer, Ends)> = Vec::new();
        match &heen.inhoud {
            Inhoud::Toewijzing(_) | Inhoud::Beschikking(_) => {
                ends.extend(
                    ledger.toewijzingen.iter().filter(|new| self.holds(new)).map(|new| self.end_of_earlier(new)),
                );
                for new in self.holding(&ledger.toewijzingen) {
                    let new = Term::of_new(new);
                    ends.extend(answered(self.those(|known| new.follows(known))));
                }
            }
            Inhoud::VerzoekOmToewijzing(client) => {
                for product in &client.aangevraagde_producten {
                    let asked = categorie(product.product.as_ref());
                    ends.extend(answered(self.those(|known| known.categorie == asked)));
                }
            }
            Inhoud::VerzoekOmWijziging(client) => {
                let changed = client.verzoek.te_wijzigen_producten.iter().map(|one| one.toewijzing_nummer);
                ends.extend(answered(changed.collect()));
            }
            Inhoud::Stop(client) => {
                let stops = client.stop_producten.iter().filter(|one| one.is_first_delivery() && !one.is_temporary());
                ends.extend(stops.filter_map(|stop| Some((stop.toewijzing_nummer?, Ends::Void))));
            }
            Inhoud::Start(_)
            | Inhoud::Antwoord(_)
            | Inhoud::Declaratie(_)
            | Inhoud::DeclaratieAntwoord { .. }
            | Inhoud::Factuur { .. }
            | Inhoud::FactuurAntwoord { .. } => {}
        }
        ends.into_iter().flat_map(|(nummer, ends)| self.closings_of(Clock::Verlenging, nummer, ends)).collect()
    }

    /// What a newer version makes of the signal of the earlier ones: asked for in time when it lasts longer, else moved.
    fn end_of_earlier(&self, new: &NewToewijzing) -> (ToewijzingNummer, Ends) {
        let current = self.history.toewijzingen.current(new.toewijzing_nummer).and_then(|known| known.einddatum);
        let is_longer = current.is_some_and(|known| new.einddatum.is_none_or(|last| last > known));
        let ends = if is_longer && !new.verwijderd { Ends::Answered } else { Ends::Void };
        (new.toewijzing_nummer, ends)
    }

    /// The versions that hold and are not withdrawn.
    fn holding<'t>(&self, toewijzingen: &'t [NewToewijzing]) -> impl Iterator<Item = &'t NewToewijzing> {
        toewijzingen.iter().filter(|new| !new.verwijderd && self.holds(new))
    }

    /// Whether something follows it: known already, or in the same bericht.
    fn has_successor(&self, term: &Term<'_>, toewijzingen: &[NewToewijzing]) -> bool {
        let is_new = self.holding(toewijzingen).any(|other| Term::of_new(other).follows(term));
        is_new || !self.those(|known| known.follows(term)).is_empty()
    }

    /// The known toewijzingen of this client that are so.
    fn those(&self, are_so: impl Fn(&Term<'_>) -> bool) -> Vec<ToewijzingNummer> {
        let live = self.history.toewijzingen.all_current().into_iter().filter(|fact| !fact.verwijderd);
        live.map(Term::of_known).filter(are_so).map(|known| known.nummer).collect()
    }
}
