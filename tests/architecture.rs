//! Holds the layers: which module may import which, and what `domain` may take from outside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which of our modules each module may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("xml", &["domain"]),
    ("json", &["domain"]),
    ("store", &["domain"]),
    ("config", &["domain"]),
    ("hub", &["domain", "xml"]),
    ("exchange", &["domain", "xml", "json", "store", "hub", "clock"]),
    ("http", &["domain", "store", "exchange"]),
    ("cli", &["app", "clock", "config", "domain", "exchange", "hub", "json", "store", "xml"]),
    ("app", &["cli", "clock", "config", "domain", "exchange", "http", "hub", "json", "store", "xml"]),
];

/// What the pure modules may take from outside besides `std`. The time zone tables of chrono are a crate of
/// their own.
const FROM_OUTSIDE: &[(&str, &[&str])] =
    &[("domain", &["chrono", "smol_str", "thiserror"]), ("clock", &["chrono", "chrono_tz", "thiserror"])];

#[test]
fn every_module_imports_only_what_its_layer_may() {
    let mut broken = Vec::new();
    for file in sources(&root().join("src")) {
        let Some(module) = module_of(&file) else { continue };
        let text = fs::read_to_string(&file).expect("a source file");
        broken.extend(
            forbidden_imports(&module, &text).into_iter().map(|import| format!("{}: {import}", file.display())),
        );
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_table_has_every_module_and_no_other() {
    let modules: BTreeSet<String> = sources(&root().join("src")).iter().filter_map(|file| module_of(file)).collect();
    let table: BTreeSet<String> = MAY_IMPORT.iter().map(|(module, _)| (*module).to_owned()).collect();
    assert_eq!(modules, table);
}

#[test]
fn a_forbidden_import_is_found_wherever_it_stands() {
    assert_eq!(forbidden_imports("domain", "use crate::store::Store;"), ["crate::store"]);
    assert_eq!(forbidden_imports("http", "let x = crate::hub::ggk::Ggk::new();"), ["crate::hub"]);
    assert_eq!(forbidden_imports("http", "use crate::{domain::Partij, xml};"), ["crate::xml"]);
    assert_eq!(forbidden_imports("domain", "use serde::Serialize;"), ["serde"]);
    assert_eq!(forbidden_imports("domain", "fn f() { tokio::spawn(g()); }"), ["tokio"]);
    assert_eq!(forbidden_imports("clock", "use chrono_tz::Tz;"), [""; 0]);
    assert_eq!(forbidden_imports("exchange", "use crate::clock;\nuse crate::{store, xml::read};"), [""; 0]);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The top module that a file belongs to; `None` for the two roots of the crate.
fn module_of(file: &Path) -> Option<String> {
    let below = file.strip_prefix(root().join("src")).expect("a file below src");
    let first = below.components().next()?.as_os_str().to_str()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&module)).then(|| module.to_owned())
}

/// What a module imports and may not, as it is written.
fn forbidden_imports(module: &str, text: &str) -> Vec<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, allowed)| allowed);
    let ours =
        imported_modules(&code).into_iter().filter(|import| import != module && !allowed.contains(&import.as_str()));
    let mut forbidden: Vec<String> = ours.map(|import| format!("crate::{import}")).collect();
    if let Some((_, allowed)) = FROM_OUTSIDE.iter().find(|(name, _)| *name == module) {
        let outside =
            dependencies().into_iter().filter(|name| !allowed.contains(&name.as_str()) && is_used(&code, name));
        forbidden.extend(outside);
    }
    forbidden
}

/// The modules that stand behind `crate::`, alone or in braces.
fn imported_modules(code: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            modules.extend(first_names_in_braces(list));
        } else {
            modules.extend(first_name(rest));
        }
    }
    modules.retain(|name| MAY_IMPORT.iter().any(|(module, _)| module == name));
    modules
}

fn first_names_in_braces(list: &str) -> Vec<String> {
    let mut depth = 1;
    let mut items = vec![String::new()];
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => items.push(String::new()),
            _ if depth == 1 => items.last_mut().expect("there is a last one").push(letter),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    items.iter().filter_map(|item| first_name(item.trim())).collect()
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The names of all crates that we depend on, as code writes them; some also as a dependency of tests, with other features.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).expect("a manifest").parse().expect("TOML");
    let names =
        ["dependencies", "dev-dependencies"].into_iter().filter_map(|section| manifest.get(section)?.as_table());
    names.flat_map(|section| section.keys().map(|name| name.replace('-', "_"))).collect()
}

fn is_used(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
    })
}
