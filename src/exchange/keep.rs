//! The stories of deadlines that people look after: they open one that no bericht starts, tell that it was done, take one on, or
//! say that support begins on a written order, or that it does not.
//!
//! Whoever opens twice under one name gets the same deadline. Which terms there are, and how long they run, comes with the
//! profile.
//!
//! Races: two openings at once under one name. The store takes the first; the second one looks again and finds it there.

use chrono::NaiveDate;

use super::again::MOST_TRIES;
use super::gateway::Gateway;
use super::ids;
use super::moments::moments;
use crate::clock;
use crate::domain::Partij;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::deadlines::counted::{Counted, Direction};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::{PlainTerm, Side};
use crate::domain::money::betaling::Kenmerk;
use crate::store::{
    Acknowledged, DeadlineAsked, DeadlineState, DeadlineView, Done, NewOpened, Opened, Opening, Origin, Spoed,
    SpoedWithdrawal, StoreError, TakenUntil, Waiver, Waiving, Withdrawn,
};

/// Who looks after deadlines.
#[derive(Clone, Copy)]
pub struct Keeper<'a> {
    /// For whom; `None`: an operator, for all.
    pub partij: Option<&'a Partij>,
    /// The name of the credential.
    pub name: &'a str,
}

/// A deadline that somebody wants to open.
pub struct OpeningAsked {
    /// Its name, unique for who opens it.
    pub kenmerk: Kenmerk,
    /// The term, by its name or that of its agreement.
    pub clock: String,
    /// One end.
    pub gemeente: Partij,
    /// The other end; there may be none yet.
    pub aanbieder: Option<Partij>,
    /// Day 0.
    pub vanaf: NaiveDate,
    /// The toewijzing that it is about.
    pub toewijzing_nummer: Option<ToewijzingNummer>,
    /// How the parties know it.
    pub referentie: Option<String>,
}

/// Why a deadline stayed as it was, or was not opened.
#[derive(Debug)]
pub enum KeepError {
    /// There is no such deadline for whoever asks.
    NotFound,
    /// The profile has no such term.
    NoSuchTerm {
        /// The name of the profile that has no such term.
        profile: String,
        /// The terms that it has, each with its agreement.
        known: Vec<String>,
    },
    /// Under this profile nobody watches how soon support begins after the toewijzing.
    NotWatched(String),
    /// The caller is not one of its parties, or not the one who may.
    OtherParty,
    /// The gateway acts for none of its parties.
    NotOurs,
    /// The term binds an aanbieder, and none was named.
    NoAanbieder,
    /// The same was told before, with other content.
    OtherContent,
    /// A bericht started it, and a bericht stops it.
    ByBericht,
    /// The gateway noticed it, and ends it when it is so no more.
    ByItself,
    /// Nobody waits for it any more.
    Closed,
    /// It was done on another day.
    DoneOn(NaiveDate),
    /// It is the caller's own turn; who waits for it may say that it need not.
    OwnTurn,
    /// This day is past.
    Past(NaiveDate),
    /// It is not done before its day 0, nor in the future.
    NotYet {
        /// Day 0.
        from: NaiveDate,
        /// The day in Amsterdam on which it was said.
        today: NaiveDate,
    },
    /// We failed; nothing was changed.
    Store(StoreError),
}

impl From<StoreError> for KeepError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Opens a deadline; `false`: it was there already.
///
/// # Errors
/// None was opened.
pub async fn open(
    wanted: OpeningAsked,
    keeper: Keeper<'_>,
    gateway: &Gateway,
) -> Result<(DeadlineView, bool), KeepError> {
    let term = gateway.profile.plain_term(&wanted.clock).ok_or_else(|| no_such_term(gateway))?;
    may_keep(keeper, [Some(&wanted.gemeente), wanted.aanbieder.as_ref()], gateway)?;
    let new = wanted.under(term, keeper, gateway)?;
    for _ in 0..MOST_TRIES {
        match gateway.store.open_deadline(&new).await {
            // One of this name was opened meanwhile; look at it.
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
            Ok(Opening::New(view)) => {
                gateway.alarm.note(new.moments.next_at);
                return Ok((view, true));
            }
            Ok(Opening::There(view)) => return same(view, &new.asked),
        }
    }
    Err(StoreError::Stale.into())
}

