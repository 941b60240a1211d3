//! `sap-3.2`: the standard administration protocols. Most of it are terms; what a bericht shows is told before it is sent, and
//! nothing of it rejects.

use chrono::{Days, Months, NaiveDate};

use super::table::{FREE_TEXT, LATE_CREDIT, SHORT_NOTICE, START_IN_ONE};
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::Declaratie;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::levering::{StartClient, StartProduct};
use crate::domain::berichten::toewijzing::Client as Toegewezen;
use crate::domain::berichten::verzoek::{TeWijzigenProduct, ToewijzingClient, Verzoek};
use crate::domain::facts::history::History;
use crate::domain::finding::{Finding, Place};

/// What was agreed, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sap32 {
    /// Within how many months after its line was granted a credit comes (SAP-CREDIT).
    pub credit_within_maanden: u32,
    /// How many weeks before the wished day a verzoek om wijziging comes (SAP-VOW).
    pub vow_lead_weken: u32,
    /// A start is taken back in one bericht and reported anew in the next one (SAP-START).
    pub correct_start_in_two: bool,
    /// That a Commentaar is filled is told (SAP-TEKST).
    pub free_text_check: bool,
}

impl Sap32 {
    pub(super) fn below(
        &self,
        heen: &Heenbericht,
        declaratie: Option<&Declaratie>,
        history: &History,
        today: NaiveDate,
    ) -> Vec<Finding> {
        match (&heen.inhoud, declaratie) {
            (Inhoud::Declaratie(_), Some(declaratie)) => self.late_credits(heen, declaratie, history, today),
            (Inhoud::VerzoekOmWijziging(client), _) => self.short_notice(&client.verzoek, history, today),
            (Inhoud::Start(client), _) if self.correct_start_in_two => started_in_one(client),
            (Inhoud::Toewijzing(client), _) if self.free_text_check => free_text_of_toewijzing(client),
            (Inhoud::VerzoekOmToewijzing(client), _) if self.free_text_check => free_text_of_verzoek(client),
            _ => Vec::new(),
        }
    }

    /// Credits of lines that were granted too long ago. The gemeente still takes them.
    fn late_credits(
        &self,
        heen: &Heenbericht,
        declaratie: &Declaratie,
        history: &History,
        today: NaiveDate,
    ) -> Vec<Finding> {
        let last = |granted: &NaiveDate| granted.checked_add_months(Months::new(self.credit_within_maanden));
        let credits = heen.inhoud.lines_of(declaratie).filter(|(_, line, _)| !line.is_debet());
        let late = credits.filter(|(_, line, _)| {
            let granted = line.product_referentie.vorig().and_then(|vorig| history.declaraties.granted_on.get(vorig));
            granted.and_then(last).is_some_and(|last| last < today)
        });
        let names = ["ProductReferentie", "VorigReferentieNummer"];
        late.map(|(_, _, path)| LATE_CREDIT.broken_at(Place::within(path, &names))).collect()
    }

    /// Wished days that are too near. Who asks for another end copies the first day of the toewijzing and wishes none.
    fn short_notice(&self, verzoek: &Verzoek, history: &History, today: NaiveDate) -> Vec<Finding> {
        let lead = Days::new(7 * u64::from(self.vow_lead_weken));
        let is_near = |wished: NaiveDate| today.checked_add_days(lead).is_some_and(|first| wished < first);
        let is_a_wish = |product: &TeWijzigenProduct| {
            let current = history.toewijzingen.current(product.toewijzing_nummer);
            current.is_none_or(|known| known.ingangsdatum != product.gewenste_ingangsdatum)
        };
        let path = client_path().child("Verzoek");
        let changed = path.child("TeWijzigenProducten");
        let changed = verzoek.te_wijzigen_producten.iter().enumerate().filter_map(move |(index, product)| {
            let is_broken = is_a_wish(product) && is_near(product.gewenste_ingangsdatum);
            is_broken.then(|| changed.nth("TeWijzigenProduct", index))
        });
        let added = path.child("NieuweProducten");
        let new = verzoek.nieuwe_producten.iter().enumerate();
        let new = new.filter(|(_, product)| is_near(product.gewenste_ingangsdatum));
        let added = new.map(move |(index, _)| added.nth("NieuwProduct", index));
        let near = changed.chain(added).map(|path| Place::element(path, "GewensteIngangsdatum"));
        near.map(|place| SHORT_NOTICE.broken_at(place)).collect()
    }
}

/// Starts on a toewijzing of which the same bericht takes a start back.
fn started_in_one(client: &StartClient) -> Vec<Finding> {
    let products = || client.start_producten.iter();
    let path = client_path().child("StartProducten");
    let corrected = products().enumerate().filter(|(_, new)| {
        let is_same = |old: &StartProduct| old.key().is_beside(&new.key());
        new.is_first_delivery() && products().any(|old| old.is_removal() && is_same(old))
    });
    corrected.map(|(index, _)| START_IN_ONE.broken_at(Place::klasse(path.nth("StartProduct", index)))).collect()
}

fn free_text_of_toewijzing(client: &Toegewezen) -> Vec<Finding> {
    let path = client_path().child("ToegewezenProducten");
    let producten = client.toegewezen_producten.iter().map(|product| product.commentaar.is_some());
    free_text(client.commentaar.is_some(), producten, |index| path.nth("ToegewezenProduct", index))
}

fn free_text_of_verzoek(client: &ToewijzingClient) -> Vec<Finding> {
    let path = client_path().child("AangevraagdeProducten");
    let producten = client.aangevraagde_producten.iter().map(|product| product.commentaar.is_some());
    free_text(client.commentaar.is_some(), producten, |index| path.nth("AangevraagdProduct", index))
}

/// Every Commentaar that is filled: on the client, and on its products.
fn free_text(
    on_client: bool,
    on_products: impl Iterator<Item = bool>,
    path: impl Fn(usize) -> ElementPath,
) -> Vec<Finding> {
    let on_client = on_client.then(client_path);
    let on_products = on_products.enumerate().filter(|(_, filled)| *filled).map(|(index, _)| path(index));
    let filled = on_client.into_iter().chain(on_products);
    filled.map(|klasse| FREE_TEXT.broken_at(Place::element(klasse, "Commentaar"))).collect()
}

fn client_path() -> ElementPath {
    ElementPath::root().child("Client")
}
