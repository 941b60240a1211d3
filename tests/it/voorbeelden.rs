//! Our verdicts against the examples of release 2.3 in the reference beside the project, where it is there.

use std::path::Path;

use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::config::codelijsten::Codelijsten;
use iwmo_gateway::domain::judging::judge::judge_alone;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::xml;

use crate::replay::{folder_of, replay_json};

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
    let outside = Outside { today: SystemClock.today(), gemeenten: &lists.gemeenten, contract: None };
    for Example { file, rule, retourcode, level } in examples {
        let bytes = std::fs::read(folder.join(file)).expect("an example");
        let Ok(bericht) = xml::read(&bytes) else {
            assert_eq!(level, "1", "{file} is refused");
            continue;
        };
        let verdict = judge_alone(&bericht, &outside);
        let mut found: Vec<_> =
            verdict.findings.iter().map(|one| (one.regel.as_deref(), one.retour_code.as_deref())).collect();
        found.dedup();
        // Level 3 needs earlier berichten, and a profile is no matter of the standard.
        let wanted = if level == "2" { vec![(Some(rule), Some(retourcode))] } else { Vec::new() };
        assert_eq!(found, wanted, "{file}");
    }
}

/// Which of the cycle came before an example, where the index says so.
const CYCLE: [(&str, &[&str]); 6] = [
    ("N20", &["01-WMO301-client-A", "05-WMO305-client-A"]),
    ("N21", &["01-WMO301-client-A"]),
    ("N22", &["01-WMO301-client-A"]),
    ("N24", &["01-WMO301-client-A"]),
    ("N25", &["01-WMO301-client-A"]),
    ("N26", &["01-WMO301-client-A"]),
];

#[test]
fn what_an_example_breaks_with_what_came_before_or_was_agreed_is_found() {
    let examples_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/iwmo-2.x/examples");
    let Ok(index) = std::fs::read_to_string(examples_folder.join("index.csv")) else {
        println!("skipped: no examples at {}", examples_folder.display());
        return;
    };
    let mut played = 0;
    for Example { file, rule, retourcode, .. } in
        examples(&index).iter().filter(|one| ["3", "profile"].contains(&one.level))
    {
        let name = Path::new(file).file_name().expect("a name").to_string_lossy().into_owned();
        let before = CYCLE.iter().find(|(start, _)| name.starts_with(start)).map_or(&[][..], |(_, before)| *before);
        let cycle = before.iter().map(|stem| format!("authored/2.3/cycle/{stem}.xml"));
        let read = |file: &str| std::fs::read(examples_folder.join(file)).expect("an example");
        let files: Vec<(String, Vec<u8>)> = (1..)
            .zip(cycle.chain([(*file).to_owned()]))
            .map(|(number, file)| (format!("{number:02}.xml"), read(&file)))
            .chain([("scenario.json".to_owned(), br#"{"profile": "mlw-2018"}"#.to_vec())])
            .collect();
        let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let (steps, _) = replay_json(folder_of(&files).path());
        let findings = steps.last().expect("a step")["findings"].as_array().expect("findings").clone();
        let found: Vec<_> = findings
            .iter()
            .map(|one| (one["rule"].as_str().unwrap_or_default(), one["retourcode"].as_str().unwrap_or_default()))
            .collect();
        assert!(found.contains(&(*rule, *retourcode)), "{file}: {found:?}");
        let errors = findings.iter().filter(|one| one.get("severity").is_none());
        assert!(errors.clone().all(|one| one["rule"] == *rule), "{file}: {found:?}");
        played += 1;
    }
    assert_eq!(played, 9);
}