impl OpeningAsked {
    /// As a deadline of this term.
    fn under(self, term: &PlainTerm, keeper: Keeper<'_>, gateway: &Gateway) -> Result<NewOpened, KeepError> {
        let responsible = match term.binds {
            Side::Gemeente => Some(&self.gemeente),
            Side::Aanbieder => self.aanbieder.as_ref(),
        };
        let responsible = responsible.ok_or(KeepError::NoAanbieder)?.code().to_owned();
        let at = gateway.clock.now();
        let due = term.term.due(self.vanaf, &gateway.calendar);
        let counted = Counted { term: term.name.clone(), day_0: self.vanaf, direction: Direction::After };
        let moments = moments(&term.name, (self.vanaf, due), Some(counted), gateway);
        Ok(NewOpened {
            id: ids::new_id(at),
            opener: keeper.partij.cloned(),
            kenmerk: self.kenmerk,
            afspraak: term.afspraak.clone(),
            asked: DeadlineAsked {
                clock: term.name.clone(),
                gemeente: self.gemeente.code().to_owned(),
                aanbieder: self.aanbieder.map(|aanbieder| aanbieder.code().to_owned()),
                vanaf: self.vanaf,
                toewijzing_nummer: self.toewijzing_nummer.map(|nummer| nummer.0),
                referentie: self.referentie,
            },
            answer: term.awaits.clone(),
            responsible,
            due,
            due_at: clock::end_of(due),
            moments,
            at,
            by: keeper.name.to_owned(),
        })
    }
}

/// The terms that a person may name under this profile.
fn no_such_term(gateway: &Gateway) -> KeepError {
    let known = gateway.profile.plain.iter().map(|clock| format!("{} ({})", clock.name, clock.afspraak));
    KeepError::NoSuchTerm { profile: gateway.profile.name.clone(), known: known.collect() }
}

/// One of the parties does, where the gateway acts for one of them; or an operator.
fn may_keep(keeper: Keeper<'_>, parties: [Option<&Partij>; 2], gateway: &Gateway) -> Result<(), KeepError> {
    let mut parties = parties.into_iter().flatten();
    match keeper.partij {
        Some(own) if !parties.any(|partij| partij == own) => Err(KeepError::OtherParty),
        None if !parties.any(|partij| gateway.parties.naam(partij.code()).is_some()) => Err(KeepError::NotOurs),
        Some(_) | None => Ok(()),
    }
}

/// The deadline that is there, when it was opened in the same words.
fn same(view: DeadlineView, asked: &DeadlineAsked) -> Result<(DeadlineView, bool), KeepError> {
    match &view.origin {
        Origin::Person(opened) if opened.asked == *asked => Ok((view, false)),
        Origin::Person(_) | Origin::Bericht(_) | Origin::Gateway(_) => Err(KeepError::OtherContent),
    }
}

/// Keeps that what a deadline was opened for was done on this day. Telling it again changes nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn finish(
    id: &str,
    (day, reason): (NaiveDate, Option<String>),
    keeper: Keeper<'_>,
    gateway: &Gateway,
) -> Result<DeadlineView, KeepError> {
    let there = gateway.store.deadline(id, keeper.partij).await?.ok_or(KeepError::NotFound)?;
    let opened = match &there.origin {
        Origin::Person(opened) => opened,
        Origin::Bericht(_) => return Err(KeepError::ByBericht),
        Origin::Gateway(_) => return Err(KeepError::ByItself),
    };
    let (from, at) = (opened.asked.vanaf, gateway.clock.now());
    let today = clock::date_of(at);
    if there.is_awaited() && !(from..=today).contains(&day) {
        return Err(KeepError::NotYet { from, today });
    }
    let done = Done { id: id.to_owned(), day, reason, at, by: keeper.name.to_owned() };
    let finished = gateway.store.finish_deadline(&done).await?.ok_or(KeepError::NotFound)?;
    match &finished.origin {
        Origin::Person(Opened { gereed_op: Some(other), .. }) if *other != day => Err(KeepError::DoneOn(*other)),
        Origin::Person(Opened { gereed_op: None, .. }) => Err(KeepError::Closed),
        Origin::Person(_) | Origin::Bericht(_) | Origin::Gateway(_) => Ok(finished),
    }
}

/// That somebody wants to look after a deadline.
#[derive(Clone, Debug)]
pub struct Taking {
    /// Who.
    pub owner: String,
    /// What is going on.
    pub reason: String,
    /// The last day; `None`: until it is answered.
    pub until: Option<NaiveDate>,
}

