//! Where a finding is explained: a page of the dashboard that needs no login.

use crate::domain::afspraken;
use crate::domain::regels::lijst;
use crate::store::{FindingReceipt, Receipt};

/// The page of a rule or agreement.
pub(super) fn page_of(code: &str) -> Option<String> {
    let known = lijst::find(code).map(|entry| entry.code).or_else(|| afspraken::find(code).map(|one| one.id));
    known.map(|code| format!("/regels/{code}"))
}

/// The receipt, with a link in every finding that has a rule.
pub(super) fn linked(receipt: Receipt) -> Receipt {
    let with_link =
        |finding: FindingReceipt| FindingReceipt { uitleg: finding.rule.as_deref().and_then(page_of), ..finding };
    Receipt { findings: receipt.findings.into_iter().map(with_link).collect(), ..receipt }
}
