//! The kinds of bericht, and which answers which.

use std::fmt;

/// A kind of bericht.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Berichtsoort {
    /// Toewijzing: gemeente to aanbieder.
    Wmo301,
    /// Retour of the toewijzing: aanbieder to gemeente.
    Wmo302,
    /// Declaratie of release 2.3: aanbieder to gemeente. A heenbericht that gets a 304 and no retour.
    Wmo303D,
    /// Factuur of release 2.3, likewise.
    Wmo303F,
    /// Antwoord on a declaratie of release 2.3: gemeente to aanbieder. A heenbericht itself, which nobody answers.
    Wmo304D,
    /// Antwoord on a factuur of release 2.3, likewise.
    Wmo304F,
    /// Start of support: aanbieder to gemeente.
    Wmo305,
    /// Retour of the start: gemeente to aanbieder.
    Wmo306,
    /// Stop of support: aanbieder to gemeente.
    Wmo307,
    /// Retour of the stop: gemeente to aanbieder.
    Wmo308,
    /// Verzoek om toewijzing: aanbieder to gemeente.
    Wmo315,
    /// Retour of the verzoek om toewijzing: gemeente to aanbieder.
    Wmo316,
    /// Verzoek om wijziging: aanbieder to gemeente.
    Wmo317,
    /// Retour of the verzoek om wijziging: gemeente to aanbieder.
    Wmo318,
    /// Antwoord on a verzoek: gemeente to aanbieder.
    Wmo319,
    /// Retour of the antwoord: aanbieder to gemeente.
    Wmo320,
    /// Declaratie: aanbieder to gemeente.
    Wmo323,
    /// Antwoord on a declaratie: gemeente to aanbieder. A heenbericht itself, which nobody answers.
    Wmo325,
}

impl Berichtsoort {
    /// Every kind that this gateway knows.
    pub const ALL: [Self; 18] = [
        Self::Wmo301,
        Self::Wmo302,
        Self::Wmo303D,
        Self::Wmo303F,
        Self::Wmo304D,
        Self::Wmo304F,
        Self::Wmo305,
        Self::Wmo306,
        Self::Wmo307,
        Self::Wmo308,
        Self::Wmo315,
        Self::Wmo316,
        Self::Wmo317,
        Self::Wmo318,
        Self::Wmo319,
        Self::Wmo320,
        Self::Wmo323,
        Self::Wmo325,
    ];

    /// As people, the envelope and the schema write it: `WMO305`. D and F share theirs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wmo301 => "WMO301",
            Self::Wmo302 => "WMO302",
            Self::Wmo303D | Self::Wmo303F => "WMO303",
            Self::Wmo304D | Self::Wmo304F => "WMO304",
            Self::Wmo305 => "WMO305",
            Self::Wmo306 => "WMO306",
            Self::Wmo307 => "WMO307",
            Self::Wmo308 => "WMO308",
            Self::Wmo315 => "WMO315",
            Self::Wmo316 => "WMO316",
            Self::Wmo317 => "WMO317",
            Self::Wmo318 => "WMO318",
            Self::Wmo319 => "WMO319",
            Self::Wmo320 => "WMO320",
            Self::Wmo323 => "WMO323",
            Self::Wmo325 => "WMO325",
        }
    }

    /// `BerichtCode` in the header (COD002).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wmo301 => "414",
            Self::Wmo302 => "415",
            Self::Wmo303D => "416",
            Self::Wmo303F => "448",
            Self::Wmo304D => "417",
            Self::Wmo304F => "449",
            Self::Wmo305 => "418",
            Self::Wmo306 => "419",
            Self::Wmo307 => "420",
            Self::Wmo308 => "421",
            Self::Wmo315 => "444",
            Self::Wmo316 => "445",
            Self::Wmo317 => "480",
            Self::Wmo318 => "481",
            Self::Wmo319 => "482",
            Self::Wmo320 => "483",
            Self::Wmo323 => "484",
            Self::Wmo325 => "485",
        }
    }

    /// The kind with this name, as in `WMO305`; of two that share it, the first.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|soort| soort.name() == name)
    }

    /// The retour that answers this kind; `None` for a retour, and for a declaratie and its antwoord.
    #[must_use]
    pub const fn retour(self) -> Option<Self> {
        match self {
            Self::Wmo301 => Some(Self::Wmo302),
            Self::Wmo305 => Some(Self::Wmo306),
            Self::Wmo307 => Some(Self::Wmo308),
            Self::Wmo315 => Some(Self::Wmo316),
            Self::Wmo317 => Some(Self::Wmo318),
            Self::Wmo319 => Some(Self::Wmo320),
            Self::Wmo302
            | Self::Wmo306
            | Self::Wmo308
            | Self::Wmo316
            | Self::Wmo318
            | Self::Wmo320
            | Self::Wmo323
            | Self::Wmo325
            | Self::Wmo303D
            | Self::Wmo303F
            | Self::Wmo304D
            | Self::Wmo304F => None,
        }
    }

    /// The antwoord on this kind of declaratie or factuur; `None` for other kinds.
    #[must_use]
    pub const fn declaratie_antwoord(self) -> Option<Self> {
        match self {
            Self::Wmo303D => Some(Self::Wmo304D),
            Self::Wmo303F => Some(Self::Wmo304F),
            Self::Wmo323 => Some(Self::Wmo325),
            _ => None,
        }
    }

    /// Whether this kind is the retour of another.
    #[must_use]
    pub const fn is_retour(self) -> bool {
        self.heen().is_some()
    }

    /// The heenbericht that this retour answers; `None` for a heenbericht.
    #[must_use]
    pub const fn heen(self) -> Option<Self> {
        match self {
            Self::Wmo302 => Some(Self::Wmo301),
            Self::Wmo306 => Some(Self::Wmo305),
            Self::Wmo308 => Some(Self::Wmo307),
            Self::Wmo316 => Some(Self::Wmo315),
            Self::Wmo318 => Some(Self::Wmo317),
            Self::Wmo320 => Some(Self::Wmo319),
            Self::Wmo301
            | Self::Wmo305
            | Self::Wmo307
            | Self::Wmo315
            | Self::Wmo317
            | Self::Wmo319
            | Self::Wmo323
            | Self::Wmo325
            | Self::Wmo303D
            | Self::Wmo303F
            | Self::Wmo304D
            | Self::Wmo304F => None,
        }
    }
}

impl fmt::Display for Berichtsoort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retour_has_the_number_and_the_code_after_those_of_its_heenbericht() {
        let number = |text: &str| text.trim_start_matches("WMO").parse::<u32>().expect("a number");
        for retour in Berichtsoort::ALL {
            if let Some(heen) = retour.heen() {
                assert_eq!(heen.retour(), Some(retour));
                assert_eq!(number(retour.name()), number(heen.name()) + 1);
                assert_eq!(number(retour.code()), number(heen.code()) + 1);
            }
        }
    }
}
