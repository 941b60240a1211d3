//! The WMO319 that a gemeente gives at once: what an aanbieder asks without a contract is rejected.
//!
//! A 316 or 318 tells only whether the verzoek could be read; that there is no contract is told in a 319 after it. A code that
//! was not agreed is another thing: TR381 rejects the verzoek itself.

use chrono::NaiveDate;

use super::retour::own_xsd_versie;
use crate::domain::Partij;
use crate::domain::berichten::antwoord::Antwoord;
use crate::domain::berichten::bericht::{BerichtIdentificatie, Berichtsoort, Header, Heenbericht, Inhoud};
use crate::domain::berichten::contract::{Contract, Contracten};
use crate::domain::berichten::further::Kept;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::toewijzing::Product;
use crate::domain::berichten::waarde::{Identificatie, VerzoekAntwoord};

/// WJ759: no contract. For what is asked in a 315.
const GEEN_CONTRACT: &str = "3";
/// WJ759: does not fit the contract. For a change in a 317.
const PAST_NIET: &str = "4";

/// A verzoek that is rejected, by its ReferentieAanbieder, and why.
pub struct Rejected<'a> {
    referentie_aanbieder: &'a str,
    reden: &'static str,
}

/// What this bericht asks without a contract: each product of a 315 by itself, a 317 as a whole. Nothing where no contracts of
/// the gemeente are known.
#[must_use]
pub fn without_contract<'a>(heen: &'a Heenbericht, contracten: &Contracten) -> Vec<Rejected<'a>> {
    let (gemeente, aanbieder) = heen.header.pair();
    let has_none = contracten.has_none(gemeente.code(), aanbieder.code());
    let contract = contracten.of(gemeente.code(), aanbieder.code());
    let is_outside = |product: Option<&Product>| has_none || contract.is_some_and(|known| lacks(known, product));
    match &heen.inhoud {
        Inhoud::VerzoekOmToewijzing(client) => {
            let asked = client.aangevraagde_producten.iter().filter(|asked| is_outside(asked.product.as_ref()));
            let rejected = |naam| Rejected { referentie_aanbieder: naam, reden: GEEN_CONTRACT };
            asked.map(|asked| rejected(asked.referentie_aanbieder.as_str())).collect()
        }
        Inhoud::VerzoekOmWijziging(client) => {
            let verzoek = &client.verzoek;
            let mut new = verzoek.nieuwe_producten.iter();
            let is_rejected = has_none || new.any(|product| is_outside(product.product.as_ref()));
            let rejected = Rejected { referentie_aanbieder: &verzoek.referentie_aanbieder, reden: PAST_NIET };
            is_rejected.then_some(rejected).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether nothing under the categorie of this product was agreed. What the aanbieder chooses itself may be anything.
fn lacks(contract: &Contract, product: Option<&Product>) -> bool {
    product.is_some_and(|product| !contract.has_categorie(&product.categorie))
}

impl Rejected<'_> {
    /// The 319 to the aanbieder that made this verzoek.
    #[must_use]
    pub fn compose(&self, verzoek: &Header, identificatie: Identificatie, today: NaiveDate) -> Heenbericht {
        let (gemeente, aanbieder): (&Partij, &Partij) = verzoek.pair();
        Heenbericht {
            header: Header {
                soort: Berichtsoort::Wmo319,
                release: verzoek.release,
                afzender: gemeente.clone(),
                ontvanger: aanbieder.clone(),
                bericht_identificatie: BerichtIdentificatie { identificatie, dagtekening: today },
                xsd_versie: own_xsd_versie(verzoek.release),
                further: Kept::default(),
            },
            inhoud: Inhoud::Antwoord(Antwoord {
                referentie_aanbieder: self.referentie_aanbieder.to_owned(),
                verzoek_antwoord: VerzoekAntwoord::Afgewezen,
                reden_afwijzing_verzoek: Some(self.reden.to_owned()),
                retour_codes: RetourCodes::default(),
            }),
        }
    }
}
