//! Faults: the codes of StUF table 4.1, and what is wrong with an envelope that cannot be taken.

use std::fmt;

use super::Systeem;

/// At whose side the cause is. Do not decide on a retry by this alone: the lists do not say it per code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plek {
    /// The sender has to repair.
    Client,
    /// The receiver could not; the same bytes may be sent again.
    Server,
}

impl Plek {
    /// As the body of a fault writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// The body of a Fo01 or Fo03. In one that was parsed, nine digits in a row are masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// At most 7 characters where the schema is kept, at most 40 here. Means something only together with who says it; see
    /// [`crate::hub::codes`].
    pub code: String,
    /// At whose side the cause is.
    pub plek: Plek,
    /// At most 200 characters, for people.
    pub omschrijving: String,
    /// At most 1000 characters; never to be parsed.
    pub details: Option<String>,
    /// Digest of `detailsXML`, which is not kept: it may hold a whole bericht. Not composed.
    pub details_xml_sha256: Option<String>,
}

impl Fault {
    /// For the operator: code, omschrijving and details.
    #[must_use]
    pub fn reason(&self) -> String {
        let mut reason = self.code.clone();
        if !self.omschrijving.is_empty() {
            reason = format!("{reason}: {}", self.omschrijving);
        }
        self.details.as_ref().map_or(reason.clone(), |details| format!("{reason} ({details})"))
    }
}

/// Without the texts: the other side may have put anything in them.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("code", &self.code).field("plek", &self.plek).finish_non_exhaustive()
    }
}

/// The codes with which a receiver refuses an envelope at once, in the order of table 4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultCode {
    /// Another version of StUF.
    StUF001,
    /// Another sector model.
    StUF004,
    /// Another version of the sector model.
    StUF007,
    /// Receiver unknown.
    StUF010,
    /// Sender unknown.
    StUF013,
    /// This sender used the referentienummer for something else.
    StUF016,
    /// Not later than the envelope before.
    StUF019,
    /// No such berichtcode.
    StUF022,
    /// A berichtcode of StUF that this link does not carry.
    StUF025,
    /// No such functie.
    StUF034,
    /// A functie of the standard that the receiver does not carry.
    StUF037,
    /// This functie travels in another envelope.
    StUF040,
    /// The envelope that is answered is not known.
    StUF043,
    /// Could not be stored; the only one to send again unchanged.
    StUF046,
    /// Not as the schema says. Table 4.1 has no code of its own for that in an Fo03; the list of the chain
    /// uses this one for envelope and body.
    StUF055,
}

impl FaultCode {
    /// Every code, in the order of the table.
    pub const ALL: [Self; 15] = [
        Self::StUF001,
        Self::StUF004,
        Self::StUF007,
        Self::StUF010,
        Self::StUF013,
        Self::StUF016,
        Self::StUF019,
        Self::StUF022,
        Self::StUF025,
        Self::StUF034,
        Self::StUF037,
        Self::StUF040,
        Self::StUF043,
        Self::StUF046,
        Self::StUF055,
    ];

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::StUF001 => ("StUF001", "StUF-versie wordt niet ondersteund"),
            Self::StUF004 => ("StUF004", "Sectormodel wordt niet ondersteund"),
            Self::StUF007 => ("StUF007", "Versie van het sectormodel wordt niet ondersteund"),
            Self::StUF010 => ("StUF010", "Ontvanger is niet bekend"),
            Self::StUF013 => ("StUF013", "Zender is niet bekend"),
            Self::StUF016 => ("StUF016", "Combinatie van zender en referentienummer is niet uniek"),
            Self::StUF019 => ("StUF019", "Tijdstip ligt niet na dat van het vorige bericht van deze zender"),
            Self::StUF022 => ("StUF022", "Berichtcode is niet bekend"),
            Self::StUF025 => ("StUF025", "Berichtcode wordt niet ondersteund"),
            Self::StUF034 => ("StUF034", "Functie is niet bekend"),
            Self::StUF037 => ("StUF037", "Functie wordt niet ondersteund"),
            Self::StUF040 => ("StUF040", "Deze functie hoort niet bij deze berichtcode"),
            Self::StUF043 => ("StUF043", "Crossreferentienummer is niet bekend"),
            Self::StUF046 => ("StUF046", "Bericht kon niet worden opgeslagen"),
            Self::StUF055 => ("StUF055", "Envelop voldoet niet aan het schema"),
        }
    }

    /// The code, as in `StUF016`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// At whose side the cause is.
    #[must_use]
    pub const fn plek(self) -> Plek {
        if matches!(self, Self::StUF046) { Plek::Server } else { Plek::Client }
    }

    /// The fault that says this.
    #[must_use]
    pub fn fault(self, details: Option<String>) -> Fault {
        Fault {
            code: self.code().to_owned(),
            plek: self.plek(),
            omschrijving: self.row().1.to_owned(),
            details,
            details_xml_sha256: None,
        }
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What could be read of the header of an envelope that is refused; an answer repeats it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Who sent it.
    pub zender: Option<Systeem>,
    /// For whom it was.
    pub ontvanger: Option<Systeem>,
    /// Its referentienummer.
    pub referentienummer: Option<String>,
}

impl From<&super::Stuurgegevens> for About {
    fn from(stuurgegevens: &super::Stuurgegevens) -> Self {
        Self {
            zender: Some(stuurgegevens.zender.clone()),
            ontvanger: Some(stuurgegevens.ontvanger.clone()),
            referentienummer: Some(stuurgegevens.referentienummer.clone()),
        }
    }
}

/// An envelope that is not taken: the sender is at fault and nothing of it is kept. Its referentienummer stays free.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {details}")]
pub struct Refusal {
    /// The first code of table 4.1 that applies.
    pub code: FaultCode,
    /// What and where, in Dutch; names of elements, never a value.
    pub details: String,
    /// Whose envelope, as far as it could be read.
    pub about: Box<About>,
}

impl Refusal {
    /// The body of the Fo03 that says this.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.code.fault(Some(self.details.clone()))
    }
}
