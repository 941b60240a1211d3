//! The story of the operator who steers the outbox: send again, hold, release, give up; each with a reason, in the audit log.
//!
//! What a fault refused is never sent under its number again: what is inside goes out in a new envelope, and the old one stays
//! as it was. The clocks on it stood still while it was refused, and run on.
//!
//! Races: a worker may claim the parcel meanwhile. The store then calls the wish stale, and it is looked at anew.

use chrono::NaiveDate;

use super::again::MOST_TRIES;
use super::gateway::Gateway;
use super::parcel::renewed;
use crate::clock;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::{Partij, Timestamp};
use crate::store::{
    Action, ClockAgain, DeadlineState, KeptParcel, LettingGo, OutboxQuery, ParcelState, ParcelView, Scope, Steering,
    StoreError,
};

/// What an operator wants with a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Send it again now.
    Requeue,
    /// Do not send it for the time being.
    Hold,
    /// Send it after all.
    Release,
    /// Never send it.
    GiveUp,
}

/// Why a parcel stayed as it was.
#[derive(Debug)]
pub enum NotSteered {
    /// There is none.
    NotFound,
    /// An attempt is under way.
    Busy,
    /// It does not stand where this can be done; why, in Dutch.
    NotNow(&'static str),
    /// The store failed; nothing was changed.
    Store(StoreError),
}

impl From<StoreError> for NotSteered {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A parcel that was steered.
pub struct Steered {
    /// Where it stands now; of one that is sent anew, the new one.
    pub parcel: ParcelView,
    /// What may come of it, in Dutch.
    pub risk: Option<&'static str>,
}

/// Does what an operator wants with a parcel.
///
/// # Errors
/// See [`NotSteered`]; nothing was changed.
pub async fn steer(
    number: &str,
    wish: Wish,
    (who, reason): (&str, &str),
    gateway: &Gateway,
) -> Result<Steered, NotSteered> {
    for _ in 0..MOST_TRIES {
        let kept = gateway.store.parcel(number).await?.ok_or(NotSteered::NotFound)?;
        let at = gateway.clock.now();
        let action = action(wish, &kept, at, gateway).await?;
        let next =
            if let Action::Anew { parcel, .. } = &action { parcel.referentienummer.clone() } else { number.to_owned() };
        let risk = risk(&action, &kept);
        let steering = Steering {
            referentienummer: number.to_owned(),
            at,
            who: who.to_owned(),
            reason: reason.to_owned(),
            seen: kept.view.state.word(),
            action,
        };
        match gateway.store.steer(&steering).await {
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                gateway.parcel_added.notify_one();
                gateway.alarm.look_again();
                let parcel = gateway.store.parcel(&next).await?.ok_or(NotSteered::NotFound)?.view;
                return Ok(Steered { parcel, risk });
            }
        }
    }
    Err(NotSteered::Busy)
}

/// Lets go what stands still as a whole: what waited goes out, and what was refused for it goes out in new envelopes. Answers
/// how many those are.
///
/// # Errors
/// [`NotSteered::NotFound`] when it does not stand still; [`NotSteered::NotNow`] when nobody can let it go.
pub async fn release(scope: &Scope, (who, reason): (&str, &str), gateway: &Gateway) -> Result<usize, NotSteered> {
    let query = match scope {
        Scope::Netwerk | Scope::Ontvanger(_) => {
            return Err(NotSteered::NotNow(
                "Dit staat stil omdat er niets aankomt. Het gaat vanzelf verder zodra een poging aankomt.",
            ));
        }
        Scope::Functie(functie) => OutboxQuery { functie: Some(functie.clone()), ..held() },
        Scope::Zender(code) => OutboxQuery { partij: Partij::from_text(code), ..held() },
    };
    if !gateway.store.holds().await?.iter().any(|hold| hold.scope == *scope) {
        return Err(NotSteered::NotFound);
    }
    // First, so that they wait with the others, and all of them go out in their order.
    let mut renewed = 0;
    for view in all(&query, gateway).await? {
        let is_of_it = !matches!(scope, Scope::Zender(code) if *code != view.zender);
        if view.used_up && view.replaced_by.is_none() && is_of_it {
            match steer(&view.referentienummer, Wish::Release, (who, reason), gateway).await {
                Ok(_) => renewed += 1,
                // Somebody else did something about it meanwhile.
                Err(NotSteered::NotFound | NotSteered::Busy | NotSteered::NotNow(_)) => {}
                Err(error @ NotSteered::Store(_)) => return Err(error),
            }
        }
    }
    let letting_go = LettingGo {
        scope: scope.clone(),
        at: gateway.clock.now(),
        who: who.to_owned(),
        reason: reason.to_owned(),
        per_second: gateway.envelopes.released_per_second,
    };
    if !gateway.store.release(&letting_go).await? {
        return Err(NotSteered::NotFound);
    }
    gateway.parcel_added.notify_one();
    Ok(renewed)
}

/// What became of a wish for many parcels.
#[derive(Default)]
pub struct SteeredMany {
    /// For so many it was done.
    pub done: usize,
    /// Of those, so many may have arrived before.
    pub at_risk: usize,
    /// For so many it cannot be done as they stand now; an attempt is under way, for instance.
    pub left: usize,
}

/// Does what an operator wants with every parcel that is asked for, the oldest first; each stands in the audit log. `code`: only
/// those whose last fault has it.
///
/// # Errors
/// [`NotSteered::Store`]; what was done until then stays done.
pub async fn steer_many(
    query: &OutboxQuery,
    code: Option<&str>,
    wish: Wish,
    (who, reason): (&str, &str),
    gateway: &Gateway,
) -> Result<SteeredMany, NotSteered> {
    let mut many = SteeredMany::default();
    for view in all(query, gateway).await? {
        let says =
            |wanted: &str| view.last_reason.as_deref().is_some_and(|said| words(said).any(|word| word == wanted));
        if view.replaced_by.is_some() || !code.is_none_or(says) {
            continue;
        }
        match steer(&view.referentienummer, wish, (who, reason), gateway).await {
            Ok(steered) => {
                many.done += 1;
                many.at_risk += usize::from(steered.risk.is_some());
            }
            Err(NotSteered::NotFound | NotSteered::Busy | NotSteered::NotNow(_)) => many.left += 1,
            Err(error @ NotSteered::Store(_)) => return Err(error),
        }
    }
    Ok(many)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_ascii_alphanumeric())
}

