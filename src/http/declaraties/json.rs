//! A declaratie and its lines, as the API gives them.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{CalculationReceipt, FindingReceipt, LineDecisionReceipt};
use crate::domain::Berichtsoort;
use crate::domain::berichten::waarde::Value;
use crate::domain::finding::{ClientLine, Finding};
use crate::http::Caller;
use crate::http::proposal::ProposalJson;
use crate::http::uitleg::readable;
use crate::store::{DeclaratieView, LineView, Place};

/// A declaratie, as the API gives it. Amounts in euro cents, below zero when credit.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DeclaratieJson {
    pub id: String,
    pub gemeente: String,
    pub aanbieder: String,
    pub declaratie_nummer: String,
    pub begindatum: NaiveDate,
    pub einddatum: NaiveDate,
    pub totaal_ingediend_bedrag: i64,
    /// What is granted adds up to this, as it stands now.
    pub totaal_toegekend_bedrag: i64,
    /// What is to be paid for it: granted debets less what granted credits take back, which of a rejected line is nothing.
    pub payable: i64,
    /// The batch that pays it, by its name.
    pub batch: Option<String>,
    /// The day on which it was paid.
    pub paid_on: Option<NaiveDate>,
    /// Rejected before its lines were judged: it counts as not sent.
    pub void: bool,
    /// The 325 or 304 that answers it.
    pub antwoord: Option<String>,
    /// What people proposed to answer, where they decide. Not for the aanbieder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalJson>,
    /// How many lines there are in all.
    pub line_count: usize,
    /// How many of them are granted, in full or in part.
    pub granted_count: usize,
    /// The toewijzing that all lines are on.
    #[serde(skip)]
    pub toewijzing_nummer: Option<i64>,
    #[serde(skip)]
    pub soort: (Berichtsoort, String),
    /// Whether people may decide about it now.
    #[serde(skip)]
    pub is_for_people: bool,
    pub lines: Vec<LineJson>,
    /// Ask for the next lines with `after` set to this; null on the last page.
    pub next: Option<String>,
}

/// A line: what was declared, what became of it and why.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct LineJson {
    /// Counted from 1, through all clients.
    pub line: usize,
    pub referentie_nummer: String,
    pub vorig_referentie_nummer: Option<String>,
    pub toewijzing_nummer: Option<i64>,
    pub product_categorie: String,
    pub product_code: String,
    pub begindatum: NaiveDate,
    pub einddatum: NaiveDate,
    pub geleverd_volume: u32,
    pub eenheid: String,
    pub product_tarief: Option<u32>,
    pub ingediend_bedrag: i64,
    /// Whether it is granted, in full or in part.
    pub granted: bool,
    /// What is granted of it.
    pub toegekend_bedrag: i64,
    pub findings: Vec<FindingReceipt>,
    pub calculations: Vec<CalculationReceipt>,
    /// What people said of it in the proposal that was approved. Not for the aanbieder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<LineDecisionReceipt>,
}

impl LineJson {
    /// How it fared, in a word.
    pub(in crate::http) const fn in_a_word(&self) -> &'static str {
        match self.granted {
            false => "nee",
            true if self.toegekend_bedrag == self.ingediend_bedrag => "ja",
            true => "deels",
        }
    }
}

impl LineJson {
    /// With what was found in it and in its client, and what people said of it; of the line that is taken out.
    pub(super) fn of(view: LineView, found: &mut Found) -> Self {
        let prestatie = view.fact.prestatie;
        let bedrag = prestatie.ingediend_bedrag.debet_credit.sign() * i128::from(view.fact.toegekend.unwrap_or(0));
        Self {
            line: view.line,
            referentie_nummer: prestatie.product_referentie.referentie_nummer.to_string(),
            vorig_referentie_nummer: prestatie.product_referentie.vorig().map(str::to_owned),
            toewijzing_nummer: prestatie.toewijzing_nummer.map(|nummer| nummer.0),
            product_categorie: prestatie.product_categorie.to_string(),
            product_code: prestatie.product_code.to_string(),
            begindatum: prestatie.product_periode.begindatum,
            einddatum: prestatie.product_periode.einddatum,
            geleverd_volume: prestatie.geleverd_volume,
            eenheid: prestatie.eenheid.to_text(),
            product_tarief: prestatie.product_tarief,
            ingediend_bedrag: shown(prestatie.ingediend_bedrag.signed()),
            granted: view.fact.toegekend.is_some(),
            toegekend_bedrag: shown(bedrag),
            findings: found.take(view.place),
            calculations: view.calculations.into_iter().map(CalculationReceipt::from).collect(),
            decision: found.decisions.remove(&view.line),
        }
    }
}

/// Without lines.
impl From<DeclaratieView> for DeclaratieJson {
    fn from(view: DeclaratieView) -> Self {
        let declaratie = view.declaratie;
        Self {
            id: declaratie.bericht_id,
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
            declaratie_nummer: declaratie.declaratie_nummer,
            begindatum: declaratie.declaratie_periode.begindatum,
            einddatum: declaratie.declaratie_periode.einddatum,
            totaal_ingediend_bedrag: shown(declaratie.totaal_ingediend_bedrag.signed()),
            totaal_toegekend_bedrag: view.toegekend,
            payable: view.betaalbaar,
            batch: view.betaling,
            paid_on: view.betaald_op,
            void: declaratie.void,
            antwoord: view.antwoord_id,
            proposal: view.proposal.map(|proposal| ProposalJson::of(proposal, view.approval)),
            line_count: view.line_count,
            granted_count: view.granted_count,
            toewijzing_nummer: view.toewijzing_nummer.map(|nummer| nummer.0),
            soort: view.soort,
            is_for_people: false,
            lines: Vec::new(),
            next: None,
        }
    }
}

fn shown(cents: i128) -> i64 {
    i64::try_from(cents).unwrap_or(i64::MAX)
}

/// What was found in lines and in clients as a whole.
pub(super) struct Found {
    findings: HashMap<ClientLine, Vec<FindingReceipt>>,
    /// What people said, by the number of the line.
    decisions: HashMap<usize, LineDecisionReceipt>,
}

impl Found {
    /// Of what was found and said, what this caller may read.
    pub(super) fn of(view: &DeclaratieView, findings: &[Finding], caller: &Caller) -> Self {
        let mut by_line: HashMap<_, Vec<FindingReceipt>> = HashMap::new();
        for finding in findings {
            if let Some(at) = finding.client_line() {
                by_line.entry(at).or_default().extend(readable(vec![finding.into()], caller));
            }
        }
        let approved = view.proposal.as_ref().filter(|_| view.approval.is_some());
        let said = approved.into_iter().flat_map(|proposal| &proposal.lines);
        Self { findings: by_line, decisions: said.map(|said| (said.line, said.clone().into())).collect() }
    }

    /// What concerns this line, that of its client first.
    fn take(&mut self, at: Place) -> Vec<FindingReceipt> {
        let mut own = self.findings.get(&at.client()).cloned().unwrap_or_default();
        own.extend(self.findings.remove(&at.line()).unwrap_or_default());
        own
    }
}
