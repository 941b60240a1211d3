//! What the store shows.

use chrono::NaiveDate;

use super::deadline::DeadlineView;
use super::entry::{Approval, ParcelKind, Place, Proposal, Via};
use super::outcome::Outcome;
use super::receipt::{KeptCalculation, Receipt};
use super::transport::Transport;
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::waarde::{Bsn, ToewijzingNummer, VerzoekAntwoord};
use crate::domain::facts::history::{DeclaratieFact, PrestatieFact, ToewijzingFact, Toewijzingen, VerzoekFact};
use crate::domain::{Berichtsoort, Partij, Timestamp};

/// A bericht and what became of it. Holds nothing of the client.
#[derive(Clone, Debug)]
pub struct BerichtView {
    /// Ours.
    pub id: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// Which way.
    pub via: Via,
    /// As in `WMO305`; `None` when it could not be read.
    pub berichtsoort: Option<String>,
    /// As in `3.2`.
    pub release: Option<String>,
    /// Sender in the header.
    pub afzender: Option<String>,
    /// Receiver in the header.
    pub ontvanger: Option<String>,
    /// In the header.
    pub identificatie: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What its sender was told.
    pub receipt: Receipt,
    /// The heenbericht that it answers.
    pub heenbericht_id: Option<String>,
    /// The retour that answers it.
    pub retour_id: Option<String>,
    /// Whether the other party refused what it brought; of a retour, what its heenbericht brought.
    pub is_turned_down: bool,
    /// Its clocks, as they stand now.
    pub deadlines: Vec<DeadlineView>,
    /// Its envelopes, as they stand now.
    pub parcels: Vec<ParcelView>,
    /// How far it came on its way to its addressee; `None`: it was refused here, and goes nowhere.
    pub transport: Option<Transport>,
}

impl BerichtView {
    /// Whether it answers a heenbericht by repeating its parties and going the other way.
    #[must_use]
    pub fn is_retour(&self) -> bool {
        self.berichtsoort.as_deref().and_then(Berichtsoort::from_name).is_some_and(Berichtsoort::is_retour)
    }
}

/// A bericht that waits in a postbus.
#[derive(Clone, Debug)]
pub struct PostbusItem {
    /// Of the bericht.
    pub id: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Sender in the header.
    pub afzender: String,
    /// Receiver in the header.
    pub ontvanger: String,
    /// In the header.
    pub identificatie: String,
}

/// Where a parcel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParcelState {
    /// Will be sent.
    Waiting {
        /// Not before this instant.
        due_at: Timestamp,
    },
    /// Is being sent.
    Sending {
        /// By this worker.
        worker: String,
        /// The claim lapses here.
        until: Timestamp,
    },
    /// May have arrived or not.
    Unclear {
        /// The next attempt; `None`: in front of the operator.
        due_at: Option<Timestamp>,
    },
    /// The network has it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// The network will never take it.
    Refused {
        /// When it said so.
        at: Timestamp,
    },
    /// Somebody holds it, or what it shares with others stands still.
    Held,
    /// In front of the operator.
    Stuck,
    /// Somebody gave it up.
    GivenUp,
}

impl ParcelState {
    /// The word for it, in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sending { .. } => "sending",
            Self::Unclear { .. } => "unclear",
            Self::Delivered { .. } => "delivered",
            Self::Refused { .. } => "refused",
            Self::Held => "held",
            Self::Stuck => "stuck",
            Self::GivenUp => "given-up",
        }
    }

    /// Every word.
    pub const WORDS: [&str; 8] = ["waiting", "sending", "unclear", "held", "refused", "stuck", "delivered", "given-up"];
}

/// A parcel as it stands.
#[derive(Clone, Debug)]
pub struct ParcelView {
    /// Of the envelope.
    pub referentienummer: String,
    /// Which envelope.
    pub kind: ParcelKind,
    /// As in `WMO306`.
    pub functie: String,
    /// The bericht inside.
    pub bericht_id: String,
    /// Sender on the envelope.
    pub zender: String,
    /// Receiver on the envelope.
    pub ontvanger: String,
    /// Where it stands.
    pub state: ParcelState,
    /// How many attempts were begun.
    pub attempts: i64,
    /// Whether it may have arrived although nobody said so.
    pub maybe_arrived: bool,
    /// Whether a fault refused its referentienummer: what is inside can only be sent in a new envelope.
    pub used_up: bool,
    /// The parcel that took its place.
    pub replaced_by: Option<String>,
    /// Why the last attempt did not succeed; nothing once one did.
    pub last_reason: Option<String>,
}

