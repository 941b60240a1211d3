//! The list of rules, and which of them a judgement looks at, in the releases of the program.

use std::collections::BTreeSet;

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::domain::berichten::release::Holding;
use iwmo_gateway::domain::finding::Level;
use iwmo_gateway::domain::regels::REGELS;
use iwmo_gateway::domain::regels::coverage::{NotRun, coverage};
use iwmo_gateway::domain::regels::list::{Entry, Unchecked, find, list};
use iwmo_gateway::standard;

/// Every code of the standard's own tables, per release.
const REFERENCE: [(&str, &str); 2] =
    [("2.3", include_str!("../../fixtures/regels-2.x.txt")), ("3.2", include_str!("../../fixtures/regels.txt"))];

/// In the table of 2.x, and in force from release 2.4 on.
const AFTER_2_3: [&str; 1] = ["OP295"];

#[test]
fn no_rule_of_the_standard_is_missing_and_none_is_made_up() {
    for (name, codes) in REFERENCE {
        let release = standard::named(name);
        let mut reference: BTreeSet<&str> = codes.lines().collect();
        if name == "2.3" {
            reference.retain(|code| !AFTER_2_3.contains(code));
        }
        let ours = every().into_iter().filter(|entry| entry.holding(release).is_some());
        assert_eq!(ours.map(|entry| entry.code).collect::<BTreeSet<&str>>(), reference, "{}", release.name());
    }
    let codes: BTreeSet<&str> = every().iter().map(|entry| entry.code).collect();
    assert_eq!(every().len(), codes.len(), "a code stands in the list twice");
}

#[test]
fn what_is_checked_agrees_with_the_list() {
    for regel in REGELS {
        let entry = find(regel.code, standard::built_in()).expect("a rule of the standard");
        assert_eq!(entry.retour_code, regel.retour_code, "{}", regel.code);
        for &release in standard::built_in().iter().filter(|one| regel.releases.holds(one.edition().number)) {
            let holding = entry.holding(release).expect("a release that has the rule");
            assert_eq!(holding.level, regel.level().name(), "{} {}", regel.code, release.name());
            for soort in regel.berichten.iter().filter(|soort| release.berichtsoorten().contains(soort)) {
                assert!(entry.applies_to(*soort, release), "{} does not hold for {soort}", regel.code);
            }
        }
    }
}

#[test]
fn a_rule_has_one_row_per_kind_of_bericht() {
    let rows = REGELS.iter().flat_map(|regel| regel.berichten.iter().map(|soort| (regel.code, *soort)));
    let once: BTreeSet<_> = rows.clone().collect();
    assert_eq!(once.len(), rows.count());
}

#[test]
fn every_level_and_every_kind_is_known() {
    let levels = ["message", "history", "external", "xsd", "process", "fill-instruction"];
    for entry in every() {
        assert!(entry.holdings().next().is_some(), "{}", entry.code);
        for (release, Holding { level, numbers, .. }) in entry.holdings() {
            assert!(levels.contains(&level), "{}: {level}", entry.code);
            let is_known = |number| release.berichtsoorten().iter().any(|soort| soort.name().ends_with(number));
            assert!(numbers.split(' ').all(is_known), "{}: {numbers}", entry.code);
        }
        assert!(!entry.nl.is_empty() && !entry.en.is_empty(), "{}", entry.code);
    }
}

#[test]
fn no_rule_that_only_needs_the_bericht_is_left() {
    for entry in every() {
        for (release, _) in entry.holdings().filter(|(_, holding)| holding.level == "message") {
            for soort in release.berichtsoorten().iter().filter(|soort| entry.applies_to(**soort, release)) {
                let checked = entry.regel_for(*soort, release);
                assert!(!matches!(checked, Err(Unchecked::NotYet(_))), "{} in {soort}", entry.code);
            }
        }
    }
}

#[test]
fn every_rule_is_accounted_for_once() {
    for &release in standard::built_in() {
        for soort in release.berichtsoorten() {
            for reached in [Level::Xml, Level::Xsd, Level::Message, Level::External] {
                let coverage = coverage(*soort, release, reached);
                let not_run: usize = coverage.not_run.values().map(Vec::len).sum();
                assert_eq!(coverage.run.len() + coverage.not_applicable + not_run, every().len());
            }
        }
    }
}

#[test]
fn what_rests_on_a_contract_is_not_run_without_one() {
    let not_run = |soort, release| coverage(soort, release, Level::External).not_run;
    let start = not_run(Berichtsoort::Wmo305, standard::named("3.2"));
    assert_eq!(start.get(&NotRun::NeedsContract), Some(&vec!["TR381"]));
    let factuur = not_run(Berichtsoort::Wmo303F, standard::named("2.3"));
    assert_eq!(factuur.get(&NotRun::NeedsContract), Some(&vec!["CS329", "IV032c", "IV032g"]));
    assert_eq!(not_run(Berichtsoort::Wmo319, standard::named("3.2")).get(&NotRun::NeedsContract), None);
}

#[test]
fn a_failing_level_stops_the_next() {
    let run = |reached| coverage(Berichtsoort::Wmo305, standard::named("3.2"), reached).run;
    let holds = |reached, code| run(reached).contains(&code);
    assert_eq!(run(Level::Xml), [""; 0]);
    assert!(holds(Level::Xsd, "CS015") && !holds(Level::Xsd, "CS002"));
    assert!(holds(Level::Message, "CS002") && !holds(Level::Message, "TR135"));
    assert!(holds(Level::External, "TR135") && !holds(Level::External, "TR019"));
}

fn every() -> Vec<Entry> {
    list(standard::built_in()).collect()
}
