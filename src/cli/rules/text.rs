//! How `rules` prints for people: the table in Dutch, an explanation in Dutch and English.

use std::io::{self, Write};

use super::{SOURCE, checked};
use crate::domain::regels::lijst::{Entry, Explained, Unchecked};

/// How wide a line of explanation gets.
const TEXT_WIDTH: usize = 100;

/// A line per rule, and what of it is checked.
pub(super) fn table(out: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    writeln!(out, "{:8}{:9}{:6}{:18}Wat de regel zegt", "Regel", "Niveau", "Code", "Controle")?;
    for entry in entries {
        let code = entry.retour_code.unwrap_or("-");
        let (level, control) = (level(entry), control(entry));
        writeln!(out, "{:8}{level:9}{code:6}{control:18}{} [{}]", entry.code, entry.nl, entry.numbers())?;
    }
    let count =
        |wanted: fn(Option<Unchecked>) -> bool| entries.iter().filter(|entry| wanted(entry.regel().err())).count();
    writeln!(
        out,
        "\n{} regels van iWmo 3.2: {} door regels hier gecontroleerd, {} door het schema, {} nog niet, {} afspraken en invulinstructies.",
        entries.len(),
        count(|why| why.is_none()),
        count(|why| why == Some(Unchecked::Schema)),
        count(|why| matches!(why, Some(Unchecked::NotYet(_)))),
        count(|why| matches!(why, Some(Unchecked::Process | Unchecked::FillInstruction))),
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
    let berichten: Vec<String> = entry.berichten().collect();
    field(out, "Berichten", 10, &berichten.join(", "))?;
    field(out, "Niveau", 10, level(entry))?;
    field(out, "Retourcode", 10, entry.retour_code.unwrap_or("geen"))?;
    field(out, "Controle", 10, &control_in_full(entry))?;
    if let Ok(regel) = entry.regel() {
        field(out, "Melding", 10, regel.text)?;
    }
    field(out, "Bron", 10, SOURCE)
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

fn level(entry: &Entry) -> &'static str {
    match entry.level {
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
    match entry.regel().err() {
        None => "ja".to_owned(),
        Some(Unchecked::Schema) => "ja, door schema".to_owned(),
        Some(Unchecked::Process) => "nee: afspraak".to_owned(),
        Some(Unchecked::FillInstruction) => "nee: instructie".to_owned(),
        Some(Unchecked::NotYet(issue)) => format!("nog niet (#{issue})"),
    }
}

fn control_in_full(entry: &Entry) -> String {
    match entry.regel().err() {
        None => {
            let checked = checked(entry);
            let rest: Vec<String> = entry.berichten().filter(|name| !checked.contains(&name.as_str())).collect();
            let rest = if rest.is_empty() { String::new() } else { format!("; nog niet in {}", rest.join(", ")) };
            format!("ja, in {}{rest}", checked.join(", "))
        }
        Some(Unchecked::Schema) => "door het schema: wat deze regel breekt, is geen geldig bericht".to_owned(),
        Some(Unchecked::Process) => "nee: gaat over wat partijen doen, niet over wat in een bericht staat".to_owned(),
        Some(Unchecked::FillInstruction) => {
            "nee: zegt hoe een element wordt gevuld; wat daarvan te zien is, staat in andere regels".to_owned()
        }
        Some(Unchecked::NotYet(issue)) => format!("nog niet (issue {issue})"),
    }
}
