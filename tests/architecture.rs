//! Holds the house: which module may import which, which room of a module which other room, that no files import each
//! other in a circle, and what `domain` may take from outside.

#[path = "architecture/imports.rs"]
mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use imports::{Module, Sources, circles};

/// Which of our modules each module may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("address", &[]),
    ("channel", &[]),
    ("domain", &[]),
    ("clock", &[]),
    ("echo", &[]),
    ("size", &[]),
    ("outward", &["clock"]),
    ("bundle", &["domain"]),
    ("tls", &["clock"]),
    ("standard", &["domain"]),
    ("xml", &["domain", "echo", "standard"]),
    ("json", &["domain", "echo"]),
    ("store", &["domain", "size"]),
    ("config", &["address", "channel", "domain", "echo", "standard", "tls"]),
    ("hub", &["bundle", "domain", "echo", "xml"]),
    ("alert", &["address", "channel", "clock", "domain", "outward", "store"]),
    ("exchange", &["domain", "echo", "xml", "json", "store", "hub", "bundle", "clock", "outward", "size", "tls"]),
    ("api", &["domain", "echo", "store", "exchange"]),
    ("http", &["api", "domain", "echo", "store", "exchange", "size", "tls"]),
    (
        "cli",
        &["api", "app", "bundle", "clock", "config", "domain", "exchange", "hub", "json", "standard", "store", "xml"],
    ),
    (
        "app",
        &[
            "alert", "api", "channel", "cli", "clock", "config", "domain", "exchange", "http", "hub", "json",
            "outward", "standard", "store", "tls", "xml",
        ],
    ),
];