/// All parcels that are asked for, the oldest first.
async fn all(query: &OutboxQuery, gateway: &Gateway) -> Result<Vec<ParcelView>, StoreError> {
    const PAGE: u32 = 200;
    let mut found: Vec<ParcelView> = Vec::new();
    loop {
        let after = found.last().map(|last| last.referentienummer.clone());
        let page = gateway.store.outbox(query, after.as_deref(), PAGE).await?;
        if page.is_empty() {
            found.reverse();
            return Ok(found);
        }
        found.extend(page);
    }
}

fn held() -> OutboxQuery {
    OutboxQuery { states: vec![ParcelState::Held.word().to_owned()], ..OutboxQuery::default() }
}

/// What the wish comes to for a parcel that stands there.
async fn action(wish: Wish, kept: &KeptParcel, at: Timestamp, gateway: &Gateway) -> Result<Action, NotSteered> {
    let not_now = |why| Err(NotSteered::NotNow(why));
    if kept.view.replaced_by.is_some() {
        return not_now("Dit is al opnieuw verstuurd, in een nieuwe envelop.");
    }
    match (wish, &kept.view.state) {
        (_, ParcelState::Sending { .. }) => Err(NotSteered::Busy),
        (_, ParcelState::Delivered { .. }) => not_now("Dit is al afgeleverd."),
        (Wish::Release, ParcelState::Held) if kept.stands_still => not_now(
            "Dit wacht omdat alles van deze functie of zender stilstaat. Geef dat vrij (POST /v1/outbox/release).",
        ),
        (Wish::Release, ParcelState::Held | ParcelState::Unclear { due_at: None }) | (Wish::Requeue, _) => {
            if !kept.view.used_up {
                return Ok(Action::Again);
            }
            let parcel = renewed(kept, gateway).ok_or(NotSteered::NotNow("De oude envelop is niet te lezen."))?;
            Ok(Action::Anew { parcel: Box::new(parcel), clocks: clocks(kept, at, gateway).await? })
        }
        (Wish::Release, _) => not_now("Dit wordt niet vastgehouden."),
        (Wish::Hold, ParcelState::Waiting { .. } | ParcelState::Unclear { .. } | ParcelState::Stuck) => {
            Ok(Action::Hold)
        }
        (Wish::Hold, ParcelState::Held) if kept.stands_still => Ok(Action::Hold),
        (Wish::Hold, ParcelState::Held) => not_now("Dit wordt al vastgehouden."),
        (Wish::Hold, ParcelState::Refused { .. } | ParcelState::GivenUp) => not_now("Dit wordt niet verstuurd."),
        (Wish::GiveUp, ParcelState::GivenUp) => not_now("Dit is al opgegeven."),
        (
            Wish::GiveUp,
            ParcelState::Waiting { .. }
            | ParcelState::Unclear { .. }
            | ParcelState::Held
            | ParcelState::Stuck
            | ParcelState::Refused { .. },
        ) => Ok(Action::GiveUp),
    }
}

/// What may come of it.
fn risk(action: &Action, kept: &KeptParcel) -> Option<&'static str> {
    match action {
        Action::Again if kept.view.maybe_arrived => Some(
            "Een eerdere poging is misschien aangekomen. Het gaat opnieuw weg onder hetzelfde nummer; de ontvanger herkent het daaraan.",
        ),
        Action::Anew { .. } if kept.view.maybe_arrived => Some(
            "Een eerdere poging is misschien aangekomen. Onder een nieuw nummer kan de ontvanger het dubbel krijgen.",
        ),
        Action::GiveUp if kept.view.maybe_arrived => {
            Some("Een eerdere poging is misschien aangekomen: er kan nog een antwoord komen.")
        }
        Action::Again | Action::Anew { .. } | Action::Hold | Action::GiveUp => None,
    }
}

/// The clocks that the refusal stopped, each with as many days more as it stood still.
async fn clocks(kept: &KeptParcel, at: Timestamp, gateway: &Gateway) -> Result<Vec<ClockAgain>, StoreError> {
    let Some(refused_at) = kept.refused_at else { return Ok(Vec::new()) };
    let stood_still = clock::date_of(at).signed_duration_since(clock::date_of(refused_at));
    let bericht = gateway.store.bericht(&kept.view.bericht_id, None).await?;
    let void = bericht.into_iter().flat_map(|bericht| bericht.deadlines).filter(|one| one.state == DeadlineState::Void);
    Ok(void
        .map(|one| {
            let later = |day: NaiveDate| day.checked_add_signed(stood_still).unwrap_or(day);
            let (due, warns) = (later(one.due), one.warns.into_iter().map(later).collect());
            ClockAgain { id: one.id, due, due_at: clock::end_of(due), warns }
        })
        .collect())
}
