//! The only source of time. Dates are those of Europe/Amsterdam.

use std::sync::Mutex;
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant that it is now.
    fn now(&self) -> DateTime<Utc>;

    /// Whether it shows a time that cannot be: a machine without a battery starts in 1970, and every bericht would be rejected.
    fn is_wrong(&self) -> bool {
        false
    }

    /// Whether it was set for practice: then nothing that is recorded is meant, and nothing leaves.
    fn is_practice(&self) -> bool {
        false
    }

    /// The date that it is now, in Europe/Amsterdam.
    fn today(&self) -> NaiveDate {
        date_of(self.now())
    }
}

/// The program is younger than this day.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day of the calendar");

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn is_wrong(&self) -> bool {
        date_of(self.now()) < EARLIEST
    }
}

/// A clock that was set to a moment and runs on from there: for practice and training.
#[derive(Clone, Copy, Debug)]
pub struct PracticeClock {
    set_to: DateTime<Utc>,
    since: Instant,
}

impl PracticeClock {
    /// A clock that shows `moment` now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "how long it runs is asked of the machine, whatever time that shows")]
    pub fn set_to(moment: DateTime<Utc>) -> Self {
        Self { set_to: moment, since: Instant::now() }
    }
}

impl Clock for PracticeClock {
    fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.since.elapsed()).unwrap_or(TimeDelta::MAX);
        self.set_to.checked_add_signed(passed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn is_practice(&self) -> bool {
        true
    }
}

/// A clock that stands where it was set: for tests, `replay` and `demo`.
#[derive(Debug)]
pub struct SetClock(Mutex<DateTime<Utc>>);

impl SetClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Sets the clock. Nobody is woken: who waits for a moment has to be told.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The date of an instant in Europe/Amsterdam.
#[must_use]
pub fn date_of(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Amsterdam).date_naive()
}

/// A moment as people write it: an instant with its zone, as in `2027-03-01T09:00:00+01:00`, or a day with or without a time, as
/// it is in Europe/Amsterdam then. `None`: no moment, or one that the change to summer time leaves out.
///
/// ```
/// use iwmo_gateway::clock::moment;
/// let text = |text: &str| moment(text).map(|moment| moment.to_rfc3339());
/// assert_eq!(text("2027-03-01T09:00").as_deref(), Some("2027-03-01T08:00:00+00:00"));
/// assert_eq!(text("2027-03-01"), text("2027-03-01T00:00:00+01:00"));
/// assert_eq!(text("2027-03-28T02:30"), None);
/// ```
#[must_use]
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let mut forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].into_iter();
    let with_time = forms.find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN));
    Amsterdam.from_local_datetime(&with_time.or_else(day)?).earliest().map(|local| local.to_utc())
}

/// An instant as people in Europe/Amsterdam read it.
#[must_use]
pub fn local(instant: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    instant.with_timezone(&Amsterdam)
}

/// The first instant of this day in Europe/Amsterdam.
#[must_use]
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, end_of)
}

/// The first instant after this day in Europe/Amsterdam: a deadline on `day` is overdue from here.
#[must_use]
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    // Summer time starts and ends at night but never at midnight, so midnight exists once.
    Amsterdam
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// The instant of a local time in Europe/Amsterdam: of one that comes twice the first, of one that does not come the first after it.
#[must_use]
pub fn instant_of(local: chrono::NaiveDateTime) -> DateTime<Utc> {
    match Amsterdam.from_local_datetime(&local) {
        chrono::LocalResult::Single(instant) | chrono::LocalResult::Ambiguous(instant, _) => {
            instant.with_timezone(&Utc)
        }
        chrono::LocalResult::None => {
            // The clock goes on by an hour at 1 o'clock UTC, the end of the hour that is not there.
            let hour = local.date().and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(1);
            hour.and_utc()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_amsterdam_in_winter_and_in_summer() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(end_of(day("2026-01-15")).to_rfc3339(), "2026-01-15T23:00:00+00:00");
        assert_eq!(end_of(day("2026-07-15")).to_rfc3339(), "2026-07-15T22:00:00+00:00");
        // The day on which the clock goes back has 25 hours.
        assert_eq!(end_of(day("2026-10-25")).to_rfc3339(), "2026-10-25T23:00:00+00:00");
    }

    #[test]
    fn a_practice_clock_starts_where_it_was_set_and_never_goes_back() {
        let moment = moment("2018-04-03T09:00").expect("a moment");
        let clock = PracticeClock::set_to(moment);
        let (first, second) = (clock.now(), clock.now());
        assert!(moment <= first && first <= second && second < moment + TimeDelta::minutes(5), "{first} {second}");
        assert!(clock.is_practice() && !clock.is_wrong() && !SetClock::at(moment).is_practice());
        assert_eq!(PracticeClock::set_to(DateTime::<Utc>::MAX_UTC).now(), DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn the_date_is_that_of_amsterdam() {
        let late: DateTime<Utc> = "2026-06-30T22:30:00Z".parse().expect("an instant");
        assert_eq!(date_of(late).to_string(), "2026-07-01");
    }
}