/// A room or module, and what it may import.
type MayImport = (&'static str, &'static [&'static str]);

/// Which rooms of its module each room may import, from the ground up. A room is a file or a folder in its module; what
/// the module says of itself, every room may know.
const ROOMS: &[(&str, &[MayImport])] = &[
    (
        "domain",
        &[
            ("berichten", &[]),
            ("finding", &["berichten"]),
            ("facts", &["berichten"]),
            ("cak", &["berichten", "facts"]),
            ("regels", &["berichten", "finding", "facts"]),
            ("afspraken", &["berichten", "finding", "facts", "cak", "regels"]),
            ("judging", &["berichten", "finding", "facts", "regels", "afspraken"]),
            ("deadlines", &["berichten", "facts", "afspraken", "judging"]),
            ("alerts", &["berichten"]),
            ("money", &["berichten", "finding", "facts", "regels", "judging"]),
            ("declare", &["berichten", "facts", "judging"]),
        ],
    ),
    (
        "hub",
        &[
            ("codes", &[]),
            ("envelope", &[]),
            ("delivery", &["envelope"]),
            ("ggk", &["delivery", "envelope"]),
            ("vecozo", &["delivery", "envelope"]),
            ("links", &["delivery", "envelope", "ggk", "vecozo"]),
            ("mock", &["delivery", "envelope", "ggk"]),
        ],
    ),
];

/// What the pure modules may take from outside besides `std`. The time zone tables of chrono are a crate of
/// their own.
const FROM_OUTSIDE: &[(&str, &[&str])] =
    &[("domain", &["chrono", "smol_str", "thiserror"]), ("clock", &["chrono", "chrono_tz", "thiserror"])];

#[test]
fn every_module_imports_only_what_its_layer_may() {
    assert_eq!(forbidden(&ours()), [""; 0]);
}

#[test]
fn every_room_imports_only_rooms_below_it() {
    assert_eq!(forbidden_rooms(&ours()), [""; 0]);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_eq!(circles(&ours().imports(false)), [[""; 0]; 0]);
}

#[test]
fn the_tables_have_every_module_and_room_and_no_other() {
    let sources = ours();
    let modules: BTreeSet<&str> = sources.modules().filter_map(|(module, ..)| first(module)).collect();
    assert_eq!(modules, MAY_IMPORT.iter().map(|(module, _)| *module).collect());
    for (module, rooms) in ROOMS {
        let in_it = sources.modules().filter(|(path, ..)| first(path) == Some(module));
        let there: BTreeSet<&str> = in_it.filter_map(|(path, ..)| path.get(1).map(String::as_str)).collect();
        assert_eq!(there, rooms.iter().map(|(room, _)| *room).collect(), "{module}");
    }
}

/// Whoever opens a room sees from its head what stands below it.
#[test]
fn the_head_of_each_room_says_what_it_may_import() {
    let sources = ours();
    for (module, rooms) in ROOMS {
        for (room, others) in *rooms {
            let path = [(*module).to_owned(), (*room).to_owned()];
            let (_, file, _) = sources.modules().find(|(known, ..)| **known == path).expect("it is there");
            let text = fs::read_to_string(file).expect("a source file");
            let head = text.lines().map_while(|line| line.strip_prefix("//!")).collect::<String>();
            let names: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
            let says = match names.split_last() {
                None => "Imports no other room.".to_owned(),
                Some((one, [])) => format!("Imports {one}."),
                Some((last, more)) => format!("Imports {} and {last}.", more.join(", ")),
            };
            assert!(head.contains(&says), "{}: {says}", file.display());
        }
    }
}

/// What is kept and what stories give stays as it is when a member of the API gets another name.
#[test]
fn only_the_api_says_how_callers_see_things() {
    let describing = |sources: &Sources| -> Vec<String> {
        let all = sources.modules().filter(|(_, _, code)| is_used(code, "utoipa") || code.contains("ToSchema"));
        all.filter(|(module, ..)| !matches!(first(module), Some("api" | "http")))
            .map(|(module, ..)| module.join("::"))
            .collect()
    };
    assert_eq!(describing(&ours()), [""; 0]);
    assert_eq!(
        describing(&made(&[("store.rs", "mod betaling;"), ("store/betaling.rs", "use utoipa::ToSchema;")])),
        ["store::betaling"]
    );
}

#[test]
fn a_forbidden_import_is_found_wherever_it_stands() {
    let told = |files: &[(&str, &str)]| forbidden(&made(files));
    for code in [
        "use crate::store::Store;",
        "fn f() { crate::store::open(); }",
        "use crate::{clock, store::Store};",
        "use super::store::Store;",
        "mod tests {}\n#[cfg(test)]\nmod tests { use super::super::store::Store; }",
    ] {
        assert_eq!(
            told(&[("domain.rs", code), ("store.rs", "")]).len(),
            1 + usize::from(code.contains("clock")),
            "{code}"
        );
    }
    let deep = [("domain.rs", "mod facts;"), ("domain/facts.rs", "use super::super::store::Store;"), ("store.rs", "")];
    assert_eq!(told(&deep), ["domain::facts imports super::super::store::Store"]);
    assert_eq!(told(&[("http.rs", "// use crate::hub;\nconst A: &str = \"crate::hub\";"), ("hub.rs", "")]), [""; 0]);
    assert_eq!(told(&[("domain.rs", "use serde::Serialize;")]), ["domain uses serde"]);
    assert_eq!(told(&[("domain.rs", "fn f() { tokio::spawn(g()); }")]), ["domain uses tokio"]);
    assert_eq!(told(&[("clock.rs", "use chrono_tz::Tz;")]), [""; 0]);
    assert_eq!(
        told(&[("exchange.rs", "use crate::clock;\nuse crate::{store, hub};"), ("hub.rs", ""), ("store.rs", "")]),
        [""; 0]
    );
}

#[test]
fn a_forbidden_room_is_found_however_it_is_named() {
    let with = |facts: &str| {
        let head = "mod berichten;\nmod facts;\nmod regels;\npub use regels::Regel;";
        forbidden_rooms(&made(&[
            ("domain.rs", head),
            ("domain/berichten.rs", ""),
            ("domain/facts.rs", facts),
            ("domain/regels.rs", "use crate::domain::facts::Fact;"),
        ]))
    };
    assert_eq!(with("use super::berichten::Bericht;"), [""; 0]);
    for code in ["use super::regels::Regel;", "use crate::domain::Regel;", "fn f() -> super::regels::Regel {}"] {
        assert_eq!(with(code).len(), 1, "{code}");
    }
}

#[test]
fn a_circle_is_found_however_it_is_closed() {
    let through = |files: &[(&str, &str)]| circles(&made(files).imports(false)).len();
    let beside = |other: &str| {
        [("a.rs", "mod b;\nmod c;"), ("a/b.rs", "use super::c::C;"), ("a/c.rs", other)]
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
    };
    for (code, count) in [
        ("pub struct C;", 0),
        ("use super::b::B;", 1),
        ("fn f() { super::b::g(); }", 1),
        ("use crate::{a::{b::B}};", 1),
        ("#[cfg(test)]\nmod tests { use super::super::b::B; }", 0),
    ] {
        let files = beside(code);
        assert_eq!(through(&files.each_ref().map(|(path, text)| (path.as_str(), text.as_str()))), count, "{code}");
    }
    assert_eq!(through(&[("a.rs", "mod b;\nuse b::B;"), ("a/b.rs", "use super::A;")]), 1, "a head and its child");
    assert_eq!(through(&[("a.rs", "mod b;\npub use b::B;"), ("a/b.rs", "use super::A;")]), 0, "handed on, not used");
    assert_eq!(through(&[("a.rs", "mod b;\npub use b::B;\nfn f(b: B) {}"), ("a/b.rs", "use super::A;")]), 1);
    let handed_on =
        [("a.rs", "mod b;\nmod c;\npub use c::C;"), ("a/b.rs", "use super::C;"), ("a/c.rs", "use super::b::B;")];
    assert_eq!(through(&handed_on), 1, "through a name that the head hands on");
    let twice = [
        ("a.rs", "#[path = \"sql/mod.rs\"]\nmod sql;\nuse sql::B;"),
        ("sql/mod.rs", "mod batch;\npub use batch::B;"),
        ("sql/batch.rs", "use super::super::Row;"),
    ];
    assert_eq!(through(&twice), 1, "in a folder that is elsewhere");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Our own crate.
fn ours() -> Sources {
    Sources::of_crate(&root().join("src/lib.rs"))
}

/// A crate of these files.
fn made(files: &[(&str, &str)]) -> Sources {
    let heads = files.iter().filter_map(|(path, _)| path.strip_suffix(".rs")).filter(|name| !name.contains('/'));
    let head = heads.map(|name| ["mod ", name, ";\n"].concat()).collect::<String>();
    let texts: BTreeMap<&Path, &str> = files.iter().map(|(path, text)| (Path::new(*path), *text)).collect();
    let text = |path: &Path| match path.to_str() {
        Some("./lib.rs") => Some(head.clone()),
        _ => texts.get(path.strip_prefix(".").unwrap_or(path)).map(|text| (*text).to_owned()),
    };
    Sources::read(Path::new("./lib.rs"), &text)
}

fn first(module: &Module) -> Option<&str> {
    module.first().map(String::as_str)
}

/// What modules import and may not, as it is written.
fn forbidden(sources: &Sources) -> Vec<String> {
    let may =
        |module: &str, other: &str| MAY_IMPORT.iter().any(|(name, others)| *name == module && others.contains(&other));
    let imports = sources.imports(true).into_iter();
    let ours = imports.filter(|import| match (first(&import.from), first(&import.named)) {
        (Some(module), Some(other)) => module != other && !may(module, other),
        (None, _) | (_, None) => false,
    });
    let mut found: Vec<String> =
        ours.map(|import| format!("{} imports {}", import.from.join("::"), import.written)).collect();
    let dependencies = dependencies();
    for (module, _, code) in sources.modules() {
        let Some((_, allowed)) = FROM_OUTSIDE.iter().find(|(name, _)| Some(*name) == first(module)) else { continue };
        let outside = dependencies.iter().filter(|name| !allowed.contains(&name.as_str()) && is_used(&code, name));
        found.extend(outside.map(|name| format!("{} uses {name}", module.join("::"))));
    }
    found
}

/// What rooms import and may not, as it is written.
fn forbidden_rooms(sources: &Sources) -> Vec<String> {
    let imports = sources.imports(true).into_iter().filter(|import| {
        let (Some(module), Some(room), Some(other)) = (first(&import.from), import.from.get(1), import.to.get(1))
        else {
            return false;
        };
        let Some((_, rooms)) = ROOMS.iter().find(|(name, _)| *name == module && first(&import.to) == Some(name)) else {
            return false;
        };
        let may = rooms.iter().any(|(name, others)| name == room && others.contains(&other.as_str()));
        room != other && !may
    });
    imports.map(|import| format!("{} imports {}", import.from.join("::"), import.written)).collect()
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

/// A release that is asked for its name puts every other one, also one that is added later, in the other arm.
#[test]
fn no_branch_goes_by_the_name_or_number_of_a_release() {
    let named = ["\"2.3\"", "\"3.2\"", "standard::named", ".edition().number", ".versie() =="];
    // The row of a rule, and whatever reads and prints a release, need its number.
    let may = ["src/domain/berichten/release.rs", "src/standard/", "src/http/openapi/examples.rs"];
    let mut found = Vec::new();
    for file in files_below(&root().join("src")) {
        let name = file.strip_prefix(root()).expect("a file below").display().to_string();
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let naming = lines.filter(|line| named.iter().any(|name| line.contains(name)));
        if !may.iter().any(|may| name.starts_with(may)) {
            found.extend(naming.map(|line| format!("{name}: {}", line.trim())));
        }
    }
    assert!(found.is_empty(), "ask for a Property instead:\n{}", found.join("\n"));
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path());
    let files = entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
