//! What was recorded before, as far as it bears on one bericht.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::berichten::bericht::{BerichtIdentificatie, Berichtsoort, Inhoud, Retourbericht, XsdVersie};
use crate::domain::berichten::declaratie::{GeslotenPeriode, Prestatie, TotaalBedragMetDC};
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::toewijzing::{Omvang, Product};
use crate::domain::berichten::verzoek::Verzoek;
use crate::domain::berichten::waarde::{Bsn, RetourCode, Tijd, ToewijzingNummer, VerzoekAntwoord};
use crate::domain::{Partij, Timestamp};

/// Earlier facts about what one bericht is about, between its two parties. Only what came of berichten that count:
/// accepted, and not refused by a retour since.
#[derive(Clone, Default)]
pub struct History {
    /// What the verdict rests on, and how often each was recorded about: the compare-and-set of the verdict.
    pub revisions: Vec<(Subject, i64)>,
    /// A bericht of the same kind and sender used this Identificatie before; of a retour, its IdentificatieRetour.
    pub identificatie_used: bool,
    /// Toewijzingen that the bericht names by number, and for a WMO301, 315 or 317 all of its client.
    pub toewijzingen: Toewijzingen,
    /// Those of the clients in the bericht who ever had a toewijzing, a removed one included.
    pub clients: HashSet<Bsn>,
    /// The live starts of this client, the one accepted last at the end.
    pub starts: Vec<StartFact>,
    /// The live stops of this client, the one accepted last at the end.
    pub stops: Vec<StopFact>,
    /// Of a WMO305: every start that was reported on the toewijzingen in it, also one that was taken back since.
    pub reported_starts: Vec<ReportedStart>,
    /// Verzoeken: those of this client, and those under a ReferentieAanbieder that the bericht names.
    pub verzoeken: Vec<VerzoekFact>,
    /// What a declaratie, or the antwoord on it, rests on.
    pub declaraties: DeclaratieHistory,
    /// Of the toewijzingen that a WMO301 names: those on which support begins on a written order.
    pub with_spoed: Vec<ToewijzingNummer>,
    /// For a retour: the heenberichten under its Identificatie.
    pub awaited: Vec<Awaited>,
}

/// Something between one gemeente and one aanbieder that berichten change one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// All about one client.
    Client(Bsn),
    /// Whose a toewijzing is.
    Toewijzing(ToewijzingNummer),
    /// What became of a verzoek, by its ReferentieAanbieder.
    Verzoek(String),
    /// All that is declared.
    Declaraties,
    /// A heenbericht that somebody answers: kind, Afzender, Identificatie. No verdict rests on it, a bericht may wait for it.
    Heenbericht(Berichtsoort, Partij, String),
}

/// Toewijzingen, each in all its versions.
#[derive(Clone, Default)]
pub struct Toewijzingen(HashMap<ToewijzingNummer, Vec<ToewijzingFact>>);

/// One version of a toewijzing that was sent.
#[derive(Clone)]
pub struct ToewijzingFact {
    /// Its number at the gemeente.
    pub toewijzing_nummer: ToewijzingNummer,
    /// Whose it is.
    pub bsn: Bsn,
    /// The verzoek that it honours.
    pub referentie_aanbieder: Option<String>,
    /// Absent when the aanbieder chooses (generiek).
    pub product: Option<Product>,
    /// Day of the decision.
    pub toewijzingsdatum: NaiveDate,
    /// Time of the decision.
    pub toewijzingstijd: Tijd,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// Last day of support; absent when open-ended.
    pub einddatum: Option<NaiveDate>,
    /// How much.
    pub omvang: Option<Omvang>,
    /// In euro cents.
    pub budget: Option<i64>,
    /// This version takes the toewijzing back.
    pub verwijderd: bool,
    /// Of its 301.
    pub dagtekening: NaiveDate,
    /// Its 301 in the store.
    pub bericht_id: String,
    /// When its 301 came in.
    pub received_at: Timestamp,
}

