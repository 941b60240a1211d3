//! One checked [`Config`]; nobody else reads files of settings or the environment.
//!
//! What a file leaves out comes from `config/default.toml`, which is compiled in; what the environment and systemd's
//! credentials say goes over both. Reading collects all problems, so that a person mends them in one go.

pub mod alerts;
mod closed;
pub mod codelijsten;
mod contracten;
mod fault;
mod layers;
mod limits;
mod load;
mod node;
mod origins;
mod parsed;
mod profile;
mod raw;
mod rekening;
mod releases;
mod text;
mod wires;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::domain::berichten::contract::Contracten;
use crate::domain::berichten::declaratie::Decides;
use crate::domain::deadlines::limits::Limits;
use crate::domain::deadlines::profile::Profile;
use crate::domain::deadlines::releases::Releases;
use crate::domain::deadlines::werkdag::Calendar;
use crate::domain::money::betaling::Rekening;
use crate::domain::{Partij, Release};
use crate::tls::files::{LinkFiles, ServerFiles};
use alerts::AlertSettings;
use codelijsten::Codelijsten;

pub use load::lay_over;

/// The settings that hold when nothing is said.
pub const DEFAULT: &str = include_str!("../config/default.toml");

/// Everything that is wrong with the settings, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// API and dashboard.
    pub http: Http,
    /// Where berichten are kept.
    pub database: Database,
    /// The link to the network.
    pub ggk: Ggk,
    /// The link to VECOZO.
    pub vecozo: Vecozo,
    /// When to try again.
    pub relay: Relay,
    /// The terms that hold.
    pub profile: Profile,
    /// How long a bericht waits for one that should have come before it; zero: it is judged as it stands.
    pub wait_for_earlier: Duration,
    /// Who decides about a declaratie.
    pub declaraties: Decides,
    /// How long something may stand still before a deadline is opened for it.
    pub limits: Limits,
    /// The days that count.
    pub calendar: Calendar,
    /// Which releases receivers have in force.
    pub releases: Releases,
    /// The code lists that rules look into.
    pub codelijsten: Codelijsten,
    /// XSD files that take the place of the built-in ones.
    pub schemas: Vec<SchemaFiles>,
    /// What gemeenten and aanbieders agreed, as far as we were told.
    pub contracten: Contracten,
    /// Whether what an aanbieder asks without a contract is rejected by itself.
    pub rejects_without_contract: bool,
    /// What is logged.
    pub log: Log,
    /// For whom this gateway acts.
    pub partijen: Vec<LocalParty>,
    /// Who may call.
    pub credentials: Vec<Credential>,
    /// A stylesheet with tokens that is laid over those of the pages.
    pub theme: Option<String>,
    /// Who is told of deadlines.
    pub alerts: AlertSettings,
    /// Accounts, by the code of whose they are.
    pub rekeningen: HashMap<String, Rekening>,
}

/// API and dashboard.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where to listen.
    #[serde(deserialize_with = "parsed::address")]
    pub listen: SocketAddr,
    /// The largest bericht taken in, in bytes.
    pub max_bericht_bytes: usize,
    /// Whether the dashboard asks for a login.
    pub dashboard_login: bool,
    /// Who reads `/metrics` without a token.
    pub metrics: MetricsFor,
    /// Until the head of a request is there.
    #[serde(with = "humantime_serde")]
    pub header_timeout: Duration,
    /// Between two parts of a body.
    #[serde(with = "humantime_serde")]
    pub body_timeout: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
    /// Whom callers turn to.
    pub contact: Contact,
    /// The certificate that is shown; without one it is plain HTTP.
    #[serde(default)]
    pub tls: Option<ServerFiles>,
    /// The proxies that speak TLS in front of plain HTTP, elsewhere than on loopback.
    pub proxies: Vec<IpAddr>,
}

/// Who reads `/metrics` without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricsFor {
    /// Whoever calls from this machine.
    Loopback,
    /// Nobody.
    Token,
}

