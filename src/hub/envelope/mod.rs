//! The envelope of the network: StUF-GGk 2.1 (`ggk0210`) in SOAP 1.1.
//!
//! Composing is deterministic: the same value gives the same bytes. Parsing is strict about what the schema
//! says and indifferent to prefixes, white space and line ends. The payload is bytes: nobody here looks inside.
//!
//! | file | what |
//! |---|---|
//! | [`compose`] | envelope or answer to bytes |
//! | [`parse()`] | bytes of a request to [`Envelope`], or a [`Refusal`] |
//! | [`answer`] | bytes of an answer to [`answer::Answer`] |
//! | [`fault`] | faults, and the codes of StUF table 4.1 |
//! | [`check`] | what table 4.1 asks of a header that the schema accepts |
//! | `charset` | answers in any encoding to text |
//! | `parts` | elements to values |
//! | `tree` | XML to elements, within limits |

pub mod answer;
mod charset;
pub mod check;
pub mod compose;
pub(in crate::hub) mod digest;
pub mod fault;
mod parse;
mod parts;
mod tree;

use chrono::NaiveDateTime;

use crate::domain::Release;

pub use fault::{Fault, FaultCode, Plek, Refusal};
pub use parse::parse;

/// SOAP 1.1.
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2, which the binding does not know.
const SOAP_1_2: &str = "http://www.w3.org/2003/05/soap-envelope";
/// StUF 03.01.
const STUF: &str = "http://www.egem.nl/StUF/StUF0301";
/// WS-Addressing.
const WS_ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// The envelope of the GGK, version 2.1 patch 4.
const GGK: &str = "http://www.stufstandaarden.nl/koppelvlak/ggk0210";

/// What an envelope may weigh when it comes in, base64 included: 25 MB in the largest reading.
pub const MAX_INCOMING_BYTES: usize = 26_214_400;
/// What an envelope may weigh when it goes out, base64 included: 25 MB in the smallest reading.
pub const MAX_OUTGOING_BYTES: usize = 25_000_000;

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
    const fn root(self) -> (&'static str, &'static str) {
        match self {
            Self::Di01 => (GGK, "envelopHeenbericht-ggk_Di01"),
            Self::Du01 => (GGK, "envelopRetourbericht-ggk_Du01"),
            Self::Fo01 => (STUF, "Fo01Bericht"),
        }
    }
}

/// A sender or receiver on an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Systeem {
    /// CBS code of a gemeente, AGB code of an aanbieder, or a fixed word such as `VECOZO`.
    pub organisatie: String,
    /// Name of the software, 3 to 50 characters, without a version; of a receiver always `GGk`.
    pub applicatie: String,
    /// Name of the samenwerkingsverband or the gemeente.
    pub administratie: Option<String>,
    /// Without a meaning on this network.
    pub gebruiker: Option<String>,
}

impl Systeem {
    /// A sender: the party and its software.
    #[must_use]
    pub fn zender(organisatie: &str, applicatie: &str) -> Self {
        Self { organisatie: organisatie.to_owned(), applicatie: applicatie.to_owned(), ..Self::default() }
    }

    /// A receiver: the party behind the GGK.
    #[must_use]
    pub fn ontvanger(organisatie: &str) -> Self {
        Self::zender(organisatie, "GGk")
    }
}

/// What every envelope says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuurgegevens {
    /// Who sends.
    pub zender: Systeem,
    /// For whom.
    pub ontvanger: Systeem,
    /// UUID v4, lower case; used once.
    pub referentienummer: String,
    /// Dutch local time in 8 to 17 digits; see [`tijdstip_bericht`].
    pub tijdstip_bericht: String,
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
    /// What.
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

    /// Digest of what counts as content: every value of header and parameters and the decoded payload, not
    /// the raw bytes. Lower-case hexadecimal. A repeat has the same, whatever its prefixes and white space.
    #[must_use]
    pub fn content_sha256(&self) -> String {
        digest::content_sha256(self)
    }
}

/// `tijdstipBericht` of a local time in the Netherlands: 17 digits.
///
/// ```
/// use iwmo_gateway::hub::envelope::tijdstip_bericht;
/// let local = chrono::NaiveDate::from_ymd_opt(2026, 1, 12).and_then(|day| day.and_hms_milli_opt(9, 15, 30, 7));
/// assert_eq!(local.map(tijdstip_bericht).as_deref(), Some("20260112091530007"));
/// ```
#[must_use]
pub fn tijdstip_bericht(local: NaiveDateTime) -> String {
    local.format("%Y%m%d%H%M%S%3f").to_string()
}

/// `functieVersie` and `functieSubversie` of a release: `0003` and `0002` for 3.2.
#[must_use]
pub fn functie_versie(release: Release) -> (String, String) {
    let (versie, subversie) = release.versie();
    (format!("{versie:04}"), format!("{subversie:04}"))
}
