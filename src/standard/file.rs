//! What stands in the files of a release.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use serde::Deserialize;

use super::codes;
use super::further::{self, leak};
use crate::domain::berichten::release::{Edition, Freeze, Holding, Number, Property, RegelChanges, ReleaseWindow};
use crate::domain::regels::list;
use crate::domain::{Berichtsoort, Release};

/// The file in a folder that says what the release is, and the one that lists its rules.
pub(super) const MAIN: &str = "release.toml";
const REGELS: &str = "regels.csv";

/// What may stand in the column `level` of `regels.csv`, and in `unchecked`.
const LEVELS: [&str; 6] = ["message", "history", "external", "xsd", "process", "fill-instruction"];
const UNCHECKED: [&str; 3] = ["", "elsewhere", "register"];

/// The files of one folder: path below it, and text. The texts are kept to the end of the program.
pub(super) struct Files {
    folder: String,
    files: Vec<(String, &'static str)>,
}

impl Files {
    pub(super) fn built_in(files: &[(&str, &'static str)]) -> Self {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), *text)).collect();
        Self { folder: String::new(), files }
    }

    pub(super) fn read(folder: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        for (below, folder) in [("", folder.to_owned()), ("xsd/", folder.join("xsd"))] {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_file()
                    && let Some(name) = path.file_name().and_then(|name| name.to_str())
                {
                    let text: &'static str = String::leak(std::fs::read_to_string(&path)?);
                    files.push((format!("{below}{name}"), text));
                }
            }
        }
        Ok(Self { folder: format!("{}/", folder.display()), files })
    }

    fn text(&self, name: &str) -> Option<&'static str> {
        self.files.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, text)| *text)
    }

    fn schemas(&self) -> Vec<(String, &'static str)> {
        let is_schema = |name: &str| name.starts_with("xsd/");
        let schemas = self.files.iter().filter(|(name, _)| is_schema(name));
        schemas.map(|(name, text)| (format!("{}{name}", self.folder), *text)).collect()
    }
}

/// `release.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    number: String,
    based_on: Option<String>,
    namespace: Option<String>,
    properties: Option<Vec<String>>,
    xsd_versie: Option<String>,
    berichten: Option<Vec<String>>,
    #[serde(default)]
    in_force: Vec<NaiveDate>,
    #[serde(default)]
    freeze: Vec<(String, String)>,
    #[serde(default)]
    regels: RawRegels,
    #[serde(default)]
    element: Vec<further::Raw>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawRegels {
    ended: Vec<String>,
    begun: Vec<String>,
    retourcode: HashMap<String, String>,
    text: HashMap<String, String>,
}

/// The release of these files.
///
/// # Errors
/// All that is wrong with them, each with its file.
pub(super) fn release(files: &Files, known: &[Release]) -> Result<Release, Vec<String>> {
    let main = format!("{}{MAIN}", files.folder);
    let text = files.text(MAIN).ok_or_else(|| vec![format!("{main}: no such file")])?;
    let raw: Raw = toml::from_str(text).map_err(|error| vec![format!("{main}: {error}")])?;
    let mut reading = Reading { files, main, problems: Vec::new() };
    let edition = reading.edition(raw, known);
    match edition.filter(|_| reading.problems.is_empty()) {
        Some(edition) => {
            Release::new(edition).ok_or_else(|| vec![format!("{}: more than {} releases", reading.main, Release::MOST)])
        }
        None => Err(reading.problems),
    }
}

struct Reading<'f> {
    files: &'f Files,
    main: String,
    problems: Vec<String>,
}

