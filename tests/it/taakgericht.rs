//! Taakgericht work has no toewijzing: starts and stops belong together by client and product.

use std::path::Path;

use serde_json::Value;

use crate::replay::replay_json;

#[test]
fn starts_and_stops_without_a_toewijzing_follow_each_other_per_product() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/taakgericht");
    let (steps, _) = replay_json(&folder);
    let told = |step: &Value| {
        let rules = step["findings"].as_array().expect("a list").iter();
        let rules: Vec<_> = rules.map(|one| format!("{}/{}", one["rule"], one["retourcode"])).collect();
        format!("{} {} {}", step["file"], step["outcome"], rules.join(" ")).replace('"', "").trim_end().to_owned()
    };
    assert_eq!(
        steps.iter().map(told).collect::<Vec<_>>(),
        [
            "01-stop-zonder-start.xml rejected TR382/9069",
            "02-start.xml accepted",
            "03-tweede-start-zelfde-product.xml rejected TR326/9326",
            "04-start-ander-product.xml accepted",
            "05-stop-tijdelijk.xml accepted",
            "06-herstart.xml accepted",
            "07-start-verwijderen-met-stop.xml rejected TR071/9071",
            "08-stop.xml accepted",
            "09-stop-verwijderen.xml accepted",
            "10-start-verwijderen.xml accepted",
        ]
    );
}