/// Keeps who looks after a deadline, why, and until when; of several the last one counts. After its day it is nobody's again.
/// Telling the same again changes nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn acknowledge(
    id: &str,
    Taking { owner, reason, until }: Taking,
    keeper: Keeper<'_>,
    gateway: &Gateway,
) -> Result<DeadlineView, KeepError> {
    gateway.store.deadline(id, keeper.partij).await?.ok_or(KeepError::NotFound)?;
    let at = gateway.clock.now();
    if let Some(past) = until.filter(|until| *until < clock::date_of(at)) {
        return Err(KeepError::Past(past));
    }
    let until = until.map(|day| TakenUntil { day, free_at: clock::end_of(day) });
    let taken = Acknowledged { owner, reason, until, at, by: keeper.name.to_owned() };
    let view = gateway.store.acknowledge_deadline(id, &taken).await?.ok_or(KeepError::NotFound)?;
    let is_kept =
        |kept: &Acknowledged| (&kept.owner, &kept.reason, kept.until) == (&taken.owner, &taken.reason, taken.until);
    if view.acknowledged.as_ref().is_some_and(is_kept) { Ok(view) } else { Err(KeepError::Closed) }
}

/// Keeps that nobody needs to wait for a deadline, for good or until and including a day. Whoever waits says so, or an operator:
/// not the party whose turn it is. Telling the same again changes nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn waive(
    id: &str,
    (reason, until): (String, Option<NaiveDate>),
    keeper: Keeper<'_>,
    gateway: &Gateway,
) -> Result<DeadlineView, KeepError> {
    let there = gateway.store.deadline(id, keeper.partij).await?.ok_or(KeepError::NotFound)?;
    if keeper.partij.is_some_and(|partij| there.is_up_to(partij)) {
        return Err(KeepError::OwnTurn);
    }
    let at = gateway.clock.now();
    if let Some(past) = until.filter(|until| *until < clock::date_of(at)) {
        return Err(KeepError::Past(past));
    }
    let waiver = Waiver { reason, until, at, by: keeper.name.to_owned() };
    let waiving = Waiving { id: id.to_owned(), back_at: until.map(clock::end_of), waiver };
    let view = gateway.store.waive_deadline(&waiving).await?.ok_or(KeepError::NotFound)?;
    gateway.alarm.look_again();
    let is_kept = |kept: &Waiver| kept.reason == waiving.waiver.reason && kept.until == until;
    let is_waived = view.state == DeadlineState::Waived && view.waiver.as_ref().is_some_and(is_kept);
    if is_waived { Ok(view) } else { Err(KeepError::Closed) }
}

/// A written order of a gemeente, on which support begins.
pub struct SpoedAsked {
    /// Who gives the toewijzing.
    pub gemeente: Partij,
    /// Who has it.
    pub aanbieder: Partij,
    /// Its number, which need not be known yet.
    pub toewijzing_nummer: ToewijzingNummer,
    /// The day of the order.
    pub dag: NaiveDate,
    /// Where the order is.
    pub referentie: String,
}

/// Keeps that support on a toewijzing begins on a written order: how soon after the toewijzing is not watched (MLW-12b). The
/// gemeente or an operator says so. Telling it again changes nothing.
///
/// # Errors
/// Nothing was changed.
pub async fn record_spoed(order: SpoedAsked, keeper: Keeper<'_>, gateway: &Gateway) -> Result<Spoed, KeepError> {
    if gateway.profile.term_of(DeadlineKind::StartNaToewijzing).is_none() {
        return Err(KeepError::NotWatched(gateway.profile.name.clone()));
    }
    may_keep(keeper, [Some(&order.gemeente), None], gateway)?;
    let (at, by) = (gateway.clock.now(), keeper.name.to_owned());
    let SpoedAsked { gemeente, aanbieder, toewijzing_nummer, dag, referentie } = order;
    let asked = Spoed { gemeente, aanbieder, toewijzing_nummer, dag, referentie, at, by };
    let kept = gateway.store.record_spoed(&asked).await?;
    let is_same = (kept.dag, &kept.referentie) == (asked.dag, &asked.referentie);
    if is_same { Ok(kept) } else { Err(KeepError::OtherContent) }
}

/// Takes a written order back, and gives it as it was: how soon support begins after the toewijzing is watched again. The
/// gemeente or an operator says so, and why.
///
/// # Errors
/// Nothing was changed.
pub async fn withdraw_spoed(
    (gemeente, aanbieder, toewijzing_nummer): (Partij, Partij, ToewijzingNummer),
    reason: String,
    keeper: Keeper<'_>,
    gateway: &Gateway,
) -> Result<(Spoed, Withdrawn), KeepError> {
    may_keep(keeper, [Some(&gemeente), None], gateway)?;
    let withdrawn = Withdrawn { at: gateway.clock.now(), by: keeper.name.to_owned(), reason };
    let withdrawal = SpoedWithdrawal { gemeente, aanbieder, toewijzing_nummer, withdrawn };
    let spoed = gateway.store.withdraw_spoed(&withdrawal).await?.ok_or(KeepError::NotFound)?;
    // Its clock may be due before all others, or have been long ago.
    gateway.alarm.look_again();
    Ok((spoed, withdrawal.withdrawn))
}
