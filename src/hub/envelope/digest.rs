//! What makes two envelopes the same.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Content, Envelope, Parameters, Payload, Systeem};

impl Envelope {
    /// Digest of what counts as content: every value of header and parameters and the decoded payload, not
    /// the raw bytes. Lower-case hexadecimal. A repeat has the same, whatever its prefixes and white space.
    #[must_use]
    pub fn content_sha256(&self) -> String {
        content_sha256(self)
    }
}

/// Takes values one by one. Each goes in with its length, so that no two lists of values look alike.
struct Values(Sha256);

impl Values {
    fn add(&mut self, value: &[u8]) {
        self.0.update(u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(value);
    }

    fn add_optional(&mut self, value: Option<&str>) {
        match value {
            None => self.0.update([0]),
            Some(value) => {
                self.0.update([1]);
                self.add(value.as_bytes());
            }
        }
    }

    fn systeem(&mut self, systeem: &Systeem) {
        self.add(systeem.organisatie.as_bytes());
        self.add(systeem.applicatie.as_bytes());
        self.add_optional(systeem.administratie.as_deref());
        self.add_optional(systeem.gebruiker.as_deref());
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for value in [
            &parameters.functie,
            &parameters.applicatie_versie,
            &parameters.applicatie_subversie,
            &parameters.functie_versie,
            &parameters.functie_subversie,
        ] {
            self.add(value.as_bytes());
        }
        match &parameters.payload {
            Payload::Xml(_) => self.add_optional(None),
            Payload::Tekst { bestandsnaam, .. } => self.add_optional(Some(bestandsnaam)),
        }
        self.add(parameters.payload.bytes());
    }
}

fn content_sha256(envelope: &Envelope) -> String {
    let mut values = Values(Sha256::new());
    let stuurgegevens = &envelope.stuurgegevens;
    values.add(envelope.kind().berichtcode().as_bytes());
    values.systeem(&stuurgegevens.zender);
    values.systeem(&stuurgegevens.ontvanger);
    values.add(stuurgegevens.referentienummer.as_bytes());
    values.add(stuurgegevens.tijdstip_bericht.as_bytes());
    values.add_optional(envelope.cross_refnummer());
    match &envelope.content {
        Content::Di01(parameters) | Content::Du01 { parameters, .. } => values.parameters(parameters),
        Content::Fo01 { fault, .. } => {
            values.add(fault.code.as_bytes());
            values.add(fault.plek.name().as_bytes());
            values.add(fault.omschrijving.as_bytes());
            values.add_optional(fault.details.as_deref());
            values.add_optional(fault.details_xml_sha256.as_deref());
        }
    }
    hexadecimal(&values.0.finalize())
}

/// SHA-256 of bytes, in lower-case hexadecimal.
pub(in crate::hub) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
        text
    })
}
