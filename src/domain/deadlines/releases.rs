//! On which days a release of the standard is in force, for whom.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{Bericht, Partij, Release};

/// The days of each release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseWindows(pub HashMap<Release, ReleaseWindow>);

/// First and last day on which a release is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseWindow {
    /// The first day.
    pub first: NaiveDate,
    /// The last day; `None`: no end is known.
    pub last: Option<NaiveDate>,
}

/// Which releases the receivers of berichten have in force.
#[derive(Clone, Debug)]
pub enum Releases {
    /// All, on every day: in a replay.
    Any,
    /// Those that hold for everybody, and for parties with windows of their own.
    Windows {
        /// For everybody else.
        general: ReleaseWindows,
        /// For these.
        own: HashMap<Partij, ReleaseWindows>,
    },
}

impl ReleaseWindow {
    fn holds(self, day: NaiveDate) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

impl Releases {
    /// Whether the receiver has the release of this bericht in force on its Dagtekening; of a retour, on that of
    /// its heenbericht.
    #[must_use]
    pub fn allow(&self, bericht: &Bericht) -> bool {
        let Self::Windows { general, own } = self else { return true };
        let header = bericht.header();
        let windows = own.get(bericht.addressee()).unwrap_or(general);
        let window = windows.0.get(&header.release);
        window.is_some_and(|window| window.holds(header.bericht_identificatie.dagtekening))
    }
}
