//! What an accepted bericht changes for its client.

use crate::domain::History;
use crate::domain::bericht::Inhoud;
use crate::domain::beschikking;
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
        Inhoud::Beschikking(client) => LedgerChange {
            toewijzingen: client.beschikking.toegewezen_producten.iter().filter_map(toewijzing_of_2_3).collect(),
            ..LedgerChange::default()
        },
        // Kept, delivered and answered; what they change is not in the ledger yet.
        Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => LedgerChange::default(),
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

/// One of a beschikking; without a number nothing can be matched to it later.
fn toewijzing_of_2_3(product: &beschikking::ToegewezenProduct) -> Option<NewToewijzing> {
    Some(NewToewijzing {
        toewijzing_nummer: product.toewijzing_nummer?,
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.clone(),
        categorie: Some(product.product.categorie.to_string()),
        code: product.product.code.as_ref().map(ToString::to_string),
        ingangsdatum: product.ingangsdatum,
        einddatum: product.einddatum,
        verwijderd: product.is_verwijderd(),
    })
}

/// The toewijzingen of earlier berichten that a start was matched to.
pub fn matched_toewijzingen(inhoud: &Inhoud, history: &History) -> Vec<i64> {
    let Inhoud::Start(client) = inhoud else { return Vec::new() };
    let named = client.start_producten.iter().filter_map(|product| product.toewijzing_nummer);
    named.filter(|nummer| history.has_live_toewijzing(*nummer, &client.bsn)).map(|nummer| nummer.0).collect()
}