/// A start of support that is live: accepted, and not taken back.
#[derive(Clone)]
pub struct StartFact {
    /// Its key, apart from the Bsn.
    pub key: StartKey,
}

/// A start that was reported, and not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedStart {
    /// On which toewijzing.
    pub toewijzing_nummer: ToewijzingNummer,
    /// The day on which support began.
    pub begindatum: NaiveDate,
    /// When the report came in.
    pub received_at: Timestamp,
}

/// A stop of support that is live: accepted, and not taken back.
#[derive(Clone)]
pub struct StopFact {
    /// Its key, apart from the Bsn.
    pub key: StopKey,
}

/// A verzoek om toewijzing, per product, or a verzoek om wijziging.
#[derive(Clone)]
pub struct VerzoekFact {
    /// The ReferentieAanbieder by which it is answered.
    pub referentie_aanbieder: String,
    /// WMO315 or WMO317.
    pub soort: Berichtsoort,
    /// Whose it is.
    pub bsn: Bsn,
    /// Of the 315 or 317.
    pub dagtekening: NaiveDate,
    /// The 315 or 317 in the store.
    pub bericht_id: String,
    /// The answers of the gemeente in a 319, in the order in which they came.
    pub antwoorden: Vec<VerzoekAntwoord>,
    /// A 301 honoured it.
    pub honoured: bool,
    /// Of a 317 that the bericht at hand honours: what it asks, as far as it can still be read.
    pub wijziging: Option<Verzoek>,
}

/// What a declaratie, or the antwoord on it, rests on.
#[derive(Clone, Default)]
pub struct DeclaratieHistory {
    /// Earlier declaraties: of a 323, those under its DeclaratieNummer and the accepted one of the latest
    /// DeclaratiePeriode; of a 325, those that it may answer.
    pub declaraties: Vec<DeclaratieFact>,
    /// Earlier lines of accepted declaraties, in the order in which they were judged: of a 323, those under a
    /// ReferentieNummer or VorigReferentieNummer in it and all on a toewijzing in it; of a 325, those of the
    /// declaratie that it answers, of one that was rejected as a whole too.
    pub prestaties: Vec<PrestatieFact>,
    /// Of a declaratie or factuur: what was reported of the support of its clients.
    pub leveringen: HashMap<Bsn, Leveringen>,
    /// What other aanbieders reported of it, and were granted. Only for the gemeente, and only where the agreements ask for it.
    pub elsewhere: HashMap<Bsn, Elsewhere>,
    /// Of the lines that a declaratie credits, by ReferentieNummer: the day on which the antwoord came that granted them. Only
    /// where the agreements ask for it.
    pub granted_on: HashMap<String, NaiveDate>,
}

/// What other aanbieders of the same gemeente told of a client, as far as the gemeente knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The support that they reported.
    pub support: Vec<SupportElsewhere>,
    /// The lines about it that were granted and not taken back.
    pub granted: Vec<GrantedElsewhere>,
}

/// A line that was granted to another aanbieder of the same gemeente.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedElsewhere {
    /// Of the product.
    pub categorie: String,
    /// The first day of its period.
    pub begindatum: NaiveDate,
}

/// Support that another aanbieder of the same gemeente reported, as far as the gemeente knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportElsewhere {
    /// Of the product, when given.
    pub categorie: Option<String>,
    /// The day on which it began.
    pub begindatum: NaiveDate,
    /// Its last day: of the stop or the toewijzing, whichever is first.
    pub einddatum: Option<NaiveDate>,
}

/// The live starts and stops of a client.
#[derive(Clone, Default)]
pub struct Leveringen {
    /// Accepted, and not taken back.
    pub starts: Vec<StartKey>,
    /// Accepted, and not taken back.
    pub stops: Vec<StopKey>,
}

