//! Settings in layers: the defaults, over them a file, over that what the machine keeps apart as a secret, and over all the
//! environment. Each value is checked by itself, so that one that does not do hides no other.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::fault::{What, hint};
use super::node::{Node, index_path, key_path};
use super::text::Text;

/// What an environment variable begins with that is a setting: `IWMO_GATEWAY_HTTP_LISTEN` is `http.listen`.
const PREFIX: &str = "IWMO_GATEWAY_";

/// What a key ends with that names a file with the value, as in `url_file`.
const IN_FILE: &str = "_file";

/// What of a table that may stand there more than once can be in a file of its own.
const SECRET_OF: [(&str, &str); 1] = [("credential", "token_sha256")];

/// What is said outside the file of settings.
#[derive(Default)]
pub(super) struct Surroundings {
    /// Settings in the environment, by the name of the variable.
    pub environment: BTreeMap<String, String>,
    /// Where systemd puts credentials, each in a file of its own: `database.url`.
    pub credentials: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub(super) fn of_process() -> Self {
        let mut found = Self::default();
        for (name, value) in std::env::vars_os() {
            found.add(&name.to_string_lossy(), value);
        }
        found
    }

    fn add(&mut self, name: &str, value: OsString) {
        if name == "CREDENTIALS_DIRECTORY" {
            self.credentials = Some(value.into());
        } else if name.starts_with(PREFIX) {
            self.environment.insert(name.to_owned(), value.to_string_lossy().into_owned());
        }
    }
}

/// Reads own settings over the defaults. Adds every problem; gives what can be read without what is wrong.
pub(super) fn read<T: DeserializeOwned>(
    defaults: &Table,
    own: &mut Text,
    around: &Surroundings,
    problems: &mut Vec<String>,
) -> Option<T> {
    follow_files(defaults, own, around, problems);
    lay_credentials(defaults, own, around, problems);
    lay_environment(defaults, own, around, problems);
    let mut merged = defaults.clone();
    lay_over(&mut merged, &own.table);
    let mut merged = Value::Table(merged);
    // What has a default goes on with that.
    own.passed_over.retain(|place| value_at(defaults, place).is_none());
    let mut mended = BTreeSet::new();
    loop {
        let fault = match T::deserialize(Node::root(&merged, &own.passed_over)) {
            Ok(read) => return Some(read),
            Err(fault) => fault,
        };
        // What was told to be wrong is not missing as well.
        let is_echo =
            matches!(&fault.what, What::Missing(key) if own.passed_over.contains(&key_path(&fault.path, key)));
        if !is_echo {
            problems.push(fault.to_string());
        }
        if fault.path.is_empty() || !mended.insert(fault.path.clone()) {
            return None;
        }
        match value_at(defaults, &fault.path) {
            Some(default) => put(&mut merged, &fault.path, default.clone()),
            None => _ = own.passed_over.insert(fault.path),
        }
    }
}

/// Takes the value of every `…_file` from the file that it names.
fn follow_files(defaults: &Table, own: &mut Text, around: &Surroundings, problems: &mut Vec<String>) {
    for (name, section) in &mut own.table {
        let known = defaults.get(name).and_then(Value::as_table);
        let tables: Vec<(String, &mut Table)> = match section {
            Value::Table(table) => vec![(name.clone(), table)],
            Value::Array(list) => {
                placed(name, list).filter_map(|(place, one)| Some((place, one.as_table_mut()?))).collect()
            }
            _ => Vec::new(),
        };
        for (place, table) in tables {
            let is_ours = |key: &str| {
                known.is_some_and(|known| known.contains_key(key)) || SECRET_OF.contains(&(name.as_str(), key))
            };
            for (key, file) in files_in(table, is_ours) {
                let (here, there) = (key_path(&place, &key), key_path(&place, &format!("{key}{IN_FILE}")));
                own.origins.same(&here, &there);
                match read_secret(&file, around) {
                    _ if table.contains_key(&key) => {
                        problems.push(format!("{there}: {key} stands there as well; leave one of them out"));
                    }
                    Ok(text) => _ = table.insert(key.clone(), typed(defaults, &here, text)),
                    Err(problem) => {
                        problems.push(format!("{there}: {problem}"));
                        own.passed_over.insert(here);
                    }
                }
            }
        }
    }
}