impl Reading<'_> {
    fn problem(&mut self, what: impl std::fmt::Display) {
        self.problems.push(format!("{}: {what}", self.main));
    }

    /// The value, or a problem.
    fn wanted<T>(&mut self, value: Option<T>, what: impl std::fmt::Display) -> Option<T> {
        if value.is_none() {
            self.problem(what);
        }
        value
    }

    fn edition(&mut self, raw: Raw, known: &[Release]) -> Option<Edition> {
        let number = self.wanted(Number::from_text(&raw.number), "number: expected is a number such as \"3.2\"")?;
        if known.iter().any(|release| release.edition().number == number) {
            self.problem(format!("number: there is a release {number} already"));
        }
        let base = match &raw.based_on {
            None => None,
            Some(name) => {
                let base = known.iter().find(|release| release.name() == name).map(|release| release.edition());
                Some(self.wanted(base, format!("based_on: there is no release {name} (yet)"))?)
            }
        };
        let berichten = match raw.berichten {
            Some(names) => self.berichten(&names),
            None => self.wanted(base, "berichten: needed without based_on")?.berichten.clone(),
        };
        let properties = match raw.properties {
            Some(names) => self.properties(&names),
            None => self.wanted(base, "properties: needed without based_on")?.properties.clone(),
        };
        let mut regels = base.map(|base| base.regels.clone()).unwrap_or_default();
        self.read_regels(&mut regels);
        let changes = self.changes(raw.regels, base, &mut regels);
        let schemas = self.files.schemas();
        let further = further::read(raw.element, &schemas);
        let further = further.map_err(|problems| problems.into_iter().for_each(|what| self.problem(what))).ok()?;
        let (window, freezes) = (self.window(&raw.in_force), self.freezes(&raw.freeze));
        Some(Edition {
            number,
            namespace: self.namespace(raw.namespace)?,
            properties,
            xsd_versie: raw.xsd_versie.map(leak).or(base.and_then(|base| base.xsd_versie)),
            berichten,
            unknown_codes: codes::unknown(&schemas),
            schemas,
            window,
            freezes,
            regels,
            changes,
            further,
        })
    }

    /// Never that of another release: its berichten have to be told apart.
    fn namespace(&mut self, text: Option<String>) -> Option<&'static str> {
        let text = text.filter(|text| text.matches("{schema}").count() == 1);
        self.wanted(text, "namespace: needed, with {schema} where the name of the schema stands").map(leak)
    }

    fn berichten(&mut self, names: &[String]) -> Vec<Berichtsoort> {
        let mut berichten = Vec::new();
        for name in names {
            let found = Berichtsoort::ALL.into_iter().filter(|soort| soort.name() == name);
            let before = berichten.len();
            berichten.extend(found);
            if berichten.len() == before {
                self.problem(format!("berichten: {name} is no bericht that this gateway knows"));
            }
        }
        berichten
    }

    fn properties(&mut self, names: &[String]) -> Vec<Property> {
        let mut properties = Vec::new();
        for name in names {
            let found = Property::ALL.into_iter().find(|property| property.name() == name);
            properties.extend(self.wanted(found, format!("properties: {name} is none that this gateway knows")));
        }
        properties
    }

    /// Adds the lines of `regels.csv`, where there is one, to the rules of the release before.
    fn read_regels(&mut self, regels: &mut HashMap<&'static str, Holding>) {
        let lines = self.files.text(REGELS).unwrap_or_default().lines();
        for (number, line) in (1..).zip(lines).skip(1) {
            let mut columns = line.split(';');
            let mut next = || columns.next().unwrap_or_default();
            let (code, level, numbers, unchecked) = (next(), next(), next(), next());
            let is_right = list::code(code) == Some(code) && LEVELS.contains(&level) && UNCHECKED.contains(&unchecked);
            if !is_right
                || regels.insert(code, Holding { level, numbers, unchecked }).is_some_and(|_| self.is_whole(code))
            {
                let file = format!("{}{REGELS}", self.files.folder);
                self.problems.push(format!(
                    "{file}:{number}: expected is code;level;berichten;unchecked of a rule that this gateway knows, each once"
                ));
            }
        }
    }

    /// Whether a code stands twice in `regels.csv`; once beside the release before is meant to be.
    fn is_whole(&self, code: &str) -> bool {
        let lines = self.files.text(REGELS).unwrap_or_default().lines();
        lines.filter(|line| line.split(';').next() == Some(code)).count() > 1
    }

    fn changes(
        &mut self,
        raw: RawRegels,
        base: Option<&Edition>,
        regels: &mut HashMap<&'static str, Holding>,
    ) -> RegelChanges {
        let known: BTreeSet<&str> = regels.keys().copied().collect();
        let named = raw.ended.iter().chain(&raw.begun).chain(raw.retourcode.keys()).chain(raw.text.keys());
        for code in named.filter(|code| !known.contains(code.as_str())) {
            self.problem(format!("regels: the release has no rule {code}"));
        }
        for (code, retour_code) in &raw.retourcode {
            if retour_code.len() != 4 || !retour_code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                self.problem(format!("regels.retourcode: {code}: a retourcode has four characters"));
            }
        }
        for code in &raw.ended {
            regels.remove(code.as_str());
        }
        let mut changes = base.map(|base| RegelChanges {
            begun: base.changes.begun.clone(),
            retour_codes: base.changes.retour_codes.clone(),
            texts: base.changes.texts.clone(),
        });
        let all = changes.get_or_insert_default();
        all.begun.extend(raw.begun.into_iter().map(leak));
        all.retour_codes.extend(raw.retourcode.into_iter().map(|(code, retour)| (leak(code), leak(retour))));
        all.texts.extend(raw.text.into_iter().map(|(code, text)| (leak(code), leak(text))));
        changes.unwrap_or_default()
    }

    fn window(&mut self, days: &[NaiveDate]) -> Option<ReleaseWindow> {
        match *days {
            [] => None,
            [first] => Some(ReleaseWindow { first, last: None }),
            [first, last] if first <= last => Some(ReleaseWindow { first, last: Some(last) }),
            _ => self.wanted(None, "in_force: expected are the first day, and perhaps the last"),
        }
    }

    fn freezes(&mut self, pairs: &[(String, String)]) -> Vec<Freeze> {
        let found = pairs.iter().filter_map(|(from, until)| {
            let freeze = freeze(from, until);
            self.wanted(
                freeze,
                format!("freeze: {from:?} to {until:?}: expected are two moments as in \"2027-03-31T13:00\""),
            )
        });
        found.collect()
    }
}

/// A freeze between two moments, to the minute.
#[must_use]
pub fn freeze(from: &str, until: &str) -> Option<Freeze> {
    let moment = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok();
    Some(Freeze { from: moment(from)?, until: moment(until)? }).filter(|freeze| freeze.from < freeze.until)
}