/// Which declaratie or factuur an antwoord is to.
pub struct Answers {
    /// Of the 323 or 303.
    pub identificatie: BerichtIdentificatie,
    /// Of the one that used its Identificatie for the second time.
    says_second_use: bool,
}

/// A declaratie that was taken in.
#[derive(Clone)]
pub struct DeclaratieFact {
    /// The 323 in the store.
    pub bericht_id: String,
    /// Of the envelope that brought it, over the network.
    pub referentienummer: Option<String>,
    /// In its header.
    pub bericht_identificatie: BerichtIdentificatie,
    /// In its header.
    pub xsd_versie: Option<XsdVersie>,
    /// The DeclaratieNummer of its aanbieder.
    pub declaratie_nummer: String,
    /// A calendar month.
    pub declaratie_periode: GeslotenPeriode,
    /// The lines added up.
    pub totaal_ingediend_bedrag: TotaalBedragMetDC,
    /// Rejected before its lines were judged: it counts as not sent.
    pub void: bool,
    /// It has its 325.
    pub answered: bool,
    /// It was itself a second use of its Identificatie (9056).
    pub is_second_use: bool,
}

/// A line that was judged.
#[derive(Clone, Debug)]
pub struct PrestatieFact {
    /// Under whose Bsn.
    pub bsn: Bsn,
    /// As it was declared.
    pub prestatie: Prestatie,
    /// What is granted of it, in euro cents and with its own sign; `None`: it was rejected. Less than was asked only of a line
    /// of a declaratie of release 2.3.
    pub toegekend: Option<u32>,
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
    /// It was itself a second use of its Identificatie (9056).
    pub is_second_use: bool,
    /// Of the envelope that brought it over the network, for the envelope of the answer.
    pub referentienummer: Option<String>,
}

impl Answers {
    /// Of a 325 or 304; `None` for other kinds.
    #[must_use]
    pub fn of(inhoud: &Inhoud) -> Option<Self> {
        let (identificatie, retour_codes) = match inhoud {
            Inhoud::DeclaratieAntwoord { header, .. } => {
                (header.declaratie_identificatie.clone(), &header.retour_codes)
            }
            Inhoud::FactuurAntwoord { header, .. } => (header.identificatie.bericht(), &header.retour_codes),
            _ => return None,
        };
        let says = |code: &RetourCode| {
            [RetourCode::IDENTIFICATIE_GEBRUIKT, RetourCode::FACTUURNUMMER_GEBRUIKT].contains(&code.as_str())
        };
        Some(Self { identificatie, says_second_use: retour_codes.0.iter().any(says) })
    }
}

impl Subject {
    /// What a heenbericht is about, each once.
    #[must_use]
    pub fn of(inhoud: &Inhoud) -> Vec<Self> {
        let of_declaratie = inhoud.clienten().iter().map(|client| &client.bsn);
        let of_factuur = inhoud.factuur_clienten().iter().map(|client| &client.bsn);
        let clients = inhoud.bsn().into_iter().chain(of_declaratie).chain(of_factuur).cloned().map(Self::Client);
        let toewijzingen = named_toewijzingen(inhoud).into_iter().map(Self::Toewijzing);
        let verzoeken = named_verzoeken(inhoud).into_iter().map(|naam| Self::Verzoek(naam.to_owned()));
        let declaraties = matches!(
            inhoud,
            Inhoud::Declaratie(_)
                | Inhoud::DeclaratieAntwoord { .. }
                | Inhoud::Factuur { .. }
                | Inhoud::FactuurAntwoord { .. }
        );
        let all = clients.chain(toewijzingen).chain(verzoeken).chain(declaraties.then_some(Self::Declaraties));
        let mut seen = HashSet::new();
        all.filter(|subject| seen.insert(subject.clone())).collect()
    }
}

