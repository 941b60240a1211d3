//! What an envelope carries.

use super::fault::Fault;
use super::names::{GGK, STUF};
use super::stuurgegevens::Stuurgegevens;
use crate::domain::Release;

/// Which envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Carries a heenbericht.
    Di01,
    /// Carries a retour.
    Du01,
    /// Says that an earlier envelope could not be handled.
    Fo01,
}

impl Kind {
    /// The berichtcode, as in `Di01`.
    #[must_use]
    pub const fn berichtcode(self) -> &'static str {
        match self {
            Self::Di01 => "Di01",
            Self::Du01 => "Du01",
            Self::Fo01 => "Fo01",
        }
    }

    /// What goes into the HTTP header SOAPAction, between quotes.
    #[must_use]
    pub const fn soap_action(self) -> &'static str {
        match self {
            Self::Di01 => "http://www.stufstandaarden.nl/koppelvlak/ggk0210/ggk_Di01",
            Self::Du01 => "http://www.stufstandaarden.nl/koppelvlak/ggk0210/ggk_Du01",
            Self::Fo01 => "http://www.egem.nl/StUF/StUF0301/Fo01",
        }
    }

    /// Namespace and name of the element in the SOAP body.
    pub(super) const fn root(self) -> (&'static str, &'static str) {
        match self {
            Self::Di01 => (GGK, "envelopHeenbericht-ggk_Di01"),
            Self::Du01 => (GGK, "envelopRetourbericht-ggk_Du01"),
            Self::Fo01 => (STUF, "Fo01Bericht"),
        }
    }
}

/// What a Di01 and a Du01 carry.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The kind of bericht inside, as in `WMO301`.
    pub functie: String,
    /// Four digits: version of the software that made the payload.
    pub applicatie_versie: String,
    /// Four digits.
    pub applicatie_subversie: String,
    /// Four digits: version of the kind of bericht; see [`functie_versie`].
    pub functie_versie: String,
    /// Four digits.
    pub functie_subversie: String,
    /// What is carried.
    pub payload: Payload,
}

/// The file inside, decoded.
#[derive(Clone, PartialEq, Eq)]
pub enum Payload {
    /// An XML file, as every iWmo bericht is. The bytes as they were before base64; a byte order mark stays.
    Xml(Vec<u8>),
    /// Any other file.
    Tekst {
        /// 4 to 255 characters of `A-Z a-z 0-9 . - _`.
        bestandsnaam: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Payload {
    /// The bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Xml(bytes) | Self::Tekst { bytes, .. } => bytes,
        }
    }
}

/// Says how long the payload is, not what is in it.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size_bytes = self.payload.bytes().len();
        f.debug_struct("Parameters")
            .field("functie", &self.functie)
            .field("size_bytes", &size_bytes)
            .finish_non_exhaustive()
    }
}

/// What an envelope is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A heenbericht.
    Di01(Parameters),
    /// A retour.
    Du01 {
        /// The referentienummer of the Di01 that it answers.
        cross_refnummer: String,
        /// What is carried.
        parameters: Parameters,
    },
    /// A functional fault. Never answered with another Fo01.
    Fo01 {
        /// The referentienummer of the Di01 or Du01 that it is about.
        cross_refnummer: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// An envelope as the network carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who, for whom, which, when.
    pub stuurgegevens: Stuurgegevens,
    /// The bericht or fault in it.
    pub content: Content,
}

impl Envelope {
    /// Which envelope this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.content {
            Content::Di01(_) => Kind::Di01,
            Content::Du01 { .. } => Kind::Du01,
            Content::Fo01 { .. } => Kind::Fo01,
        }
    }

    /// What a Di01 or Du01 carries; `None` for a Fo01.
    #[must_use]
    pub const fn parameters(&self) -> Option<&Parameters> {
        match &self.content {
            Content::Di01(parameters) | Content::Du01 { parameters, .. } => Some(parameters),
            Content::Fo01 { .. } => None,
        }
    }

    /// The envelope that this one answers; `None` for a Di01.
    #[must_use]
    pub fn cross_refnummer(&self) -> Option<&str> {
        match &self.content {
            Content::Di01(_) => None,
            Content::Du01 { cross_refnummer, .. } | Content::Fo01 { cross_refnummer, .. } => Some(cross_refnummer),
        }
    }
}

/// `functieVersie` and `functieSubversie` of a release: `0003` and `0002` for 3.2.
#[must_use]
pub fn functie_versie(release: Release) -> (String, String) {
    let (versie, subversie) = release.versie();
    (format!("{versie:04}"), format!("{subversie:04}"))
}
