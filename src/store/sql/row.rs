//! One row, read column by column. What does not parse is named: table, column, row.

use chrono::{NaiveDate, NaiveTime};
use sqlx::{Decode, Row as _, Type};

use super::super::{Db, Row};
use super::Result;
use crate::domain::Timestamp;
use crate::store::StoreError;

/// A row and where it comes from.
pub struct Fields<'r> {
    table: &'static str,
    key: &'static str,
    row: &'r Row,
}

impl<'r> Fields<'r> {
    /// The row of this table that `key` names, which is one of its columns.
    pub fn of(table: &'static str, key: &'static str, row: &'r Row) -> Self {
        Self { table, key, row }
    }

    /// The value of a column.
    pub fn get<T: Decode<'r, Db> + Type<Db>>(&self, column: &'static str) -> Result<T> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    /// The value of a column that holds a number, which is narrower than its column.
    pub fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T> {
        T::try_from(self.get(column)?).map_err(|_| self.unreadable(column))
    }

    /// The same for a column that may be empty.
    pub fn number_if_any<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>> {
        let number: Option<i64> = self.get(column)?;
        number.map(|number| T::try_from(number).map_err(|_| self.unreadable(column))).transpose()
    }

    /// The value of a column that holds the text of something.
    pub fn parse<T>(&self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        parse(self.get(column)?).ok_or_else(|| self.unreadable(column))
    }

    /// The same for a column that may be empty.
    pub fn parse_if_any<T>(&self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        let text: Option<&str> = self.get(column)?;
        text.map(|text| parse(text).ok_or_else(|| self.unreadable(column))).transpose()
    }

    /// The error for a column that does not hold what was written there.
    pub fn unreadable(&self, column: &'static str) -> StoreError {
        StoreError::Unreadable { table: self.table, column, row: self.row.try_get(self.key).unwrap_or_default() }
    }
}

/// The last day that sorts as text; a deadline beyond it never passes.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day of the calendar");

/// This day, no later than what sorts in both databases.
pub fn day_in_order(day: NaiveDate) -> NaiveDate {
    day.min(LAST_DAY)
}

/// This instant, no later than what sorts in both databases.
pub fn in_order(instant: Timestamp) -> Timestamp {
    instant.min(LAST_DAY.and_time(NaiveTime::MIN).and_utc())
}
