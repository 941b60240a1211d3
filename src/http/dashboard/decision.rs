//! The form in which people decide about a declaratie, on its page. It goes the way of `POST /v1/declaraties/{id}/antwoord`.
//!
//! The session only says that somebody may look: who decides tells who they are with a token of their own, at each
//! decision. That token is not kept, not shown again and not logged. A form carries a key of its session, so that no
//! other site can send one.
//!
//! A declaratie may have more lines than a page: a proposal says what was chosen on this page, and repeats what the last
//! proposal says of lines on other pages. It counts only if that was still the last one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::redirect;
use super::line_filter::LineFilter;
use super::texts::{self, TEXTS};
use super::visitor::Visitor;
use crate::api::LineDecisionReceipt;
use crate::domain::Berichtsoort;
use crate::domain::deadlines::releases::Releases;
use crate::domain::money::decision::{LineDecision, explained_codes};
use crate::exchange::decide::{NotDecided, approve, propose};
use crate::exchange::sha256_hex;
use crate::http::Server;
use crate::http::declaraties::{DeclaratieJson, LineJson};
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, NotThere};
use crate::http::proposal::ProposalJson;
use crate::http::query::{Id, Parameters};
use crate::store::LastSeen;

/// What stays as it was judged, is rejected, or is granted in part.
const KEEP: &str = "houden";
const REJECT: &str = "afwijzen";
const IN_PART: &str = "deels";

/// What a person filled in for a line.
#[derive(Clone, Default)]
pub(super) struct Choice {
    /// Whether its kind may be granted in part at all.
    pub may_be_in_part: bool,
    decision: String,
    pub code: String,
    /// In euros.
    pub bedrag: String,
    pub reason: String,
}

/// What the form sent. Not to be printed: there is a token in it.
#[derive(Default)]
struct Sent {
    key: String,
    token: String,
    /// The proposal that the page showed.
    seen: Option<String>,
    approves: bool,
    lines: BTreeMap<usize, Choice>,
}

/// What became of a form that was sent, and what stood in it.
pub(super) struct Rejected {
    pub status: StatusCode,
    /// Why nothing was decided.
    pub problem: String,
    lines: BTreeMap<usize, Choice>,
}

/// The form, for the page.
pub(super) struct DecisionForm {
    /// Of the session.
    pub key: String,
    /// Where it goes: the page itself.
    pub action: String,
    /// What was proposed last.
    pub proposed: Option<Proposed>,
    /// The retourcodes of the standard, each with what it says.
    pub codes: Vec<(&'static str, &'static str)>,
    /// There are lines on other pages.
    pub is_part: bool,
    lines: BTreeMap<usize, Choice>,
    may_be_in_part: bool,
}

/// A proposal for people.
pub(super) struct Proposed {
    pub id: String,
    pub summary: String,
    pub lines: Vec<String>,
}

impl DecisionForm {
    /// The form on this page; `rejected` when one was sent already and does not do.
    pub fn of(
        declaratie: &DeclaratieJson,
        releases: &Releases,
        (key, action): (String, String),
        rejected: Option<Rejected>,
    ) -> Self {
        let proposal = declaratie.proposal.as_ref();
        let said = proposal.map_or(&[][..], |proposal| &proposal.lines).iter();
        let mut lines: BTreeMap<usize, Choice> = said.map(|said| (said.line, Choice::of(said))).collect();
        lines.extend(rejected.map(|rejected| rejected.lines).unwrap_or_default());
        let (soort, ref release) = declaratie.soort;
        let codes = releases.named(release).map(|release| explained_codes(soort, release));
        Self {
            key,
            action,
            proposed: proposal.map(Proposed::of),
            codes: codes.unwrap_or_default().into_iter().map(|(code, text)| (code, first_sentence(text))).collect(),
            is_part: declaratie.lines.len() < declaratie.line_count,
            lines,
            may_be_in_part: soort == Berichtsoort::Wmo303D,
        }
    }

