//! What the findings say, in Dutch: what was found, what is allowed, what to do. Never a value of a
//! person.

use crate::xml::malformed::shown;

/// `A`, `A en B`, `A, B en C`.
fn list(names: &[&str], and: &str) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} {and} {last}", rest.join(", ")),
    }
}

/// Elements that do not stand before another, and elements that stand after it instead.
pub(super) fn gap(missing: &[&str], late: &[&str], before: &str) -> String {
    let absent = match missing {
        [] => String::new(),
        [only] => format!("{only} ontbreekt vóór {before}. Voeg het element toe."),
        several => format!("{} ontbreken vóór {before}. Voeg de elementen toe.", list(several, "en")),
    };
    let misplaced = match late {
        [] => String::new(),
        [only] => format!("{only} staat na {before}, maar hoort ervóór. Verplaats het element."),
        several => format!("{} staan na {before}, maar horen ervóór. Verplaats de elementen.", list(several, "en")),
    };
    [absent, misplaced].into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) fn missing_at_end(missing: &[&str], parent: &str) -> String {
    let (verb, what) = if missing.len() == 1 { ("ontbreekt", "het element") } else { ("ontbreken", "de elementen") };
    format!("{} {verb} aan het einde van {parent}. Voeg {what} toe.", list(missing, "en"))
}

pub(super) fn too_often(name: &str, parent: &str, most: u32) -> String {
    let times = if most == 1 { "1 keer".to_owned() } else { format!("{most} keer") };
    format!("{name} komt te vaak voor in {parent}; toegestaan is {times}. Verwijder het overtollige element.")
}

pub(super) fn unknown(name: &str, parent: &str, expected: &[&str]) -> String {
    let name = shown(name);
    let allowed = match expected {
        [] => "hier mag geen element meer staan".to_owned(),
        [only] => format!("hier hoort {only}"),
        several => format!("hier mag staan: {}", list(several, "of")),
    };
    format!("{name} is hier onbekend in {parent}; {allowed}. Verbeter de naam of verwijder het element.")
}

pub(super) fn wrong_namespace(name: &str, namespace: &str) -> String {
    format!("{name} staat in de verkeerde namespace. Zet het element in {namespace}.")
}

pub(super) fn element_in_value(name: &str, parent: &str) -> String {
    format!("{parent} bevat het element {}; toegestaan is alleen een waarde. Verwijder het element.", shown(name))
}

pub(super) fn loose_text(parent: &str) -> String {
    format!("Er staat losse tekst in {parent}; toegestaan zijn alleen elementen. Verwijder de tekst.")
}

pub(super) fn attribute(attribute: &str, element: &str) -> String {
    format!("{element} heeft het attribuut {}; toegestaan is geen enkel attribuut. Verwijder het.", shown(attribute))
}

pub(super) fn other_type(element: &str) -> String {
    format!("{element} noemt met xsi:type een ander type dan het schema voorschrijft. Verwijder xsi:type.")
}

pub(super) fn value(name: &str, found: &str, allowed: &str) -> String {
    format!("{name} {found}; toegestaan is {allowed}. Verbeter de waarde.")
}

pub(super) fn too_far(name: &str) -> String {
    format!(
        "{name} heeft een waarde die deze gateway niet kan verwerken (een jaartal of getal buiten elk redelijk bereik). Controleer de waarde."
    )
}

/// The way to a child; a number where it can repeat, 0 where not.
pub(super) fn join(path: &str, name: &str, nth: u32) -> String {
    if nth == 0 { format!("{path}/{name}") } else { format!("{path}/{name}[{nth}]") }
}
