//! What VECOZO says and is told about a bericht (VSP-Koppeling, REST): the JSON beside the payload.
//!
//! What we send has the members of the specification and no other. What comes in is read for what we need: a member, a role or
//! a status that nobody knew when this was written is data, not a mistake.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// Beside a bericht that is handed in.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// From whom, for whom, what.
    pub routeringgegevens: Routering,
    /// The numbers by which it is known.
    pub referentiegegevens: Referentie,
    /// By which application.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verwerkingscontext: Vec<Aspect>,
}

/// A bericht that waits to be fetched.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pull {
    /// When it came in there, and what it weighs.
    pub basisgegevens: Basis,
    /// From whom, for whom, what.
    pub routeringgegevens: Routering,
    /// The numbers by which it is known.
    pub referentiegegevens: Referentie,
}

/// When it came in there, and what it weighs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Basis {
    /// As it stands there.
    pub ontvangen_op: String,
    /// Of the payload.
    pub payload: About,
}

/// What a payload has to be.
#[derive(Debug, Deserialize)]
pub struct About {
    /// In bytes.
    pub grootte: u64,
    /// Its digest.
    pub checksum: Checksum,
}

/// A digest.
#[derive(Debug, Deserialize)]
pub struct Checksum {
    /// As in `SHA256`.
    pub algoritme: String,
    /// In hexadecimal.
    pub waarde: String,
}

/// From whom, for whom, what.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Routering {
    /// Whose bericht it is.
    pub afzender: Relatie,
    /// The receivers, of which we are one.
    pub geadresseerden: Vec<Relatie>,
    /// The stream of berichten that it belongs to.
    pub berichtstroom: Berichtstroom,
}

/// A party.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Relatie {
    /// As in `Instelling` or `Gemeente`.
    pub rol: String,
    /// AGB code or CBS code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A kind of bericht.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Berichtstroom {
    /// As in `WMO`.
    pub berichttype: String,
    /// As in `WMO301`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub berichtsubtype: Option<String>,
    /// As in 3.
    pub berichtversie: u16,
    /// As in 2.
    pub berichtsubversie: u16,
    /// What is done by it.
    pub actie: String,
}

/// Which bericht, and with which others it goes together.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Referentie {
    /// Of all that goes together; of a heenbericht its own number.
    pub conversatie_id: String,
    /// Its own number.
    pub traceer_id: String,
    /// The number of the bericht that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub als_antwoord_op: Option<String>,
}

/// One thing that is told besides.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Aspect {
    /// The name of the aspect.
    pub sleutel: String,
    /// One or more values.
    pub waarde: Vec<String>,
}

/// Where a bericht stands that was handed in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Berichtstatus {
    /// The numbers by which it is known.
    pub referentiegegevens: Referentie,
    /// In a word of VECOZO.
    pub berichtstatus: String,
    /// Since when, as it stands there.
    #[serde(default)]
    pub berichtstatus_gewijzigd_op: String,
    /// Why, when it was rejected.
    #[serde(default)]
    pub meldingen: Vec<Melding>,
}

/// One reason.
#[derive(Debug, Deserialize)]
pub struct Melding {
    /// As in `BRS13`.
    pub code: String,
    /// For people.
    #[serde(default)]
    pub omschrijving: String,
    /// Where, for people.
    #[serde(default)]
    pub toelichting: Option<String>,
}

/// What a status means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Another one will follow.
    UnderWay,
    /// The other side has it.
    Arrived,
    /// It will never get it.
    Ended,
    /// Nobody told us what this word means; another one may follow.
    Unrecognised,
}

impl Berichtstatus {
    /// What it means to us.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.berichtstatus.as_str() {
            "Ontvangen"
            | "WordtVerwerkt"
            | "VerwerkingVoltooid"
            | "Aangeboden"
            | "WordtAangeboden"
            | "AanbiedenMislukt"
            | "DeelsOntvangen"
            | "DeelberichtAanleveringAfgekeurd" => Standing::UnderWay,
            "Bezorgd" => Standing::Arrived,
            "AfgekeurdDoorDienst" | "BezorgingAfgebroken" => Standing::Ended,
            _ => Standing::Unrecognised,
        }
    }

    /// Since when, if that can be read.
    #[must_use]
    pub fn since(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.berichtstatus_gewijzigd_op).ok()
    }
}

/// With its toelichting.
impl fmt::Display for Melding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.omschrijving)?;
        self.toelichting.as_ref().map_or(Ok(()), |toelichting| write!(f, " ({toelichting})"))
    }
}