    /// What is filled in for this line; `None` when nobody decides about it: what the standard rejects stays so.
    pub fn choice(&self, line: &LineJson) -> Option<Choice> {
        let may_be_in_part = self.may_be_in_part && line.ingediend_bedrag > 0;
        let filled = self.lines.get(&line.line).cloned().unwrap_or_default();
        line.granted.then_some(Choice { may_be_in_part, ..filled })
    }
}

impl Proposed {
    fn of(proposal: &ProposalJson) -> Self {
        let lines: Vec<String> = proposal.lines.iter().map(texts::line_decision).collect();
        Self {
            id: proposal.id.clone(),
            summary: texts::proposal(&proposal.by, proposal.approved_by.as_deref()),
            lines: if lines.is_empty() { vec![TEXTS.as_judged.to_owned()] } else { lines },
        }
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

impl Sent {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut sent = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "sleutel" => sent.key = value,
                "token" => sent.token = value,
                "voorstel" => sent.seen = Some(value).filter(|id| !id.is_empty()),
                "akkoord" => sent.approves = true,
                _ => {
                    let Some((field, Ok(line))) = name.split_once('-').map(|(field, line)| (field, line.parse()))
                    else {
                        continue;
                    };
                    let choice: &mut Choice = sent.lines.entry(line).or_default();
                    match field {
                        "besluit" => choice.decision = value,
                        "code" => choice.code = value,
                        "bedrag" => choice.bedrag = value,
                        "reden" => choice.reason = value,
                        _ => {}
                    }
                }
            }
        }
        sent
    }

    /// What is proposed: what was chosen here, and of lines that are not here or were left alone what the last proposal says.
    fn lines(&self, last: Vec<LineDecisionReceipt>) -> Result<Vec<LineDecisionReceipt>, Problem> {
        let is_left = |said: &LineDecisionReceipt| self.lines.get(&said.line).is_none_or(|choice| choice.is_as(said));
        let left = last.into_iter().filter(is_left);
        let mut lines: BTreeMap<usize, LineDecisionReceipt> = left.map(|said| (said.line, said)).collect();
        for (line, choice) in &self.lines {
            if !lines.contains_key(line) {
                lines.extend(choice.decision(*line)?.map(|said| (*line, said)));
            }
        }
        Ok(lines.into_values().collect())
    }
}

impl Choice {
    /// What is said of the line; `None`: it stays as it was judged.
    fn decision(&self, line: usize) -> Result<Option<LineDecisionReceipt>, Problem> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let said = LineDecisionReceipt {
            line,
            granted: false,
            toegekend_bedrag: None,
            retourcode: None,
            reason: filled(&self.reason),
        };
        Ok(match self.decision.as_str() {
            REJECT => Some(LineDecisionReceipt { retourcode: filled(&self.code), ..said }),
            IN_PART => {
                let bedrag = cents(&self.bedrag).ok_or_else(|| Problem::Body(texts::no_amount(line)))?;
                Some(LineDecisionReceipt { granted: true, toegekend_bedrag: Some(bedrag), ..said })
            }
            _ if [&self.code, &self.bedrag, &self.reason].iter().all(|text| text.trim().is_empty()) => None,
            _ => return Err(Problem::Body(texts::kept_with_reason(line))),
        })
    }

    /// What was chosen when this was said.
    fn of(said: &LineDecisionReceipt) -> Self {
        let euros = |cents: u32| format!("{},{:02}", cents / 100, cents % 100);
        let choice = match (said.granted, said.toegekend_bedrag) {
            (false, _) => REJECT,
            (true, Some(_)) => IN_PART,
            (true, None) => KEEP,
        };
        Self {
            may_be_in_part: false,
            decision: choice.to_owned(),
            code: said.retourcode.clone().filter(|_| choice != KEEP).unwrap_or_default(),
            bedrag: said.toegekend_bedrag.map(euros).unwrap_or_default(),
            reason: said.reason.clone().unwrap_or_default(),
        }
    }

    /// Whether it is what was chosen when this was said. A browser may have taken lines of a reason together.
    fn is_as(&self, said: &LineDecisionReceipt) -> bool {
        let shown = Self::of(said);
        let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        self.decision == shown.decision
            && self.code == shown.code
            && self.bedrag == shown.bedrag
            && letters(&self.reason) == letters(&shown.reason)
    }

    pub fn rejects(&self) -> bool {
        self.decision == REJECT
    }

    pub fn is_in_part(&self) -> bool {
        self.decision == IN_PART
    }
}

