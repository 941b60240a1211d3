//! A batch of payments as the API gives it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::domain::money::betaling::Payee;
use crate::store::{BetaaldeDeclaratie, BetalingAsked, BetalingView, LeftOut, Withdrawn};

/// A batch, as the API gives it. Amounts in euro cents.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BetalingJson {
    #[serde(skip)]
    pub key: String,
    pub gemeente: String,
    pub kenmerk: String,
    /// What it was asked with.
    gevraagd: BetalingAsked,
    /// The day on which the bank is to pay.
    pub uitvoerdatum: NaiveDate,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// By whom, by the name of the credential.
    made_by: String,
    /// The day on which the bank paid.
    pub betaald_op: Option<NaiveDate>,
    /// That it is not to be paid after all: what stands in it is payable in another batch.
    pub ingetrokken: Option<Withdrawn>,
    /// All together.
    pub totaal: i64,
    /// One for each aanbieder, or for each whose account it goes to.
    pub betalingen: Vec<PaymentJson>,
    /// Who is not paid in it, and why.
    overgeslagen: Vec<LeftOut>,
}

/// What one payee gets.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PaymentJson {
    pub aanbieder: String,
    /// AGB code of whose account it goes to: the aanbieder, or its servicebureau.
    pub begunstigde: String,
    pub bedrag: i64,
    pub declaraties: Vec<PaidJson>,
}

/// A declaratie in a batch.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PaidJson {
    /// The declaratie, as in `/v1/declaraties/{id}`.
    pub id: String,
    pub declaratie_nummer: String,
    begindatum: NaiveDate,
    einddatum: NaiveDate,
    /// Below zero when it is set off.
    pub bedrag: i64,
    /// Until when it is to be paid, where that was agreed. Does not shift when banks do not work on that day.
    pub due: Option<NaiveDate>,
    /// `open`, `overdue`, `met` or `late`.
    state: Option<&'static str>,
}

/// What goes to one payee.
pub(in crate::http) struct Payment<'a> {
    pub payee: &'a Payee,
    /// In euro cents, above zero.
    pub bedrag: i64,
    pub declaraties: Vec<&'a BetaaldeDeclaratie>,
}

/// The payments of a batch, by payee.
pub(in crate::http) fn payments(betaling: &BetalingView) -> Vec<Payment<'_>> {
    let mut by_payee: BTreeMap<&Payee, Vec<&BetaaldeDeclaratie>> = BTreeMap::new();
    for one in &betaling.declaraties {
        by_payee.entry(&one.payee).or_default().push(one);
    }
    by_payee
        .into_iter()
        .map(|(payee, declaraties)| Payment {
            payee,
            bedrag: declaraties.iter().map(|one| one.bedrag).sum(),
            declaraties,
        })
        .collect()
}

impl From<BetalingView> for BetalingJson {
    fn from(view: BetalingView) -> Self {
        let betalingen: Vec<PaymentJson> = payments(&view).into_iter().map(PaymentJson::from).collect();
        Self {
            key: format!("{}/{}", view.gemeente, view.kenmerk),
            totaal: betalingen.iter().map(|one| one.bedrag).sum(),
            betalingen,
            gemeente: view.gemeente,
            kenmerk: view.kenmerk,
            gevraagd: view.asked,
            uitvoerdatum: view.uitvoerdatum,
            made_at: view.at,
            made_by: view.by,
            betaald_op: view.betaald_op,
            ingetrokken: view.withdrawn,
            overgeslagen: view.left_out,
        }
    }
}

impl From<Payment<'_>> for PaymentJson {
    fn from(payment: Payment<'_>) -> Self {
        Self {
            aanbieder: payment.payee.aanbieder.clone(),
            begunstigde: payment.payee.begunstigde.clone(),
            bedrag: payment.bedrag,
            declaraties: payment.declaraties.into_iter().map(PaidJson::from).collect(),
        }
    }
}

impl From<&BetaaldeDeclaratie> for PaidJson {
    fn from(view: &BetaaldeDeclaratie) -> Self {
        let (due, state) = view.due.unzip();
        Self {
            id: view.id.clone(),
            declaratie_nummer: view.declaratie_nummer.clone(),
            begindatum: view.declaratie_periode.begindatum,
            einddatum: view.declaratie_periode.einddatum,
            bedrag: view.bedrag,
            due,
            state: state.map(crate::store::DeadlineState::name),
        }
    }
}
