//! How settings are read: those of a file, over the defaults.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::layers::{self, Surroundings};
use super::limits;
use super::raw::Raw;
use super::text::Text;
use super::{Config, ConfigError, DEFAULT};

impl Config {
    /// Reads a file over the defaults, without a file the defaults alone; the environment and credentials go over both.
    ///
    /// # Errors
    /// Every problem found, each with its line and the key it is about.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::read(&contents(file)?, file, &Surroundings::of_process(), |_, _, _| ())
    }

    /// The same for a gateway that is to serve somebody.
    ///
    /// # Errors
    /// As above; nobody to act for, nobody who may call, or nobody who may decide, is a problem too.
    pub fn load_to_serve(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_to_serve_with(file, |_, _| ())
    }

    /// The same, where `check` adds what is wrong with what the settings name, such as files: it is told with all the rest, and
    /// where the rest is wrong as well.
    ///
    /// # Errors
    /// As above.
    pub fn load_to_serve_with(
        file: Option<&Path>,
        check: impl FnOnce(&Self, &mut Vec<String>),
    ) -> Result<Self, ConfigError> {
        Self::read(&contents(file)?, file, &Surroundings::of_process(), |config, lost, problems| {
            limits::serves_somebody(config, lost, problems);
            check(config, problems);
        })
    }

    /// Reads settings from text over the defaults, and nothing else.
    ///
    /// # Errors
    /// Every problem found, each with the key it is about.
    pub fn parse(own: &str) -> Result<Self, ConfigError> {
        Self::read(own, None, &Surroundings::default(), |_, _, _| ())
    }

    fn read(
        own: &str,
        file: Option<&Path>,
        around: &Surroundings,
        demand: impl FnOnce(&Self, &BTreeSet<String>, &mut Vec<String>),
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut own = Text::read(own, file, &mut problems);
        let raw: Option<Raw> = layers::read(&defaults(DEFAULT), &mut own, around, &mut problems);
        let config = raw.and_then(|raw| raw.check(&own.passed_over, &mut problems));
        if let Some(config) = &config {
            demand(config, &own.passed_over, &mut problems);
        }
        config.filter(|_| problems.is_empty()).ok_or_else(|| ConfigError(own.origins.placed(problems)))
    }
}

/// Reads other settings than those of the gateway: a file over its defaults.
///
/// # Errors
/// Every problem found, each with its line and the key it is about.
pub fn lay_over<T: DeserializeOwned>(default: &str, file: Option<&Path>) -> Result<T, ConfigError> {
    let mut problems = Vec::new();
    let mut own = Text::read(&contents(file)?, file, &mut problems);
    let read = layers::read(&defaults(default), &mut own, &Surroundings::default(), &mut problems);
    read.filter(|_| problems.is_empty()).ok_or_else(|| ConfigError(own.origins.placed(problems)))
}

fn defaults(text: &str) -> toml::Table {
    text.parse().expect("the compiled-in defaults are TOML")
}

fn contents(file: Option<&Path>) -> Result<String, ConfigError> {
    let Some(path) = file else { return Ok(String::new()) };
    std::fs::read_to_string(path).map_err(|error| ConfigError(vec![format!("{}: {error}", path.display())]))
}
