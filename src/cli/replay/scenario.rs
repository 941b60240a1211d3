//! What is to be played: the files of a folder, and what stands beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clock::{Clock, SystemClock};
use crate::domain::Timestamp;
use crate::domain::berichten::contract::{Contract, Tarief};
use crate::domain::berichten::waarde::{ProductCategorie, ProductCode, Value};

/// A folder to play.
pub struct Scenario {
    /// The profile; `None`: the default.
    pub profile: Option<String>,
    /// How long a bericht waits for one that should have come before it.
    pub wait_for_earlier: Duration,
    /// What holds between every gemeente and aanbieder.
    pub contract: Option<Contract>,
    /// The berichten, in order.
    pub plays: Vec<Play>,
}

/// One bericht to play.
pub struct Play {
    /// Its name in the folder.
    pub file: String,
    /// Where it is.
    pub path: PathBuf,
    /// When it comes in; `None`: now.
    received_at: Option<Timestamp>,
}

impl Play {
    /// When it comes in.
    pub fn moment(&self) -> Timestamp {
        self.received_at.unwrap_or_else(|| SystemClock.now())
    }
}

/// What cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file or folder cannot be read.
    #[error("{path}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A JSON file is not what it should be.
    #[error("{path}")]
    NotJson {
        /// Which one.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: serde_json::Error,
    },
    /// A setting of the scenario cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// `scenario.json`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawScenario {
    profile: Option<String>,
    #[serde(with = "humantime_serde")]
    wait_for_earlier: Duration,
    steps: Option<Vec<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    file: String,
    received_at: Option<Timestamp>,
}

/// `context.json`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RawContext {
    productcodelijst: BTreeMap<String, String>,
    contracttarieven: BTreeMap<String, i64>,
}

impl Scenario {
    /// Reads a folder.
    ///
    /// # Errors
    /// When the folder, `scenario.json` or `context.json` cannot be used.
    pub fn read(folder: &Path) -> Result<Self, ScenarioError> {
        let raw: RawScenario = json(&folder.join("scenario.json"))?.unwrap_or_default();
        let plays = match raw.steps {
            Some(steps) => steps
                .into_iter()
                .map(|step| Play { path: folder.join(&step.file), file: step.file, received_at: step.received_at })
                .collect(),
            None => files(folder)?,
        };
        let contract = json::<RawContext>(&folder.join("context.json"))?.map(|raw| contract(&raw)).transpose()?;
        Ok(Self { profile: raw.profile, wait_for_earlier: raw.wait_for_earlier, contract, plays })
    }
}

fn contract(raw: &RawContext) -> Result<Contract, ScenarioError> {
    let code = |text: &str| {
        let wrong = || ScenarioError::Setting(format!("context.json: {text:?} is not a product code"));
        ProductCode::from_text(text).ok_or_else(wrong)
    };
    let mut contract = Contract::default();
    for (product, categorie) in &raw.productcodelijst {
        let wrong = || ScenarioError::Setting(format!("context.json: {categorie:?} is not a categorie"));
        contract.productcodes.insert(code(product)?, ProductCategorie::from_text(categorie).ok_or_else(wrong)?);
    }
    for (product, bedrag) in &raw.contracttarieven {
        contract.tarieven.insert(code(product)?, Tarief { bedrag: *bedrag, eenheid: None });
    }
    Ok(contract)
}

/// The berichten of a folder, in name order.
fn files(folder: &Path) -> Result<Vec<Play>, ScenarioError> {
    let unreadable = |source| ScenarioError::Unreadable { path: folder.to_owned(), source };
    let mut plays = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            plays.push(Play { file, path, received_at: None });
        }
    }
    plays.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(plays)
}

/// What a JSON file holds; `None` when it is not there.
fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ScenarioError> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| ScenarioError::NotJson { path: path.to_owned(), source }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ScenarioError::Unreadable { path: path.to_owned(), source }),
    }
}
