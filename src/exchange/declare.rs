//! The story of a declaratie that is made of delivered volumes: look up, compose, put before the rules, and send.
//!
//! What comes out goes its way like any bericht that the aanbieder posts. Asking again for the same on the same day makes
//! the same bytes, and what was taken in gets its first receipt: a declaratie of which only a part was sent is so completed.
//! A sure rejection stops it wherever the gemeente is: unlike a bericht that somebody posts, nobody has it yet.

mod asked;
mod facts;
mod report;
pub mod rows;

use bytes::Bytes;

use super::gateway::Gateway;
use super::receive::receive;
use super::received::{Carrier, Format, Received, Refused, Reply, sha256_hex};
use crate::domain::berichten::bericht::{Bericht, Berichtsoort, Heenbericht};
use crate::domain::berichten::contract::Wijze;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::release::Property;
use crate::domain::declare::{Facts, Frame, Line, NotSplit, Part, RowProblem, lines, split};
use crate::domain::facts::history::PrestatieFact;
use crate::domain::finding::{Level, Severity};
use crate::domain::{Finding, Verdict};
use crate::store::{Receipt, StoreError};
use crate::xml;
pub use asked::Asked;
use facts::Found;
pub use report::Examined;

/// What became of a declaratie.
pub struct Declared {
    /// Something was taken in now; else all of it was before.
    pub is_new: bool,
    /// Its berichten, each with its receipt.
    pub parts: Vec<Examined>,
}

/// A bericht that was made and put before the rules.
pub struct Proof {
    /// The bericht.
    pub bytes: Bytes,
    /// What it holds, and what was found; with a receipt when it was taken in before.
    pub report: Examined,
    /// Its number stands for other content.
    is_used: bool,
    /// Its receiver has the release in force.
    is_in_force: bool,
    /// Why it would surely be rejected.
    stops: Option<Stop>,
}

/// Why a bericht would not come through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// It is not as its schema says.
    Schema,
    /// The receiver would reject all of it.
    Rejection,
}

/// Why no declaratie was made.
#[derive(Debug)]
pub enum NotMade {
    /// These rows cannot become lines, or all lines together no berichten.
    Rows(Vec<RowProblem>),
    /// We failed.
    Store(StoreError),
}

/// Why nothing was declared, or not all.
#[derive(Debug)]
pub enum NotDeclared {
    /// Nothing was sent.
    Declined(Declined),
    /// Something changed meanwhile, and this bericht was not taken in; those before it were.
    Refused(Refused, Box<Receipt>),
    /// We failed. What was sent before stays sent; ask again.
    Store(StoreError),
}

/// Why nothing was sent.
#[derive(Debug)]
pub enum Declined {
    /// These rows cannot become lines, or all lines together no berichten.
    Rows(Vec<RowProblem>),
    /// The number stands for other content: other rows, or the same on another day.
    NummerUsed,
    /// The gemeente does not have the release in force today.
    ReleaseNotInForce,
    /// The gemeente would surely reject a bericht.
    Rejected(Vec<Examined>),
}

impl From<Declined> for NotDeclared {
    fn from(why: Declined) -> Self {
        Self::Declined(why)
    }
}

