//! `rules`: every rule of the standard in a table, the agreements of the profiles below it, and one of them explained.

mod text;

use std::collections::BTreeSet;
use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;
use strsim::osa_distance;

use super::{Exit, ReleasesFolder, complain, written};
use crate::domain::Release;
use crate::domain::afspraken::{self, Afspraak};
use crate::domain::finding::Level;
use crate::domain::regels::list::{Entry, Unchecked, find, list};
use crate::domain::regels::uitleg::{Explained, Uitleg};
use crate::exchange::table::{Cell, csv};

/// What `rules` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print: for people, a JSON object per line, or a table for a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The rule or agreement to explain, as in TR019 or MLW-06, or a retourcode, as in 9019: the rules that it comes of; all
    /// when left out
    #[arg(value_name = "CODE")]
    code: Option<String>,
    #[command(flatten)]
    releases: ReleasesFolder,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// What is listed and explained.
#[derive(Clone, Copy)]
enum Row {
    /// A rule of the standard.
    Regel(Entry),
    /// What parties agreed beside it, or this gateway remarks.
    Afspraak(&'static Afspraak),
}

impl Row {
    fn all(known: &'static [Release]) -> impl Iterator<Item = Self> {
        list(known).map(Self::Regel).chain(afspraken::list().iter().map(Self::Afspraak))
    }

    fn find(code: &str, known: &'static [Release]) -> Option<Self> {
        find(code, known).map(Self::Regel).or_else(|| afspraken::find(code).map(Self::Afspraak))
    }

    /// Those that give this retourcode.
    fn of_retourcode(code: &str, known: &'static [Release]) -> Vec<Self> {
        Self::all(known).filter(|row| row.retourcodes().iter().any(|one| one.eq_ignore_ascii_case(code))).collect()
    }

    fn retourcodes(self) -> Vec<&'static str> {
        match self {
            Self::Regel(entry) => entry.retour_codes(),
            Self::Afspraak(afspraak) => afspraak.retour_codes(),
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Regel(entry) => entry.code,
            Self::Afspraak(afspraak) => afspraak.id,
        }
    }

    /// What it says, in Dutch.
    const fn nl(self) -> &'static str {
        match self {
            Self::Regel(entry) => entry.nl,
            Self::Afspraak(afspraak) => afspraak.nl,
        }
    }
}

/// What somebody asked for.
enum Wanted {
    All,
    One(Row),
    /// A retourcode, and what it comes of.
    Retourcode(String, Vec<Row>),
}

impl Wanted {
    /// # Errors
    /// What to say of a code that is none.
    fn of(code: Option<&str>, known: &'static [Release]) -> Result<Self, String> {
        let Some(code) = code else { return Ok(Self::All) };
        if let Some(row) = Row::find(code, known) {
            return Ok(Self::One(row));
        }
        let rows = Row::of_retourcode(code, known);
        if rows.is_empty() { Err(unknown(code, known)) } else { Ok(Self::Retourcode(code.to_ascii_uppercase(), rows)) }
    }

    fn rows(&self, known: &'static [Release]) -> Vec<Row> {
        match self {
            Self::All => Row::all(known).collect(),
            Self::One(row) => vec![*row],
            Self::Retourcode(_, rows) => rows.clone(),
        }
    }
}

