//! Our verdicts against the examples of release 2.3 in the reference beside the project, where it is there.

use std::path::Path;

use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::config::codelijsten::Codelijsten;
use iwmo_gateway::domain::afspraken::Afspraken;
use iwmo_gateway::domain::verdict::{Outside, judge_alone};
use iwmo_gateway::xml;

/// What the index says of one file.
struct Example<'a> {
    file: &'a str,
    rule: &'a str,
    retourcode: &'a str,
    level: &'a str,
}

/// The examples that were checked with the official XSD of 2.3.
fn examples(index: &str) -> Vec<Example<'_>> {
    let of_2_3 = index.lines().filter_map(|line| {
        let columns: Vec<&str> = line.splitn(9, ',').collect();
        let [file, _, _, checked_against, _, rule, retourcode, level, _] = columns[..] else { return None };
        (checked_against == "xsd-2.3").then_some(Example { file, rule, retourcode, level })
    });
    of_2_3.collect()
}

#[test]
fn every_example_of_2_3_breaks_what_it_should_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/iwmo-2.x/examples");
    let Ok(index) = std::fs::read_to_string(folder.join("index.csv")) else {
        println!("skipped: no examples at {}", folder.display());
        return;
    };
    let examples = examples(&index);
    assert!(examples.len() > 50, "{} examples", examples.len());
    let lists = Codelijsten::built_in();
    let outside = Outside {
        today: SystemClock.today(),
        gemeenten: &lists.gemeenten,
        contract: None,
        afspraken: &Afspraken::None,
    };
    for Example { file, rule, retourcode, level } in examples {
        let bytes = std::fs::read(folder.join(file)).expect("an example");
        let Ok(bericht) = xml::read(&bytes) else {
            assert_eq!(level, "1", "{file} is refused");
            continue;
        };
        let verdict = judge_alone(&bericht, &outside);
        let mut found: Vec<_> = verdict.findings.iter().map(|one| (one.regel, one.retour_code)).collect();
        found.dedup();
        // Level 3 needs earlier berichten, and a profile is no matter of the standard.
        let wanted = if level == "2" { vec![(Some(rule), Some(retourcode))] } else { Vec::new() };
        assert_eq!(found, wanted, "{file}");
    }
}
