//! Accounts as they stand in a file.

use std::collections::HashMap;

use iban::{Iban, IbanLike as _};
use serde::Deserialize;

use crate::domain::Partij;
use crate::domain::berichten::waarde::Value;
use crate::domain::money::betaling::{Rekening, is_sepa_text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRekening {
    partij: String,
    naam: String,
    iban: String,
    bic: Option<String>,
}

/// The longest name on an account, in characters.
const NAAM: usize = 70;

/// The countries that the IBANs of SEPA begin with (EPC409-09, as of May 2025). Territories use those of FR, GB and others.
const SEPA: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE",
    "SI", "SK", "SM", "VA",
];

/// The accounts by the code of whose they are. Adds to `problems` what does not hold.
pub(super) fn check(raw: Vec<RawRekening>, problems: &mut Vec<String>) -> HashMap<String, Rekening> {
    let mut rekeningen = HashMap::new();
    for one in raw {
        let partij = one.partij.clone();
        let rekening = one.check(problems);
        if rekeningen.insert(partij.clone(), rekening).is_some() {
            problems.push(format!("rekening {partij:?}: there is more than one"));
        }
    }
    rekeningen
}

impl RawRekening {
    fn check(self, problems: &mut Vec<String>) -> Rekening {
        let partij = &self.partij;
        if Partij::from_text(partij).is_none() {
            problems.push(format!(
                "rekening {partij:?}: partij is neither a CBS code (4 digits) nor an AGB code (8 digits)"
            ));
        }
        if self.naam.len() > NAAM || !is_sepa_text(&self.naam) {
            problems.push(format!(
                "rekening {partij:?}: naam must have 1 to {NAAM} letters, digits, spaces and /-?:().,'+, without accents, \
                 with no space or slash at an end and no two slashes in a row"
            ));
        }
        let iban: Result<Iban, _> = self.iban.replace(' ', "").parse();
        match &iban {
            Err(error) => problems.push(format!("rekening {partij:?}: iban {:?} is not one: {error}", self.iban)),
            Ok(iban) if !SEPA.contains(&iban.country_code()) => {
                problems.push(format!("rekening {partij:?}: iban {:?} is of a country that is not in SEPA", self.iban));
            }
            Ok(_) => {}
        }
        if let Some(bic) = self.bic.as_deref().filter(|bic| !is_bic(bic)) {
            problems.push(format!(
                "rekening {partij:?}: bic {bic:?} must have 8 or 11 capitals and digits, as in ABNANL2A"
            ));
        }
        let iban = iban.map(|iban| iban.electronic_str().to_owned()).unwrap_or_default();
        Rekening { naam: self.naam, iban, bic: self.bic }
    }
}

/// Whether this looks as ISO 9362 has it: bank, country in letters, place, perhaps branch.
fn is_bic(text: &str) -> bool {
    let bytes = text.as_bytes();
    [8, 11].contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes[4..6].iter().all(u8::is_ascii_uppercase)
}
