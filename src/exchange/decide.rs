//! The story of an answer that people decide: one proposes, another approves, and the 325 or 304 goes its way like any
//! bericht of the gemeente.
//!
//! Nothing is judged again: the proposal starts from what was found when the declaratie came in.
//!
//! Races: two approvals at once, or an approval and another proposal. The store takes the first and calls the other
//! overtaken.

use super::draft::compose_antwoord;
use super::gateway::Gateway;
use super::ids;
use super::rebuild::granted;
use super::receive::receive;
use super::received::{Carrier, Format, Received, Reply, sha256_hex};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::finding::Finding;
use crate::domain::money::decision::{LineDecision, NotAllowed, decide};
use crate::domain::{Bericht, Heenbericht, Partij, Verdict};
use crate::store::{Approval, DeclaratieView, LastSeen, Outcome, Proposal, Receipt, StoreError};
use crate::xml;

/// Who decides: a person of a gemeente.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The gemeente that answers the declaratie.
    pub gemeente: &'a Partij,
    /// The name of the credential.
    pub name: &'a str,
}

/// Why nothing was decided.
#[derive(Debug)]
pub enum NotDecided {
    /// There is no such declaratie for this gemeente.
    NotFound,
    /// It has its answer already, or its gemeente answers with its own software.
    NotOpen,
    /// Somebody proposed another answer, or sent one, meanwhile.
    Overtaken,
    /// Who proposed cannot approve.
    SamePerson,
    /// The standard does not allow this.
    NotAllowed(Vec<NotAllowed>),
    /// The answer is not one that the standard allows; it was kept for audit.
    Refused(Box<Receipt>),
    /// We failed; nothing was changed.
    Store(StoreError),
}

impl From<StoreError> for NotDecided {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overtaken => Self::Overtaken,
            other => Self::Store(other),
        }
    }
}

/// Whether people may decide about this declaratie now. That holds for what waits for them, whoever decides about a
/// declaratie that comes in today: nobody else answers it.
#[must_use]
pub fn is_for_people(view: &DeclaratieView, gateway: &Gateway) -> bool {
    let is_ours = |gemeente| gateway.parties.get(&gemeente).is_some_and(|local| !local.answers_itself);
    view.antwoord_id.is_none() && !view.declaratie.void && Partij::from_text(&view.gemeente).is_some_and(is_ours)
}

/// Proposes an answer: the judgement, but for what is said of these lines.
///
/// # Errors
/// Nothing was proposed; [`NotDecided::Overtaken`] also when another proposal is the last one than was `seen`.
pub async fn propose(
    declaratie_id: &str,
    lines: Vec<LineDecision>,
    seen: &LastSeen,
    person: Person<'_>,
    gateway: &Gateway,
) -> Result<Proposal, NotDecided> {
    let open = Open::find(declaratie_id, person, gateway).await?;
    open.decided(&lines)?;
    let at = gateway.clock.now();
    let proposal = Proposal { id: ids::new_id(at), at, by: person.name.to_owned(), lines };
    gateway.store.propose(declaratie_id, &proposal, seen).await?;
    Ok(proposal)
}

/// Approves of a proposal: the answer is composed, recorded and sent.
///
/// # Errors
/// Nothing was answered.
pub async fn approve(
    declaratie_id: &str,
    proposal: &str,
    person: Person<'_>,
    gateway: &Gateway,
) -> Result<Receipt, NotDecided> {
    let open = Open::find(declaratie_id, person, gateway).await?;
    let last = open.view.proposal.as_ref().filter(|last| last.id == proposal).ok_or(NotDecided::Overtaken)?;
    if last.by == person.name {
        return Err(NotDecided::SamePerson);
    }
    let verdict = open.decided(&last.lines)?;
    let at = gateway.clock.now();
    let id = ids::new_id(at);
    let antwoord = compose_antwoord(&open.heen, &verdict, ids::identificatie(&id), gateway.clock.today());
    let bytes = xml::encode(&Bericht::Heen(antwoord.ok_or(NotDecided::NotOpen)?));
    let approval = Approval {
        proposal: proposal.to_owned(),
        declaratie_id: declaratie_id.to_owned(),
        at,
        by: person.name.to_owned(),
    };
    let carrier = Carrier::Decided { partij: person.gemeente.clone(), approval };
    let received = Received { id, at, sha256: sha256_hex(&bytes), bytes: bytes.into(), format: Format::Xml, carrier };
    match receive(&received, gateway).await? {
        Reply::Recorded(receipt) | Reply::Repeated(receipt) if receipt.verdict == Outcome::Accepted => Ok(receipt),
        Reply::Recorded(receipt) | Reply::Repeated(receipt) | Reply::Refused(_, receipt) => {
            Err(NotDecided::Refused(Box::new(receipt)))
        }
    }
}

/// A declaratie that people may decide about.
struct Open {
    view: DeclaratieView,
    heen: Heenbericht,
    judged: Verdict,
}

impl Open {
    async fn find(id: &str, person: Person<'_>, gateway: &Gateway) -> Result<Self, NotDecided> {
        let view = gateway.store.declaratie(id, Some(person.gemeente)).await?;
        let view = view.filter(|view| view.gemeente == person.gemeente.code()).ok_or(NotDecided::NotFound)?;
        if !is_for_people(&view, gateway) {
            return Err(NotDecided::NotOpen);
        }
        let bytes = gateway.store.payload(id, Some(person.gemeente)).await?.unwrap_or_default();
        let bericht = gateway.schemas.read(&bytes).map_err(|_| NotDecided::NotFound)?;
        let Bericht::Heen(heen) = bericht else { return Err(NotDecided::NotFound) };
        let findings = gateway.store.declaratie_findings(id, Some(person.gemeente), None).await?;
        let judged = judged(&heen, findings).ok_or(NotDecided::NotOpen)?;
        Ok(Self { view, heen, judged })
    }

    /// The verdict with these decisions.
    fn decided(&self, lines: &[LineDecision]) -> Result<Verdict, NotDecided> {
        let declaratie = self.heen.inhoud.declaratie().ok_or(NotDecided::NotFound)?;
        decide(&self.heen, &declaratie, self.judged.clone(), lines).map_err(NotDecided::NotAllowed)
    }
}

/// The verdict on a declaratie as it was kept; `None` when its lines were not judged.
fn judged(heen: &Heenbericht, kept: Vec<Finding>) -> Option<Verdict> {
    let declaratie = heen.inhoud.declaratie()?;
    let verdicts = granted(&declaratie, &kept)?;
    let findings = kept.into_iter().filter(Finding::is_error).collect();
    Some(Verdict { findings, declaratie: Some(verdicts) })
}
