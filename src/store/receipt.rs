//! What a sender is told about one bericht. Kept with the bericht, so that a repeat gets the same.

use serde::{Deserialize, Serialize};

use crate::domain::verdict::Severity;
use crate::domain::{Finding, Timestamp};

/// The receipt for one bericht, as the API gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Ours; asks for the bericht later.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// As in `WMO305`; null when it could not be told.
    pub berichtsoort: Option<String>,
    /// As in `3.2`; null when it could not be told.
    pub release: Option<String>,
    /// `accepted`, `partial`, `rejected`, `refused`, or `parked`: not judged yet.
    pub verdict: String,
    /// Until when a parked bericht waits for the one that should have come before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Timestamp>,
    /// What is wrong.
    pub findings: Vec<FindingReceipt>,
    /// The toewijzingen (ToewijzingNummer) that it was matched to.
    pub toewijzingen: Vec<i64>,
    /// The heenbericht that it answers.
    pub heenbericht: Option<String>,
    /// The clocks that it started or stopped.
    pub deadlines: Vec<DeadlineReceipt>,
    /// The retour that was composed.
    pub retour: Option<RetourReceipt>,
    /// Where it and its retour went.
    pub sent_to: Vec<Destination>,
}

/// A finding, as the API and `validate` give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingReceipt {
    /// `xml`, `xsd`, `message`, `external`, `history` or `local`.
    pub level: String,
    /// Rule of the standard; null for `xml` and `xsd`.
    pub rule: Option<String>,
    /// Goes into the retour.
    pub retourcode: Option<String>,
    /// `warning`; absent for an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The element.
    pub path: String,
    /// From 1; null when not known.
    pub line: Option<usize>,
    /// In characters, from 1; null when not known.
    pub column: Option<usize>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
    /// Where a server explains the rule; not kept, and absent where there is no server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uitleg: Option<String>,
}

impl From<&Finding> for FindingReceipt {
    fn from(finding: &Finding) -> Self {
        Self {
            level: finding.level.name().to_owned(),
            rule: finding.regel.map(str::to_owned),
            retourcode: finding.retour_code.map(str::to_owned),
            severity: (finding.severity == Severity::Warning).then(|| "warning".to_owned()),
            path: finding.path.clone(),
            line: finding.position.map(|position| position.line),
            column: finding.position.map(|position| position.column),
            text: finding.text.clone(),
            uitleg: None,
        }
    }
}

/// A clock in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineReceipt {
    /// As in `retour`.
    pub clock: String,
    /// The bericht awaited, as in `WMO306`.
    pub answer: String,
    /// What it is about, when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Civil date; the deadline lasts until the end of that day.
    pub due: String,
    /// `open`, `met` or `late`, at the moment of the receipt.
    pub state: String,
}

/// A composed retour in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetourReceipt {
    /// Of the retour, in this store.
    pub id: String,
    /// As in `WMO306`.
    pub berichtsoort: String,
    /// The retourcodes on its header.
    pub retourcodes: Vec<String>,
}

/// Where a bericht went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Code of the party.
    pub partij: String,
    /// `postbus` or `ggk`.
    pub via: String,
}
