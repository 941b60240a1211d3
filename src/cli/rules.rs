//! `rules`: every rule of the standard in a table, the agreements of the profiles below it, and one of them explained.

mod text;

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, complain};
use crate::domain::afspraken::{self, Afspraak};
use crate::domain::finding::Level;
use crate::domain::regels::lijst::{Entry, Unchecked, find, lijst};
use crate::domain::regels::uitleg::{Explained, Uitleg};

/// What `rules` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print: for people, a JSON object per line, or a table for a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The rule or agreement to explain, as in TR019 or MLW-06; all when left out
    #[arg(value_name = "CODE")]
    code: Option<String>,
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
    Regel(&'static Entry),
    /// What a region agreed beside it.
    Afspraak(&'static Afspraak),
}

impl Row {
    fn all() -> impl Iterator<Item = Self> {
        lijst().iter().map(Self::Regel).chain(afspraken::lijst().iter().map(Self::Afspraak))
    }

    fn find(code: &str) -> Option<Self> {
        find(code).map(Self::Regel).or_else(|| afspraken::find(code).map(Self::Afspraak))
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Regel(entry) => entry.code,
            Self::Afspraak(afspraak) => afspraak.id,
        }
    }
}

/// Prints the table, or explains one of it.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let wanted = match arguments.code.as_deref().map(|code| (code, Row::find(code))) {
        None => None,
        Some((_, Some(row))) => Some(row),
        Some((code, None)) => {
            eprintln!("iwmo-gateway: {}", unknown(code));
            return Exit::Usage;
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    match print(&mut out, arguments.format, wanted).and_then(|()| out.flush()) {
        Ok(()) => Exit::Fine,
        // Whoever read along has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Fine,
        Err(error) => {
            complain(&error);
            Exit::Environment
        }
    }
}

/// One, or all.
fn print(out: &mut impl Write, format: Format, wanted: Option<Row>) -> io::Result<()> {
    let rows: Vec<Row> = wanted.map_or_else(|| Row::all().collect(), |row| vec![row]);
    match (format, wanted) {
        (Format::Text, None) => text::table(out, lijst(), afspraken::lijst()),
        (Format::Text, Some(Row::Regel(entry))) => text::explain(out, entry),
        (Format::Text, Some(Row::Afspraak(afspraak))) => text::explain_afspraak(out, afspraak),
        (Format::Json, _) => rows.into_iter().try_for_each(|row| {
            writeln!(out, "{}", serde_json::to_string(&Line::of(row)).expect("a line has only texts"))
        }),
        (Format::Csv, _) => print_csv(out, rows),
    }
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

    fn of_regel(entry: &'static Entry) -> Self {
        let releases: Vec<InRelease> = entry
            .holdings()
            .map(|(release, holding)| InRelease {
                release: release.name(),
                level: holding.level,
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

fn print_csv(out: &mut impl Write, rows: Vec<Row>) -> io::Result<()> {
    let heading = "rule,releases,level,retourcode,berichten,checked,unchecked,nl,waarom,fout,goed,en,why,wrong,right,source,profile,severity";
    writeln!(out, "{heading}")?;
    for line in rows.into_iter().map(Line::of) {
        let releases: Vec<&str> = line.releases.iter().map(|one| one.release).collect();
        let lists = [releases.join(" "), line.level.to_owned(), line.retourcode.unwrap_or_default()];
        let lists = lists.into_iter().chain([line.berichten.join(" "), line.checked.join(" ")]);
        let texts = [line.nl, line.en].into_iter().flat_map(Explanation::columns).map(str::to_owned);
        let columns = std::iter::once(line.rule.to_owned()).chain(lists);
        let columns = columns.chain([line.unchecked.unwrap_or_default().to_owned()]).chain(texts).chain([line.source]);
        let columns = columns.chain([line.profile, line.severity].map(|column| column.unwrap_or_default().to_owned()));
        let quoted: Vec<String> = columns.map(|column| quoted(&column)).collect();
        writeln!(out, "{}", quoted.join(","))?;
    }
    Ok(())
}

/// A column, in quotes where it has to be.
fn quoted(column: &str) -> String {
    if column.contains([',', '"', '\n']) { format!("\"{}\"", column.replace('"', "\"\"")) } else { column.to_owned() }
}

/// What to say of a code that is no rule, with the rules that were perhaps meant.
fn unknown(code: &str) -> String {
    let wanted = code.to_ascii_uppercase();
    let mut near: Vec<(usize, &str)> = Row::all().map(|row| (difference(&wanted, row.code()), row.code())).collect();
    near.sort_unstable();
    let hint: Vec<&str> = near.iter().take_while(|(far, _)| *far <= 1).take(5).map(|(_, code)| *code).collect();
    if hint.is_empty() {
        format!("{code:?} is no rule of iWmo and no agreement of a profile; `iwmo-gateway rules` lists them all")
    } else {
        format!("{code:?} is no rule of iWmo and no agreement of a profile; did you mean {}?", hint.join(", "))
    }
}

/// How many characters must be put in, taken out or replaced.
fn difference(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, left) in one.bytes().enumerate() {
        let mut diagonal = above;
        let mut before = above + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(other.bytes()) {
            let here = (diagonal + usize::from(left != right)).min(*cell + 1).min(before + 1);
            diagonal = *cell;
            *cell = here;
            before = here;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_gives_a_hint() {
        assert_eq!(difference("TR019", "TR019"), 0);
        assert_eq!(difference("TR19", "TR019"), 1);
        assert_eq!(difference("TR091", "TR019"), 2);
        assert!(unknown("tr19").contains("TR019"), "{}", unknown("tr19"));
        assert!(unknown("onzin").contains("lists them all"));
    }

    #[test]
    fn csv_is_quoted_where_it_has_to_be() {
        assert_eq!(quoted("a b"), "a b");
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
    }
}