/// The toewijzingen that a bericht is about, by number. A declaratie is about its clients and lines.
#[must_use]
pub fn named_toewijzingen(inhoud: &Inhoud) -> Vec<ToewijzingNummer> {
    match inhoud {
        Inhoud::Toewijzing(client) => client.toegewezen_producten.iter().map(|one| one.toewijzing_nummer).collect(),
        Inhoud::Beschikking(client) => {
            client.beschikking.toegewezen_producten.iter().filter_map(|one| one.toewijzing_nummer).collect()
        }
        Inhoud::Start(client) => client.start_producten.iter().filter_map(|one| one.toewijzing_nummer).collect(),
        Inhoud::Stop(client) => client.stop_producten.iter().filter_map(|one| one.toewijzing_nummer).collect(),
        Inhoud::VerzoekOmWijziging(client) => {
            let verzoek = &client.verzoek;
            let ongewijzigd = verzoek.ongewijzigde_producten.iter().map(|one| one.toewijzing_nummer);
            ongewijzigd.chain(verzoek.te_wijzigen_producten.iter().map(|one| one.toewijzing_nummer)).collect()
        }
        Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

/// The verzoeken that a bericht makes, honours or answers, by ReferentieAanbieder.
#[must_use]
pub fn named_verzoeken(inhoud: &Inhoud) -> Vec<&str> {
    match inhoud {
        Inhoud::Toewijzing(client) => {
            client.toegewezen_producten.iter().filter_map(|one| one.referentie_aanbieder.as_deref()).collect()
        }
        Inhoud::VerzoekOmToewijzing(client) => {
            client.aangevraagde_producten.iter().map(|one| one.referentie_aanbieder.as_str()).collect()
        }
        Inhoud::VerzoekOmWijziging(client) => vec![&client.verzoek.referentie_aanbieder],
        Inhoud::Antwoord(antwoord) => vec![&antwoord.referentie_aanbieder],
        Inhoud::Beschikking(client) => {
            let producten = &client.beschikking.toegewezen_producten;
            producten.iter().filter_map(|one| one.referentie_aanbieder.as_deref()).collect()
        }
        Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

impl Toewijzingen {
    /// The version of a toewijzing that holds: the one decided last, whatever came in last (IV013, OP080).
    #[must_use]
    pub fn current(&self, nummer: ToewijzingNummer) -> Option<&ToewijzingFact> {
        self.versions(nummer).iter().max_by_key(|fact| (fact.toewijzingsdatum, &fact.toewijzingstijd))
    }

    /// Every version of a toewijzing, in the order in which they came.
    #[must_use]
    pub fn versions(&self, nummer: ToewijzingNummer) -> &[ToewijzingFact] {
        self.0.get(&nummer).map_or(&[], Vec::as_slice)
    }

    /// The version that holds of each toewijzing, in the order of the numbers.
    #[must_use]
    pub fn all_current(&self) -> Vec<&ToewijzingFact> {
        let mut facts: Vec<&ToewijzingFact> = self.0.keys().filter_map(|nummer| self.current(*nummer)).collect();
        facts.sort_by_key(|fact| fact.toewijzing_nummer);
        facts
    }

    /// Whether this client has a toewijzing of this number that was not removed.
    #[must_use]
    pub fn has_live(&self, nummer: ToewijzingNummer, bsn: &Bsn) -> bool {
        self.current(nummer).is_some_and(|fact| fact.bsn == *bsn && !fact.verwijderd)
    }
}

impl Extend<ToewijzingFact> for Toewijzingen {
    fn extend<I: IntoIterator<Item = ToewijzingFact>>(&mut self, facts: I) {
        for fact in facts {
            // Nearly all have one version, and a declaratie asks for many.
            self.0.entry(fact.toewijzing_nummer).or_insert_with(|| Vec::with_capacity(1)).push(fact);
        }
    }
}

impl FromIterator<ToewijzingFact> for Toewijzingen {
    fn from_iter<I: IntoIterator<Item = ToewijzingFact>>(facts: I) -> Self {
        let mut toewijzingen = Self::default();
        toewijzingen.extend(facts);
        toewijzingen
    }
}

impl ToewijzingFact {
    /// Whether support under it is possible on this day or a later one: an actuele toewijzing (TR349).
    #[must_use]
    pub fn is_actueel(&self, day: NaiveDate) -> bool {
        !self.verwijderd && (self.einddatum.is_none_or(|last| last >= day) || self.ingangsdatum > day)
    }

    /// Whether this product in this period may have been delivered under it.
    #[must_use]
    pub fn fits(&self, prestatie: &Prestatie) -> bool {
        let periode = &prestatie.product_periode;
        let is_product = self.product.as_ref().is_none_or(|product| {
            product.categorie == prestatie.product_categorie
                && product.code.as_ref().is_none_or(|code| *code == prestatie.product_code)
        });
        let is_in_term =
            self.ingangsdatum <= periode.begindatum && self.einddatum.is_none_or(|last| periode.einddatum <= last);
        is_product && is_in_term
    }
}

impl DeclaratieHistory {
    /// The declaratie that an antwoord is to: Identificatie and Dagtekening of its 323 (TR337), or number and Dagtekening
    /// of its 303. An open one before an answered one; an antwoord that says so belongs to the second use of an
    /// Identificatie, any other to the first.
    #[must_use]
    pub fn answered_by(&self, answers: &Answers) -> Option<&DeclaratieFact> {
        let named = self.declaraties.iter().filter(|one| one.bericht_identificatie == answers.identificatie);
        named.min_by_key(|one| (one.answered, one.is_second_use != answers.says_second_use))
    }

    /// Whether a line on this toewijzing is granted, and not credited since.
    #[must_use]
    pub fn has_granted_lines(&self, nummer: ToewijzingNummer) -> bool {
        let granted = || self.prestaties.iter().filter(|line| line.is_granted()).map(|line| &line.prestatie);
        let credited: HashSet<&str> = granted().filter_map(|line| line.product_referentie.vorig()).collect();
        granted()
            .filter(|line| line.toewijzing_nummer == Some(nummer) && line.is_debet())
            .any(|line| !credited.contains(line.product_referentie.referentie_nummer.as_str()))
    }
}

impl PrestatieFact {
    /// Whether any of it is granted.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        self.toegekend.is_some()
    }
}

impl VerzoekFact {
    /// Whether the gemeente still has to decide: no toewijzing honours it and no antwoord rejects it (TR374).
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.honoured && !self.antwoorden.contains(&VerzoekAntwoord::Afgewezen)
    }
}

impl History {
    /// The verzoek with this name.
    #[must_use]
    pub fn verzoek(&self, referentie_aanbieder: &str) -> Option<&VerzoekFact> {
        self.verzoeken.iter().find(|verzoek| verzoek.referentie_aanbieder == referentie_aanbieder)
    }

    /// When it was first reported that support on this toewijzing began on this day.
    #[must_use]
    pub fn first_report(&self, nummer: ToewijzingNummer, begindatum: NaiveDate) -> Option<Timestamp> {
        let same = self.reported_starts.iter();
        let same = same.filter(|one| one.toewijzing_nummer == nummer && one.begindatum == begindatum);
        same.map(|one| one.received_at).min()
    }

    /// The heenbericht that a retour answers: same Ontvanger and Dagtekening, an open one before an answered one. A
    /// retour with 9056 belongs to the second use of an Identificatie, any other to the first.
    #[must_use]
    pub fn answered_by(&self, retour: &Retourbericht) -> Option<&Awaited> {
        let header = &retour.header;
        let codes = &retour.retour.retour_codes.0;
        let says_second_use = codes.iter().any(|code| code.as_str() == RetourCode::IDENTIFICATIE_GEBRUIKT);
        self.awaited
            .iter()
            .filter(|awaited| {
                awaited.ontvanger == header.ontvanger.code()
                    && awaited.dagtekening == header.bericht_identificatie.dagtekening
            })
            .min_by_key(|awaited| (awaited.answered, awaited.is_second_use != says_second_use))
    }
}
