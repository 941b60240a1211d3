//! Statements that go to the database together.
//!
//! SQLite works on a thread of its own, and an exchange with it costs more than what most statements do: there all of
//! them go at once. PostgreSQL takes one at a time.

use futures_util::TryStreamExt;
use sqlx::{Arguments as _, AssertSqlSafe, Either, Encode, Executor as _, Type};

use super::super::{Connection, Db, JOINS_STATEMENTS};
use super::Result;
use crate::store::StoreError;

type Arguments = <Db as sqlx::Database>::Arguments;

/// Statements in order, each with its values and what is expected of it.
#[derive(Default)]
pub struct Batch(Vec<Exchange>);

/// What the database gets at once.
#[derive(Default)]
struct Exchange {
    sql: String,
    arguments: Arguments,
    /// How many rows each statement has to change.
    expected: Vec<Option<u64>>,
}

impl Batch {
    /// Adds a statement, whose placeholders are `$1` and so on.
    pub fn statement(&mut self, sql: &str) -> &mut Self {
        if self.0.is_empty() || !JOINS_STATEMENTS {
            self.0.push(Exchange::default());
        }
        let exchange = self.last();
        exchange.sql.push_str(if exchange.sql.is_empty() { "" } else { ";\n" });
        exchange.expected.push(None);
        let bound = exchange.arguments.len();
        let mut parts = sql.split('$');
        exchange.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let number: usize = number.parse().unwrap_or_default();
            exchange.placeholder(bound + number);
            exchange.sql.push_str(rest);
        }
        self
    }

    /// The value of the next placeholder of the last statement.
    pub fn bind<'t, T: Encode<'t, Db> + Type<Db>>(&mut self, value: T) -> &mut Self {
        let added = self.last().arguments.add(value);
        added.expect("a text, a number or an instant can be written down");
        self
    }

    /// Adds to the last statement.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.last().sql.push_str(sql);
        self
    }

    /// Adds a placeholder with its value to the last statement.
    pub fn push_bind<'t, T: Encode<'t, Db> + Type<Db>>(&mut self, value: T) -> &mut Self {
        self.bind(value);
        let exchange = self.last();
        exchange.placeholder(exchange.arguments.len());
        self
    }

    /// Adds the same columns for each row to the last statement: `(…), (…)`.
    pub fn rows<R>(&mut self, rows: impl IntoIterator<Item = R>, mut columns: impl FnMut(&mut Columns<'_>, R)) {
        for (nr, row) in rows.into_iter().enumerate() {
            self.push(if nr == 0 { "(" } else { ", (" });
            columns(&mut Columns { batch: self, is_first: true }, row);
            self.push(")");
        }
    }

    /// The last statement has to change so many rows: if not, the verdict is stale.
    pub fn exactly(&mut self, rows: usize) {
        let expected = self.last().expected.last_mut();
        *expected.expect("a statement was added") = u64::try_from(rows).ok();
    }

    /// Carries all of them out.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one did not change as many rows as it had to. Those after it were carried out as well: the
    /// caller takes back the transaction.
    pub async fn run(self, conn: &mut Connection) -> Result<()> {
        for Exchange { sql, arguments, expected } in self.0 {
            let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
            let mut done = conn.fetch_many(query);
            let mut expected = expected.into_iter();
            let mut is_stale = false;
            while let Some(step) = done.try_next().await? {
                if let Either::Left(done) = step {
                    is_stale |= expected.next().flatten().is_some_and(|rows| done.rows_affected() != rows);
                }
            }
            if is_stale {
                return Err(StoreError::Stale);
            }
        }
        Ok(())
    }

    fn last(&mut self) -> &mut Exchange {
        self.0.last_mut().expect("a statement was added")
    }
}

impl Exchange {
    fn placeholder(&mut self, number: usize) {
        self.sql.push('$');
        self.sql.push_str(&number.to_string());
    }
}

/// The columns of one row.
pub struct Columns<'b> {
    batch: &'b mut Batch,
    is_first: bool,
}

impl Columns<'_> {
    /// The value of the next column.
    pub fn value<'t, T: Encode<'t, Db> + Type<Db>>(&mut self, value: T) -> &mut Self {
        if !self.is_first {
            self.batch.push(", ");
        }
        self.is_first = false;
        self.batch.push_bind(value);
        self
    }
}
