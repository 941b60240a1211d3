//! `rules`: every rule of the standard in a table, and one rule explained.

mod text;

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, complain};
use crate::domain::regels::lijst::{Entry, Unchecked, find, lijst};
use crate::domain::regels::uitleg::Explained;

/// What `rules` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print: for people, a JSON object per line, or a table for a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The rule to explain, as in TR019; all rules when left out
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

/// Prints the table, or explains one rule.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let printed = match arguments.code.as_deref().map(|code| (code, find(code))) {
        None => print(&mut out, arguments.format, lijst(), text::table),
        Some((_, Some(entry))) => {
            print(&mut out, arguments.format, std::slice::from_ref(entry), |out, _| text::explain(out, entry))
        }
        Some((code, None)) => {
            eprintln!("iwmo-gateway: {}", unknown(code));
            return Exit::Usage;
        }
    };
    match printed.and_then(|()| out.flush()) {
        Ok(()) => Exit::Fine,
        // Whoever read along has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Fine,
        Err(error) => {
            complain(&error);
            Exit::Environment
        }
    }
}

fn print<W: Write>(
    out: &mut W,
    format: Format,
    entries: &[Entry],
    text: impl Fn(&mut W, &[Entry]) -> io::Result<()>,
) -> io::Result<()> {
    match format {
        Format::Text => text(out, entries),
        Format::Json => entries.iter().try_for_each(|entry| {
            writeln!(out, "{}", serde_json::to_string(&Line::of(entry)).expect("a line has only texts"))
        }),
        Format::Csv => print_csv(out, entries),
    }
}

/// One rule of `--format json`.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    /// In the newest release that has it.
    level: &'static str,
    retourcode: Option<&'static str>,
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
    fn of(entry: &Entry) -> Self {
        let explanation = |what, more: Option<Explained>| Explanation {
            what,
            more: more.map(|Explained { why, wrong, right }| More { why, wrong, right }),
        };
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
            retourcode: entry.retour_code,
            berichten: merged(releases.iter().flat_map(|one| one.berichten.clone())),
            checked: merged(releases.iter().flat_map(|one| one.checked.clone())),
            unchecked: entry.unchecked().map(Unchecked::name),
            releases,
            source: entry.source(),
            nl: explanation(entry.nl, entry.uitleg().map(|uitleg| uitleg.nl)),
            en: explanation(entry.en, entry.uitleg().map(|uitleg| uitleg.en)),
        }
    }
}

/// Each once, in order.
fn merged<T: Ord>(names: impl Iterator<Item = T>) -> Vec<T> {
    names.collect::<BTreeSet<T>>().into_iter().collect()
}

fn print_csv(out: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    let heading =
        "rule,releases,level,retourcode,berichten,checked,unchecked,nl,waarom,fout,goed,en,why,wrong,right,source";
    writeln!(out, "{heading}")?;
    for entry in entries {
        let line = Line::of(entry);
        let releases: Vec<&str> = line.releases.iter().map(|one| one.release).collect();
        let lists = [releases.join(" "), line.level.to_owned(), line.retourcode.unwrap_or_default().to_owned()];
        let lists = lists.into_iter().chain([line.berichten.join(" "), line.checked.join(" ")]);
        let texts = [line.nl, line.en].into_iter().flat_map(Explanation::columns).map(str::to_owned);
        let columns = std::iter::once(line.rule.to_owned()).chain(lists);
        let columns = columns.chain([line.unchecked.unwrap_or_default().to_owned()]).chain(texts).chain([line.source]);
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
    let mut near: Vec<(usize, &str)> =
        lijst().iter().map(|entry| (difference(&wanted, entry.code), entry.code)).collect();
    near.sort_unstable();
    let hint: Vec<&str> = near.iter().take_while(|(far, _)| *far <= 1).take(5).map(|(_, code)| *code).collect();
    if hint.is_empty() {
        format!("{code:?} is no rule of iWmo; `iwmo-gateway rules` lists them all")
    } else {
        format!("{code:?} is no rule of iWmo; did you mean {}?", hint.join(", "))
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
