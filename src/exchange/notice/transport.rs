//! Berichten that do not come on: kept and not handed over, taken and not accepted, ready and not fetched. The last step, the
//! retour, has a term of its own.
//!
//! Those that stand at a stage are found by that and by age, each once; as one may come to a stage long after it came in, all are
//! looked at anew every hour.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;

use super::seen::{AT_ONCE, Seen, after, before, counted_from, open};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::limits::Limits;
use crate::domain::{Berichtsoort, Partij, Timestamp};
use crate::exchange::gateway::Gateway;
use crate::exchange::ids;
use crate::store::{Gone, Notice, Stage, Standstill, StoreError};

/// How often all that stand at a stage are looked at anew.
const ANEW: TimeDelta = TimeDelta::hours(1);

/// What came in before that and was accepted is not looked at: it was noticed then, or the network told all that it tells.
const OF_LATE: TimeDelta = TimeDelta::days(14);

/// How far they were looked at, by stage, since when.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    begun_at: Option<Timestamp>,
    after: HashMap<&'static str, String>,
}

/// A step on the way.
struct Step {
    /// The word for where it leads: the subject of the deadline.
    to: &'static str,
    /// From where.
    from: Stage,
    /// What is awaited, in Dutch.
    awaits: &'static str,
    limit: fn(&Limits) -> Duration,
    /// Of whom it is known that more is to be told.
    is_watched: fn(&Standstill) -> bool,
    /// Whose turn it is: the addressee's, or that of who sends.
    is_up_to_addressee: bool,
    /// Only links that tell how far a bericht came know of it.
    is_told: bool,
}

const STEPS: [Step; 4] = [
    Step {
        to: "handed-over",
        from: Stage::Stored,
        awaits: "bewijs van verzending: overgedragen aan het netwerk",
        limit: |limits| limits.handed_over,
        is_watched: |one| one.is_for_network || one.waits_until.is_some(),
        is_up_to_addressee: false,
        is_told: false,
    },
    Step {
        to: "handed-over",
        from: Stage::Unclear,
        awaits: "bewijs van verzending: een antwoord van het netwerk",
        limit: |limits| limits.handed_over,
        is_watched: |one| one.is_for_network,
        is_up_to_addressee: false,
        is_told: false,
    },
    Step {
        to: "accepted",
        from: Stage::HandedOver,
        awaits: "bewijs van verzending: aangenomen door het netwerk",
        limit: |limits| limits.accepted,
        is_watched: |one| one.is_for_network,
        is_up_to_addressee: false,
        is_told: true,
    },
    Step {
        to: "fetched",
        from: Stage::Accepted,
        awaits: "bewijs van aflevering: opgehaald door de ontvanger",
        limit: |limits| limits.fetched,
        is_watched: |one| one.is_told_of,
        is_up_to_addressee: true,
        is_told: true,
    },
];

/// Opens deadlines for those that stand still, and ends those of berichten that came further.
pub(super) async fn look(gateway: &Gateway, cursors: &mut Cursors) -> Result<(), StoreError> {
    end(gateway).await?;
    let now = gateway.clock.now();
    // A clock that was set back begins anew too.
    let is_fresh = cursors.begun_at.is_some_and(|begun_at| begun_at <= now && now - begun_at < ANEW);
    if !is_fresh {
        *cursors = Cursors { begun_at: Some(now), after: HashMap::new() };
    }
    for step in STEPS.iter().filter(|step| gateway.limits.is_told || !step.is_told) {
        let limit = (step.limit)(&gateway.limits);
        if !limit.is_zero() {
            begin(step, limit, gateway, cursors).await?;
        }
    }
    Ok(())
}

async fn begin(step: &Step, limit: Duration, gateway: &Gateway, cursors: &mut Cursors) -> Result<(), StoreError> {
    let until = ids::first_id_from(before(limit, gateway));
    let earliest = if step.is_told { before(limit, gateway).checked_sub_signed(OF_LATE) } else { None };
    let earliest = earliest.map_or_else(String::new, ids::first_id_from);
    let seen = cursors.after.entry(step.from.word()).or_insert(earliest);
    loop {
        let page = gateway.store.standstills(step.from, (seen, &until), AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        let new: Vec<Notice> = page.iter().filter_map(|one| late(one, step, limit, gateway)).collect();
        open(&new, gateway).await?;
        seen.clone_from(&last.id);
    }
}

/// The deadline of a bericht that stands there for too long.
fn late(one: &Standstill, step: &Step, limit: Duration, gateway: &Gateway) -> Option<Notice> {
    let since = one.reached_at.or(one.waits_until).unwrap_or(one.received_at);
    let due_at = after(since, limit);
    if !(step.is_watched)(one) || due_at > gateway.clock.now() {
        return None;
    }
    let is_retour = Berichtsoort::from_name(&one.berichtsoort).is_some_and(Berichtsoort::is_retour);
    let (sender, addressee) = if is_retour { (&one.ontvanger, &one.afzender) } else { (&one.afzender, &one.ontvanger) };
    let seen = Seen {
        kind: DeadlineKind::Transport,
        key: format!("{}/{}", one.id, step.to),
        subject: step.to,
        awaits: step.awaits,
        responsible: if step.is_up_to_addressee { addressee } else { sender },
        due_at,
        explanation: counted_from(since, limit),
    };
    let is_gemeente = Partij::from_text(sender).is_some_and(|sender| sender.is_gemeente());
    let (gemeente, aanbieder) = if is_gemeente { (sender, addressee) } else { (addressee, sender) };
    let (gemeente, aanbieder) = (Some(gemeente.clone()), Some(aanbieder.clone()));
    Some(Notice { bericht_id: Some(one.id.clone()), gemeente, aanbieder, ..seen.notice(gateway) })
}

/// Ends the deadlines of berichten that came further.
async fn end(gateway: &Gateway) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = gateway.store.came_further(&after, AT_ONCE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        let further = page.into_iter().filter(|(_, is_further)| *is_further);
        let further: Vec<Gone> = further.map(|(key, _)| Gone { key, messages: Vec::new() }).collect();
        if !further.is_empty() {
            gateway.store.no_more(DeadlineKind::Transport.name(), &further, gateway.clock.now()).await?;
        }
    }
}
