//! What a sender is told about one bericht. Kept with the bericht, so that a repeat gets the same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::facts::calculation::{Calculation, Formula};
use crate::domain::finding::Severity;
use crate::domain::money::decision::LineDecision;
use crate::domain::{Finding, Timestamp};

/// The receipt for one bericht, as the API gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    #[serde(default)]
    #[schema(required = true)]
    pub identificatie: Option<String>,
    /// `accepted`, `partial`, `rejected`, `refused`, or `parked`: not judged yet.
    pub verdict: String,
    /// Until when a parked bericht waits for the one that should have come before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waits_until: Option<Timestamp>,
    /// What is wrong.
    pub findings: Vec<FindingReceipt>,
    /// How many findings are left out of an answer, where there are very many; all are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings_left_out: Option<usize>,
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
    pub deadlines: Vec<DeadlineReceipt>,
    /// The retour that was composed.
    pub retour: Option<RetourReceipt>,
    /// Where it and its retour went.
    pub sent_to: Vec<Destination>,
    /// When other bytes leave than came in: the network takes no byte order mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
}

/// The SHA-256 of what came in and of what leaves, lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Digests {
    /// Of the bytes as they came, which are kept.
    pub received_sha256: String,
    /// Of those that leave.
    pub sent_sha256: String,
}

/// Why a bericht was not taken in, and what could be read of it all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// A finding, as the API and `validate` give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

impl FindingReceipt {
    /// The client of a declaratie that it is about, and which line of that, both counted from 1; no line: the client as a
    /// whole. `None` when it is about neither.
    #[must_use]
    pub fn client_and_line(&self) -> Option<(u32, Option<u32>)> {
        let below = self.path.strip_prefix("/Bericht/Declaratie").or_else(|| self.path.strip_prefix("/Bericht"))?;
        let (client, rest) = below.strip_prefix("/Clienten/Client[")?.split_once(']')?;
        let line = rest.strip_prefix("/Prestaties/Prestatie[").and_then(|rest| rest.split_once(']')?.0.parse().ok());
        Some((client.parse().ok()?, line))
    }
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Why it is not due sooner: what did not count on the way, in Dutch and in order, as in `Goede Vrijdag`, `weekend`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

/// A composed retour in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetourReceipt {
    /// Of the retour, in this store.
    pub id: String,
    /// As in `WMO306`.
    pub berichtsoort: String,
    /// The retourcodes in it: those on its header, then those on what stands in it.
    pub retourcodes: Vec<String>,
}

/// Where a bericht went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Destination {
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Code of the party.
    pub partij: String,
    /// `postbus` or `ggk`.
    pub via: String,
}

/// What a person says about a line of a declaratie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDecisionReceipt {
    /// Counted from 1, through all clients.
    #[schema(minimum = 1)]
    pub line: usize,
    /// Whether it is granted.
    pub granted: bool,
    /// Of a line of a 303D that is granted for less than was asked: how much, in euro cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub toegekend: Option<u32>,
    /// Of a line that is not granted: what goes into the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retourcode: Option<String>,
    /// Why a line is not granted in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&LineDecisionReceipt> for LineDecision {
    fn from(receipt: &LineDecisionReceipt) -> Self {
        Self {
            line: receipt.line,
            granted: receipt.granted,
            toegekend: receipt.toegekend,
            retour_code: receipt.retourcode.clone(),
            reason: receipt.reason.clone(),
        }
    }
}

/// A figure that a line of a declaratie was judged by. Volumes in the smallest unit of their kind, money in euro cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalculationReceipt {
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

impl From<&Calculation> for CalculationReceipt {
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

#[cfg(test)]
mod tests {
    use super::FindingReceipt;

    #[test]
    fn a_path_names_a_client_and_a_line() {
        let about = |path: String| {
            let level = "history".to_owned();
            let (rule, retourcode, severity, text) = (None, None, None, String::new());
            let (line, column, uitleg) = (None, None, None);
            FindingReceipt { level, rule, retourcode, severity, path, line, column, text, uitleg }.client_and_line()
        };
        let client = "/Bericht/Declaratie/Clienten/Client[2]";
        assert_eq!(about(format!("{client}/Bsn")), Some((2, None)));
        assert_eq!(about(format!("{client}/Prestaties/Prestatie[13]/Eenheid")), Some((2, Some(13))));
        assert_eq!(about("/Bericht/Clienten/Client[1]/Prestaties/Prestatie[1]".to_owned()), Some((1, Some(1))));
        assert_eq!(about("/Bericht/Declaratie/DeclaratieNummer".to_owned()), None);
    }
}