/// A toewijzing and all that happened to it. Holds Bsns, for the facts that it is made of; who shows it leaves them out.
#[derive(Clone)]
pub struct ToewijzingView {
    /// CBS code of the gemeente that gave it.
    pub gemeente: String,
    /// AGB code of the aanbieder that has it.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// Every version that came, those of one decision each time it was sent; in the order in which they came.
    pub versions: Vec<VersionView>,
    /// Starts of support on it, in the order in which they were accepted.
    pub starts: Vec<DeliveryView<StartKey>>,
    /// Stops of support on it, in the order in which they were accepted.
    pub stops: Vec<DeliveryView<StopKey>>,
    /// The verzoeken that it honours, and those that ask to change it or to leave it as it is.
    pub verzoeken: Vec<VerzoekFact>,
    /// What the gemeente said to these, other than by a toewijzing; in the order in which it came.
    pub antwoorden: Vec<AntwoordView>,
    /// The lines declared on it.
    pub prestaties: Vec<PrestatieFact>,
    /// The berichten about it, oldest first: what came in, and what was composed.
    pub berichten: Vec<BerichtView>,
}

/// A version of a toewijzing.
#[derive(Clone)]
pub struct VersionView {
    /// What it says.
    pub fact: ToewijzingFact,
    /// The 301 that brought it.
    pub bericht_id: String,
    /// The aanbieder refused that 301: the version counts as not sent.
    pub refused: bool,
    /// The aanbieder accepted that 301.
    pub confirmed: bool,
}

/// What a gemeente said to a verzoek in a 319.
#[derive(Clone, Debug)]
pub struct AntwoordView {
    /// The verzoek.
    pub referentie_aanbieder: String,
    /// What it said.
    pub verzoek_antwoord: VerzoekAntwoord,
    /// The 319.
    pub bericht_id: String,
}

/// A start or a stop, as it was reported.
#[derive(Clone)]
pub struct DeliveryView<K> {
    /// What makes it one and the same.
    pub key: K,
    /// The bericht that brought it.
    pub bericht_id: String,
    /// That bericht counts as not sent.
    pub refused: bool,
    /// The bericht that took it back.
    pub removed_by: Option<String>,
}

impl<K> DeliveryView<K> {
    /// Whether it counts.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.refused && self.removed_by.is_none()
    }
}

/// A start or stop that counts, or what was delivered, for an export. Names its client.
#[derive(Clone, Debug)]
pub struct LeveringView {
    /// Whose support.
    pub bsn: Bsn,
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Absent when taakgericht.
    pub toewijzing_nummer: Option<i64>,
    /// As reported, else as assigned.
    pub product_categorie: Option<String>,
    /// As reported, else as assigned.
    pub product_code: Option<String>,
    /// The first day of support, or the last one; of what was delivered, the first one of its period.
    pub day: NaiveDate,
    /// What is told.
    pub what: Levering,
    /// The codes of the products that are assigned to this client on that day, between these two.
    pub assigned: Vec<String>,
}

/// What is told of support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Levering {
    /// It begins.
    Start,
    /// It ends.
    Stop {
        /// Why.
        reden_beeindiging: String,
    },
    /// A line that was granted and not taken back.
    Geleverd {
        /// The last day of its period.
        einddatum: NaiveDate,
        /// How much.
        volume: i64,
        /// Of what.
        eenheid: String,
    },
}

/// That somebody took an export for the CAK.
#[derive(Clone, Debug)]
pub struct CakExport {
    /// Under which name.
    pub file: &'static str,
    /// Whose.
    pub partij: Partij,
    /// The first day.
    pub van: NaiveDate,
    /// The last day.
    pub tot: NaiveDate,
    /// How many rows.
    pub rows: usize,
    /// When.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
}

/// A toewijzing on which no support started yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingToewijzing {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// When the version that holds came in.
    pub received_at: Timestamp,
}

/// A toewijzing of which the aanbieder refused the last version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedToewijzing {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// The 301 that brought it.
    pub bericht_id: String,
    /// The 302 that refused it.
    pub retour_id: Option<String>,
    /// When that version came in.
    pub received_at: Timestamp,
}

/// The place of a [`WaitingToewijzing`] in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingKey {
    /// AGB code.
    pub aanbieder: String,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// CBS code.
    pub gemeente: String,
}

