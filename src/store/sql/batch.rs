//! Statements that go to the database together.
//!
//! SQLite works on a thread of its own, and an exchange with it costs more than what most statements do: there all of
//! them go at once. PostgreSQL takes one at a time. Rows for one table go in one statement, and what several berichten
//! write at the same time goes together in the same way.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use chrono::NaiveDate;
use futures_util::TryStreamExt;
use sqlx::{Arguments as _, AssertSqlSafe, Either, Executor as _};

use super::super::{Connection, Db, JOINS_STATEMENTS, Row};
use super::Result;
use crate::domain::Timestamp;
use crate::store::StoreError;

type Arguments = <Db as sqlx::Database>::Arguments;

/// How many values one statement takes at most; SQLite takes 32,766, PostgreSQL 65,535.
const MOST_VALUES: usize = 10_000;

/// From how many values on several statements that go together are not kept prepared: they never come again.
const MANY_VALUES: usize = 1_000;

/// How many batches are one at most when those of several berichten go together.
#[allow(dead_code, reason = "see run_together")]
const MOST_TOGETHER: usize = 16;

/// Statements in order, each with its values and what is expected of it.
#[derive(Default)]
pub struct Batch(Vec<Statement>);

struct Statement {
    /// With the placeholders `$1` and so on. `VALUES (…)` stands for one row, and is repeated for each.
    sql: Cow<'static, str>,
    values: Vec<Value>,
    rows: usize,
    /// How many rows it has to change.
    expected: Option<u64>,
}

/// A value of a statement. What is absent has a type all the same.
pub enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Truth(bool),
    Instant(Option<Timestamp>),
    Day(Option<NaiveDate>),
    Bytes(Bytes),
}

impl Batch {
    /// Adds a statement, whose placeholders are `$1` and so on; or a row to the one before, when that is the same and has
    /// `VALUES (…)`.
    pub fn statement(&mut self, sql: impl Into<Cow<'static, str>>) -> &mut Self {
        let sql = sql.into();
        match self.0.last_mut() {
            Some(last) if last.takes_row_of(&sql) => last.rows += 1,
            _ => self.0.push(Statement { sql, values: Vec::new(), rows: 1, expected: None }),
        }
        self
    }

    /// The value of the next placeholder of the last statement.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.last().values.push(value.into());
        self
    }

    /// Adds to the last statement.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.last().sql.to_mut().push_str(sql);
        self
    }

    /// Adds a placeholder with its value to the last statement.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.bind(value);
        let last = self.last();
        placeholder(last.sql.to_mut(), last.values.len());
        self
    }

    /// Adds a list of these values to the last statement: `(…)`.
    pub fn list(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        self.push("(");
        for (nr, value) in values.into_iter().enumerate() {
            self.push(if nr == 0 { "" } else { ", " }).push_bind(value);
        }
        self.push(")")
    }

    /// The last statement, or its last row, has to change one row: if not, the verdict is stale.
    pub fn exactly_one(&mut self) {
        *self.last().expected.get_or_insert(0) += 1;
    }

    /// Whether it is so much that its like never comes again: then it is not kept prepared.
    fn is_unique(&self) -> bool {
        self.0.len() > 1 && self.0.iter().map(|one| one.values.len()).sum::<usize>() > MANY_VALUES
    }

    /// Carries all of them out.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one did not change as many rows as it had to. Those after it may have been carried out as
    /// well: the caller takes back the transaction.
    pub async fn run(self, conn: &mut Connection) -> Result<()> {
        self.carry_out(self.is_unique(), conn).await
    }

    async fn carry_out(&self, is_unique: bool, conn: &mut Connection) -> Result<()> {
        for (statements, exchange) in self.exchanges() {
            let mut done = conn.fetch_many(exchange.query(is_unique));
            let mut changed = Vec::with_capacity(statements.len());
            while let Some(step) = done.try_next().await? {
                changed.extend(step.left().map(|done| done.rows_affected()));
            }
            if statements.iter().zip(changed).any(|(one, changed)| one.expected.is_some_and(|rows| rows != changed)) {
                return Err(StoreError::Stale);
            }
        }
        Ok(())
    }

    /// Carries all of them out, and gives the rows that each found.
    pub async fn fetch(self, conn: &mut Connection) -> Result<Vec<Vec<Row>>> {
        let (mut found, is_unique) = (Vec::new(), self.is_unique());
        for (_, exchange) in self.exchanges() {
            let mut steps = conn.fetch_many(exchange.query(is_unique));
            let mut rows = Vec::new();
            while let Some(step) = steps.try_next().await? {
                match step {
                    Either::Right(row) => rows.push(row),
                    Either::Left(_) => found.push(std::mem::take(&mut rows)),
                }
            }
        }
        Ok(found)
    }

    /// Carries out the only statement, and gives the rows that it found.
    pub async fn fetch_one(self, conn: &mut Connection) -> Result<Vec<Row>> {
        Ok(self.fetch(conn).await?.pop().unwrap_or_default())
    }

    /// What the database gets at once: all statements, or each.
    fn exchanges(&self) -> impl Iterator<Item = (&[Statement], Exchange)> {
        let at_once = if JOINS_STATEMENTS { self.0.len() } else { 1 };
        self.0.chunks(at_once.max(1)).map(|statements| {
            let mut exchange = Exchange::default();
            for statement in statements {
                exchange.add(statement);
            }
            (statements, exchange)
        })
    }

    fn last(&mut self) -> &mut Statement {
        self.0.last_mut().expect("a statement was added")
    }
}

