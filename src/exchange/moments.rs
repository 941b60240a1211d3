//! When a deadline changes by itself, by the profile and the days that count.

use chrono::NaiveDate;

use super::gateway::Gateway;
use crate::clock;
use crate::domain::deadlines::counted::Counted;
use crate::domain::deadlines::warn::Warn;
use crate::store::Moments;

/// The moments of a deadline under the term with this key, which runs from one day to another.
pub fn moments(key: &str, (from, due): (NaiveDate, NaiveDate), counted: Option<Counted>, gateway: &Gateway) -> Moments {
    let warns = Warn::days(gateway.profile.warns_of(key), from, due, &gateway.calendar);
    let term = gateway.profile.any_term(key);
    let explained = counted.as_ref().zip(term);
    let explained =
        explained.map(|(counted, term)| counted.direction.explanation(term, counted.day_0, &gateway.calendar));
    Moments {
        next_at: warns.first().map_or_else(|| clock::end_of(due), |day| clock::start_of(*day)),
        warns,
        counted,
        explanation: explained.unwrap_or_default(),
    }
}
