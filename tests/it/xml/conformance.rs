//! Our verdicts against the conformance corpus beside the project, where it is there.

use std::path::Path;

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::xml::{self, RefusalKind};
use serde_json::Value;

/// Whether our verdict is one that the corpus allows (see its README, "How to score").
fn is_right(case: &Value, verdict: Option<RefusalKind>) -> bool {
    let expected = &case["expected"];
    let policy = expected["policy"].as_str();
    match (policy, expected["wellformed"].as_bool(), expected["xsd_valid"].as_bool()) {
        (Some(policy), ..) if policy.starts_with("must refuse") => verdict == Some(RefusalKind::NotXml),
        (Some(_), ..) if verdict == Some(RefusalKind::NotXml) => true,
        (_, Some(false), _) => verdict == Some(RefusalKind::NotXml),
        (_, _, Some(false)) => matches!(verdict, Some(RefusalKind::Invalid | RefusalKind::Unknown)),
        (_, _, Some(true)) => verdict.is_none(),
        (_, _, None) => true,
    }
}

#[test]
fn the_corpus_agrees() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    let Ok(manifest) = std::fs::read_to_string(corpus.join("manifest.jsonl")) else {
        println!("skipped: no conformance corpus at {}", corpus.display());
        return;
    };
    let mut wrong = Vec::new();
    for line in manifest.lines() {
        let case: Value = serde_json::from_str(line).expect("the manifest is JSON");
        let judged = ["valid", "xsd", "xml", "policy", "rule"].iter().any(|kind| case["kind"] == **kind);
        let known = case["message"].as_str().and_then(Berichtsoort::from_name).is_some();
        if !(judged && known) {
            continue;
        }
        let file = case["files"][0].as_str().expect("a case has a file");
        let bytes = std::fs::read(corpus.join(file)).expect("the file of a case is there");
        let verdict = xml::read(&bytes).err().map(|refusal| refusal.kind);
        if !is_right(&case, verdict) {
            wrong.push(format!("{} {verdict:?}", case["id"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