/// Batches of several berichten at once.
#[allow(dead_code, reason = "PostgreSQL has many writers, each with its own")]
impl Batch {
    /// Carries out batches that may go in any order. Those that are alike go together, in a few numbers of them: then the
    /// database gets a few texts again and again, which stay prepared, and each at once.
    ///
    /// # Errors
    /// As those of [`Batch::run`].
    pub async fn run_together(batches: Vec<Self>, conn: &mut Connection) -> Result<()> {
        for alike in Self::alike(batches) {
            let is_unique = alike[0].is_unique();
            let together = alike.into_iter().reduce(Self::join).unwrap_or_default();
            together.carry_out(is_unique, conn).await?;
        }
        Ok(())
    }

    /// Those that go together: never none, and as many as a power of two.
    fn alike(batches: Vec<Self>) -> Vec<Vec<Self>> {
        let mut kinds: Vec<Vec<Self>> = Vec::new();
        for batch in batches {
            match kinds.iter_mut().find(|alike| alike[0].is_like(&batch)) {
                Some(alike) if !batch.is_unique() => alike.push(batch),
                _ => kinds.push(vec![batch]),
            }
        }
        let mut parts = Vec::new();
        for mut alike in kinds {
            while !alike.is_empty() {
                let count = (1 << alike.len().ilog2()).min(MOST_TOGETHER);
                parts.push(alike.drain(..count).collect());
            }
        }
        parts
    }

    /// Adds all that another brings: rows to the statements that are the same.
    fn join(mut self, other: Self) -> Self {
        for statement in other.0 {
            match self.0.iter_mut().find(|earlier| earlier.takes_row_of(&statement.sql)) {
                Some(earlier) => earlier.add_rows(statement),
                None => self.0.push(statement),
            }
        }
        self
    }

    /// Whether another has the same statements with as many rows.
    fn is_like(&self, other: &Self) -> bool {
        let mut both = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && both.all(|(one, like)| one.rows == like.rows && one.sql == like.sql)
    }
}

impl Statement {
    /// Whether what this statement brings can be a row of it.
    fn takes_row_of(&self, sql: &str) -> bool {
        self.sql == sql && self.values.len() < MOST_VALUES && row_of(sql).is_some()
    }

    #[allow(dead_code, reason = "see run_together")]
    fn add_rows(&mut self, other: Self) {
        self.values.extend(other.values);
        self.rows += other.rows;
        self.expected = self.expected.zip(other.expected).map(|(own, others)| own + others);
    }

    fn columns(&self) -> usize {
        self.values.len() / self.rows
    }
}

/// Where the row stands in a statement with `VALUES (…)`.
fn row_of(sql: &str) -> Option<std::ops::Range<usize>> {
    const VALUES: &str = "VALUES (";
    let start = sql.find(VALUES)? + VALUES.len() - 1;
    let mut depth = 0;
    let end = sql[start..].find(|sign| {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let end = start + end + 1;
    let is_all = !sql[..start].contains('$') && !sql[end..].contains('$');
    is_all.then_some(start..end)
}

/// The text and the values that the database gets.
#[derive(Default)]
struct Exchange {
    sql: String,
    arguments: Arguments,
}

impl Exchange {
    /// Adds a statement with its values.
    fn add(&mut self, statement: &Statement) {
        self.sql.push_str(if self.sql.is_empty() { "" } else { ";\n" });
        let sql = &*statement.sql;
        let Some(row) = row_of(sql).filter(|_| statement.rows > 1) else {
            return self.fill_in(sql, &statement.values);
        };
        self.sql.push_str(&sql[..row.start]);
        for (nr, values) in statement.values.chunks(statement.columns()).enumerate() {
            self.sql.push_str(if nr == 0 { "" } else { ", " });
            self.fill_in(&sql[row.clone()], values);
        }
        self.sql.push_str(&sql[row.end..]);
    }

    /// Adds a text with the values of its placeholders, each as often as it stands there. SQLite finds the value of a
    /// placeholder without a name at once, that of one with a name among all that have one.
    fn fill_in(&mut self, sql: &str, values: &[Value]) {
        let mut parts = sql.split('$');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let value = number.parse().ok().and_then(|number: usize| values.get(number - 1));
            self.value(value.expect("each placeholder was given a value"));
            self.sql.push_str(rest);
        }
    }

    fn value(&mut self, value: &Value) {
        let added = match value {
            Value::Text(text) => self.arguments.add(text.as_deref()),
            Value::Number(number) => self.arguments.add(number),
            Value::Truth(truth) => self.arguments.add(truth),
            Value::Instant(instant) => self.arguments.add(instant),
            Value::Day(day) => self.arguments.add(day),
            Value::Bytes(bytes) => self.arguments.add(&bytes[..]),
        };
        added.expect("a text, a number or an instant can be written down");
        self.arguments.format_placeholder(&mut self.sql).expect("a text takes what is written to it");
    }

    /// One that is not unique stays prepared.
    fn query(self, is_unique: bool) -> sqlx::query::Query<'static, Db, Arguments> {
        sqlx::query_with(AssertSqlSafe(self.sql), self.arguments).persistent(!is_unique)
    }
}