/// Whom callers of the API turn to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Of a person or a team.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// Where to read more.
    pub url: String,
}

/// Where berichten are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// In a file of our own.
    Sqlite(PathBuf),
    /// In a PostgreSQL database, by its URL.
    Postgres(String),
}

/// The link to the network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ggk {
    /// Endpoint; empty: nothing leaves.
    pub url: String,
    /// How envelopes are handed over.
    pub mode: Mode,
    /// What an adapter has to know of the CPA.
    pub cpa: Cpa,
    /// The functies of antwoorden that leave as a Du01.
    pub du01: Vec<String>,
    /// Name on envelopes.
    pub applicatie: String,
    /// The largest envelope sent, in bytes.
    pub max_envelope_bytes: usize,
    /// Where envelopes are taken in; empty: see [`Ggk::listens`].
    pub listen: String,
    /// Who may hand them over, elsewhere than on loopback.
    pub adapters: Vec<IpAddr>,
    /// The certificates of the link, both ways.
    #[serde(default)]
    pub tls: Option<LinkFiles>,
    /// Which list of fault codes the network uses.
    pub fault_codes: FaultCodes,
    /// For a connection.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
    /// For the whole answer.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
}

impl Ggk {
    /// Where envelopes are taken in. When nothing is said: nowhere without a link, else on loopback.
    #[must_use]
    pub fn listens(&self) -> Option<SocketAddr> {
        let by_itself = SocketAddr::from(([127, 0, 0, 1], 8081));
        if self.listen.is_empty() {
            return (!self.url.is_empty()).then_some(by_itself);
        }
        self.listen.parse().ok()
    }
}

/// The link to VECOZO, for aanbieders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vecozo {
    /// Up to and with `/berichtenservice`; empty: there is none.
    pub url: String,
    /// How often is looked what waits.
    #[serde(with = "humantime_serde")]
    pub poll: Duration,
    /// How often is asked how far berichten came.
    #[serde(with = "humantime_serde")]
    pub status_poll: Duration,
    /// Our certificate there.
    #[serde(default)]
    pub tls: Option<LinkFiles>,
    /// The AGB codes of the aanbieders for which it is used.
    pub partijen: Vec<String>,
    /// The role of an aanbieder.
    pub rol: String,
    /// What is done by a bericht, where `acties` does not say it.
    pub actie: String,
    /// The same by functie.
    pub acties: BTreeMap<String, String>,
    /// How a bericht is handed in.
    pub payload: Packing,
    /// For the whole answer.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
}

/// How a bericht is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Packing {
    /// In a ZIP by itself.
    Zip,
    /// As it is.
    Xml,
}

/// How envelopes are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// To a party that speaks StUF.
    Stuf,
    /// To a Digikoppeling adapter.
    Adapter,
}

/// What the CPA calls our service and what it does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cpa {
    /// Service.
    pub service: String,
    /// Action of a Di01.
    pub di01: String,
    /// Action of a Du01.
    pub du01: String,
    /// Action of a Fo01.
    pub fo01: String,
}

/// When to try again.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// After the first failed attempt.
    #[serde(with = "humantime_serde")]
    pub first_pause: Duration,
    /// Pauses double up to here.
    #[serde(with = "humantime_serde")]
    pub longest_pause: Duration,
    /// A pause that the network asks for lasts up to here.
    #[serde(with = "humantime_serde")]
    pub longest_retry_after: Duration,
    /// For so long after the first attempt; then a person has to look.
    #[serde(with = "humantime_serde")]
    pub budget: Duration,
    /// How many parcels are under way at once.
    pub at_once: usize,
    /// How many to one receiver.
    pub at_once_each: usize,
    /// How many of those that waited go out in a second once somebody lets them go.
    pub released_per_second: u32,
}

