//! What could be read of the header of a bericht that is not taken in: of one that has no valid header at all, too. Values
//! that are not what they should be are left out, for they may be anything.

use super::received::Format;
use crate::domain::berichten::notitie::Notitie;
use crate::domain::berichten::waarde::Value;
use crate::domain::{Berichtsoort, Partij};
use crate::store::HeaderColumns;
use crate::xml::Refusal;
use crate::{json, xml};

/// What could be read.
#[derive(Default)]
pub(super) struct Seen {
    pub berichtsoort: Option<String>,
    pub release: Option<String>,
    pub identificatie: Option<String>,
    pub afzender: Option<Partij>,
    pub ontvanger: Option<Partij>,
}

/// The longest Identificatie.
const IDENTIFICATIE: usize = 12;

impl Seen {
    /// Of a bericht that could be read.
    pub fn of(columns: HeaderColumns) -> Self {
        Self {
            berichtsoort: Some(columns.soort.to_string()),
            release: Some(columns.release.to_owned()),
            identificatie: Some(columns.own_identificatie().to_owned()),
            afzender: Some(columns.afzender),
            ontvanger: Some(columns.ontvanger),
        }
    }

    /// Of a text that is no valid bericht.
    pub fn in_refused(format: Format, bytes: &[u8], refusal: &Refusal) -> Self {
        let texts = match format {
            Format::Xml => xml::header_texts(bytes),
            Format::Json => json::header_texts(bytes),
        };
        let text = |name: &str| texts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str());
        let party = |name: &str| text(name).and_then(Partij::from_text);
        let soort = text("berichtsoort").and_then(Berichtsoort::from_name);
        // Nine digits that may be a Bsn stand in a wrong place.
        let identificatie = text("Identificatie").and_then(|text| Notitie::from_text(text, IDENTIFICATIE).ok());
        Self {
            berichtsoort: refusal.soort.or(soort).map(|soort| soort.to_string()),
            release: refusal.release.map(|release| release.name().to_owned()),
            identificatie: identificatie.map(Notitie::into_text),
            afzender: party("Afzender"),
            ontvanger: party("Ontvanger"),
        }
    }
}
