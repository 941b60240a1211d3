//! What becomes true together when a bericht is recorded.

use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;

use super::deadline::Moments;
use super::decisions::Approval;
use super::outcome::Outcome;
use super::receipt::Receipt;
use crate::domain::berichten::bericht::XsdVersie;
use crate::domain::berichten::declaratie::{GeslotenPeriode, Referentie, TotaalBedragMetDC};
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::waarde::{Bsn, ToewijzingNummer, VerzoekAntwoord};
use crate::domain::deadlines::case::{Closing, DeadlineState};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::facts::calculation::Calculation;
use crate::domain::facts::history::{PrestatieFact, Subject};
use crate::domain::facts::new_toewijzing::NewToewijzing;
use crate::domain::finding::ClientLine;
use crate::domain::{Berichtsoort, Header, Partij, Release, Timestamp};

/// Which way a bericht came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Posted over the API.
    Api,
    /// In an envelope of the GGK.
    Ggk,
    /// Fetched at VECOZO.
    Vecozo,
    /// Out of a folder.
    File,
    /// Composed here.
    Gateway,
}

/// A bericht to keep.
#[derive(Clone, Debug)]
pub struct NewBericht {
    /// Ours: a UUID that grows with time.
    pub id: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// Which way.
    pub via: Via,
    /// Who posted it, by credential or envelope; `None` for one composed here.
    pub poster: Option<Partij>,
    /// Of the envelope that brought it.
    pub referentienummer: Option<String>,
    /// The bytes, unchanged.
    pub bytes: Bytes,
    /// The XML that was made of them, when they were something else.
    pub xml: Option<Bytes>,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// What its header says; `None` when it could not be read.
    pub header: Option<HeaderColumns>,
    /// The heenbericht that this retour answers.
    pub heenbericht_id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What its sender was told.
    pub receipt: Receipt,
}

/// The header of a bericht, as columns.
#[derive(Clone, Debug)]
pub struct HeaderColumns {
    /// Of the bericht itself: of a retour not that of its heenbericht.
    pub soort: Berichtsoort,
    /// Release, as in `3.2`.
    pub release: &'static str,
    /// Sender of the heenbericht.
    pub afzender: Partij,
    /// Receiver of the heenbericht.
    pub ontvanger: Partij,
    /// Of the heenbericht.
    pub identificatie: String,
    /// Of the heenbericht.
    pub dagtekening: NaiveDate,
    /// Of a retour.
    pub identificatie_retour: Option<String>,
}

impl HeaderColumns {
    /// By which the bericht itself goes: of a retour its own, not that of its heenbericht.
    #[must_use]
    pub fn own_identificatie(&self) -> &str {
        self.identificatie_retour.as_deref().unwrap_or(&self.identificatie)
    }

    /// The columns of a header; `identificatie_retour` for a retour.
    #[must_use]
    pub fn of(header: &Header, identificatie_retour: Option<&str>) -> Self {
        Self {
            soort: header.soort,
            release: header.release.name(),
            afzender: header.afzender.clone(),
            ontvanger: header.ontvanger.clone(),
            identificatie: header.bericht_identificatie.identificatie.to_string(),
            dagtekening: header.bericht_identificatie.dagtekening,
            identificatie_retour: identificatie_retour.map(str::to_owned),
        }
    }

    /// What may be used once: (BerichtCode, Afzender, Identificatie) of a heenbericht, and of a retour its
    /// kind, its maker and its IdentificatieRetour (TR056, BRS20).
    #[must_use]
    pub fn identity(&self) -> String {
        match &self.identificatie_retour {
            None => format!("{}/{}/{}", self.soort, self.afzender, self.identificatie),
            Some(retour) => format!("{}/{}/{retour}", self.soort, self.ontvanger),
        }
    }
}

/// Between whom a bericht passes, and what the verdict on it rests on.
#[derive(Clone, Debug)]
pub struct About {
    /// One end.
    pub gemeente: Partij,
    /// The other end.
    pub aanbieder: Partij,
    /// Whose client it is, for a kind that is about one client.
    pub bsn: Option<Bsn>,
    /// The subjects, each at the revision that the verdict was based on.
    pub revisions: Vec<(Subject, i64)>,
}

/// For what a bericht waits, and how long.
#[derive(Clone, Debug)]
pub struct Wait {
    /// One end.
    pub gemeente: Partij,
    /// The other end.
    pub aanbieder: Partij,
    /// What the missing bericht will be about.
    pub subjects: Vec<Subject>,
    /// When it is judged as it stands.
    pub until: Timestamp,
}

