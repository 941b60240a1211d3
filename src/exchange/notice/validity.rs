//! What ends by its date: certificates of ours, and code lists that were not compared for long.

use chrono::{Days, Months, NaiveDate};

use super::seen::Seen;
use crate::clock;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::exchange::gateway::Gateway;
use crate::store::{Notice, OPERATOR};

/// So many days before the end people are warned; a deadline is there from the first on.
const WARNED: [u64; 5] = [90, 30, 14, 7, 1];

/// Certificates that end within the time in which people are warned.
pub(super) fn certificates(gateway: &Gateway) -> Vec<Notice> {
    let ending = |own: crate::tls::Named| {
        let ends = clock::local(own.ends_at).format("%d-%m-%Y %H:%M");
        let seen = Seen {
            kind: DeadlineKind::Certificaat,
            key: format!("{}/{}", own.setting, own.ends_at.timestamp()),
            subject: &own.setting,
            awaits: "",
            responsible: OPERATOR,
            due_at: own.ends_at,
            explanation: format!("het certificaat geldt tot {ends}"),
        };
        // On the day of its end it may be too late already.
        until(seen, clock::date_of(own.ends_at) - Days::new(1), gateway)
    };
    gateway.certificates.all().into_iter().filter_map(ending).collect()
}

/// Code lists that grow old within that time.
pub(super) fn codelijsten(gateway: &Gateway) -> Vec<Notice> {
    let Some(checked) = gateway.gemeenten.checked else { return Vec::new() };
    let Some(last) = checked.checked_add_months(Months::new(12)) else { return Vec::new() };
    let seen = Seen {
        kind: DeadlineKind::Codelijst,
        key: format!("cbs-gemeenten/{checked}"),
        subject: "cbs-gemeenten",
        awaits: "",
        responsible: OPERATOR,
        due_at: clock::end_of(last),
        explanation: format!("een jaar na {}, toen zij het laatst is vergeleken", checked.format("%d-%m-%Y")),
    };
    until(seen, last, gateway).into_iter().collect()
}

/// A deadline that ends with this day, once people are to be warned of it.
fn until(seen: Seen<'_>, due: NaiveDate, gateway: &Gateway) -> Option<Notice> {
    let warns: Vec<NaiveDate> = WARNED.iter().filter_map(|days| due.checked_sub_days(Days::new(*days))).collect();
    let is_near = warns.first().is_some_and(|first| *first <= gateway.clock.today());
    is_near.then(|| seen.with_warns((due, clock::end_of(due)), warns, gateway))
}