/// An amount in euros, as people write it.
fn cents(text: &str) -> Option<u32> {
    let text = text.trim().trim_start_matches('€').trim_start();
    let (euros, cents) = text.split_once([',', '.']).unwrap_or((text, "00"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if euros.is_empty() || cents.len() != 2 || !digits(euros) || !digits(cents) {
        return None;
    }
    format!("{euros}{cents}").parse().ok()
}

/// Answers the form: proposes, or approves.
#[utoipa::path(
    post,
    path = "/declaraties/{id}",
    tag = "dashboard",
    params(Id, LineFilter),
    request_body(
        content = HashMap<String, String>,
        content_type = "application/x-www-form-urlencoded",
        description = "The fields of the form, with the token of who decides"
    ),
    responses(
        (status = 303, description = "Decided: back to the page; or to the login page"),
        (status = 403, description = "Not by this person, or not from this session; the page"),
        (status = 409, description = "Decided otherwise meanwhile; the page"),
        (status = 422, description = "Not as the standard allows; the page"),
        BadQuery,
        NotThere
    )
)]
pub(in crate::http) async fn decide(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
    Parameters(filter): Parameters<LineFilter>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visitor.keeper()?;
    let sent = Sent::of(fields);
    // By their hashes, so that comparing them tells nothing. What another site may have filled in is not shown.
    if sha256_hex(sent.key.as_bytes()) != sha256_hex(visitor.key().as_bytes()) {
        let problem = TEXTS.not_of_this_session.to_owned();
        let rejected = Rejected { status: StatusCode::FORBIDDEN, problem, lines: BTreeMap::new() };
        return server.declaratie_html(&id, filter, &visitor, Some(rejected)).await;
    }
    match server.decided(&id, &sent).await {
        Ok(()) => Ok(redirect(&filter.path(&id))),
        Err(problem @ Problem::Store(_)) => Err(problem),
        Err(problem) => {
            let status = match problem.status() {
                // Of a browser nothing else is asked.
                StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN,
                other => other,
            };
            let rejected = Rejected { status, problem: problem.detail(), lines: sent.lines };
            server.declaratie_html(&id, filter, &visitor, Some(rejected)).await
        }
    }
}

impl Server {
    async fn decided(&self, id: &str, sent: &Sent) -> Result<(), Problem> {
        let caller = self.caller(sent.token.trim()).ok_or(Problem::UnknownToken)?;
        let person = caller.person()?;
        if sent.approves {
            approve(id, sent.seen.as_deref().unwrap_or_default(), person, &self.gateway).await?;
            return Ok(());
        }
        let found = self.gateway.store.declaratie(id, Some(person.gemeente)).await?.ok_or(Problem::NotFound)?;
        // The store makes sure that it still is the last one. What was left alone says something of this one only.
        if found.proposal.as_ref().map(|last| &last.id) != sent.seen.as_ref() {
            return Err(NotDecided::Overtaken.into());
        }
        let last = found.proposal.into_iter().flat_map(|last| last.lines).map(LineDecisionReceipt::from);
        let lines = sent.lines(last.collect())?.into_iter().map(LineDecision::from).collect();
        propose(id, lines, &LastSeen::This(sent.seen.clone()), person, &self.gateway).await?;
        Ok(())
    }
}
