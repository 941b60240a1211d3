//! How `rules` prints for people: the table in Dutch, an explanation in Dutch and English.

use std::io::{self, Write};

use super::{berichten, checked, source};
use crate::domain::Release;
use crate::domain::regels::lijst::{Entry, Explained, Unchecked};

/// How wide a line of explanation gets.
const TEXT_WIDTH: usize = 100;

/// A line per rule, and what of it is checked.
pub(super) fn table(out: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    writeln!(out, "{:8}{:9}{:6}{:18}Wat de regel zegt", "Regel", "Niveau", "Code", "Controle")?;
    for entry in entries {
        let code = entry.retour_code.unwrap_or("-");
        let (level, control) = (level(entry.newest().level), control(entry));
        let releases: Vec<String> =
            entry.holdings().map(|(release, holding)| format!("{}: {}", release.name(), holding.numbers)).collect();
        let releases = releases.join("; ");
        writeln!(out, "{:8}{level:9}{code:6}{control:18}{} [{releases}]", entry.code, entry.nl)?;
    }
    let count =
        |wanted: fn(Option<Unchecked>) -> bool| entries.iter().filter(|entry| wanted(entry.unchecked())).count();
    writeln!(
        out,
        "\n{} regels van iWmo 3.2 en 2.3: {} door regels hier gecontroleerd, {} door het schema, {} nog niet, {} afspraken en invulinstructies.",
        entries.len(),
        count(|why| why.is_none()),
        count(|why| why == Some(Unchecked::Schema)),
        count(|why| matches!(why, Some(Unchecked::NotYet(_)))),
        count(|why| matches!(why, Some(Unchecked::Process | Unchecked::FillInstruction | Unchecked::Elsewhere))),
    )?;
    writeln!(out, "Een regel uitgelegd: iwmo-gateway rules TR019")
}

/// All that is known of one rule.
pub(super) fn explain(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let uitleg = entry.uitleg();
    writeln!(out, "{}: {}", entry.code, entry.nl)?;
    explained(out, ["Waarom", "Fout", "Goed"], uitleg.map(|uitleg| uitleg.nl))?;
    writeln!(out, "\nIn English: {}", entry.en)?;
    explained(out, ["Why", "Wrong", "Right"], uitleg.map(|uitleg| uitleg.en))?;
    writeln!(out)?;
    for (release, holding) in entry.holdings() {
        let text = format!("{}, niveau {}", berichten(holding).join(", "), level(holding.level));
        field(out, &format!("iWmo {}", release.name()), 10, &text)?;
    }
    field(out, "Retourcode", 10, entry.retour_code.unwrap_or("geen"))?;
    for (release, _) in entry.holdings() {
        field(out, &format!("Check {}", release.name()), 10, &control_in_full(entry, release))?;
    }
    if let Some(regel) = entry.regels().next() {
        field(out, "Melding", 10, regel.text)?;
    }
    field(out, "Bron", 10, &source(entry))
}

/// A name and a text, broken into lines under each other.
fn field(out: &mut impl Write, name: &str, name_width: usize, text: &str) -> io::Result<()> {
    let mut line = format!("  {name:name_width$}");
    let indent = line.chars().count();
    for word in text.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > TEXT_WIDTH {
            writeln!(out, "{line}")?;
            line = " ".repeat(indent);
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(out, "{line}")
}

fn explained(out: &mut impl Write, names: [&str; 3], explained: Option<Explained>) -> io::Result<()> {
    let Some(Explained { why, wrong, right }) = explained else { return Ok(()) };
    for (name, text) in names.into_iter().zip([why, wrong, right]) {
        field(out, name, 7, text)?;
    }
    Ok(())
}

fn level(level: &str) -> &'static str {
    match level {
        "message" => "bericht",
        "history" => "eerder",
        "external" => "extern",
        "xsd" => "schema",
        "process" => "proces",
        _ => "invullen",
    }
}

/// In one column.
fn control(entry: &Entry) -> String {
    match entry.unchecked() {
        None => "ja".to_owned(),
        Some(Unchecked::Schema) => "ja, door schema".to_owned(),
        Some(Unchecked::Process) => "nee: afspraak".to_owned(),
        Some(Unchecked::FillInstruction) => "nee: instructie".to_owned(),
        Some(Unchecked::Elsewhere) => "in andere regel".to_owned(),
        Some(Unchecked::NotYet(issue)) => format!("nog niet (#{issue})"),
    }
}

/// Of one release: in which berichten, and why not in the others.
fn control_in_full(entry: &Entry, release: Release) -> String {
    let checked = checked(entry, release);
    let mut parts = Vec::new();
    if !checked.is_empty() {
        parts.push(format!("ja, in {}", checked.join(", ")));
    }
    let rest = release.berichtsoorten().iter().filter(|soort| entry.applies_to(**soort, release));
    for soort in rest {
        if let Err(why) = entry.regel_for(*soort, release) {
            let why = if checked.is_empty() { why_not(why) } else { format!("niet in {soort}: {}", why_not(why)) };
            if !parts.contains(&why) {
                parts.push(why);
            }
        }
    }
    parts.join("; ")
}

fn why_not(why: Unchecked) -> String {
    match why {
        Unchecked::Schema => "door het schema: wat deze regel breekt, is geen geldig bericht".to_owned(),
        Unchecked::Process => "nee: gaat over wat partijen doen, niet over wat in een bericht staat".to_owned(),
        Unchecked::FillInstruction => {
            "nee: zegt hoe een element wordt gevuld; wat daarvan te zien is, staat in andere regels".to_owned()
        }
        Unchecked::Elsewhere => "wat daarvan in dat bericht staat, controleert een andere regel".to_owned(),
        Unchecked::NotYet(issue) => format!("nog niet (issue {issue})"),
    }
}