/// Which list of fault codes the network uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum FaultCodes {
    /// ISD-keten 2.1.04 of 2018.
    #[serde(rename = "2018")]
    Isd2018,
    /// The list of November 2025.
    #[serde(rename = "2025")]
    Fo01Of2025,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Directives of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// Lines for people, or JSON for programs.
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line of text, for who reads along.
    Text,
    /// An object a line, for who collects logs.
    Json,
}

/// A party for whom this gateway acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalParty {
    /// Its code.
    pub partij: Partij,
    /// Its name on the dashboard.
    pub naam: String,
    /// Its own software answers heenberichten; else the gateway does.
    pub answers_itself: bool,
    /// Of an aanbieder that is liable for VAT: what its facturen tell (BtwIDNummer).
    pub btw_id_nummer: Option<String>,
}

/// A way to call the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Name in the log.
    pub name: String,
    /// Whom it acts for; `None`: an operator.
    pub partij: Option<Partij>,
    /// Whether it may decide about declaraties.
    pub decides: bool,
    /// SHA-256 of the token, lower-case hexadecimal.
    pub token_sha256: String,
}

/// XSD files of one release, as they stand in a folder. Whether they can be used is not asked here.
#[derive(Clone, Debug)]
pub struct SchemaFiles {
    /// The release that they are for.
    pub release: Release,
    /// Path and text of each.
    pub files: Vec<(String, String)>,
}

