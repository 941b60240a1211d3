//! Berichten and entries to record, all of one gemeente, one aanbieder and one client.

use chrono::NaiveDate;
use iwmo_gateway::domain::berichten::bericht::{
    BerichtIdentificatie, Heenbericht, Inhoud, RetourHeader, Retourbericht, XsdVersie,
};
use iwmo_gateway::domain::berichten::client::{Achternaam, Geboortedatum, VerkorteNaam};
use iwmo_gateway::domain::berichten::further::Kept;
use iwmo_gateway::domain::berichten::klasse::RetourCodes;
use iwmo_gateway::domain::berichten::levering::{self, StartKey, StartProduct};
use iwmo_gateway::domain::berichten::toewijzing::Product;
use iwmo_gateway::domain::berichten::waarde::{Bsn, Identificatie, StatusAanlevering, ToewijzingNummer, Value, Versie};
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::domain::facts::history::Subject;
use iwmo_gateway::domain::{Bericht, Berichtsoort, Header, History, Partij, Timestamp};
use iwmo_gateway::standard;
use iwmo_gateway::store::{
    About, DeadlineState, Entry, EnvelopeSeen, FaultEffect, HeaderColumns, Moments, NewBericht, NewDeadline, NewFault,
    NewParcel, NewToewijzing, Outcome, ParcelKind, Receipt, Via,
};

/// A value of the standard.
pub fn value<V: Value>(text: &str) -> V {
    V::from_text(text).expect("a value of the standard")
}

/// An instant, as in `2026-03-02T09:00:00Z`.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A day, as in `2026-03-02`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The morning on which everything comes in, unless a test says otherwise.
pub fn morning() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

pub fn gemeente() -> Partij {
    Partij::Gemeente("0797".into())
}

pub fn aanbieder() -> Partij {
    Partij::Aanbieder("12345678".into())
}

/// Nobody's business.
pub fn stranger() -> Partij {
    Partij::Aanbieder("87654321".into())
}

pub const BSN: &str = "999990019";

/// The header of a heenbericht; a retour has that of its heenbericht.
pub fn header(soort: Berichtsoort, identificatie: &str) -> Header {
    let from_gemeente = soort.heen().unwrap_or(soort) == Berichtsoort::Wmo301;
    let (afzender, ontvanger) = if from_gemeente { (gemeente(), aanbieder()) } else { (aanbieder(), gemeente()) };
    Header {
        soort,
        release: standard::named("3.2"),
        afzender,
        ontvanger,
        bericht_identificatie: BerichtIdentificatie {
            identificatie: value(identificatie),
            dagtekening: day("2026-03-01"),
        },
        xsd_versie: Some(versies()),
        further: Kept::default(),
    }
}

fn versies() -> XsdVersie {
    XsdVersie { basisschema_xsd_versie: value::<Versie>("1.0.0"), bericht_xsd_versie: value("1.0.0") }
}

/// A 305 that starts support on these toewijzingen.
pub fn wmo305(identificatie: &str, nummers: &[i64]) -> Bericht {
    let geslachtsnaam = Achternaam { achternaam: "Jansen".to_owned(), voorvoegsel: None };
    let inhoud = Inhoud::Start(levering::StartClient {
        bsn: value(BSN),
        geboortedatum: Geboortedatum { datum: day("1950-01-01"), datum_gebruik: None },
        geslacht: "2".to_owned(),
        naam: VerkorteNaam { geslachtsnaam, voornamen: None, voorletters: None },
        status_aanlevering: None,
        start_producten: nummers.iter().map(|nummer| start_product(*nummer)).collect(),
        retour_codes: RetourCodes::default(),
    });
    Bericht::Heen(Heenbericht { header: header(Berichtsoort::Wmo305, identificatie), inhoud })
}

fn start_product(nummer: i64) -> StartProduct {
    StartProduct {
        beschikking_nummer: None,
        toewijzing_nummer: Some(ToewijzingNummer(nummer)),
        product: None,
        toewijzing_ingangsdatum: None,
        begindatum: day("2026-02-01"),
        status_aanlevering: StatusAanlevering::EersteAanlevering,
        retour_codes: RetourCodes::default(),
    }
}

/// The retour of this kind for the heenbericht with this Identificatie, accepting it.
pub fn retour(soort: Berichtsoort, identificatie: &str, identificatie_retour: &str) -> Bericht {
    Bericht::Retour(Retourbericht {
        header: header(soort, identificatie),
        retour: RetourHeader {
            identificatie_retour: value::<Identificatie>(identificatie_retour),
            dagtekening_retour: day("2026-03-03"),
            xslt_versie: None,
            xsd_versie_retour: Some(versies()),
            retour_codes: RetourCodes::default(),
        },
        inhoud: None,
    })
}

