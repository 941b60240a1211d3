//! Where a finding is explained: a page of the dashboard that needs no login.

use super::Caller;
use crate::domain::afspraken;
use crate::domain::regels::lijst;
use crate::exchange::declare::PartReport;
use crate::store::{FindingReceipt, Receipt};

/// The page of a rule or agreement.
pub(super) fn page_of(code: &str) -> Option<String> {
    let known = lijst::find(code).map(|entry| entry.code).or_else(|| afspraken::find(code).map(|one| one.id));
    known.map(|code| format!("/regels/{code}"))
}

/// What this caller may read of findings: one that rests on what another aanbieder reported is for the gemeente alone.
pub(super) fn readable(mut findings: Vec<FindingReceipt>, caller: &Caller) -> Vec<FindingReceipt> {
    if caller.is_aanbieder() {
        findings.retain(|finding| !is_for_gemeente(finding));
    }
    findings
}

fn is_for_gemeente(finding: &FindingReceipt) -> bool {
    finding.rule.as_deref().and_then(afspraken::find).is_some_and(|afspraak| afspraak.is_for_gemeente)
}

/// The receipt as this caller may read it, with a link in every finding that has a rule.
pub(super) fn linked(mut receipt: Receipt, caller: &Caller) -> Receipt {
    receipt.findings = readable(receipt.findings, caller);
    receipt.findings.iter_mut().for_each(link);
    receipt
}

/// The same for an aanbieder.
pub(super) fn linked_for_aanbieder(mut receipt: Receipt) -> Receipt {
    receipt.findings.retain(|finding| !is_for_gemeente(finding));
    receipt.findings.iter_mut().for_each(link);
    receipt
}

/// What an aanbieder is told of a bericht of its declaratie, with the same links.
pub(super) fn linked_part(mut part: PartReport) -> PartReport {
    part.findings.retain(|found| !is_for_gemeente(&found.finding));
    part.findings.iter_mut().for_each(|found| link(&mut found.finding));
    part.receipt = part.receipt.map(linked_for_aanbieder);
    part
}

fn link(finding: &mut FindingReceipt) {
    finding.uitleg = finding.rule.as_deref().and_then(page_of);
}