/// Path and text of every `*.xsd` in a folder, in name order.
///
/// # Errors
/// The folder or one of the files cannot be read.
pub fn xsd_files(folder: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xsd")) {
            files.push((path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::profile::PROFILES;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::domain::berichten::waarde::Value;
    use crate::domain::deadlines::kind::DeadlineKind;
    use crate::domain::deadlines::releases::{InForce, ReleaseWindows};
    use crate::domain::deadlines::term::{Term, Unit};
    use crate::standard;

    #[test]
    fn the_defaults_hold_by_themselves() {
        let config = Config::parse("").expect("the defaults");
        assert_eq!(config.http.max_bericht_bytes, 26_214_400);
        assert_eq!(config.profile.term("retour"), Some(Term { count: 3, unit: Unit::Dagen }));
        assert_eq!(config.database, Database::Sqlite(PathBuf::from("iwmo-gateway.db")));
    }

    #[test]
    fn every_profile_is_named_after_its_file() {
        for (name, _) in PROFILES {
            let config = Config::parse(&format!("[deadlines]\nprofile = {name:?}")).expect("a profile");
            assert_eq!(config.profile.name, name);
        }
    }

    #[test]
    fn a_plain_term_is_named_by_itself_or_by_its_agreement_where_that_has_one() {
        for (name, _) in PROFILES {
            let profile = Config::parse(&format!("[deadlines]\nprofile = {name:?}")).expect("a profile").profile;
            let named = |text: &str| profile.plain_term(text).map(|clock| clock.name.clone());
            for clock in &profile.plain {
                assert_eq!(
                    DeadlineKind::from_name(&clock.name),
                    None,
                    "{name}: {} is a deadline that a bericht starts",
                    clock.name
                );
                assert_eq!(named(&clock.name).as_ref(), Some(&clock.name));
            }
            let has_pause = name == "heusden-2022";
            assert_eq!(named("HVB-10"), has_pause.then(|| "pauze".to_owned()), "{name}");
            assert_eq!(named("HVB-12"), None, "three phases");
        }
    }

    #[test]
    fn all_problems_come_at_once() {
        let error = Config::parse(
            r#"
            [http]
            listen = "0.0.0.0:80"
            dashboard_login = false
            [ggk]
            applicatie = "x"
            [database]
            url = "mysql://x"
            [[partij]]
            code = "12345"
            naam = "?"
            [[credential]]
            name = "a"
            token_sha256 = "00"
            "#,
        )
        .expect_err("seven problems");
        let faults = error.to_string();
        for part in
            ["dashboard_login", "ggk.applicatie", "database.url", "\"12345\"", "64 hexadecimal", "needs a partij"]
        {
            assert!(faults.contains(part), "{part} is missing in:\n{faults}");
        }
    }

    #[test]
    fn no_token_is_empty_or_of_two() {
        let credential = |name: &str, whose: &str, token: &str| {
            let hash = hex::encode(Sha256::digest(token));
            format!("[[credential]]\nname = \"{name}\"\n{whose}\ntoken_sha256 = \"{hash}\"\n")
        };
        let of_party = "partij = \"0384\"";
        let settings = |credentials: &[String]| {
            Config::parse(&format!("[[partij]]\ncode = \"0384\"\nnaam = \"x\"\n{}", credentials.concat()))
        };
        assert!(settings(&[credential("a", of_party, "one"), credential("b", "operator = true", "two")]).is_ok());
        for (credentials, faults) in [
            (vec![credential("a", "operator = true", "")], "credential \"a\": token_sha256 is that of an empty token"),
            (
                vec![credential("a", of_party, "one"), credential("b", "operator = true", "one")],
                "credential \"b\": has the token of credential \"a\"",
            ),
        ] {
            let error = settings(&credentials).expect_err(faults).to_string();
            assert!(error.contains(faults), "{error}");
        }
    }

    #[test]
    fn a_party_may_have_releases_on_days_of_its_own() {
        let own = "[[partij]]\ncode = \"0384\"\nnaam = \"x\"\nreleases = { iwmo_2_3 = [\"2019-04-01\"] }";
        let InForce::Windows { general, own, .. } = Config::parse(own).expect("settings").releases.in_force else {
            panic!()
        };
        let partij = Partij::from_text("0384").expect("a gemeente");
        let last = |windows: &ReleaseWindows| windows.0[&standard::named("2.3")].last;
        assert_eq!(last(&general), chrono::NaiveDate::from_ymd_opt(2020, 3, 30));
        assert_eq!(last(&own[&partij]), None);
        assert_eq!(own[&partij].0[&standard::named("3.2")], general.0[&standard::named("3.2")]);

        let reversed = "[releases]\niwmo_3_2 = [\"2023-04-03\", \"2023-04-02\"]";
        assert_eq!(
            Config::parse(reversed).expect_err("ends before it begins").0,
            ["releases: 3.2 needs its first day, and perhaps its last"]
        );
    }

    #[test]
    fn a_btw_number_is_that_of_an_aanbieder_and_looks_as_the_schema_has_it() {
        let partij = |code: &str, nummer: &str| {
            let text = format!("[[partij]]\ncode = {code:?}\nnaam = \"x\"\nbtw_id_nummer = {nummer:?}\n");
            Config::parse(&text).map(|config| config.partijen[0].btw_id_nummer.clone())
        };
        let good = "NL999940089B01";
        assert_eq!(partij("41005001", good).expect("settings").as_deref(), Some(good));
        for nummer in [
            "",
            "NL99994008B01",
            "NL999940089B1",
            "NL999940089C01",
            "nl999940089b01",
            "NL9999.40.089.B01",
            "NL999940089B01 ",
            "BE999940089B01",
            "NL99994008ÉB01",
        ] {
            let faults = partij("41005001", nummer).expect_err("not a number").0;
            let wanted =
                format!("partij \"41005001\": btw_id_nummer {nummer:?} must be NL, nine digits, B and two digits");
            assert!(faults.len() == 1 && faults[0].starts_with(&wanted), "{faults:?}");
        }
        assert_eq!(
            partij("0384", good).expect_err("a gemeente").0,
            ["partij \"0384\": btw_id_nummer is for an aanbieder; a gemeente sends no factuur, leave it out"]
        );
    }

    #[test]
    fn accounts_are_checked_and_kept_without_spaces() {
        let own = |partij: &str, naam: &str, iban: &str, more: &str| {
            format!("[[rekening]]\npartij = {partij:?}\nnaam = {naam:?}\niban = {iban:?}\n{more}\n")
        };
        let good = own("0384", "Gemeente Diemen", "NL91 ABNA 0417 1643 00", "bic = \"ABNANL2A\"");
        let rekeningen = Config::parse(&good).expect("settings").rekeningen;
        assert_eq!(rekeningen["0384"].iban, "NL91ABNA0417164300");
        let wrong = own("384", "Zorg één", "NL91 ABNA 0417 1643 01", "bic = \"abn\"") + &good + &good;
        let faults = Config::parse(&wrong).expect_err("five problems").0;
        let parts =
            ["neither a CBS code", "naam must have", "iban \"NL91 ABNA 0417 1643 01\"", "bic \"abn\"", "more than one"];
        assert_eq!(faults.len(), parts.len(), "{faults:?}");
        for (line, part) in faults.iter().zip(parts) {
            assert!(line.contains(part), "{part} is missing in {line}");
        }
    }

    #[test]
    fn what_no_bank_in_sepa_takes_of_an_account_is_told() {
        let one = |naam: &str, iban: &str, bic: &str| {
            let text = format!("[[rekening]]\npartij = \"0384\"\nnaam = {naam:?}\niban = {iban:?}\nbic = {bic:?}\n");
            Config::parse(&text).err().map(|problems| problems.0).unwrap_or_default()
        };
        let (iban, bic) = ("NL91ABNA0417164300", "ABNANL2A");
        for naam in ["W", "Zorg/Hulp (Oost)", &"x".repeat(70)] {
            assert_eq!(one(naam, iban, bic), [""; 0], "{naam:?}");
        }
        for naam in
            ["", " ", " Zorg", "Zorg ", "/Zorg", "Zorg/", "Zorg//Hulp", "Zorg & Hulp", "Zorg\tHulp", &"x".repeat(71)]
        {
            let faults = one(naam, iban, bic);
            assert!(faults.len() == 1 && faults[0].contains("naam must have 1 to 70"), "{naam:?}: {faults:?}");
        }
        for (iban, faults) in [
            ("FR1420041010050500013M02606", ""),
            ("RS35260005601001611379", ""),
            (
                "TR330006100519786457841326",
                "rekening \"0384\": iban \"TR330006100519786457841326\" is of a country that is not in SEPA",
            ),
            (
                "BR1800360305000010009795493C1",
                "rekening \"0384\": iban \"BR1800360305000010009795493C1\" is of a country that is not in SEPA",
            ),
        ] {
            assert_eq!(one("W", iban, bic).join("\n"), faults, "{iban}");
        }
        for (bic, is_one) in [
            ("ABNANL2AXXX", true),
            ("3ABCNL2A", true),
            ("ABNA1L2A", false),
            ("ABNANL2", false),
            ("ABNANL2AXX", false),
            ("abnanl2a", false),
        ] {
            assert_eq!(one("W", iban, bic).is_empty(), is_one, "{bic}");
        }
    }

    #[test]
    fn unknown_keys_are_errors_and_all_are_named() {
        let error = Config::parse("[http]\nlissen = 1\nport = 2\n[hub]\nx = 1").expect_err("unknown keys");
        let keys = "there are listen, max_bericht_bytes, dashboard_login, metrics, header_timeout, body_timeout, connections, connections_per_address, contact, tls, proxies";
        assert_eq!(
            error.0[..2],
            ["http.lissen: unknown key; did you mean listen?", &format!("http.port: unknown key; {keys}")]
        );
        assert!(
            error.0.len() == 3 && error.0[2].starts_with("hub: unknown key; there are http, dashboard, database"),
            "{error}"
        );
    }

    #[test]
    fn every_key_of_the_defaults_is_commented() {
        let mut above = "";
        for line in DEFAULT.lines().map(str::trim) {
            let is_key = line.contains('=') && !line.starts_with('#');
            assert!(!is_key || above.starts_with('#'), "{line} has no comment");
            above = line;
        }
    }
}