impl WaitingToewijzing {
    /// Its place.
    #[must_use]
    pub fn key(&self) -> WaitingKey {
        WaitingKey {
            aanbieder: self.aanbieder.clone(),
            ingangsdatum: self.ingangsdatum,
            toewijzing_nummer: self.toewijzing_nummer,
            gemeente: self.gemeente.clone(),
        }
    }
}

/// Counts of what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Berichten accepted.
    pub accepted: i64,
    /// Berichten rejected with retourcodes.
    pub rejected: i64,
    /// Attempts refused.
    pub refused: i64,
    /// Open deadlines.
    pub open: i64,
    /// Overdue deadlines.
    pub overdue: i64,
    /// Parcels that wait or are under way.
    pub waiting: i64,
    /// Parcels refused, held, or unclear without a next attempt.
    pub stuck: i64,
    /// Berichten in postbussen.
    pub in_postbus: i64,
    /// Toewijzingen of which the aanbieder refused the last version.
    pub refused_toewijzingen: i64,
}

/// A declaratie and what its lines add up to, as they stand now.
#[derive(Clone)]
pub struct DeclaratieView {
    /// The declaratie.
    pub declaratie: DeclaratieFact,
    /// A declaratie or factuur, and the name of its release.
    pub soort: (Berichtsoort, String),
    /// Whom it is for.
    pub gemeente: String,
    /// Who declares.
    pub aanbieder: String,
    /// The 325 that answers it.
    pub antwoord_id: Option<String>,
    /// What was proposed last, where people decide.
    pub proposal: Option<Proposal>,
    /// Who approved of it.
    pub approval: Option<Approval>,
    /// What is to be paid for it, in euro cents; below zero when paid back. Final once it is answered, and what it credits too.
    pub betaalbaar: i64,
    /// The batch that pays it, by its kenmerk.
    pub betaling: Option<String>,
    /// The day on which that was paid.
    pub betaald_op: Option<NaiveDate>,
    /// How many lines it has.
    pub line_count: usize,
    /// How many of them are granted, in full or in part.
    pub granted_count: usize,
    /// What is granted adds up to this, in euro cents; below zero when credit.
    pub toegekend: i64,
    /// The toewijzing that all its lines are on; `None` when they are on several, or some on none.
    pub toewijzing_nummer: Option<ToewijzingNummer>,
}

impl DeclaratieView {
    /// What its lines hang on: they change together, when it is answered or counts as not sent, and never by themselves.
    #[must_use]
    pub fn stand(&self) -> (Option<&str>, bool) {
        (self.antwoord_id.as_deref(), self.declaratie.void)
    }
}

/// Which lines of a declaratie are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineQuery {
    /// Those that are granted, in full or in part, or those that are not; `None`: both.
    pub granted: Option<bool>,
    /// Those on this toewijzing; `None`: all.
    pub toewijzing_nummer: Option<i64>,
    /// Those after this one, counted from 1.
    pub after: usize,
}

/// What a declaratie may be made of.
#[derive(Clone, Default)]
pub struct Declarable {
    /// By number, each in every version that counts.
    pub toewijzingen: Toewijzingen,
    /// Lines that were declared before, in the order in which they were judged.
    pub lines: Vec<DeclaredLine>,
}

/// A line that was declared before.
#[derive(Clone)]
pub struct DeclaredLine {
    /// The 323 or 303 that it stands in.
    pub bericht_id: String,
    /// As it was declared.
    pub fact: PrestatieFact,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditView {
    /// Its place.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub who: String,
    /// As in `declaratie.proposed`.
    pub what: String,
    /// About which bericht, where it is about one.
    pub bericht_id: Option<String>,
    /// The rest, as JSON.
    pub detail: String,
}

/// A line of a declaratie.
#[derive(Clone)]
pub struct LineView {
    /// Its number, counted from 1 through all clients.
    pub line: usize,
    /// Where it stands in its bericht.
    pub place: Place,
    /// As it was declared, and what is granted of it.
    pub fact: PrestatieFact,
    /// What it adds to what is payable, in euro cents.
    pub betaalbaar: i64,
    /// The figures that it was judged by.
    pub calculations: Vec<KeptCalculation>,
}

/// What waits for people and for the network, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Parcels that wait or are under way.
    pub waiting: i64,
    /// Parcels in front of the operator.
    pub stuck: i64,
    /// Overdue deadlines.
    pub overdue: i64,
}
