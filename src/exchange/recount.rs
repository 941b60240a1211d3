//! The story of terms that changed: at the start, deadlines that are waited for are counted again by the terms and days off that
//! hold now, and what moved is told.
//!
//! Whoever does it twice, or beside another process, moves nothing more: a deadline moves only from where it stood.

use sha2::{Digest, Sha256};

use super::gateway::Gateway;
use crate::clock;
use crate::domain::deadlines::warn::Warn;
use crate::store::{CountedBy, Recount, Standing, StoreError};

/// How many are moved in one transaction.
const AT_ONCE: u32 = 500;

/// Counts again what is waited for, when the terms or the days off are not those of the last time.
///
/// # Errors
/// The store failed. What was moved stays so; the next start goes on.
pub async fn recount(gateway: &Gateway) -> Result<(), StoreError> {
    let now = counted_by(gateway);
    let before = gateway.store.counted_by().await?;
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    if let Some(before) = before {
        let (looked_at, moved) = move_all(gateway, &now).await?;
        tracing::warn!(
            from = before.profile,
            to = now.profile,
            looked_at,
            moved,
            "terms or days off changed: open deadlines were counted again, each in the audit log"
        );
    }
    gateway.store.keep_counted_by(&now).await
}

async fn move_all(gateway: &Gateway, by: &CountedBy) -> Result<(usize, usize), StoreError> {
    let (mut looked_at, mut moved) = (0, 0);
    let mut after: Option<String> = None;
    loop {
        let standing = gateway.store.standing(after.as_deref(), AT_ONCE).await?;
        let Some(last) = standing.last() else { return Ok((looked_at, moved)) };
        after = Some(last.id.clone());
        looked_at += standing.len();
        let recounts: Vec<_> = standing.into_iter().filter_map(|one| counted_again(one, gateway)).collect();
        moved += gateway.store.recount(&recounts, gateway.clock.now(), by).await?;
    }
}

/// `None`: it stands where it stood, or nothing is agreed any more about its term.
fn counted_again(was: Standing, gateway: &Gateway) -> Option<Recount> {
    let (profile, calendar) = (&gateway.profile, &gateway.calendar);
    let counted = &was.counted;
    let term = profile.any_term(&counted.term)?;
    let due = counted.direction.due(term, counted.day_0, calendar);
    let warns = Warn::days(profile.warns_of(&counted.term), counted.day_0, due, calendar);
    let explanation = counted.direction.explanation(term, counted.day_0, calendar);
    let is_other = due != was.due || warns != was.warns;
    is_other.then(|| Recount { due, due_at: clock::end_of(due), warns, explanation, was })
}

fn counted_by(gateway: &Gateway) -> CountedBy {
    let profile = &gateway.profile;
    let all = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        profile.terms, profile.plain, profile.warns, profile.other_warns, gateway.calendar
    );
    CountedBy { profile: profile.name.clone(), sha256: hex::encode(Sha256::digest(all)) }
}