/// Prints the table, or explains some of it.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let known = match arguments.releases.known() {
        Ok(known) => known,
        Err(error) => {
            complain(error.as_ref());
            return Exit::Environment;
        }
    };
    let wanted = match Wanted::of(arguments.code.as_deref(), known) {
        Ok(wanted) => wanted,
        Err(problem) => {
            eprintln!("iwmo-gateway: {problem}");
            return Exit::Usage;
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    written(print(&mut out, arguments.format, &wanted, known).and_then(|()| out.flush()), Exit::Fine)
}

fn print(out: &mut impl Write, format: Format, wanted: &Wanted, known: &'static [Release]) -> io::Result<()> {
    match (format, wanted) {
        (Format::Text, Wanted::All) => text::table(out, (&list(known).collect::<Vec<_>>(), known), afspraken::list()),
        (Format::Text, Wanted::One(row)) => explain(out, *row),
        (Format::Text, Wanted::Retourcode(code, rows)) => of_retourcode(out, code, rows),
        (Format::Json, _) => wanted.rows(known).into_iter().try_for_each(|row| {
            writeln!(out, "{}", serde_json::to_string(&Line::of(row)).expect("a line has only texts"))
        }),
        (Format::Csv, _) => {
            write!(out, "{}", csv(&HEADING, wanted.rows(known).into_iter().map(|row| Line::of(row).cells())))
        }
    }
}

fn explain(out: &mut impl Write, row: Row) -> io::Result<()> {
    match row {
        Row::Regel(entry) => text::explain(out, &entry),
        Row::Afspraak(afspraak) => text::explain_afspraak(out, afspraak),
    }
}

/// What a retourcode comes of: a few rules explained, many in a line each.
fn of_retourcode(out: &mut impl Write, code: &str, rows: &[Row]) -> io::Result<()> {
    const FEW: usize = 3;
    if rows.len() > FEW {
        writeln!(
            out,
            "Retourcode {code} komt van {} regels. Een ervan uitgelegd: iwmo-gateway rules {}\n",
            rows.len(),
            rows[0].code()
        )?;
        return rows.iter().try_for_each(|row| writeln!(out, "{:10}{}", row.code(), row.nl()));
    }
    writeln!(
        out,
        "Retourcode {code} komt van {}.",
        if rows.len() == 1 { "1 regel".to_owned() } else { format!("{} regels", rows.len()) }
    )?;
    rows.iter().try_for_each(|row| {
        writeln!(out)?;
        explain(out, *row)
    })
}

/// One rule of `--format json`, or one agreement: that has a profile, and no releases.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    /// In the newest release that has it.
    level: &'static str,
    /// Several, with a space between, where an agreement is broken in several ways.
    retourcode: Option<String>,
    /// In any release.
    berichten: Vec<String>,
    /// The berichten for which we check it, in any release.
    checked: Vec<&'static str>,
    /// Why for no bericht, when so.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchecked: Option<&'static str>,
    releases: Vec<InRelease>,
    source: String,
    nl: Explanation,
    en: Explanation,
    /// The profile that agreed on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'static str>,
    /// Of an agreement: whether it rejects.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

/// How a rule holds in one release.
#[derive(Serialize)]
struct InRelease {
    release: &'static str,
    level: &'static str,
    retourcode: Option<&'static str>,
    berichten: Vec<String>,
    checked: Vec<&'static str>,
}

#[derive(Serialize)]
struct Explanation {
    what: &'static str,
    #[serde(flatten)]
    more: Option<More>,
}

impl Explanation {
    fn of(what: &'static str, more: Option<Explained>) -> Self {
        Self { what, more: more.map(|Explained { why, wrong, right }| More { why, wrong, right }) }
    }

    /// What, why, wrong and right; the last three are empty where nothing more is explained.
    fn columns(self) -> [&'static str; 4] {
        let more = self.more.unwrap_or(More { why: "", wrong: "", right: "" });
        [self.what, more.why, more.wrong, more.right]
    }
}

#[derive(Serialize)]
struct More {
    why: &'static str,
    wrong: &'static str,
    right: &'static str,
}

impl Line {
    fn of(row: Row) -> Self {
        match row {
            Row::Regel(entry) => Self::of_regel(entry),
            Row::Afspraak(afspraak) => Self::of_afspraak(afspraak),
        }
    }

    fn of_regel(entry: Entry) -> Self {
        let releases: Vec<InRelease> = entry
            .holdings()
            .map(|(release, holding)| InRelease {
                release: release.name(),
                level: holding.level,
                retourcode: entry.retour_code_in(release),
                berichten: holding.berichten().collect(),
                checked: entry.checked_in(release).into_iter().collect(),
            })
            .collect();
        Self {
            rule: entry.code,
            level: entry.newest().level,
            retourcode: entry.retour_code.map(str::to_owned),
            berichten: merged(releases.iter().flat_map(|one| one.berichten.clone())),
            checked: merged(releases.iter().flat_map(|one| one.checked.clone())),
            unchecked: entry.unchecked().map(Unchecked::name),
            releases,
            source: entry.source(),
            nl: Explanation::of(entry.nl, entry.uitleg().map(|uitleg| uitleg.nl)),
            en: Explanation::of(entry.en, entry.uitleg().map(|uitleg| uitleg.en)),
            profile: None,
            severity: None,
        }
    }

    fn of_afspraak(afspraak: &'static Afspraak) -> Self {
        let berichten = || afspraak.bericht_names().into_iter();
        let uitleg = afspraak.uitleg();
        let explanation = |what, of: fn(&Uitleg) -> Explained| Explanation::of(what, uitleg.map(of));
        let retour_codes = afspraak.retour_codes();
        Self {
            rule: afspraak.id,
            level: Level::Local.name(),
            retourcode: (!retour_codes.is_empty()).then(|| retour_codes.join(" ")),
            berichten: berichten().map(str::to_owned).collect(),
            checked: berichten().collect(),
            unchecked: None,
            releases: Vec::new(),
            source: afspraak.source(),
            nl: explanation(afspraak.nl, |uitleg| uitleg.nl),
            en: explanation(afspraak.en, |uitleg| uitleg.en),
            profile: Some(afspraak.profile),
            severity: Some(afspraak.severity().name()),
        }
    }
}

/// Each once, in order.
fn merged<T: Ord>(names: impl Iterator<Item = T>) -> Vec<T> {
    names.collect::<BTreeSet<T>>().into_iter().collect()
}

const HEADING: [&str; 18] = [
    "rule",
    "releases",
    "level",
    "retourcode",
    "berichten",
    "checked",
    "unchecked",
    "nl",
    "waarom",
    "fout",
    "goed",
    "en",
    "why",
    "wrong",
    "right",
    "source",
    "profile",
    "severity",
];

impl Line {
    /// Under the heading.
    fn cells(self) -> Vec<Cell> {
        let releases: Vec<&str> = self.releases.iter().map(|one| one.release).collect();
        let lists = [releases.join(" "), self.level.to_owned(), self.retourcode.unwrap_or_default()];
        let lists = lists.into_iter().chain([self.berichten.join(" "), self.checked.join(" ")]);
        let texts = [self.nl, self.en].into_iter().flat_map(Explanation::columns).map(str::to_owned);
        let columns = std::iter::once(self.rule.to_owned()).chain(lists);
        let columns = columns.chain([self.unchecked.unwrap_or_default().to_owned()]).chain(texts).chain([self.source]);
        let columns = columns.chain([self.profile, self.severity].map(|column| column.unwrap_or_default().to_owned()));
        columns.map(|column| if column.is_empty() { Cell::Empty } else { Cell::Text(column) }).collect()
    }
}

/// What to say of a code that is no rule, with the rules that were perhaps meant.
fn unknown(code: &str, known: &'static [Release]) -> String {
    let wanted = code.to_ascii_uppercase();
    let mut near: Vec<(usize, &str)> =
        Row::all(known).map(|row| (osa_distance(&wanted, row.code()), row.code())).collect();
    near.sort_unstable();
    let hint: Vec<&str> = near.iter().take_while(|(far, _)| *far <= 1).take(5).map(|(_, code)| *code).collect();
    if hint.is_empty() {
        format!(
            "{code:?} is no rule of iWmo, no agreement of a profile and no retourcode of one; `iwmo-gateway rules` lists them all"
        )
    } else {
        format!(
            "{code:?} is no rule of iWmo, no agreement of a profile and no retourcode of one; did you mean {}?",
            hint.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard;

    #[test]
    fn a_slip_gives_a_hint() {
        assert!(unknown("tr19", standard::built_in()).contains("TR019"), "{}", unknown("tr19", standard::built_in()));
        assert!(unknown("onzin", standard::built_in()).contains("lists them all"));
    }
}
