//! Senders of whom much is refused for one cause: who counts anew, and who is not allowed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::held;
use super::seen::{Seen, after, before, counted_from, of_party};
use crate::domain::Timestamp;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::exchange::gateway::Gateway;
use crate::exchange::ids;
use crate::store::{Notice, OPERATOR, Scope, StoreError};

/// Within this time.
const WITHIN: Duration = Duration::from_hours(24);

/// From so many on it is one cause, not some mistakes.
const MANY: u32 = 5;

/// How many refused envelopes are looked at.
const MOST: u32 = 1_000;

/// All of them.
pub(super) async fn senders(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let mut seen = counting_anew(gateway).await?;
    seen.extend(not_allowed(gateway).await?);
    seen.extend(refused_envelopes(gateway).await?);
    Ok(seen)
}

/// Parties that use the Identificatie of earlier berichten again and again (9056).
async fn counting_anew(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let from = ids::first_id_from(before(WITHIN, gateway));
    let reusing = gateway.store.reusing_senders(&from, MANY).await?;
    let notice = |sender: crate::store::RefusedSender| {
        let seen = Seen {
            kind: DeadlineKind::Afzender,
            key: format!("9056/{}", sender.partij),
            subject: "9056",
            awaits: "andere nummers: deze afzender gebruikt nummers van eerdere berichten opnieuw",
            responsible: &sender.partij,
            due_at: after(sender.since, gateway.limits.waiting),
            explanation: counted_from(sender.since, gateway.limits.waiting),
        };
        of_party(seen.notice(gateway), &sender.partij)
    };
    Ok(reusing.into_iter().map(notice).collect())
}

/// Senders of ours that the network lets send nothing: what they send is held as one.
async fn not_allowed(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let holds = gateway.store.holds().await?;
    let notices = holds.iter().filter_map(|hold| match &hold.scope {
        Scope::Zender(name) => {
            let seen = Seen {
                kind: DeadlineKind::Afzender,
                key: held::key(&hold.scope, hold.since),
                subject: "zender",
                awaits: "toestemming van het netwerk voor deze afzender, en vrijgave op de pagina Netwerk",
                responsible: name,
                due_at: after(hold.since, gateway.limits.waiting),
                explanation: counted_from(hold.since, gateway.limits.waiting),
            };
            Some(of_party(seen.notice(gateway), name))
        }
        Scope::Netwerk | Scope::Ontvanger(_) | Scope::Functie(_) => None,
    });
    Ok(notices.collect())
}

/// Envelopes that were refused as they came in, by code: who sends them is told by the log, as nothing of them is kept.
async fn refused_envelopes(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let mut by_code: BTreeMap<String, (u32, Timestamp)> = BTreeMap::new();
    for (at, code) in gateway.store.refused_envelopes(before(WITHIN, gateway), MOST).await? {
        by_code.entry(code).or_insert((0, at)).0 += 1;
    }
    let many = by_code.into_iter().filter(|(_, (count, _))| *count >= MANY);
    let notice = |(code, (_, since)): (String, (u32, Timestamp))| {
        let seen = Seen {
            kind: DeadlineKind::Afzender,
            key: format!("envelop/{code}"),
            subject: &code,
            awaits: "enveloppen die niet worden geweigerd: zie het logboek",
            responsible: OPERATOR,
            due_at: after(since, gateway.limits.waiting),
            explanation: counted_from(since, gateway.limits.waiting),
        };
        seen.notice(gateway)
    };
    Ok(many.map(notice).collect())
}
