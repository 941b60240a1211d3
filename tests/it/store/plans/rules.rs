//! What a plan may not do, and what may all the same.

use std::collections::HashMap;

use regex::Regex;

/// What a statement does with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Looks at every row; of an index, at every one in it.
    Passes { table: String, index: String },
    /// Looks at those of which these columns of an index are given; without any, at a stretch of it.
    Finds { table: String, index: String, columns: Vec<String> },
    /// Puts all that it found in order.
    Sorts,
    /// Counts, or leaves out what is twice.
    Gathers,
}

/// The tables of a database.
pub struct Tables {
    pub all: Vec<String>,
    /// By index, where the plan names that alone.
    pub of_index: HashMap<String, String>,
}

/// Tables that do not grow with the years, and why.
const SMALL: &[(&str, &str)] = &[
    ("_sqlx_migrations", "one row for each change of the schema"),
    ("program", "likewise"),
    ("alert", "what receivers know to be due soon or overdue; what is over is taken away"),
    ("ahead", "berichten that are being written"),
    ("alert_receiver", "receivers that fail"),
    ("counting", "one row"),
    ("deadline_stand", "kinds, parties and states, not deadlines"),
    ("heartbeat", "one row for each process"),
    ("fetcher", "one row for each certificate at VECOZO"),
    ("hold", "what stands still as a whole"),
    ("search", "searches of a day"),
    ("session", "who is logged in"),
    ("waiting", "berichten that wait for another"),
    ("waiting_on", "likewise"),
];

/// Indexes that hold no more than what is still to be done: passing all of one costs what is to be done.
pub const OPEN_WORK: &[&str] = &[
    "alert_message_gathering",
    "alert_message_group",
    "alert_message_unsent",
    "alert_to_tell",
    "deadline_awaited",
    "deadline_awaited_aanbieder",
    "deadline_awaited_clock",
    "deadline_awaited_gemeente",
    "deadline_group",
    "deadline_next",
    "deadline_open",
    "deadline_overdue",
    "fault_apart",
    "parcel_due",
    "parcel_next",
    "parcel_undelivered",
    "postbus_waiting",
    "toewijzing_refused",
];

/// Columns that many rows share: who finds by these alone looks at years of a party.
const SHARED: &[&str] =
    &["gemeente", "aanbieder", "afzender", "ontvanger", "partij", "soort", "clock", "receiver", "responsible"];

/// Statements that look at more than they show, and why they may: how they begin is how they are known.
const EXCUSED: &[(&str, &str)] = &[
    ("SELECT gemeente, aanbieder, responsible, clock, month,", "kept by month: as many rows as are counted together"),
    ("SELECT DISTINCT aanbieder, bsn FROM start", "an export of all support that lives at a gemeente"),
    ("SELECT s.*, (SELECT t.code FROM", "an export of a period, asked for a few times a year"),
    ("SELECT p.* FROM declaratie d", "likewise"),
    ("SELECT b.* FROM (SELECT * FROM (SELECT b.*", "a page of each end, put together"),
    ("SELECT 1 FROM (SELECT * FROM unstarted EXCEPT", "`rebuild --verify` compares all there is"),
    ("SELECT b.soort, b.outcome, COUNT(*)", "the last berichten of a partner: no more of them than are asked for"),
    ("SELECT f.retourcode, MIN(f.rule) AS rule,", "likewise"),
    // What still counts all there is, and is to be kept instead.
    ("SELECT 'counts' AS id, (SELECT COUNT(*) FROM bericht", "the overview counts all berichten"),
    ("SELECT d.bericht_id, d.aanbieder, d.begunstigde,", "what is payable passes all declaraties of the gemeente"),
    ("SELECT d.gemeente, d.aanbieder, CAST(SUM(", "claims add up all declaraties"),
    ("SELECT COUNT(*) FROM toewijzing t", "counts what was refused"),
];

impl Tables {
    /// The table that a statement calls so.
    pub fn named(&self, name: &str, sql: &str) -> Option<String> {
        if self.all.iter().any(|table| table == name) {
            return Some(name.to_owned());
        }
        let of = Regex::new(&format!(r"\b(?:FROM|JOIN|UPDATE|INTO|,) (\w+) (?:AS )?{name}\b")).expect("a pattern");
        of.captures_iter(sql).map(|found| found[1].to_owned()).find(|table| self.all.contains(table))
    }

    /// The table that this is an index of.
    pub fn of_index(&self, index: &str) -> String {
        self.of_index.get(index).unwrap_or_else(|| panic!("no index {index}")).clone()
    }
}

/// Whether a table has more rows each year.
pub fn grows(table: &str) -> bool {
    SMALL.iter().all(|(small, _)| *small != table)
}

/// What is wrong with a plan.
pub fn faults(steps: &[Step], sql: &str) -> Vec<String> {
    if EXCUSED.iter().any(|(begins, _)| sql.starts_with(begins)) {
        return Vec::new();
    }
    let has_limit = sql.rsplit(')').next().is_some_and(|end| end.contains(" LIMIT "));
    // A page, read in the order in which it is shown. How rare what it wants is a plan does not say.
    let is_page = has_limit && !steps.contains(&Step::Sorts);
    let is_key = |column: &String| !SHARED.contains(&column.as_str());
    // What is found by a key is a handful, and what is to be done is what people look at: they may be put in order and counted.
    let are_few = steps.iter().all(|step| match step {
        Step::Passes { table, index } => !grows(table) || OPEN_WORK.contains(&index.as_str()),
        Step::Finds { table, index, columns } => {
            columns.iter().any(is_key) || !grows(table) || OPEN_WORK.contains(&index.as_str())
        }
        Step::Sorts | Step::Gathers => true,
    });
    let fault = |step: &Step| match step {
        Step::Passes { table, index } if !is_page && grows(table) && !OPEN_WORK.contains(&index.as_str()) => {
            Some(format!("passes all of {table} {index}"))
        }
        Step::Finds { table, index, columns }
            if !is_page
                && grows(table)
                && !columns.is_empty()
                && !columns.iter().any(is_key)
                && !OPEN_WORK.contains(&index.as_str()) =>
        {
            Some(format!("finds by what many share: {table} {index} {columns:?}"))
        }
        Step::Sorts if has_limit && !are_few => Some("sorts more than it returns".to_owned()),
        Step::Gathers if !are_few => Some("counts more than it returns".to_owned()),
        _ => None,
    };
    steps.iter().filter_map(fault).collect()
}