impl From<NotSplit> for NotMade {
    fn from(why: NotSplit) -> Self {
        Self::Rows(vec![RowProblem { rij: None, column: None, text: why.to_string() }])
    }
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotMade> for NotDeclared {
    fn from(why: NotMade) -> Self {
        match why {
            NotMade::Rows(problems) => Declined::Rows(problems).into(),
            NotMade::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for NotDeclared {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Proof {
    /// Whether the gemeente takes it, in whole or in part, as far as the own history tells; with `force` also what it would
    /// surely reject, never what is not as its schema says or of a release that is not in force.
    #[must_use]
    pub fn would_pass(&self, force: bool) -> bool {
        self.is_in_force && !self.is_stopped(force)
    }

    fn is_stopped(&self, force: bool) -> bool {
        self.stops.is_some_and(|stop| stop == Stop::Schema || !force)
    }
}

/// Makes the declaratie, puts it before the rules and takes it in, all berichten of it in turn. With `force` also where the
/// gemeente would surely reject it.
///
/// # Errors
/// [`NotDeclared::Declined`]: nothing was sent. Of the others see there.
pub async fn declare(asked: &Asked, force: bool, gateway: &Gateway) -> Result<Declared, NotDeclared> {
    let proofs = prove(asked, gateway).await?;
    let new = || proofs.iter().filter(|proof| proof.report.receipt.is_none());
    if new().any(|proof| proof.is_used) {
        return Err(Declined::NummerUsed.into());
    }
    if new().any(|proof| !proof.is_in_force) {
        return Err(Declined::ReleaseNotInForce.into());
    }
    if new().any(|proof| proof.is_stopped(force)) {
        return Err(Declined::Rejected(proofs.into_iter().map(|proof| proof.report).collect()).into());
    }
    let mut declared = Declared { is_new: new().next().is_some(), parts: Vec::with_capacity(proofs.len()) };
    for Proof { bytes, mut report, .. } in proofs {
        if report.receipt.is_none() {
            let carrier = Carrier::Api { partij: asked.aanbieder.clone(), by: asked.by.clone(), force };
            let received = Received::new(bytes, Format::Xml, gateway.clock.now(), carrier);
            report.receipt = match receive(&received, gateway).await? {
                Reply::Recorded(receipt) | Reply::Repeated(receipt) => Some(receipt),
                Reply::Refused(why, receipt) => return Err(NotDeclared::Refused(why, Box::new(receipt))),
            };
        }
        declared.parts.push(report);
    }
    Ok(declared)
}

/// Makes the declaratie and puts it before the rules, on the own history of the aanbieder. Changes nothing.
///
/// # Errors
/// It cannot be made.
pub async fn prove(asked: &Asked, gateway: &Gateway) -> Result<Vec<Proof>, NotMade> {
    let (lines, parts) = compose(asked, gateway).await?;
    let mut earlier = Vec::new();
    let mut proofs = Vec::with_capacity(parts.len());
    for part in parts {
        proofs.push(examine(part, &lines, &mut earlier, gateway).await?);
    }
    Ok(proofs)
}

/// The lines, and the berichten that they make.
async fn compose(asked: &Asked, gateway: &Gateway) -> Result<(Vec<Line>, Vec<Part>), NotMade> {
    let contract = gateway.contracten.of(asked.gemeente.code(), asked.aanbieder.code());
    let has_facturen = asked.release.has(Property::Facturen);
    let soort = match (has_facturen, contract.and_then(|contract| contract.wijze)) {
        (false, _) => Berichtsoort::Wmo323,
        (true, Some(Wijze::Declaratie)) => Berichtsoort::Wmo303D,
        (true, Some(Wijze::Factuur) | None) => Berichtsoort::Wmo303F,
    };
    let Found { toewijzingen, declared, personen } = facts::find(asked, gateway).await?;
    let frame = Frame {
        gemeente: asked.gemeente.clone(),
        aanbieder: asked.aanbieder.clone(),
        btw_id_nummer: gateway.parties.get(&asked.aanbieder).and_then(|local| local.btw_id_nummer.clone()),
        release: asked.release,
        soort,
        periode: asked.periode.clone(),
        dagtekening: gateway.clock.today(),
    };
    let facts =
        Facts { frame: &frame, toewijzingen: &toewijzingen, declared: &declared, personen: &personen, contract };
    // What is wrong with rows that were read is looked for beside those that were not: all is told at once.
    let lines = asked.rows.and_unread(lines(&asked.rows.read, &asked.nummer, &facts)).map_err(NotMade::Rows)?;
    let fits = |bericht: &Heenbericht| {
        !gateway.envelopes.are_too_small_for(xml::encode(&Bericht::Heen(bericht.clone())).len())
    };
    let parts = split(&frame, &asked.nummer, &lines, &fits)?;
    Ok((lines, parts))
}

/// Judges a bericht as it will be once those before it were taken in. `earlier`: the lines of these.
async fn examine(
    part: Part,
    lines: &[Line],
    earlier: &mut Vec<PrestatieFact>,
    gateway: &Gateway,
) -> Result<Proof, StoreError> {
    let lines = &lines[part.lines];
    let composed = Bericht::Heen(part.bericht);
    let bytes = Bytes::from(xml::encode(&composed));
    let mut proof = Proof {
        report: Examined::of(composed.header(), lines),
        bytes,
        is_used: false,
        is_in_force: gateway.releases.allow(&composed, gateway.clock.today(), &gateway.calendar),
        stops: None,
    };
    proof.report.receipt = gateway.store.first_receipt(&sha256_hex(&proof.bytes), Some(composed.header())).await?;
    if proof.report.receipt.is_some() {
        return Ok(proof);
    }
    if !proof.is_in_force {
        proof.report.record(&[not_in_force()], lines);
    }
    match gateway.schemas.read(&proof.bytes) {
        Err(refusal) => {
            proof.stops = Some(Stop::Schema);
            proof.report.record(&refusal.findings, lines);
        }
        Ok(bericht) => {
            let mut history = gateway.store.history(&bericht).await?;
            history.declaraties.prestaties.extend_from_slice(earlier);
            let verdict = gateway.judge(&bericht, &history, gateway.parties.route(&bericht));
            proof.is_used = history.identificatie_used;
            proof.stops = verdict.is_rejected().then_some(Stop::Rejection);
            proof.report.record(&verdict.findings, lines);
            earlier.extend(judged(lines, &verdict));
        }
    }
    proof.report.remark(lines);
    Ok(proof)
}

/// What no rule says: the gemeente would refuse the bericht before any.
fn not_in_force() -> Finding {
    let text = "De gemeente werkt vandaag niet met deze release van iWmo. Declareer in een release die in gebruik is.";
    Finding {
        level: Level::External,
        severity: Severity::Error,
        regel: None,
        retour_code: None,
        klasse: None,
        path: ElementPath::root().child("Header"),
        position: None,
        text: text.into(),
    }
}

/// The lines as they count for those after them; none of a bericht that is rejected as a whole.
fn judged<'a>(lines: &'a [Line], verdict: &'a Verdict) -> impl Iterator<Item = PrestatieFact> + 'a {
    let granted = verdict.declaratie.iter().flat_map(|verdicts| &verdicts.granted);
    lines.iter().zip(granted).map(|(line, toegekend)| PrestatieFact {
        bsn: line.bsn.clone(),
        prestatie: line.prestatie.clone(),
        toegekend: *toegekend,
    })
}
