//! Receivers of alerts that take nothing for long, or not one message. The others are told of it.

use std::time::Duration;

use super::seen::{Seen, after, before, counted_from};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::exchange::gateway::Gateway;
use crate::store::{Notice, OPERATOR, StoreError};

/// From when on it is long.
const LONG: Duration = Duration::from_hours(1);

/// All of them.
pub(super) async fn failing(gateway: &Gateway) -> Result<Vec<Notice>, StoreError> {
    let mut failing = gateway.store.failing_receivers(before(LONG, gateway)).await?;
    for one in gateway.store.not_taking(before(LONG, gateway)).await? {
        // Who takes nothing takes not that message either.
        if failing.iter().all(|(name, _)| *name != one.0) {
            failing.push(one);
        }
    }
    let notice = |(name, since): (String, crate::domain::Timestamp)| {
        let seen = Seen {
            kind: DeadlineKind::AlertOntvanger,
            key: format!("{name}/{}", since.timestamp()),
            subject: &name,
            awaits: "",
            responsible: OPERATOR,
            due_at: after(since, gateway.limits.waiting),
            explanation: counted_from(since, gateway.limits.waiting),
        };
        seen.notice(gateway)
    };
    Ok(failing.into_iter().map(notice).collect())
}
