//! What is kept of what a sender was told, so that a repeat gets the same. The names of the members are those in the database:
//! the API has types of its own.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::domain::Timestamp;
use crate::domain::facts::calculation::{Calculation, Formula};
use crate::domain::finding::Finding;

/// The receipt for one bericht.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Ours; asks for the bericht later.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// As in `WMO305`; `None` when it could not be told.
    pub berichtsoort: Option<String>,
    /// As in `3.2`; `None` when it could not be told.
    pub release: Option<String>,
    /// In the header, perhaps filled in here; `None` when it could not be told.
    #[serde(default)]
    pub identificatie: Option<String>,
    /// What became of it.
    pub verdict: Outcome,
    /// Until when a parked bericht waits for the one that should have come before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Timestamp>,
    /// What is wrong. In rows of their own.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// Rules that were not checked, because nobody told this gateway what the two parties agreed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<String>,
    /// Why it was not taken in, of what was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReceipt>,
    /// The toewijzingen (ToewijzingNummer) that it was matched to, or that it brings.
    pub toewijzingen: Vec<i64>,
    /// The heenbericht that it answers.
    pub heenbericht: Option<String>,
    /// The clocks that it started or stopped.
    pub deadlines: Vec<KeptDeadline>,
    /// The retour that was composed.
    pub retour: Option<KeptRetour>,
    /// Where it and its retour went.
    pub sent_to: Vec<SentTo>,
    /// When other bytes leave than came in: the network takes no byte order mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
    /// It was given under a clock that was set for practice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub practice: bool,
}

/// The SHA-256 of what came in and of what leaves, lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Of the bytes as they came, which are kept.
    pub received_sha256: String,
    /// Of those that leave.
    pub sent_sha256: String,
}

/// Why a bericht was not taken in, and what could be read of it all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalReceipt {
    /// As in the last part of the type of the problem, as in `andere-partij`.
    pub reason: String,
    /// Who posted it, by the name of the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Sender in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub afzender: Option<String>,
    /// Receiver in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ontvanger: Option<String>,
    /// Of what is too large for the network: how many bytes its envelope would have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<usize>,
    /// Of what is too large for the network: how many bytes an envelope may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<usize>,
}

/// A clock in a receipt, as it stood then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDeadline {
    /// As in `retour`.
    pub clock: String,
    /// The bericht awaited, as in `WMO306`.
    pub answer: String,
    /// What it is about, when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Civil date; the deadline lasts until the end of that day.
    pub due: String,
    /// `open`, `met` or `late`.
    pub state: String,
    /// Why it is not due sooner: what did not count on the way, in Dutch and in order, as in `Goede Vrijdag`, `weekend`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

/// A composed retour in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRetour {
    /// Of the retour, in this store.
    pub id: String,
    /// As in `WMO306`.
    pub berichtsoort: String,
    /// The retourcodes in it: those on its header, then those on what stands in it.
    pub retourcodes: Vec<String>,
}

/// Where a bericht went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTo {
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Code of the party.
    pub partij: String,
    /// `postbus` or `ggk`.
    pub via: String,
}

/// A figure that a line of a declaratie was judged by, as it is kept. Volumes in the smallest unit of their kind, money in
/// euro cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCalculation {
    /// As in `TR321`.
    pub rule: String,
    /// `price`, `period`, `term` or `budget`.
    pub formula: String,
    /// What is multiplied: the volume of the line or of the toewijzing, in its own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<i64>,
    /// What it is multiplied with: a number of weeks, months or days, or the tariff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<i64>,
    /// What was granted before, where that counts.
    pub used: i64,
    /// What the line asks.
    pub asked: i64,
    /// What it may come to.
    pub allowed: i64,
    /// Whether the rule holds.
    pub holds: bool,
    /// The same in Dutch.
    pub text: String,
}

impl From<&Calculation> for KeptCalculation {
    fn from(calculation: &Calculation) -> Self {
        let (formula, volume, times) = match calculation.formula {
            Formula::Price { volume, tarief, per_hour } => ("price", Some(volume), Some(per_hour.unwrap_or(tarief))),
            Formula::Period(maximum, _) => ("period", Some(maximum.volume), Some(maximum.times)),
            Formula::Term(maximum, _) => ("term", Some(maximum.volume), Some(maximum.times)),
            Formula::Budget => ("budget", None, None),
        };
        // No figure of a real declaratie comes near; one of a made-up one is shown as the largest number there is.
        let shown = |figure: i128| i64::try_from(figure).unwrap_or(i64::MAX);
        Self {
            rule: calculation.regel.to_owned(),
            formula: formula.to_owned(),
            volume,
            times,
            used: shown(calculation.used),
            asked: shown(calculation.asked),
            allowed: shown(calculation.allowed),
            holds: calculation.holds,
            text: calculation.text(),
        }
    }
}