/// What an accepted bericht changes in the ledger.
#[derive(Clone, Debug, Default)]
pub struct LedgerChange {
    /// Versions of toewijzingen; one that is known already (same number, date and time) stays as it was.
    pub toewijzingen: Vec<NewToewijzing>,
    /// Starts that are live from now on. Removals are carried out first.
    pub starts: Vec<StartKey>,
    /// Starts that are not live any more.
    pub removed_starts: Vec<StartKey>,
    /// Stops that are live from now on.
    pub stops: Vec<StopKey>,
    /// Stops that are not live any more, and the release in which they are named: see [`StopKey::is_same`].
    pub removed_stops: Vec<(StopKey, Release)>,
    /// ReferentieAanbieder of each verzoek that is made.
    pub verzoeken: Vec<String>,
    /// What a 319 says, by ReferentieAanbieder.
    pub antwoord: Option<(String, VerzoekAntwoord)>,
    /// What is declared; also of a declaratie that was rejected as a whole.
    pub declaratie: Option<Arc<NewDeclaratie>>,
}

/// A declaratie, and what became of its lines.
#[derive(Clone, Debug)]
pub struct NewDeclaratie {
    /// The DeclaratieNummer of its aanbieder.
    pub declaratie_nummer: String,
    /// A calendar month.
    pub declaratie_periode: GeslotenPeriode,
    /// The lines added up.
    pub totaal_ingediend_bedrag: TotaalBedragMetDC,
    /// In its header.
    pub xsd_versie: Option<XsdVersie>,
    /// A factuur: a rejected line of it stays a claim until it is credited.
    pub is_factuur: bool,
    /// AGB code of whose account what is granted goes to (BetalingAanID).
    pub begunstigde: String,
    /// Rejected before its lines were judged: it counts as not sent.
    pub void: bool,
    /// Its lines, in order.
    pub prestaties: Vec<NewPrestatie>,
}

/// A line that was judged.
#[derive(Clone, Debug)]
pub struct NewPrestatie {
    /// Where it stands in its bericht.
    pub place: Place,
    /// As it was declared, and what was granted of it.
    pub fact: PrestatieFact,
    /// The figures that it was judged by.
    pub calculations: Box<[Calculation]>,
}

/// Where a line stands in its bericht, counted from 1. Two Client elements may have one Bsn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which Client.
    pub client: u32,
    /// Which Prestatie of it.
    pub in_client: u32,
}

impl Place {
    /// The line, as findings name it.
    #[must_use]
    pub fn line(self) -> ClientLine {
        ClientLine { line: Some(from_0(self.in_client)), ..self.client() }
    }

    /// Its client as a whole.
    #[must_use]
    pub fn client(self) -> ClientLine {
        ClientLine { client: from_0(self.client), line: None }
    }
}

fn from_0(nr: u32) -> usize {
    usize::try_from(nr).unwrap_or(usize::MAX).saturating_sub(1)
}

/// A clock that a person started and a bericht stops: between the parties of the bericht.
#[derive(Clone, Debug)]
pub struct ClosingOpened {
    /// As in `pauze`.
    pub clock: String,
    /// The toewijzing that it is about.
    pub toewijzing_nummer: ToewijzingNummer,
}

/// What an answer does to the heenbericht that it answers.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The heenbericht.
    pub heenbericht_id: String,
    /// What it does.
    pub effect: Effect,
}

/// What an answer makes of a heenbericht.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it stays as it was judged.
    Accepts,
    /// It counts as not sent: what it put in the ledger is taken out, what it removed comes back, its clocks other
    /// than that of the retour become void, and the revisions of its subjects advance.
    Refuses,
    /// Of a declaratie these lines are not granted in full; all others are.
    Returns(Vec<Returned>),
}

/// A line that stands in an antwoord because it was not granted in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Under whose Bsn.
    pub bsn: Bsn,
    /// Which line.
    pub referentie: Referentie,
    /// What is granted of it, in euro cents; `None`: it is rejected.
    pub toegekend: Option<u32>,
}