fn placeholder(sql: &mut String, number: usize) {
    write!(sql, "${number}").expect("a text takes what is written to it");
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<&String>> for Value {
    fn from(text: Option<&String>) -> Self {
        text.map(String::as_str).into()
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(Some(instant))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(instant: Option<Timestamp>) -> Self {
        Self::Instant(instant)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Day(Some(day))
    }
}

impl From<Option<NaiveDate>> for Value {
    fn from(day: Option<NaiveDate>) -> Self {
        Self::Day(day)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Bytes::copy_from_slice(bytes))
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "INSERT INTO t (a, b) VALUES ($1, CAST($2 AS BIGINT)) ON CONFLICT DO NOTHING";

    /// The text of each exchange, and how many values go with it.
    fn texts(batch: &Batch) -> Vec<(String, usize)> {
        batch.exchanges().map(|(_, exchange)| (exchange.sql, exchange.arguments.len())).collect()
    }

    #[test]
    fn rows_of_one_statement_stand_together() {
        let mut batch = Batch::default();
        batch.statement(ROW).bind("x").bind(1_i64).exactly_one();
        batch.statement(ROW).bind("y").bind(2_i64).exactly_one();
        let statement = &batch.0[0];
        assert_eq!((batch.0.len(), statement.rows, statement.columns(), statement.expected), (1, 2, 2, Some(2)));
        let [(sql, 4)] = &texts(&batch)[..] else { panic!("one exchange of four values") };
        assert_eq!(sql.matches("CAST(").count(), 2, "{sql}");
        assert!(sql.ends_with(" ON CONFLICT DO NOTHING"), "{sql}");
    }

    #[test]
    fn batches_that_go_together_keep_their_statements_apart_and_their_rows_together() {
        let of = |text: &str| {
            let mut batch = Batch::default();
            batch.statement("UPDATE t SET a = $1 WHERE b = $2").bind(text).bind(1_i64);
            batch.statement(ROW).bind(text).bind(2_i64).exactly_one();
            batch
        };
        let all = of("x").join(of("y")).join(of("z"));
        let found: Vec<_> = all.0.iter().map(|one| (one.sql.starts_with("UPDATE"), one.rows, one.expected)).collect();
        assert_eq!(found, [(true, 1, None), (false, 3, Some(3)), (true, 1, None), (true, 1, None)]);
    }

    #[test]
    fn batches_that_are_alike_go_together_in_a_few_numbers() {
        let of = |rows: usize| {
            let mut batch = Batch::default();
            batch.statement("UPDATE t SET a = 1 WHERE b = 2");
            (0..rows).for_each(|_| _ = batch.statement("INSERT INTO t VALUES ($1)").bind(1_i64));
            batch
        };
        let mut batches = vec![of(2), of(1001), of(1001)];
        batches.extend((0..21).map(|_| of(1)));
        let parts = Batch::alike(batches);
        let found: Vec<_> = parts.iter().map(|alike| (alike.len(), alike[0].0[1].rows, alike[0].is_unique())).collect();
        assert_eq!(
            found,
            [(1, 2, false), (1, 1001, true), (1, 1001, true), (16, 1, false), (4, 1, false), (1, 1, false)],
            "how many, of how many rows, and whether they are too much to come again"
        );
    }

    #[test]
    fn a_value_that_stands_twice_goes_twice() {
        let mut batch = Batch::default();
        batch.statement("UPDATE t SET a = $2, c = $2 WHERE b = $1").bind(1_i64).bind("x");
        assert_eq!(texts(&batch)[0].1, 3);
    }

    #[test]
    fn a_row_is_one_only_where_it_has_all_values() {
        assert!(row_of(ROW).is_some_and(|row| &ROW[row] == "($1, CAST($2 AS BIGINT))"));
        for none in ["UPDATE t SET a = $1", "UPDATE t SET a = $1 WHERE (b) IN (VALUES ($2))", "SELECT 'VALUES '"] {
            assert_eq!(row_of(none), None, "{none}");
        }
    }
}
