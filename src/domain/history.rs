//! What was recorded before, as far as it bears on one bericht.

use chrono::NaiveDate;

use super::Timestamp;
use super::bericht::Retourbericht;
use super::levering::StartKey;
use super::waarde::{Bsn, Tijd, ToewijzingNummer};

/// Earlier facts about the client and the parties of one bericht.
#[derive(Clone, Default)]
pub struct History {
    /// Changes whenever another bericht of this client and these parties is recorded.
    pub revision: i64,
    /// A bericht of the same kind and sender used this Identificatie before; of a retour, its IdentificatieRetour.
    pub identificatie_used: bool,
    /// Every version known of the toewijzingen that the bericht names, between these parties.
    pub toewijzingen: Vec<ToewijzingFact>,
    /// The live starts of this client between these parties.
    pub starts: Vec<StartFact>,
    /// For a retour: the heenberichten under its Identificatie.
    pub awaited: Vec<Awaited>,
}

/// One version of a toewijzing that was sent.
#[derive(Clone)]
pub struct ToewijzingFact {
    /// Its number at the gemeente.
    pub toewijzing_nummer: ToewijzingNummer,
    /// Whose it is.
    pub bsn: Bsn,
    /// Categorie of the product, when given.
    pub categorie: Option<String>,
    /// Code of the product, when given.
    pub code: Option<String>,
    /// Day of the decision.
    pub toewijzingsdatum: NaiveDate,
    /// Time of the decision.
    pub toewijzingstijd: Tijd,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// This version takes the toewijzing back.
    pub verwijderd: bool,
    /// When its 301 came in.
    pub received_at: Timestamp,
}

/// A start of support that is live: accepted, and not taken back.
#[derive(Clone)]
pub struct StartFact {
    /// Its key, apart from the Bsn.
    pub key: StartKey,
}

/// A heenbericht that may wait for the retour at hand.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// The heenbericht in the store.
    pub bericht_id: String,
    /// Receiver in its header.
    pub ontvanger: String,
    /// Dagtekening in its header.
    pub dagtekening: NaiveDate,
    /// It has its retour.
    pub answered: bool,
    /// Of the envelope that brought it over the network, for the envelope of the answer.
    pub referentienummer: Option<String>,
}

impl History {
    /// The version of a toewijzing that holds: the one decided last, whatever came in last (IV013, OP080).
    #[must_use]
    pub fn current_toewijzing(&self, nummer: ToewijzingNummer) -> Option<&ToewijzingFact> {
        self.toewijzingen
            .iter()
            .filter(|fact| fact.toewijzing_nummer == nummer)
            .max_by_key(|fact| (fact.toewijzingsdatum, &fact.toewijzingstijd))
    }

    /// Whether this client has a toewijzing of this number that was not removed.
    #[must_use]
    pub fn has_live_toewijzing(&self, nummer: ToewijzingNummer, bsn: &Bsn) -> bool {
        self.current_toewijzing(nummer).is_some_and(|fact| fact.bsn == *bsn && !fact.verwijderd)
    }

    /// The heenbericht that a retour answers: same Ontvanger and Dagtekening, an open one before an answered one.
    #[must_use]
    pub fn answered_by(&self, retour: &Retourbericht) -> Option<&Awaited> {
        let header = &retour.header;
        self.awaited
            .iter()
            .filter(|awaited| {
                awaited.ontvanger == header.ontvanger.code()
                    && awaited.dagtekening == header.bericht_identificatie.dagtekening
            })
            .min_by_key(|awaited| awaited.answered)
    }
}
