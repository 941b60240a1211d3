//! Where a finding is explained: a page of the dashboard that needs no login.

use super::Caller;
use crate::api::{FindingReceipt, PartReport, Receipt};
use crate::domain::afspraken;
use crate::domain::regels::list;

/// The page of a rule or agreement.
pub(super) fn page_of(code: &str) -> Option<String> {
    let known = list::code(code).or_else(|| afspraken::find(code).map(|one| one.id));
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

/// How many findings an answer about one bericht tells.
pub(super) const MOST_OF_ONE: usize = 1_000;

/// How many findings an answer about many berichten tells of each.
pub(super) const MOST_OF_MANY: usize = 20;

/// The receipt as this caller may read it, with so many findings at most, and a link in each that has a rule.
pub(super) fn linked(mut receipt: Receipt, caller: &Caller, most: usize) -> Receipt {
    receipt.findings = readable(receipt.findings, caller);
    capped(receipt, most)
}

fn capped(mut receipt: Receipt, most: usize) -> Receipt {
    let left_out = receipt.findings.len().saturating_sub(most);
    receipt.findings_left_out = Some(left_out).filter(|left_out| *left_out > 0);
    receipt.findings.truncate(most);
    receipt.findings.iter_mut().for_each(link);
    receipt
}

/// The same for an aanbieder.
pub(super) fn linked_for_aanbieder(mut receipt: Receipt) -> Receipt {
    receipt.findings.retain(|finding| !is_for_gemeente(finding));
    capped(receipt, MOST_OF_ONE)
}

/// What an aanbieder is told of a bericht of its declaratie, with the same links.
pub(super) fn linked_part(mut part: PartReport) -> PartReport {
    part.findings.retain(|found| !is_for_gemeente(&found.finding));
    part.findings.iter_mut().for_each(|found| link(&mut found.finding));
    part.receipt = part.receipt.map(linked_for_aanbieder);
    part
}

fn link(finding: &mut FindingReceipt) {
    finding.explanation = finding.rule.as_deref().and_then(page_of);
}
