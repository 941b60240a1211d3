//! The table of fault codes against the reference.

use std::collections::BTreeSet;

use iwmo_gateway::hub::codes::{Class, Generation, meaning};

#[test]
fn one_number_means_different_things_in_two_lists() {
    assert_eq!(class_of("IB", "IB009", Generation::Isd2018), Class::Repair);
    assert_eq!(class_of("VECOZO", "IB009", Generation::Fo01Of2025), Class::Config);
    assert_eq!(class_of("IB", "IB103", Generation::Isd2018), Class::Wait);
    assert_eq!(class_of("IB", "IB103", Generation::Fo01Of2025), Class::Operator);
    assert_eq!(class_of("9998", "StUF055", Generation::Fo01Of2025), Class::Repair);
}

/// Every published code of the lists that reach us as Fo01 or Fo03 has the class that the reference gives it.
#[test]
fn the_table_is_that_of_the_reference() {
    let Some(reference) = super::reference() else { return };
    let csv = std::fs::read_to_string(reference.join("error-codes.csv")).expect("a readable file");
    let mut differences = BTreeSet::new();
    let mut compared = 0;
    for line in csv.lines().skip(1) {
        let mut fields = line.splitn(4, ',');
        let (Some(list), Some(code), Some(senders), Some(rest)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            panic!("a short line: {line}")
        };
        let generation = match list {
            "StUF 03.01 tabel 4.1" | "Fo01-foutcodelijst november 2025" => Generation::Fo01Of2025,
            "ISD-keten 2.1.04 revisie 3 (2018)" => Generation::Isd2018,
            _ => continue,
        };
        // The meaning may hold commas, between quotes; the class comes after it.
        let after = rest.strip_prefix('"').map_or_else(|| rest.split_once(','), |quoted| quoted.split_once("\","));
        let expected = after.and_then(|(_, rest)| rest.split(',').next()).expect("a class");
        for sender in senders.split(" / ") {
            compared += 1;
            let found = name(class_of(sender, code, generation));
            // What never reaches us is not in our table, and so for a person.
            if found != expected && expected != "n/a" {
                differences.insert(format!("{sender} {code}: {found}, not {expected}"));
            }
        }
    }
    assert!(compared > 70, "only {compared} codes were compared");
    assert_eq!(differences, BTreeSet::new());
}

fn name(class: Class) -> &'static str {
    match class {
        Class::RetrySame => "retry-same",
        Class::Wait => "wait",
        Class::Repair => "repair",
        Class::Config => "config",
        Class::Duplicate => "duplicate",
        Class::Operator => "operator",
    }
}

fn class_of(sender: &str, code: &str, generation: Generation) -> Class {
    meaning(sender, code, generation).class
}
