//! How `rules` prints for people: the table in Dutch, an explanation in Dutch and English.

use std::io::{self, Write};

use crate::domain::Release;
use crate::domain::afspraken::Afspraak;
use crate::domain::regels::list::{Entry, Unchecked};
use crate::domain::regels::uitleg::Explained;

/// How wide a line of explanation gets.
const TEXT_WIDTH: usize = 100;

/// A line per rule, and what of it is checked; below them a line per agreement.
pub(super) fn table(
    out: &mut impl Write,
    (entries, known): (&[Entry], &[Release]),
    afspraken: &[Afspraak],
) -> io::Result<()> {
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
    let names: Vec<&str> = known.iter().rev().map(|release| release.name()).collect();
    writeln!(
        out,
        "\n{} regels van iWmo {}: {} door regels hier gecontroleerd, {} door het schema, {} nog niet, {} afspraken en invulinstructies.",
        entries.len(),
        names.join(" en "),
        count(|why| why.is_none()),
        count(|why| why == Some(Unchecked::Schema)),
        count(|why| matches!(why, Some(Unchecked::NotYet(_)))),
        count(|why| matches!(
            why,
            Some(Unchecked::Process | Unchecked::FillInstruction | Unchecked::Register | Unchecked::Elsewhere)
        )),
    )?;
    writeln!(out, "\nAfspraken van een profiel, naast de regels van iWmo:")?;
    writeln!(out, "{:12}{:14}{:11}{:15}Wat is afgesproken", "Afspraak", "Profiel", "Code", "Gevolg")?;
    for afspraak in afspraken {
        let Afspraak { id, profile, nl, .. } = afspraak;
        writeln!(out, "{id:12}{profile:14}{:11}{:15}{nl}", codes(afspraak, "-"), afspraak.gevolg())?;
    }
    writeln!(out, "\nEen regel of afspraak uitgelegd: iwmo-gateway rules TR019")
}

/// All that is known of one agreement.
pub(super) fn explain_afspraak(out: &mut impl Write, afspraak: &Afspraak) -> io::Result<()> {
    let uitleg = afspraak.uitleg();
    writeln!(out, "{}: {}", afspraak.id, afspraak.nl)?;
    explained(out, ["Waarom", "Fout", "Goed"], uitleg.map(|uitleg| uitleg.nl))?;
    writeln!(out, "\nIn English: {}", afspraak.en)?;
    explained(out, ["Why", "Wrong", "Right"], uitleg.map(|uitleg| uitleg.en))?;
    writeln!(out)?;
    let profile = format!("{}, {}", afspraak.profile, afspraak.what());
    field(out, "Profiel", 10, &profile)?;
    field(out, "Berichten", 10, &afspraak.bericht_names().join(", "))?;
    field(out, "Retourcode", 10, &codes(afspraak, "geen"))?;
    field(out, "Gevolg", 10, afspraak.gevolg())?;
    for message in afspraak.messages() {
        field(out, "Melding", 10, message)?;
    }
    field(out, "Bron", 10, &afspraak.source())
}

fn codes(afspraak: &Afspraak, none: &str) -> String {
    let codes = afspraak.retour_codes();
    if codes.is_empty() { none.to_owned() } else { codes.join(" ") }
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
    for (release, code) in entry.other_retour_codes() {
        field(out, &format!("Code {}", release.name()), 10, code)?;
    }
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