/// Takes out of a table the keys that name a file, where the value may be in one. What names none is left, to be told as a
/// key that there is not.
fn files_in(table: &mut Table, is_ours: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let keys = table.keys().filter_map(|key| key.strip_suffix(IN_FILE)).filter(|key| is_ours(key));
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    let take = |key: String| {
        let name = format!("{key}{IN_FILE}");
        let file = table.get(&name)?.as_str()?.to_owned();
        table.remove(&name);
        Some((key, file))
    };
    keys.into_iter().filter_map(take).collect()
}

/// The values of a list, each with its place.
fn placed<'l>(name: &'l str, list: &'l mut [Value]) -> impl Iterator<Item = (String, &'l mut Value)> {
    list.iter_mut().enumerate().map(move |(index, value)| (index_path(name, index), value))
}

/// The text in a file, without the line break at its end. A bare name is looked for among the credentials first.
fn read_secret(file: &str, around: &Surroundings) -> Result<String, String> {
    let path = Path::new(file);
    let kept = around.credentials.as_ref().map(|folder| folder.join(path)).filter(|kept| kept.exists());
    let path = kept.unwrap_or_else(|| path.to_owned());
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Credentials that are named after a setting, as in `database.url`. Others are not ours.
fn lay_credentials(defaults: &Table, own: &mut Text, around: &Surroundings, problems: &mut Vec<String>) {
    let entries = around.credentials.as_ref().and_then(|folder| std::fs::read_dir(folder).ok());
    for path in entries.into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((section, key)) = name.split_once('.').filter(|(section, _)| is_section(defaults, section)) else {
            continue;
        };
        match read_secret(&path.to_string_lossy(), around) {
            Ok(text) => own.put_from(
                &format!("credential {name}"),
                section,
                key,
                typed(defaults, &key_path(section, key), text),
            ),
            Err(problem) => problems.push(format!("credential {name}: {problem}")),
        }
    }
}

/// Settings in environment variables.
fn lay_environment(defaults: &Table, own: &mut Text, around: &Surroundings, problems: &mut Vec<String>) {
    for (name, text) in &around.environment {
        let rest = name.trim_start_matches(PREFIX).to_lowercase();
        let Some((section, key)) = rest.split_once('_').filter(|(section, _)| is_section(defaults, section)) else {
            let section = rest.split('_').next().unwrap_or_default();
            let sections: Vec<&str> = defaults.keys().map(String::as_str).collect();
            problems.push(format!(
                "environment variable {name}: there is no section {section:?}{}",
                hint(section, &sections)
            ));
            continue;
        };
        own.put_from(
            &format!("environment variable {name}"),
            section,
            key,
            typed(defaults, &key_path(section, key), text.clone()),
        );
    }
}

fn is_section(defaults: &Table, name: &str) -> bool {
    defaults.get(name).is_some_and(Value::is_table)
}

/// A text from outside as the value that it stands for: as it is where the setting is a text, else as TOML has it.
fn typed(defaults: &Table, place: &str, text: String) -> Value {
    match value_at(defaults, place) {
        None | Some(Value::String(_)) => Value::String(text),
        Some(_) => format!("value = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"))
            .unwrap_or(Value::String(text)),
    }
}

/// Puts what this table has over the other one.
fn lay_over(below: &mut Table, above: &Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            _ => _ = below.insert(key.clone(), value.clone()),
        }
    }
}

/// The value at a place that is in no list.
fn value_at<'t>(table: &'t Table, place: &str) -> Option<&'t Value> {
    match place.split_once('.') {
        None => table.get(place),
        Some((first, rest)) => value_at(table.get(first)?.as_table()?, rest),
    }
}

fn put(value: &mut Value, place: &str, new: Value) {
    let (first, rest) = place.split_once('.').unwrap_or((place, ""));
    let Some(table) = value.as_table_mut() else { return };
    match table.get_mut(first) {
        Some(below) if !rest.is_empty() => put(below, rest, new),
        _ => _ = table.insert(first.to_owned(), new),
    }
}
