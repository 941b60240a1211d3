//! Which units may be used when.

use chrono::NaiveDate;

use crate::domain::berichten::waarde::Eenheid;

/// The first day on which products may no longer be counted in weeks or independent of time.
const NO_MORE_WEEKS: (i32, u32, u32) = (2019, 4, 1);

/// Whether a unit may be used for what begins on this day (CS330, CS331).
pub(super) fn may_be_counted(eenheid: Eenheid, begin: NaiveDate) -> bool {
    match eenheid {
        Eenheid::Week | Eenheid::Tijdsonafhankelijk => {
            let (year, month, day) = NO_MORE_WEEKS;
            NaiveDate::from_ymd_opt(year, month, day).is_none_or(|first| begin < first)
        }
        Eenheid::Minuut
        | Eenheid::Uur
        | Eenheid::Etmaal
        | Eenheid::Dagdeel
        | Eenheid::StuksOutput
        | Eenheid::Euro
        | Eenheid::StuksInspanning => true,
    }
}
