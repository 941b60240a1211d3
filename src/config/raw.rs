//! The settings as they stand in a file, and how they become a [`Config`].

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::alerts::{RawAlert, RawAlerts};
use super::closed::{self, Closed};
use super::codelijsten::Codelijsten;
use super::contracten;
use super::limits;
use super::profile::{RawOwnAfspraken, any_profile, profile};
use super::rekening::{self, RawRekening};
use super::releases::{RawDays, RawReleases, key_of};
use super::{Config, Credential, Database, Ggk, Http, LocalParty, Log, Relay, SchemaFiles, Vecozo, wires, xsd_files};
use crate::domain::berichten::contract::Contracten;
use crate::domain::berichten::declaratie::Decides;
use crate::domain::berichten::factuur::is_btw_id_nummer;
use crate::domain::berichten::waarde::Value;
use crate::domain::deadlines::limits::Limits;
use crate::domain::deadlines::werkdag::{Bevrijdingsdag, Calendar};
use crate::domain::{Partij, Release};

/// The settings as they stand in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    http: Http,
    dashboard: RawDashboard,
    database: RawDatabase,
    ggk: Ggk,
    vecozo: Vecozo,
    relay: Relay,
    receive: RawReceive,
    declaratie: RawDeclaratie,
    deadlines: RawDeadlines,
    afspraken: RawOwnAfspraken,
    codelijsten: RawFolder,
    contracten: RawContracten,
    schemas: RawSchemas,
    releases: RawReleases,
    log: Log,
    alerts: RawAlerts,
    #[serde(default)]
    alert: Vec<RawAlert>,
    #[serde(default)]
    partij: Vec<RawPartij>,
    #[serde(default)]
    credential: Vec<RawCredential>,
    #[serde(default)]
    rekening: Vec<RawRekening>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDatabase {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDashboard {
    theme_file: PathBuf,
}

impl RawDashboard {
    /// What stands in the file.
    fn theme(&self, problems: &mut Vec<String>) -> Option<String> {
        if self.theme_file.as_os_str().is_empty() {
            return None;
        }
        let read = std::fs::read_to_string(&self.theme_file);
        read.inspect_err(|error| problems.push(format!("dashboard.theme_file: {}: {error}", self.theme_file.display())))
            .ok()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReceive {
    #[serde(with = "humantime_serde")]
    wait_for_earlier: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeclaratie {
    answer: RawDecides,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawDecides {
    Auto,
    FourEyes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeadlines {
    profile: String,
    goede_vrijdag: bool,
    bevrijdingsdag: RawBevrijdingsdag,
    closed: Vec<Closed>,
    #[serde(with = "humantime_serde")]
    waiting: Duration,
    transport: RawTransport,
}

/// How long a bericht may take for each step on its way.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTransport {
    #[serde(with = "humantime_serde")]
    handed_over: Duration,
    #[serde(with = "humantime_serde")]
    accepted: Duration,
    #[serde(with = "humantime_serde")]
    fetched: Duration,
}

impl RawDeadlines {
    const fn limits(&self, is_told: bool) -> Limits {
        let RawTransport { handed_over, accepted, fetched } = self.transport;
        Limits { handed_over, accepted, fetched, is_told, waiting: self.waiting }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFolder {
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContracten {
    folder: PathBuf,
    without: RawWithout,
}

/// What becomes of a verzoek without a contract.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawWithout {
    Reject,
    People,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchemas {
    iwmo_2_3: PathBuf,
    iwmo_3_2: PathBuf,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawBevrijdingsdag {
    Always,
    Lustrum,
    Never,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPartij {
    code: String,
    naam: String,
    #[serde(default)]
    answers: RawAnswers,
    #[serde(default)]
    releases: RawDays,
    btw_id_nummer: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawAnswers {
    #[default]
    Gateway,
    Own,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCredential {
    name: String,
    partij: Option<String>,
    #[serde(default)]
    operator: bool,
    #[serde(default)]
    decides: bool,
    token_sha256: String,
}

impl Raw {
    /// Turns what was read into what is meant; adds to `problems` what does not hold.
    ///
    /// `lost`: the places of what could not be read, which was told.
    pub(super) fn check(self, lost: &BTreeSet<String>, problems: &mut Vec<String>) -> Option<Config> {
        limits::check(&self.http, &self.ggk, &self.relay, &self.log, problems);
        let releases = self.releases.check(self.partij.iter().map(|raw| (raw.code.as_str(), &raw.releases)), problems);
        let schemas = self.schemas.check(releases.known, problems);
        let partijen = self.partij.into_iter().filter_map(|raw| raw.check(problems)).collect::<Vec<_>>();
        limits::each_once(&partijen, problems);
        // Of a party that was told to be wrong nobody knows whether it is the one that a credential names.
        let known = (!limits::is_lost("partij", lost, problems)).then_some(partijen.as_slice());
        let credentials: Vec<_> = self.credential.into_iter().map(|raw| raw.check(known, problems)).collect();
        check_tokens(&credentials, problems);
        if !self.http.dashboard_login && !self.http.listen.ip().is_loopback() {
            problems.push("http.dashboard_login: may only be false when http.listen is a loopback address".to_owned());
        }
        wires::check(&self.http, &self.ggk, problems);
        wires::check_vecozo(&self.vecozo, &partijen, problems);
        if !(3..=50).contains(&self.ggk.applicatie.chars().count()) {
            problems.push("ggk.applicatie: must have 3 to 50 characters".to_owned());
        }
        let rekeningen = rekening::check(self.rekening, problems);
        let database = database(&self.database.url, problems);
        let codelijsten = match self.codelijsten.folder {
            folder if folder.as_os_str().is_empty() => Codelijsten::built_in(),
            folder => Codelijsten::load(&folder, problems),
        };
        let profile = profile(&self.deadlines.profile, &self.afspraken, &codelijsten, problems);
        let theme = self.dashboard.theme(problems);
        let alerts = self.alerts.check(self.alert, profile.as_ref(), problems);
        let contracten = match self.contracten.folder {
            folder if folder.as_os_str().is_empty() => Contracten::default(),
            folder => contracten::load(&folder, problems),
        };
        let limits = self.deadlines.limits(!self.vecozo.url.is_empty());
        Some(Config {
            http: self.http,
            // Nobody opens it once it was told, but what else is wrong is found all the same.
            database: database.unwrap_or_else(|| Database::Sqlite(PathBuf::new())),
            ggk: self.ggk,
            vecozo: self.vecozo,
            relay: self.relay,
            wait_for_earlier: self.receive.wait_for_earlier,
            declaraties: match self.declaratie.answer {
                RawDecides::Auto => Decides::Gateway,
                RawDecides::FourEyes => Decides::TwoPeople,
            },
            profile: profile.or_else(|| any_profile(&self.afspraken, &codelijsten))?,
            limits,
            calendar: Calendar {
                goede_vrijdag: self.deadlines.goede_vrijdag,
                bevrijdingsdag: self.deadlines.bevrijdingsdag.into(),
                closed: closed::days(self.deadlines.closed, &releases.freezes),
            },
            releases,
            codelijsten,
            schemas,
            contracten,
            theme,
            rejects_without_contract: self.contracten.without == RawWithout::Reject,
            log: self.log,
            partijen,
            credentials,
            alerts,
            rekeningen,
        })
    }
}

impl RawSchemas {
    fn check(self, known: &[Release], problems: &mut Vec<String>) -> Vec<SchemaFiles> {
        let mut sets = Vec::new();
        for (key, folder) in [("iwmo_2_3", self.iwmo_2_3), ("iwmo_3_2", self.iwmo_3_2)] {
            let release = known.iter().copied().find(|release| key_of(*release) == key);
            let Some(release) = release.filter(|_| !folder.as_os_str().is_empty()) else { continue };
            match xsd_files(&folder) {
                Ok(files) => sets.push(SchemaFiles { release, files }),
                Err(error) => problems.push(format!("schemas.{key}: {}: {error}", folder.display())),
            }
        }
        sets
    }
}

impl RawPartij {
    fn check(self, problems: &mut Vec<String>) -> Option<LocalParty> {
        let Some(partij) = Partij::from_text(&self.code) else {
            problems.push(format!(
                "partij.code: {:?} is neither a CBS code (4 digits) nor an AGB code (8 digits)",
                self.code
            ));
            return None;
        };
        if let Some(nummer) = &self.btw_id_nummer {
            problems.extend(btw_problem(&partij, nummer).map(|what| format!("partij {:?}: {what}", self.code)));
        }
        Some(LocalParty {
            partij,
            naam: self.naam,
            answers_itself: self.answers == RawAnswers::Own,
            btw_id_nummer: self.btw_id_nummer,
        })
    }
}

impl RawCredential {
    fn check(self, known: Option<&[LocalParty]>, problems: &mut Vec<String>) -> Credential {
        let name = &self.name;
        let hash = self.token_sha256.to_ascii_lowercase();
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            problems.push(format!("credential {name:?}: token_sha256 must be 64 hexadecimal digits"));
        }
        let partij = self.partij.as_deref().and_then(Partij::from_text);
        match (&self.partij, self.operator) {
            (None, false) => problems.push(format!("credential {name:?}: needs a partij, or operator = true")),
            (Some(_), true) => problems.push(format!("credential {name:?}: an operator acts for no partij")),
            (Some(code), false)
                if known.is_some_and(|known| !known.iter().any(|local| Some(&local.partij) == partij.as_ref())) =>
            {
                problems.push(format!("credential {name:?}: there is no [[partij]] with code {code:?}"));
            }
            _ => {}
        }
        if self.decides && !partij.as_ref().is_some_and(Partij::is_gemeente) {
            problems.push(format!("credential {name:?}: only a person of a gemeente decides"));
        }
        Credential { name: self.name, partij, decides: self.decides, token_sha256: hash }
    }
}

/// A token tells who calls: each credential has one of its own, and it is not the empty text.
fn check_tokens(credentials: &[Credential], problems: &mut Vec<String>) {
    // SHA-256 of nothing.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (nr, credential) in credentials.iter().enumerate() {
        let Credential { name, token_sha256, .. } = credential;
        if token_sha256 == EMPTY {
            problems.push(format!(
                "credential {name:?}: token_sha256 is that of an empty token, as when the variable that held the token was not set"
            ));
        } else if let Some(other) = credentials[..nr].iter().find(|other| other.token_sha256 == *token_sha256) {
            let other = &other.name;
            problems
                .push(format!("credential {name:?}: has the token of credential {other:?}; give each one of its own"));
        }
    }
}

/// What is wrong with the VAT number of a party.
fn btw_problem(partij: &Partij, nummer: &str) -> Option<String> {
    if partij.is_gemeente() {
        return Some("btw_id_nummer is for an aanbieder; a gemeente sends no factuur, leave it out".to_owned());
    }
    let what = format!(
        "btw_id_nummer {nummer:?} must be NL, nine digits, B and two digits, as in NL999940089B01, without dots and spaces"
    );
    (!is_btw_id_nummer(nummer)).then_some(what)
}

fn database(url: &str, problems: &mut Vec<String>) -> Option<Database> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        return Some(Database::Sqlite(PathBuf::from(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Some(Database::Postgres(url.to_owned()));
    }
    // The URL itself may hold a password, so it is not repeated.
    problems.push("database.url: must start with sqlite: or postgres://".to_owned());
    None
}

impl From<RawBevrijdingsdag> for Bevrijdingsdag {
    fn from(raw: RawBevrijdingsdag) -> Self {
        match raw {
            RawBevrijdingsdag::Always => Self::Always,
            RawBevrijdingsdag::Lustrum => Self::Lustrum,
            RawBevrijdingsdag::Never => Self::Never,
        }
    }
}
