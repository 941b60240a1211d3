//! A version of a toewijzing that a bericht brings, in whichever release.

use chrono::NaiveDate;

use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::beschikking;
use crate::domain::berichten::toewijzing::{Omvang, Product, ToegewezenProduct};
use crate::domain::berichten::waarde::{Tijd, ToewijzingNummer};

/// One version of a toewijzing.
#[derive(Clone, Debug)]
pub struct NewToewijzing {
    /// Its number.
    pub toewijzing_nummer: ToewijzingNummer,
    /// The verzoek that it honours.
    pub referentie_aanbieder: Option<String>,
    /// Day of the decision.
    pub toewijzingsdatum: NaiveDate,
    /// Time of the decision.
    pub toewijzingstijd: Tijd,
    /// Absent when the aanbieder chooses.
    pub product: Option<Product>,
    /// First day.
    pub ingangsdatum: NaiveDate,
    /// Last day.
    pub einddatum: Option<NaiveDate>,
    /// How much.
    pub omvang: Option<Omvang>,
    /// In euro cents.
    pub budget: Option<i64>,
    /// Takes the toewijzing back.
    pub verwijderd: bool,
}

impl NewToewijzing {
    /// Those of a bericht. Without a number nothing can be matched to one later: such a one of release 2.3 is left out.
    #[must_use]
    pub fn all_in(inhoud: &Inhoud) -> Vec<Self> {
        match inhoud {
            Inhoud::Toewijzing(client) => client.toegewezen_producten.iter().map(Self::from).collect(),
            Inhoud::Beschikking(client) => {
                client.beschikking.toegewezen_producten.iter().filter_map(Self::of_2_3).collect()
            }
            Inhoud::Start(_)
            | Inhoud::Stop(_)
            | Inhoud::VerzoekOmToewijzing(_)
            | Inhoud::VerzoekOmWijziging(_)
            | Inhoud::Antwoord(_)
            | Inhoud::Declaratie(_)
            | Inhoud::DeclaratieAntwoord { .. }
            | Inhoud::Factuur { .. }
            | Inhoud::FactuurAntwoord { .. } => Vec::new(),
        }
    }

    fn of_2_3(product: &beschikking::ToegewezenProduct) -> Option<Self> {
        Some(Self {
            toewijzing_nummer: product.toewijzing_nummer?,
            referentie_aanbieder: None,
            toewijzingsdatum: product.toewijzingsdatum,
            toewijzingstijd: product.toewijzingstijd.clone(),
            product: Some(product.product.clone()),
            ingangsdatum: product.ingangsdatum,
            einddatum: product.einddatum,
            omvang: product.omvang.clone(),
            budget: None,
            verwijderd: product.is_verwijderd(),
        })
    }
}

impl From<&ToegewezenProduct> for NewToewijzing {
    fn from(product: &ToegewezenProduct) -> Self {
        Self {
            toewijzing_nummer: product.toewijzing_nummer,
            referentie_aanbieder: product.referentie_aanbieder.clone(),
            toewijzingsdatum: product.toewijzingsdatum,
            toewijzingstijd: product.toewijzingstijd.clone(),
            product: product.product.clone(),
            ingangsdatum: product.ingangsdatum,
            einddatum: product.einddatum,
            omvang: product.omvang.clone(),
            budget: product.budget,
            verwijderd: product.is_verwijderd(),
        }
    }
}
