//! Every agreement of a profile has good and bad berichten, and the bad ones break that agreement only.
//!
//! `fixtures/<profile>/<id>/goed-*.xml` and `fout-*.xml`; `eerder-*.xml` came before both. Each is taken in on the day of its
//! Dagtekening, by a gateway that acts for everybody in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use iwmo_gateway::config::Config;
use iwmo_gateway::domain::afspraken::lijst;
use iwmo_gateway::domain::release::Releases;
use iwmo_gateway::store::Receipt;
use iwmo_gateway::xml;

use crate::stage::Stage;

/// Findings on a bericht, by name, with retourcode and severity: only those of agreements.
type Found = BTreeSet<(String, Option<String>)>;

fn folder(profile: &str, id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(profile).join(id)
}

fn files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
    files.sort();
    files
}

async fn stage(profile: &str) -> Stage {
    let mut stage = Stage::new().await.replayed();
    let settings = format!("[deadlines]\nprofile = \"{profile}\"\n");
    stage.gateway.profile = Config::parse(&settings).expect("settings").profile;
    stage.gateway.releases = Releases::Any;
    stage
}

async fn take(stage: &Stage, file: &Path) -> Receipt {
    let bytes = fs::read(file).expect("a fixture");
    let bericht = xml::read(&bytes).unwrap_or_else(|refusal| panic!("{}: {:?}", file.display(), refusal.findings));
    stage.at(&format!("{}T10:00:00+02:00", bericht.header().bericht_identificatie.dagtekening));
    stage.replay(bytes).await
}

/// Plays what came before and then the file.
async fn found(profile: &str, folder: &Path, file: &Path) -> Found {
    let stage = stage(profile).await;
    for earlier in files(folder, "eerder-") {
        let receipt = take(&stage, &earlier).await;
        let is_taken = ["accepted", "partial"].contains(&receipt.verdict.as_str());
        assert!(is_taken, "{}: {:?}", earlier.display(), receipt.findings);
    }
    let receipt = take(&stage, file).await;
    let of_agreements = receipt.findings.into_iter().filter(|finding| finding.level == "local");
    of_agreements.filter_map(|finding| Some((finding.rule?, finding.retourcode))).collect()
}

#[tokio::test]
async fn every_agreement_has_good_and_bad_berichten_and_the_bad_ones_break_it_alone() {
    for afspraak in lijst() {
        let folder = folder(afspraak.profile, afspraak.id);
        let (good, bad) = (files(&folder, "goed-"), files(&folder, "fout-"));
        assert!(!good.is_empty() && !bad.is_empty(), "{} lacks a good or a bad bericht", afspraak.id);
        for file in good {
            assert_eq!(found(afspraak.profile, &folder, &file).await, Found::new(), "{}", file.display());
        }
        for file in bad {
            let found = found(afspraak.profile, &folder, &file).await;
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, [afspraak.id], "{}", file.display());
            let codes = afspraak.retour_codes();
            let is_its = |code: &Option<String>| match code {
                Some(code) => codes.contains(&code.as_str()),
                None => codes.is_empty(),
            };
            assert!(found.iter().all(|(_, code)| is_its(code)), "{}: {found:?}", file.display());
        }
    }
}

#[test]
fn no_fixture_stands_for_an_agreement_that_is_not_checked() {
    let known: BTreeSet<PathBuf> = lijst().iter().map(|one| folder(one.profile, one.id)).collect();
    let profiles: BTreeSet<&str> = lijst().iter().map(|one| one.profile).collect();
    for profile in profiles {
        let entries = fs::read_dir(folder(profile, "")).expect("fixtures").map(|entry| entry.expect("an entry").path());
        let folders: BTreeSet<PathBuf> = entries.filter(|path| path.is_dir()).collect();
        let wanted = known.iter().filter(|path| path.parent().is_some_and(|parent| parent.ends_with(profile)));
        assert_eq!(folders, wanted.cloned().collect());
    }
}
