//! The story of a bericht that is only looked at: checked as `validate` does, and nothing of it is kept.

use super::gateway::Gateway;
use crate::domain::afspraken::gateway::before_sending;
use crate::domain::finding::{Finding, Level};
use crate::domain::judging::judge::judge_alone;
use crate::domain::regels::outside::Outside;
use crate::domain::{Bericht, Berichtsoort, Release};
use crate::xml::{self, RefusalKind};

/// What a bericht is worth by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckVerdict {
    /// Nothing was found that rejects it.
    Valid,
    /// Its schema or a rule rejects it, or it is no bericht that is known.
    Invalid,
    /// It cannot be read.
    Refused,
}

impl CheckVerdict {
    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
        }
    }

    /// Of what was judged by itself.
    #[must_use]
    pub const fn of(is_rejected: bool) -> Self {
        if is_rejected { Self::Invalid } else { Self::Valid }
    }
}

impl From<RefusalKind> for CheckVerdict {
    fn from(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::Unreadable | RefusalKind::NotXml => Self::Refused,
            RefusalKind::Unknown | RefusalKind::Invalid => Self::Invalid,
        }
    }
}

/// What is to be said of a bericht by itself.
pub struct Looked {
    /// `None` when it could not be told.
    pub berichtsoort: Option<Berichtsoort>,
    /// `None` when it could not be told.
    pub release: Option<Release>,
    /// What it is worth.
    pub verdict: CheckVerdict,
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
            let verdict = refusal.kind.into();
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
        verdict: CheckVerdict::of(judged.is_rejected()),
        reached: if failed(Level::Message) { Level::Message } else { Level::External },
        findings: judged.findings,
    }
}
