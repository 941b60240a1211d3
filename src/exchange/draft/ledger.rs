//! What an accepted bericht changes for its client.

use crate::domain::History;
use crate::domain::bericht::Inhoud;
use crate::domain::levering::StartProduct;
use crate::domain::toewijzing::ToegewezenProduct;
use crate::store::{LedgerChange, NewStart, NewToewijzing};

/// What an accepted bericht changes for its client.
pub fn ledger_change(inhoud: &Inhoud) -> LedgerChange {
    match inhoud {
        Inhoud::Toewijzing(client) => LedgerChange {
            toewijzingen: client.toegewezen_producten.iter().map(new_toewijzing).collect(),
            ..LedgerChange::default()
        },
        Inhoud::Start(client) => {
            let products = &client.start_producten;
            LedgerChange {
                toewijzingen: Vec::new(),
                starts: products
                    .iter()
                    .filter(|one| one.is_first_delivery())
                    .map(|one| NewStart { key: one.key() })
                    .collect(),
                removed_starts: products.iter().filter(|one| one.is_removal()).map(StartProduct::key).collect(),
            }
        }
        // Kept, delivered and answered; what they change is not in the ledger yet.
        Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => LedgerChange::default(),
    }
}

fn new_toewijzing(product: &ToegewezenProduct) -> NewToewijzing {
    NewToewijzing {
        toewijzing_nummer: product.toewijzing_nummer,
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.clone(),
        categorie: product.product.as_ref().map(|product| product.categorie.to_string()),
        code: product.product.as_ref().and_then(|product| product.code.as_ref()).map(ToString::to_string),
        ingangsdatum: product.ingangsdatum,
        einddatum: product.einddatum,
        verwijderd: product.is_verwijderd(),
    }
}

/// The toewijzingen of earlier berichten that a start was matched to.
pub fn matched_toewijzingen(inhoud: &Inhoud, history: &History) -> Vec<i64> {
    let Inhoud::Start(client) = inhoud else { return Vec::new() };
    let named = client.start_producten.iter().filter_map(|product| product.toewijzing_nummer);
    named.filter(|nummer| history.has_live_toewijzing(*nummer, &client.bsn)).map(|nummer| nummer.0).collect()
}
