//! What stands still as a whole: what is held, a postbus that nobody empties, a decision that waits for a second person, and what
//! should have been judged.

use std::time::Duration;

use super::held;
use super::seen::{AT_ONCE, Seen, after, before, counted_from, of_party};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::{Partij, Timestamp};
use crate::exchange::gateway::Gateway;
use crate::store::{Hold, Notice, OPERATOR, Scope, StoreError};

/// What is probed and comes back by itself, and what should have been judged, is no matter for people before that.
const BY_ITSELF: Duration = Duration::from_hours(1);

/// All of it.
pub(super) async fn still(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let holds = gateway.store.holds().await?;
    let mut seen: Vec<Notice> = holds.iter().filter_map(|hold| of_hold(hold, gateway)).collect();
    for (partij, _) in gateway.parties.all() {
        seen.extend(postbus(partij, gateway).await?);
    }
    seen.extend(unapproved(gateway).await?);
    let overslept = gateway.store.overslept(before(BY_ITSELF, gateway)).await?;
    let awaits = "beoordeling van wat op een ander bericht wachtte";
    seen.extend(overslept.map(|since| seen_of("geparkeerd", "geparkeerd".to_owned(), awaits, since, gateway)));
    Ok(seen)
}

fn of_hold(hold: &Hold, gateway: &Gateway) -> Option<Notice> {
    let (awaits, is_for_people) = match &hold.scope {
        Scope::Netwerk => ("een netwerk dat weer aanneemt".to_owned(), false),
        Scope::Ontvanger(code) => (format!("ontvanger {code}, die weer bereikbaar is"), false),
        Scope::Functie(functie) => (format!("vrijgave van {functie} op de pagina Netwerk"), true),
        // See `refusals`.
        Scope::Zender(_) => return None,
    };
    if !is_for_people && hold.since > before(BY_ITSELF, gateway) {
        return None;
    }
    let word = hold.scope.word();
    Some(seen_of(word, held::key(&hold.scope, hold.since), &awaits, hold.since, gateway))
}

/// The oldest bericht in the postbus of a party lies there for too long.
async fn postbus(partij: &Partij, gateway: &Gateway) -> Result<Option<Notice>, StoreError> {
    let limit = gateway.limits.fetched;
    if limit.is_zero() {
        return Ok(None);
    }
    let oldest = gateway.store.postbus(partij, None, 1).await?.pop();
    let oldest = oldest.map(|item| item.received_at).filter(|at| *at <= before(limit, gateway));
    Ok(oldest.map(|since| {
        let seen = Seen {
            kind: DeadlineKind::Wachten,
            key: format!("postbus/{}", partij.code()),
            subject: "postbus",
            awaits: "dat de berichten uit de postbus worden opgehaald",
            responsible: partij.code(),
            due_at: after(since, limit),
            explanation: counted_from(since, limit),
        };
        of_party(seen.notice(gateway), partij.code())
    }))
}

/// What one person proposed and no second one approved of.
async fn unapproved(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let since = before(gateway.limits.waiting, gateway);
    let waiting = gateway.store.unapproved(since, AT_ONCE).await?;
    let notice = |one: crate::store::Unapproved| {
        let key = format!("vier-ogen/{}/{}", one.bericht_id, one.since.timestamp());
        let notice = seen_of("vier-ogen", key, "akkoord van een tweede persoon", one.since, gateway);
        let responsible = one.gemeente.clone().unwrap_or_else(|| OPERATOR.to_owned());
        let (gemeente, aanbieder) = (one.gemeente, one.aanbieder);
        Notice { bericht_id: Some(one.bericht_id), responsible, gemeente, aanbieder, ..notice }
    };
    Ok(waiting.into_iter().map(notice).collect())
}

fn seen_of(subject: &str, key: String, awaits: &str, since: Timestamp, gateway: &Gateway) -> Notice {
    let limit = gateway.limits.waiting;
    let seen = Seen {
        kind: DeadlineKind::Wachten,
        key,
        subject,
        awaits,
        responsible: OPERATOR,
        due_at: after(since, limit),
        explanation: counted_from(since, limit),
    };
    seen.notice(gateway)
}
