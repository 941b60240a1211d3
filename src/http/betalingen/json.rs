//! A batch of payments as the API gives it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{LeftOutJson, ToPay, WithdrawnJson};
use crate::domain::Timestamp;
use crate::domain::money::betaling::Payee;
use crate::store::{BetaaldeDeclaratie, BetalingView};

/// A batch, as the API gives it. Amounts in euro cents.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BetalingJson {
    #[serde(skip)]
    pub key: String,
    pub gemeente: String,
    /// The kenmerk that its path names.
    pub name: String,
    /// What it was asked with.
    asked: ToPay,
    /// The day on which the bank is to pay.
    pub execution_date: NaiveDate,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// By whom, by the name of the credential.
    made_by: String,
    /// The day on which the bank paid.
    pub paid_on: Option<NaiveDate>,
    /// That it is not to be paid after all: what stands in it is payable in another batch.
    pub withdrawn: Option<WithdrawnJson>,
    /// All together.
    pub total: i64,
    /// One for each aanbieder, or for each whose account it goes to.
    pub payments: Vec<PaymentJson>,
    /// Who is not paid in it, and why.
    left_out: Vec<LeftOutJson>,
}

/// What one payee gets.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PaymentJson {
    pub aanbieder: String,
    /// AGB code of whose account it goes to: the aanbieder, or its servicebureau.
    pub payee: String,
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
        let payments: Vec<PaymentJson> = payments(&view).into_iter().map(PaymentJson::from).collect();
        Self {
            key: format!("{}/{}", view.gemeente, view.kenmerk),
            total: payments.iter().map(|one| one.bedrag).sum(),
            payments,
            gemeente: view.gemeente,
            name: view.kenmerk,
            asked: view.asked.into(),
            execution_date: view.uitvoerdatum,
            made_at: view.at,
            made_by: view.by,
            paid_on: view.betaald_op,
            withdrawn: view.withdrawn.map(WithdrawnJson::from),
            left_out: view.left_out.into_iter().map(LeftOutJson::from).collect(),
        }
    }
}

impl From<Payment<'_>> for PaymentJson {
    fn from(payment: Payment<'_>) -> Self {
        Self {
            aanbieder: payment.payee.aanbieder.clone(),
            payee: payment.payee.begunstigde.clone(),
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
