//! The story of a payment: a gemeente makes a batch of what is payable, has its bank pay it, and tells when that was done; or
//! withdraws it, and what it was to pay is payable again.
//!
//! Whoever asks twice for a batch of one name gets the same one. What is in it is fixed when it is made; an answered
//! declaratie does not change any more, so neither does what is payable of it.
//!
//! Races: two batches at once. A declaratie stands in one at most; the second one looks again at what is left. A payment and a
//! withdrawal at once: the store takes the first, and the other is told what is true now.

use chrono::NaiveDate;

use super::again::MOST_TRIES;
use super::decide::Person;
use super::gateway::Gateway;
use crate::clock;
use crate::domain::money::betaling::Kenmerk;
use crate::store::{
    BetalingAsked, BetalingView, LeftOut, Made, NewBetaling, Payment, StoreError, Withdrawal, Withdrawn,
};

/// Why nothing was paid, or told to be.
#[derive(Debug)]
pub enum NotPaid {
    /// There is no such batch at this gemeente.
    NotFound,
    /// There is a batch of this name that was asked otherwise.
    OtherContent(BetalingAsked),
    /// Nothing is payable; these are left out.
    Nothing(Vec<LeftOut>),
    /// The bank cannot pay on a day that is past.
    Past(NaiveDate),
    /// A batch is not paid before the day on which it was made, nor in the future.
    NotYet {
        /// The day on which it was made.
        made: NaiveDate,
        /// The day in Amsterdam on which it was asked.
        today: NaiveDate,
    },
    /// It was paid on another day.
    PaidOn(NaiveDate),
    /// It was paid, on this day, and cannot be withdrawn.
    Paid(NaiveDate),
    /// It was withdrawn, and its name is not used again.
    Withdrawn(Withdrawn),
    /// We failed; nothing was changed.
    Store(StoreError),
}

impl From<StoreError> for NotPaid {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Makes a batch; `false`: it was there already.
///
/// # Errors
/// No batch was made.
pub async fn make(
    kenmerk: Kenmerk,
    asked: BetalingAsked,
    person: Person<'_>,
    gateway: &Gateway,
) -> Result<(BetalingView, bool), NotPaid> {
    if let Some(there) = gateway.store.betaling(person.gemeente, &kenmerk).await? {
        return same(there, &asked);
    }
    let at = gateway.clock.now();
    let today = clock::date_of(at);
    let uitvoerdatum = asked.uitvoerdatum.unwrap_or(today);
    if uitvoerdatum < today {
        return Err(NotPaid::Past(today));
    }
    let (gemeente, by) = (person.gemeente.clone(), person.name.to_owned());
    let new = NewBetaling { gemeente, kenmerk, asked, uitvoerdatum, at, by };
    for _ in 0..MOST_TRIES {
        match gateway.store.make_betaling(&new).await {
            // Another batch was made meanwhile, so somebody made progress; look at what is left.
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
            Ok(Made::New(view)) => return Ok((view, true)),
            Ok(Made::There(there)) => return same(there, &new.asked),
            Ok(Made::Nothing(left_out)) => return Err(NotPaid::Nothing(left_out)),
        }
    }
    Err(StoreError::Stale.into())
}

/// The batch that is there, when it was asked in the same words and is to be paid.
fn same(there: BetalingView, asked: &BetalingAsked) -> Result<(BetalingView, bool), NotPaid> {
    if let Some(withdrawn) = there.withdrawn {
        return Err(NotPaid::Withdrawn(withdrawn));
    }
    if there.asked == *asked { Ok((there, false)) } else { Err(NotPaid::OtherContent(there.asked)) }
}

/// Keeps that the bank paid a batch on this day. Telling it again changes nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn paid(
    kenmerk: Kenmerk,
    day: NaiveDate,
    person: Person<'_>,
    gateway: &Gateway,
) -> Result<BetalingView, NotPaid> {
    let there = gateway.store.betaling(person.gemeente, &kenmerk).await?.ok_or(NotPaid::NotFound)?;
    let at = gateway.clock.now();
    let (made, today) = (clock::date_of(there.at), clock::date_of(at));
    if there.betaald_op.is_none() && there.withdrawn.is_none() && !(made..=today).contains(&day) {
        return Err(NotPaid::NotYet { made, today });
    }
    let (gemeente, by) = (person.gemeente.clone(), person.name.to_owned());
    let payment = Payment { gemeente, kenmerk, day, at, by };
    let paid = gateway.store.settle_betaling(&payment).await?.ok_or(NotPaid::NotFound)?;
    if let Some(withdrawn) = paid.withdrawn {
        return Err(NotPaid::Withdrawn(withdrawn));
    }
    match paid.betaald_op {
        Some(other) if other != day => Err(NotPaid::PaidOn(other)),
        _ => Ok(paid),
    }
}

/// Withdraws a batch that is not paid, for this reason: what it was to pay is payable again. Withdrawing it again changes
/// nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn withdraw(
    kenmerk: Kenmerk,
    reason: String,
    person: Person<'_>,
    gateway: &Gateway,
) -> Result<BetalingView, NotPaid> {
    let withdrawn = Withdrawn { at: gateway.clock.now(), by: person.name.to_owned(), reason };
    let withdrawal = Withdrawal { gemeente: person.gemeente.clone(), kenmerk, withdrawn };
    let there = gateway.store.withdraw_betaling(&withdrawal).await?.ok_or(NotPaid::NotFound)?;
    match there.betaald_op {
        Some(day) => Err(NotPaid::Paid(day)),
        None => Ok(there),
    }
}
