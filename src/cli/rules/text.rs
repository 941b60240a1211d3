//! How `rules` prints for people: the table in Dutch, an explanation in Dutch and English.

use std::io::{self, Write};

use crate::domain::regels::lijst::{Entry, Unchecked};
use crate::domain::regels::uitleg::Explained;

/// How wide a line of explanation gets.
const TEXT_WIDTH: usize = 100;

/// A line per rule, and what of it is checked.
pub(super) fn table(out: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    writeln!(out, "{:8}{:9}{:6}{:18}Wat de regel zegt", "Regel", "Niveau", "Code", "Controle")?;
    for entry in entries {
        let code = entry.retour_code.unwrap_or("-");
        let (level, control) = (entry.newest().level_nl(), control(entry));
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
        count(|why| matches!(
            why,
            Some(Unchecked::Process | Unchecked::FillInstruction | Unchecked::Register | Unchecked::Elsewhere)
        )),
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
        let berichten: Vec<String> = holding.berichten().collect();
        let text = format!("{}, niveau {}", berichten.join(", "), holding.level_nl());
        field(out, &format!("iWmo {}", release.name()), 10, &text)?;
    }
    field(out, "Retourcode", 10, entry.retour_code.unwrap_or("geen"))?;
    for (release, _) in entry.holdings() {
        field(out, &format!("Check {}", release.name()), 10, &entry.control_nl(release))?;
    }
    if let Some(regel) = entry.regels().next() {
        field(out, "Melding", 10, regel.text)?;
    }
    field(out, "Bron", 10, &entry.source())
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

/// In one column.
fn control(entry: &Entry) -> String {
    match entry.unchecked() {
        None => "ja".to_owned(),
        Some(Unchecked::Schema) => "ja, door schema".to_owned(),
        Some(Unchecked::Process) => "nee: afspraak".to_owned(),
        Some(Unchecked::FillInstruction) => "nee: instructie".to_owned(),
        Some(Unchecked::Register) => "nee: register".to_owned(),
        Some(Unchecked::Elsewhere) => "in andere regel".to_owned(),
        Some(Unchecked::NotYet(issue)) => format!("nog niet (#{issue})"),
    }
}
