//! Which releases there are and when they are in force, as it stands in a file of settings.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::parsed::Day;
use crate::domain::berichten::release::{Freeze, ReleaseWindow};
use crate::domain::berichten::waarde::Value;
use crate::domain::deadlines::releases::{InForce, ReleaseWindows, Releases};
use crate::domain::{Partij, Release};
use crate::standard;

/// How the key of a release begins.
const RELEASE: &str = "iwmo_";

/// The keys of section `[releases]`; any other release has a key as well.
const KEYS: &[&str] = &["folder", "grace", "freeze", "iwmo_2_3", "iwmo_3_2"];

/// Section `[releases]`.
#[derive(Default)]
pub(super) struct RawReleases {
    folder: PathBuf,
    grace: u32,
    freeze: Vec<(String, String)>,
    days: RawDays,
}

/// By key of a release its first and last day; without the last there is no end, without both it is never in force.
#[derive(Clone, Default)]
pub(super) struct RawDays(BTreeMap<String, Vec<Day>>);

/// The key of a release: `iwmo_3_2`.
pub(super) fn key_of(release: Release) -> String {
    format!("{RELEASE}{}", release.name().replace('.', "_"))
}

/// A key of a table of releases.
enum Key {
    Folder,
    Grace,
    Freeze,
    Days(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)? {
            key if key == "folder" => Ok(Self::Folder),
            key if key == "grace" => Ok(Self::Grace),
            key if key == "freeze" => Ok(Self::Freeze),
            key if key.starts_with(RELEASE) => Ok(Self::Days(key)),
            key => Err(D::Error::unknown_field(&key, KEYS)),
        }
    }
}

/// Reads a table of releases.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = RawReleases;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table of releases")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<RawReleases, M::Error> {
        let mut read = RawReleases::default();
        while let Some(key) = map.next_key()? {
            match key {
                Key::Folder => read.folder = map.next_value()?,
                Key::Grace => read.grace = map.next_value()?,
                Key::Freeze => read.freeze = map.next_value()?,
                Key::Days(key) => _ = read.days.0.insert(key, map.next_value()?),
            }
        }
        Ok(read)
    }
}

impl<'de> Deserialize<'de> for RawReleases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

/// As the section, with days alone.
impl<'de> Deserialize<'de> for RawDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = RawReleases::deserialize(deserializer)?;
        if !read.folder.as_os_str().is_empty() || read.grace > 0 || !read.freeze.is_empty() {
            return Err(D::Error::custom("must hold days of releases alone, as in iwmo_3_2"));
        }
        Ok(read.days)
    }
}

impl RawReleases {
    /// What holds in general, and for the parties that say otherwise.
    pub(super) fn check<'p>(
        self,
        partijen: impl Iterator<Item = (&'p str, &'p RawDays)>,
        problems: &mut Vec<String>,
    ) -> Releases {
        let known = match self.folder {
            folder if folder.as_os_str().is_empty() => standard::built_in(),
            folder => standard::with_folder(&folder, problems),
        };
        let of_itself = known.iter().filter_map(|release| Some((*release, release.edition().window?)));
        let general = self.days.windows(&ReleaseWindows(of_itself.collect()), "releases", known, problems);
        let mut own = HashMap::new();
        for (code, days) in partijen {
            let what = format!("partij {code:?}: releases");
            let windows = days.windows(&general, &what, known, problems);
            own.extend(Partij::from_text(code).filter(|_| windows != general).map(|partij| (partij, windows)));
        }
        let mut freezes: Vec<Freeze> = known.iter().flat_map(|release| release.edition().freezes.clone()).collect();
        for (from, until) in &self.freeze {
            match standard::freeze(from, until) {
                Some(freeze) => freezes.push(freeze),
                None => problems.push(format!(
                    "releases.freeze: {from:?}, {until:?}: needs two moments as in \"2027-03-31T13:00\", the later one last"
                )),
            }
        }
        Releases { known, in_force: InForce::Windows { general, own, grace: self.grace }, freezes }
    }
}

impl RawDays {
    /// These days, over those that hold in general.
    fn windows(
        &self,
        general: &ReleaseWindows,
        what: &str,
        known: &[Release],
        problems: &mut Vec<String>,
    ) -> ReleaseWindows {
        let mut windows = general.clone();
        for (key, days) in &self.0 {
            let Some(release) = known.iter().copied().find(|release| key_of(*release) == *key) else {
                problems.push(format!("{what}.{key}: there is no such release; see releases.folder"));
                continue;
            };
            match *days.as_slice() {
                [] => _ = windows.0.remove(&release),
                [Day(first)] => _ = windows.0.insert(release, ReleaseWindow { first, last: None }),
                [Day(first), Day(last)] if first <= last => {
                    windows.0.insert(release, ReleaseWindow { first, last: Some(last) });
                }
                _ => problems.push(format!("{what}: {} needs its first day, and perhaps its last", release.name())),
            }
        }
        windows
    }
}
