//! What a sender is told about one bericht.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::domain::finding::{Finding, Severity};
use crate::store;

/// The receipt for one bericht, as the API gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Receipt {
    /// Ours; asks for the bericht later.
    pub id: String,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// As in `WMO305`; null when it could not be told.
    pub berichtsoort: Option<String>,
    /// As in `3.2`; null when it could not be told.
    pub release: Option<String>,
    /// In the header, perhaps filled in here; null when it could not be told.
    pub identificatie: Option<String>,
    /// `accepted`, `partial`, `rejected`, `refused`, or `parked`: not judged yet.
    pub verdict: String,
    /// Until when a parked bericht waits for the one that should have come before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waits_until: Option<Timestamp>,
    /// Why it was not taken in; of what was taken in absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReceipt>,
    /// What is wrong.
    pub findings: Vec<FindingReceipt>,
    /// How many findings are left out of an answer, where there are very many; all are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_left_out: Option<usize>,
    /// Rules that were not checked, because nobody told this gateway what the two parties agreed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub not_checked: Vec<String>,
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
    /// When other bytes leave than came in: the network takes no byte order mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
    /// `true` of what was received under a clock that was set for practice (`serve --now`); else absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub practice: bool,
}

/// The SHA-256 of what came in and of what leaves, lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Digests {
    /// Of the bytes as they came, which are kept.
    pub received_sha256: String,
    /// Of those that leave.
    pub sent_sha256: String,
}

impl From<store::Digests> for Digests {
    fn from(kept: store::Digests) -> Self {
        let store::Digests { received_sha256, sent_sha256 } = kept;
        Self { received_sha256, sent_sha256 }
    }
}

impl From<store::Receipt> for Receipt {
    fn from(kept: store::Receipt) -> Self {
        Self {
            id: kept.id,
            received_at: kept.received_at,
            berichtsoort: kept.berichtsoort,
            release: kept.release,
            identificatie: kept.identificatie,
            verdict: kept.verdict.name().to_owned(),
            waits_until: kept.waits_until,
            refusal: kept.refusal.map(RefusalReceipt::from),
            findings: kept.findings.iter().map(FindingReceipt::from).collect(),
            findings_left_out: None,
            not_checked: kept.not_checked,
            toewijzingen: kept.toewijzingen,
            heenbericht: kept.heenbericht,
            deadlines: kept.deadlines.into_iter().map(DeadlineReceipt::from).collect(),
            retour: kept.retour.map(RetourReceipt::from),
            sent_to: kept.sent_to.into_iter().map(Destination::from).collect(),
            digests: kept.digests.map(Digests::from),
            practice: kept.practice,
        }
    }
}

/// Why a bericht was not taken in, and what could be read of it all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalReceipt {
    /// As in the last part of the type of the problem, as in `andere-partij`.
    pub reason: String,
    /// Who posted it, by the name of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Sender in the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub afzender: Option<String>,
    /// Receiver in the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ontvanger: Option<String>,
    /// Of what is too large for the network: how many bytes its envelope would have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<usize>,
    /// Of what is too large for the network: how many bytes an envelope may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<usize>,
}

impl From<store::RefusalReceipt> for RefusalReceipt {
    fn from(kept: store::RefusalReceipt) -> Self {
        let store::RefusalReceipt { reason, by, afzender, ontvanger, size_bytes, limit_bytes } = kept;
        Self { reason, by, afzender, ontvanger, size_bytes, limit_bytes }
    }
}

/// A finding, as the API and `validate` give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingReceipt {
    /// `xml`, `xsd`, `message`, `external`, `history` or `local`.
    pub level: String,
    /// Rule of the standard; null for `xml` and `xsd`.
    pub rule: Option<String>,
    /// Goes into the retour.
    pub retourcode: Option<String>,
    /// `warning`; absent for an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The element.
    pub path: String,
    /// From 1; null when not known.
    pub line: Option<usize>,
    /// In characters, from 1; null when not known.
    pub column: Option<usize>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
    /// Where a server explains the rule; absent where there is no server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

impl From<&Finding> for FindingReceipt {
    fn from(finding: &Finding) -> Self {
        Self {
            level: finding.level.name().to_owned(),
            rule: finding.regel.as_ref().map(ToString::to_string),
            retourcode: finding.retour_code.as_ref().map(ToString::to_string),
            severity: match finding.severity {
                Severity::Error => None,
                Severity::Warning => Some(Severity::Warning.name().to_owned()),
            },
            path: finding.path.to_string(),
            line: finding.position.map(|position| position.line),
            column: finding.position.map(|position| position.column),
            text: finding.text.to_string(),
            explanation: None,
        }
    }
}

/// A clock in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadlineReceipt {
    /// As in `retour`.
    pub clock: String,
    /// The bericht awaited, as in `WMO306`.
    pub answer: String,
    /// What it is about, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Civil date; the deadline lasts until the end of that day.
    pub due: String,
    /// `open`, `met` or `late`, at the moment of the receipt.
    pub state: String,
    /// Why it is not due sooner: what did not count on the way, in Dutch and in order, as in `Goede Vrijdag`, `weekend`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub skipped: Vec<String>,
}

impl From<store::KeptDeadline> for DeadlineReceipt {
    fn from(kept: store::KeptDeadline) -> Self {
        let store::KeptDeadline { clock, answer, subject, due, state, skipped } = kept;
        Self { clock, answer, subject, due, state, skipped }
    }
}

/// A composed retour in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetourReceipt {
    /// Of the retour, in this store.
    pub id: String,
    /// As in `WMO306`.
    pub berichtsoort: String,
    /// The retourcodes on its header.
    pub retourcodes: Vec<String>,
}

impl From<store::KeptRetour> for RetourReceipt {
    fn from(kept: store::KeptRetour) -> Self {
        let store::KeptRetour { id, berichtsoort, retourcodes } = kept;
        Self { id, berichtsoort, retourcodes }
    }
}

/// Where a bericht went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Destination {
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Code of the party.
    pub partij: String,
    /// `postbus` or `ggk`.
    pub via: String,
}

impl From<store::SentTo> for Destination {
    fn from(kept: store::SentTo) -> Self {
        let store::SentTo { berichtsoort, partij, via } = kept;
        Self { berichtsoort, partij, via }
    }
}
