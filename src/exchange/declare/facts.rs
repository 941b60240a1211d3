//! What rows rest on, from the own history of the aanbieder: parties are apart, and nothing of another one is found.

use std::collections::{BTreeSet, HashMap};

use super::Asked;
use crate::domain::berichten::bericht::{Bericht, Inhoud};
use crate::domain::berichten::release::Property;
use crate::domain::berichten::waarde::{ReferentieNummer, ToewijzingNummer};
use crate::domain::declare::{Billed, Declared, Persoon};
use crate::domain::facts::history::Toewijzingen;
use crate::exchange::Gateway;
use crate::store::{DeclaredLine, StoreError};

/// What was found.
pub struct Found {
    pub toewijzingen: Toewijzingen,
    pub declared: HashMap<ReferentieNummer, Declared>,
    pub personen: HashMap<ToewijzingNummer, Persoon>,
}

/// Looks up what these rows name.
pub async fn find(asked: &Asked, gateway: &Gateway) -> Result<Found, StoreError> {
    let vorige: BTreeSet<_> = asked.rows.read.iter().filter_map(|row| row.vorig_referentie_nummer.clone()).collect();
    let debets = asked.rows.read.iter().filter(|row| row.vorig_referentie_nummer.is_none());
    let nummers: BTreeSet<_> = debets.filter_map(|row| row.toewijzing_nummer).collect();
    let (vorige, nummers): (Vec<_>, Vec<_>) = (vorige.into_iter().collect(), nummers.into_iter().collect());
    let found = gateway.store.declarable(&asked.gemeente, &asked.aanbieder, &nummers, &vorige).await?;
    let mut berichten = Berichten { asked, gateway, read: HashMap::new() };
    let has_facturen = asked.release.has(Property::Facturen);
    let mut declared = HashMap::new();
    for DeclaredLine { bericht_id, fact } in found.lines.into_iter().filter(|line| line.fact.prestatie.is_debet()) {
        let nummer = fact.prestatie.product_referentie.referentie_nummer.clone();
        let factuur = if has_facturen {
            berichten.read(&bericht_id).await?.and_then(|inhoud| in_factuur(inhoud, &nummer))
        } else {
            None
        };
        // Of several under one name it is the first that can be credited (TR314).
        declared.entry(nummer).or_insert(Declared { bsn: fact.bsn, prestatie: fact.prestatie, factuur });
    }
    let mut personen = HashMap::new();
    if has_facturen {
        for fact in found.toewijzingen.all_current() {
            let persoon = berichten.read(&fact.bericht_id).await?.and_then(Persoon::assigned);
            personen.extend(persoon.map(|persoon| (fact.toewijzing_nummer, persoon)));
        }
    }
    Ok(Found { toewijzingen: found.toewijzingen, declared, personen })
}

/// The line of this name in a 303.
fn in_factuur(inhoud: &Inhoud, nummer: &ReferentieNummer) -> Option<Billed> {
    let Inhoud::Factuur { header, clienten } = inhoud else { return None };
    let mut lines = clienten.iter().flat_map(|client| client.prestaties.iter().map(move |line| (client, line)));
    let (client, line) = lines.find(|(_, line)| line.product_referentie.referentie_nummer == *nummer)?;
    Some(Billed {
        persoon: Persoon::billed(client),
        prestatie: line.clone(),
        btw_id_nummer: header.identificatie.btw_id_nummer.clone(),
    })
}

/// Berichten of the aanbieder, each read once.
struct Berichten<'a> {
    asked: &'a Asked,
    gateway: &'a Gateway,
    read: HashMap<String, Option<Inhoud>>,
}

impl Berichten<'_> {
    /// What a heenbericht says; `None` when it is not there, or cannot be read.
    async fn read(&mut self, id: &str) -> Result<Option<&Inhoud>, StoreError> {
        if !self.read.contains_key(id) {
            let bytes = self.gateway.store.payload(id, Some(&self.asked.aanbieder)).await?.unwrap_or_default();
            let inhoud = match self.gateway.schemas.read(&bytes) {
                Ok(Bericht::Heen(heen)) => Some(heen.inhoud),
                Ok(Bericht::Retour(_)) | Err(_) => None,
            };
            self.read.insert(id.to_owned(), inhoud);
        }
        Ok(self.read.get(id).and_then(Option::as_ref))
    }
}
