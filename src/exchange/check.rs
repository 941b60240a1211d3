//! The story of a bericht that is only looked at: checked as `validate` does, and nothing of it is kept.

use super::gateway::Gateway;
use crate::domain::afspraken::gateway::before_sending;
use crate::domain::finding::{Finding, Level};
use crate::domain::judging::judge::judge_alone;
use crate::domain::regels::outside::Outside;
use crate::domain::{Bericht, Berichtsoort, Release};
use crate::xml::{self, RefusalKind};

/// What is to be said of a bericht by itself.
pub struct Looked {
    /// `None` when it could not be told.
    pub berichtsoort: Option<Berichtsoort>,
    /// `None` when it could not be told.
    pub release: Option<Release>,
    /// `valid`, `invalid` or `refused`.
    pub verdict: &'static str,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The deepest level that was looked at.
    pub reached: Level,
}

/// Looks at a bericht: XML, schema, the rules inside it and those on code lists. What is agreed and what came before does not
/// count.
#[must_use]
pub fn check(bytes: &[u8], gateway: &Gateway) -> Looked {
    let bericht = match gateway.schemas.read(bytes) {
        Ok(bericht) => bericht,
        Err(refusal) => {
            let verdict = match refusal.kind {
                RefusalKind::Unreadable | RefusalKind::NotXml => "refused",
                RefusalKind::Unknown | RefusalKind::Invalid => "invalid",
            };
            let (berichtsoort, release) = (refusal.soort, refusal.release);
            return Looked { berichtsoort, release, verdict, findings: refusal.findings, reached: Level::Xsd };
        }
    };
    let outside = Outside { today: gateway.clock.today(), gemeenten: &gateway.gemeenten, contract: None };
    let mut judged = judge_alone(&bericht, &outside);
    if let Bericht::Heen(heen) = &bericht {
        judged.findings.extend(before_sending(heen));
    }
    xml::place_in(&mut judged.findings, bytes);
    let failed = |level| judged.findings.iter().any(|finding| finding.level == level);
    Looked {
        berichtsoort: Some(bericht.header().soort),
        release: Some(bericht.header().release),
        verdict: if judged.is_rejected() { "invalid" } else { "valid" },
        reached: if failed(Level::Message) { Level::Message } else { Level::External },
        findings: judged.findings,
    }
}
