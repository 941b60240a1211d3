//! The schema of the database, as a list of changes that only grows.
//!
//! What stands in it was carried out on somebody's database and is never edited: a test holds its checksums. From the second
//! on one text serves both databases, and says in braces what they call differently (`WORDS`); lines under `-- sqlite:` or
//! `-- postgres:` are for that one alone, up to `-- both:`.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// The table in which sqlx keeps what was carried out.
pub const APPLIED: &str = "_sqlx_migrations";

/// What goes into the table `program`.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Which database a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file, or memory.
    Sqlite,
    /// A server, which several processes may share.
    Postgres,
}

/// What to do with a database that an earlier program made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfOlder {
    /// Bring it up to date. A new database is made.
    Upgrade,
    /// Leave it as it is, and say so.
    Refuse,
}

/// A change of the schema.
struct Change {
    number: i64,
    name: &'static str,
    text: Text,
}

enum Text {
    /// One for each: only the first, from before there was one for both.
    Twins {
        sqlite: &'static str,
        postgres: &'static str,
    },
    Both(&'static str),
}

const ALL: &[Change] = &[
    Change {
        number: 1,
        name: "first",
        text: Text::Twins {
            sqlite: include_str!("migrations/sqlite/0001_first.sql"),
            postgres: include_str!("migrations/postgres/0001_first.sql"),
        },
    },
    Change { number: 2, name: "program", text: Text::Both(include_str!("migrations/0002_program.sql")) },
    Change { number: 3, name: "outbox", text: Text::Both(include_str!("migrations/0003_outbox.sql")) },
    Change { number: 4, name: "finding", text: Text::Both(include_str!("migrations/0004_finding.sql")) },
    Change { number: 5, name: "alerts", text: Text::Both(include_str!("migrations/0005_alerts.sql")) },
    Change { number: 6, name: "levels", text: Text::Both(include_str!("migrations/0006_levels.sql")) },
    Change { number: 8, name: "transport", text: Text::Both(include_str!("migrations/0008_transport.sql")) },
    Change { number: 9, name: "pages", text: Text::Both(include_str!("migrations/0009_pages.sql")) },
    Change { number: 11, name: "no_reference", text: Text::Both(include_str!("migrations/0011_no_reference.sql")) },
    Change { number: 14, name: "noticed", text: Text::Both(include_str!("migrations/0014_noticed.sql")) },
    Change { number: 15, name: "until", text: Text::Both(include_str!("migrations/0015_until.sql")) },
    Change { number: 16, name: "ages", text: Text::Both(include_str!("migrations/0016_ages.sql")) },
    Change { number: 19, name: "people", text: Text::Both(include_str!("migrations/0019_people.sql")) },
    Change { number: 25, name: "vecozo", text: Text::Both(include_str!("migrations/0025_vecozo.sql")) },
    Change { number: 26, name: "lists", text: Text::Both(include_str!("migrations/0026_lists.sql")) },
    Change { number: 28, name: "products", text: Text::Both(include_str!("migrations/0028_products.sql")) },
    Change { number: 29, name: "unstarted", text: Text::Both(include_str!("migrations/0029_unstarted.sql")) },
];

/// What the two databases call differently: in the text, in SQLite, in PostgreSQL.
const WORDS: &[(&str, &str, &str)] = &[
    ("{number}", "INTEGER", "BIGINT"),
    ("{instant}", "TEXT", "TIMESTAMPTZ"),
    ("{date}", "TEXT", "DATE"),
    ("{bytes}", "BLOB", "BYTEA"),
    ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    // Behind a table with small rows under a key of text: they stand in the key itself.
    ("{in its key}", "WITHOUT ROWID", ""),
];

/// The number of the schema that this program works with.
#[must_use]
pub fn ours() -> i64 {
    ALL.last().expect("there is a first change").number
}

/// All changes, for this database.
#[must_use]
pub fn migrator(dialect: Dialect) -> Migrator {
    let migration = |change: &Change| {
        let sql = AssertSqlSafe(sql(&change.text, dialect)).into_sql_str();
        Migration::new(change.number, change.name.into(), MigrationType::Simple, sql, false)
    };
    let mut migrator = Migrator::with_migrations(ALL.iter().map(migration).collect());
    // Who runs it has the database to itself until its own transaction ends.
    migrator.set_locking(false);
    migrator
}

fn sql(text: &Text, dialect: Dialect) -> String {
    match (text, dialect) {
        (Text::Twins { sqlite, .. }, Dialect::Sqlite) => (*sqlite).to_owned(),
        (Text::Twins { postgres, .. }, Dialect::Postgres) => (*postgres).to_owned(),
        (Text::Both(text), dialect) => spelled(&lines_for(text, dialect), dialect),
    }
}

fn lines_for(text: &str, dialect: Dialect) -> String {
    let mut wanted = true;
    let mut kept = String::new();
    for line in text.lines() {
        match line {
            "-- both:" => wanted = true,
            "-- sqlite:" => wanted = dialect == Dialect::Sqlite,
            "-- postgres:" => wanted = dialect == Dialect::Postgres,
            line if wanted => kept.extend([line, "\n"]),
            _ => {}
        }
    }
    kept
}

fn spelled(text: &str, dialect: Dialect) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (word, sqlite, postgres)| {
        let name = match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        };
        text.replace(word, name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each change what sqlx keeps of it in every database, on SQLite and on PostgreSQL: the first twelve digits. A line of
    /// a change that went out with a version stays as it is for good.
    const CHECKSUMS: &[(i64, &str, &str)] = &[
        (1, "0d7c5d5e3f8f", "1d51e0c77874"),
        (2, "5adfb7abc1fa", "df08f178da68"),
        (3, "91dac93f1ca5", "17474a42e057"),
        (4, "c2fffd5dbc2d", "1fa2f71987ff"),
        (5, "be845155cc91", "3272cf66cb90"),
        (6, "1916459a4cef", "500658561987"),
        (8, "128f1ba496f6", "bc6c372baa70"),
        (9, "e31e85736ea7", "6d98a1b83eda"),
        (11, "fb27fbbda33d", "fb27fbbda33d"),
        (14, "5774398ffcf5", "5774398ffcf5"),
        (15, "7d74f2d3b782", "3ea38a4276ec"),
        (16, "ca492fc2d786", "9436eb318e6d"),
        (19, "cf0637a1b903", "335b63ee82b2"),
        (25, "c4c93ccd1e97", "5756d0399315"),
        (26, "be43cffd21a1", "be43cffd21a1"),
        (28, "e8350602b8bf", "e8350602b8bf"),
        (29, "27e3fb6d1a17", "6cc52e4ec1df"),
    ];

    #[test]
    fn no_change_is_edited_afterwards() {
        let of = |dialect| {
            let digits = |change: &Migration| (change.version, hex::encode(&change.checksum)[..12].to_owned());
            migrator(dialect).iter().map(digits).collect::<Vec<_>>()
        };
        let made: Vec<_> = of(Dialect::Sqlite)
            .into_iter()
            .zip(of(Dialect::Postgres))
            .map(|((number, sqlite), (_, postgres))| (number, sqlite, postgres))
            .collect();
        let held: Vec<_> =
            CHECKSUMS.iter().map(|(number, one, two)| (*number, (*one).to_owned(), (*two).to_owned())).collect();
        assert_eq!(made, held);
    }

    #[test]
    fn numbers_only_grow() {
        let numbers: Vec<i64> = ALL.iter().map(|change| change.number).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next) && numbers[0] == 1, "{numbers:?}");
    }

    #[test]
    fn one_text_serves_both_databases() {
        let text = "CREATE TABLE t (a {number}, b {instant}) {in its key};\n\
                    -- sqlite:\nPRAGMA x;\n-- postgres:\nANALYZE;\n-- both:\nSELECT '{\"a\":1}';\n";
        let made = |dialect| sql(&Text::Both(text), dialect);
        assert_eq!(
            made(Dialect::Sqlite),
            "CREATE TABLE t (a INTEGER, b TEXT) WITHOUT ROWID;\nPRAGMA x;\nSELECT '{\"a\":1}';\n"
        );
        assert_eq!(
            made(Dialect::Postgres),
            "CREATE TABLE t (a BIGINT, b TIMESTAMPTZ) ;\nANALYZE;\nSELECT '{\"a\":1}';\n"
        );
    }

    #[test]
    fn every_word_in_braces_is_known() {
        let word = regex::Regex::new(r"\{[a-z ]+\}").expect("a pattern");
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for change in ALL {
                let sql = sql(&change.text, dialect);
                assert_eq!(word.find(&sql).map(|found| found.as_str()), None, "{} {dialect:?}", change.name);
            }
        }
    }
}
