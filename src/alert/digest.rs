//! A summary on werkdagen, at a time of the day in Europe/Amsterdam, once.

use chrono::{NaiveDate, NaiveTime};
use serde_json::json;

use super::Office;
use crate::clock;
use crate::domain::Timestamp;
use crate::domain::alerts::Receiver;
use crate::store::{NewMessage, StoreError};

/// The moment of this time on a day. In the night in which the clock goes on, a time that is not there becomes the first
/// instant after it; in the one in which it goes back, a time that is there twice is the first of both.
fn moment(day: NaiveDate, time: NaiveTime) -> Timestamp {
    clock::instant_of(day.and_time(time))
}

impl Office {
    /// Keeps the summary of today when its moment has come; nothing to tell is told to nobody.
    pub(super) async fn keep_digest(&self, receiver: &Receiver, now: Timestamp) -> Result<(), StoreError> {
        let today = clock::date_of(now);
        let has_come = self.rules.digest.is_some_and(|time| moment(today, time) <= now);
        let is_wanted = has_come && !receiver.forgets && self.calendar.is_werkdag(today);
        if !is_wanted || self.store.has_digest(&receiver.name, today).await? {
            return Ok(());
        }
        let data = self.summary(receiver, today).await?;
        let (id, event) = ((self.new_id)(now), "deadline.digest".to_owned());
        let message = NewMessage { id, receiver: receiver.name.clone(), event, about: String::new(), at: now, data };
        self.store.keep_digest(&message, today).await?;
        Ok(())
    }

    /// How many deadlines stand where; empty when none does.
    async fn summary(&self, receiver: &Receiver, today: NaiveDate) -> Result<String, StoreError> {
        let all = self.store.standings().await?.into_iter();
        let about: Vec<_> = all.filter(|one| receiver.is_about(&one.clock, &one.responsible)).collect();
        if about.is_empty() {
            return Ok(String::new());
        }
        let count = |state: &str| about.iter().filter(|one| one.state == state).map(|one| one.count).sum::<i64>();
        let groups = about.iter().filter(|one| one.state != "open").map(
            |one| json!({"state": one.state, "clock": one.clock, "responsible": one.responsible, "count": one.count}),
        );
        let groups: Vec<_> = groups.collect();
        let mut data = json!({"state": "digest", "day": today, "overdue": count("overdue"), "due_soon": count("due-soon"),
            "open": count("open"), "groups": groups});
        if self.clock.is_practice() {
            data["practice"] = json!(true);
        }
        Ok(data.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_once_on_each_day_also_when_the_clock_changes() {
        let time = NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        let at = |day: &str| moment(day.parse().expect("a date"), time).to_rfc3339();
        assert_eq!(at("2027-03-27"), "2027-03-27T01:30:00+00:00");
        assert_eq!(at("2027-03-28"), "2027-03-28T01:00:00+00:00", "from 2 to 3 o'clock there is nothing");
        assert_eq!(at("2026-10-25"), "2026-10-25T00:30:00+00:00", "twice, and the first counts");
        assert_eq!(at("2026-10-26"), "2026-10-26T01:30:00+00:00");
    }
}
