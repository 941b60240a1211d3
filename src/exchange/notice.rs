//! The story of what no bericht tells: the gateway looks now and then at what stands still, ends or is refused again and again, opens
//! a deadline for it, and ends that when it is so no more.
//!
//! One cause is one deadline, whatever waits behind it; only a bericht that does not come on has one of its own. What people say of
//! such a deadline (taken on, waived) holds as of any other. They do not finish it: it would come back.
//!
//! Races: two processes that notice the same. The store takes the first; the other one finds it there at its next look.

mod held;
mod receivers;
mod refusals;
mod seen;
mod standing;
mod transport;
mod validity;

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use super::gateway::Gateway;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::store::{Gone, Notice, StoreError};
use seen::{AT_ONCE, open};

/// How often is looked.
const EVERY: Duration = Duration::from_mins(1);

/// Looks now and then until `stop` is done. A fault of the store is logged; the next look tries again.
pub async fn notice(gateway: &Gateway, stop: impl Future<Output = ()>) {
    let mut looked = Looked::default();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = look(gateway, &mut looked).await {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look for what stands still");
        }
    }
}

/// How far berichten were looked at.
#[derive(Debug, Default)]
pub struct Looked(transport::Cursors);

/// Looks once.
///
/// # Errors
/// The store failed. What was opened and ended stays so; the next look goes on.
pub async fn look(gateway: &Gateway, looked: &mut Looked) -> Result<(), StoreError> {
    keep_to(DeadlineKind::Certificaat, validity::certificates(gateway), gateway).await?;
    keep_to(DeadlineKind::Codelijst, validity::codelijsten(gateway), gateway).await?;
    keep_to(DeadlineKind::Afzender, refusals::senders(gateway).await?, gateway).await?;
    keep_to(DeadlineKind::Wachten, standing::still(gateway).await?, gateway).await?;
    keep_to(DeadlineKind::AlertOntvanger, receivers::failing(gateway).await?, gateway).await?;
    transport::look(gateway, &mut looked.0).await
}

/// All that is so of one kind now: what is new opens, and what holds no more ends.
async fn keep_to(kind: DeadlineKind, seen: Vec<Notice>, gateway: &Gateway) -> Result<(), StoreError> {
    let keys: HashSet<&str> = seen.iter().map(|notice| notice.key.as_str()).collect();
    let mut held = HashSet::new();
    let mut after = String::new();
    loop {
        let page = gateway.store.noticed(kind.name(), &after, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        let is_over = page.iter().filter(|key| !keys.contains(key.as_str()));
        let over = |key: &String| Gone { key: key.clone(), messages: held::over(kind.name(), key, gateway) };
        let gone: Vec<Gone> = is_over.map(over).collect();
        if !gone.is_empty() {
            gateway.store.no_more(kind.name(), &gone, gateway.clock.now()).await?;
        }
        held.extend(page);
    }
    let new: Vec<Notice> = seen.iter().filter(|notice| !held.contains(&notice.key)).cloned().collect();
    open(&new, gateway).await
}