/// What is kept of a bericht that its poster sent and that was accepted.
pub fn new_bericht(id: &str, bericht: &Bericht) -> NewBericht {
    let identificatie_retour = match bericht {
        Bericht::Heen(_) => None,
        Bericht::Retour(retour) => Some(retour.retour.identificatie_retour.as_str()),
    };
    NewBericht {
        id: id.to_owned(),
        received_at: morning(),
        via: Via::Api,
        poster: Some(bericht.poster().clone()),
        referentienummer: None,
        xml: None,
        bytes: format!("<bytes of=\"{id}\"/>").into(),
        sha256: format!("sha-of-{id}"),
        header: Some(HeaderColumns::of(bericht.header(), identificatie_retour)),
        heenbericht_id: None,
        outcome: Outcome::Accepted,
        receipt: receipt(id),
    }
}

/// A receipt that can be told from others.
pub fn receipt(id: &str) -> Receipt {
    Receipt {
        id: id.to_owned(),
        received_at: morning(),
        berichtsoort: Some("WMO305".to_owned()),
        release: Some("3.2".to_owned()),
        verdict: Outcome::Accepted,
        identificatie: None,
        waits_until: None,
        refusal: None,
        findings: Vec::new(),
        not_checked: Vec::new(),
        toewijzingen: vec![7],
        heenbericht: None,
        deadlines: Vec::new(),
        retour: None,
        sent_to: Vec::new(),
        digests: None,
        practice: false,
    }
}

/// An entry that keeps this bericht and claims its identity; nothing else follows from it.
pub fn entry(bericht: NewBericht) -> Entry {
    Entry { claims_identity: true, ..Entry::only(bericht) }
}

/// An entry with a 305 under its own id as Identificatie.
pub fn entry_305(id: &str) -> Entry {
    entry(new_bericht(id, &wmo305(id, &[])))
}

/// The same, judged on this revision of the client.
pub fn entry_at(id: &str, revision: i64) -> Entry {
    Entry { about: Some(about(revision)), ..entry_305(id) }
}

/// That a verdict is about the client, at this revision.
pub fn about(revision: i64) -> About {
    let bsn: Bsn = value(BSN);
    let revisions = vec![(Subject::Client(bsn.clone()), revision)];
    About { gemeente: gemeente(), aanbieder: aanbieder(), bsn: Some(bsn), revisions }
}

/// How often something was recorded about the client.
pub fn revision_of(history: &History) -> i64 {
    let client = Subject::Client(value(BSN));
    history.revisions.iter().find(|(subject, _)| *subject == client).map_or(0, |(_, revision)| *revision)
}

/// The key of a start on this toewijzing.
pub fn start_key(nummer: i64) -> StartKey {
    start_product(nummer).key()
}

/// A version of a toewijzing, decided on this day.
pub fn new_toewijzing(nummer: i64, toewijzingsdatum: &str) -> NewToewijzing {
    NewToewijzing {
        toewijzing_nummer: ToewijzingNummer(nummer),
        referentie_aanbieder: None,
        toewijzingsdatum: day(toewijzingsdatum),
        toewijzingstijd: value("10:30:00.5"),
        product: Some(Product { categorie: value("01"), code: None }),
        ingangsdatum: day("2026-02-01"),
        einddatum: None,
        omvang: None,
        budget: None,
        verwijderd: false,
    }
}

/// An open clock on the retour of bericht `b1`, due on 5 March 2026.
pub fn retour_deadline(id: &str) -> NewDeadline {
    NewDeadline {
        moments: Moments {
            warns: vec![day("2026-03-04")],
            next_at: at("2026-03-05T23:00:00Z"),
            counted: None,
            explanation: String::new(),
        },
        id: id.to_owned(),
        bericht_id: "b1".to_owned(),
        kind: DeadlineKind::Retour,
        answer: Berichtsoort::Wmo306,
        responsible: gemeente(),
        gemeente: gemeente(),
        aanbieder: aanbieder(),
        subject: None,
        due: day("2026-03-05"),
        due_at: at("2026-03-05T23:00:00Z"),
        state: DeadlineState::Open,
    }
}

/// An envelope with this bericht inside.
pub fn parcel(referentienummer: &str, bericht_id: &str) -> NewParcel {
    NewParcel {
        referentienummer: referentienummer.to_owned(),
        kind: ParcelKind::Di01,
        functie: "WMO305".to_owned(),
        bericht_id: bericht_id.to_owned(),
        zender: "12345678".to_owned(),
        ontvanger: "0797".to_owned(),
        envelope: format!("envelope of {referentienummer}").into(),
        held: None,
    }
}

/// A fault of the network about a parcel, in an envelope with this number.
pub fn fault(about: &str, own: &str, effect: FaultEffect) -> NewFault {
    let seen = EnvelopeSeen {
        zender: "VECOZO".to_owned(),
        referentienummer: own.to_owned(),
        content_sha256: "c".to_owned(),
        answer: b"bv03".to_vec(),
    };
    NewFault {
        id: format!("fault of {own}"),
        received_at: morning() + chrono::TimeDelta::seconds(2),
        seen,
        ontvanger: "0797".to_owned(),
        about: about.to_owned(),
        code: "IB014".to_owned(),
        text: "IB014: said".to_owned(),
        bytes: bytes::Bytes::from_static(b"<fo01/>"),
        effect,
    }
}