/// A clock that starts, or that the bericht itself stops at once.
#[derive(Clone, Debug)]
pub struct NewDeadline {
    /// A UUID that grows with time.
    pub id: String,
    /// The bericht that started it.
    pub bericht_id: String,
    /// What is watched.
    pub kind: DeadlineKind,
    /// The bericht that is awaited or that came.
    pub answer: Berichtsoort,
    /// Whose turn it is: one of the two below.
    pub responsible: Partij,
    /// One end.
    pub gemeente: Partij,
    /// The other end.
    pub aanbieder: Partij,
    /// What it is about, when a bericht starts several: a ToewijzingNummer.
    pub subject: Option<String>,
    /// The last day in time.
    pub due: NaiveDate,
    /// The first instant that is too late.
    pub due_at: Timestamp,
    /// When it changes by itself.
    pub moments: Moments,
    /// Open, or met or late when the bericht itself is the answer.
    pub state: DeadlineState,
}

/// Which envelope a parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelKind {
    /// A heenbericht.
    Di01,
    /// A retour.
    Du01,
    /// A functional fault: what came in cannot be read.
    Fo01,
}

/// An envelope to send.
#[derive(Clone, Debug)]
pub struct NewParcel {
    /// UUID v4, lower case.
    pub referentienummer: String,
    /// Which envelope.
    pub kind: ParcelKind,
    /// As in `WMO306`; of a Fo01, what it is about.
    pub functie: String,
    /// The bericht inside, or that the fault is about.
    pub bericht_id: String,
    /// Sender on the envelope.
    pub zender: String,
    /// Receiver on the envelope.
    pub ontvanger: String,
    /// The envelope, byte for byte as it will be sent, at every attempt.
    pub envelope: Bytes,
    /// Why it is not sent by itself, for the operator.
    pub held: Option<String>,
}

/// An envelope that came in and was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeSeen {
    /// Sender on the envelope.
    pub zender: String,
    /// Its referentienummer.
    pub referentienummer: String,
    /// Digest of what counts as its content: a repeat has the same, another envelope has not.
    pub content_sha256: String,
    /// The answer that it got; a repeat gets the same.
    pub answer: Vec<u8>,
}

/// All that becomes true when one bericht is recorded, or none of it. What can be large in it is shared by its clones.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The bericht that came in.
    pub bericht: NewBericht,
    /// It waited, and is judged now: its row is there already.
    pub released: bool,
    /// It waits: nothing else becomes true yet.
    pub wait: Option<Wait>,
    /// Whether it uses up its Identificatie; not when it was refused, or is itself a second use (9056).
    pub claims_identity: bool,
    /// Between whom it passes and what its verdict rests on; `None` for what could not be read or is not for here.
    pub about: Option<About>,
    /// What changes in the ledger; nothing can without `about`.
    pub ledger: LedgerChange,
    /// The clocks that stop.
    pub closes: Vec<Closing>,
    /// The clocks that a person started and that stop; none can without `about`.
    pub closes_opened: Vec<ClosingOpened>,
    /// What an answer does to its heenbericht.
    pub answers: Option<Answering>,
    /// The retour composed here, which answers `bericht`.
    pub retour: Option<NewBericht>,
    /// Berichten composed here that follow from `bericht`: each waits beside it, and is judged as soon as that is recorded.
    pub follows: Vec<(NewBericht, Wait)>,
    /// Clocks that start with `bericht`.
    pub deadlines: Vec<NewDeadline>,
    /// Who finds which bericht (by id) in the postbus.
    pub postbus: Vec<(String, Partij)>,
    /// What goes out, due at once.
    pub parcels: Vec<NewParcel>,
    /// The envelope that brought it.
    pub envelope: Option<EnvelopeSeen>,
    /// Of an answer that people decided: who approved of it.
    pub approval: Option<Approval>,
}

impl Entry {
    /// The retour that answers `bericht`, where both are recorded for the first time.
    pub(super) fn answered_by(&self) -> Option<&String> {
        let answers = |retour: &&NewBericht| retour.heenbericht_id.as_ref() == Some(&self.bericht.id);
        let retour = self.retour.as_ref().filter(|retour| !self.released && retour.outcome == Outcome::Accepted);
        retour.filter(answers).map(|retour| &retour.id)
    }

    /// A bericht that changes nothing and goes nowhere.
    #[must_use]
    pub fn only(bericht: NewBericht) -> Self {
        Self {
            bericht,
            released: false,
            wait: None,
            claims_identity: false,
            about: None,
            ledger: LedgerChange::default(),
            closes: Vec::new(),
            closes_opened: Vec::new(),
            answers: None,
            retour: None,
            follows: Vec::new(),
            deadlines: Vec::new(),
            postbus: Vec::new(),
            parcels: Vec::new(),
            envelope: None,
            approval: None,
        }
    }
}
