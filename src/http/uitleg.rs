//! Where a finding is explained: a page of the dashboard that needs no login.

use super::Caller;
use crate::domain::afspraken;
use crate::domain::regels::lijst;
use crate::store::{FindingReceipt, Receipt};

/// The page of a rule or agreement.
pub(super) fn page_of(code: &str) -> Option<String> {
    let known = lijst::find(code).map(|entry| entry.code).or_else(|| afspraken::find(code).map(|one| one.id));
    known.map(|code| format!("/regels/{code}"))
}

/// What this caller may read of findings: one that rests on what another aanbieder reported is for the gemeente alone.
pub(super) fn readable(findings: Vec<FindingReceipt>, caller: &Caller) -> Vec<FindingReceipt> {
    let is_aanbieder = caller.scope().is_some_and(|partij| !partij.is_gemeente());
    let is_for_gemeente = |finding: &FindingReceipt| {
        finding.rule.as_deref().and_then(afspraken::find).is_some_and(|afspraak| afspraak.is_for_gemeente)
    };
    findings.into_iter().filter(|finding| !(is_aanbieder && is_for_gemeente(finding))).collect()
}

/// The receipt as this caller may read it, with a link in every finding that has a rule.
pub(super) fn linked(receipt: Receipt, caller: &Caller) -> Receipt {
    let with_link =
        |finding: FindingReceipt| FindingReceipt { uitleg: finding.rule.as_deref().and_then(page_of), ..finding };
    let findings = readable(receipt.findings, caller).into_iter().map(with_link).collect();
    Receipt { findings, ..receipt }
}
