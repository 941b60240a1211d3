//! The links that there are, as one: which of them carries a parcel is told by whose it is.
//!
//! Imports `delivery`, `envelope`, `ggk` and `vecozo`.

use std::collections::BTreeSet;

use super::delivery::Delivery;
use super::envelope::Kind;
use super::ggk::Ggk;
use super::vecozo::Vecozo;

/// The links that there are.
#[derive(Debug, Default)]
pub struct Links {
    /// For gemeenten, and for whoever VECOZO does not carry.
    pub ggk: Option<Ggk>,
    /// For these aanbieders.
    pub vecozo: Option<(Vecozo, BTreeSet<String>)>,
}

impl Links {
    /// Whether there is one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ggk.is_none() && self.vecozo.is_none()
    }

    /// Whether whoever takes an envelope of this sender only brings it to the network, which has not said anything then.
    #[must_use]
    pub fn pass_on(&self, zender: &str) -> bool {
        let is_for_vecozo = self.vecozo.as_ref().is_some_and(|(_, partijen)| partijen.contains(zender));
        !is_for_vecozo && self.ggk.as_ref().is_some_and(Ggk::is_adapter)
    }

    /// Offers an envelope of this sender once. What came of it is the whole result; nothing is kept here.
    pub async fn deliver(&self, kind: Kind, zender: &str, referentienummer: &str, envelope: Vec<u8>) -> Delivery {
        match (&self.vecozo, &self.ggk) {
            (Some((vecozo, partijen)), _) if partijen.contains(zender) => {
                vecozo.deliver(referentienummer, &envelope).await
            }
            (_, Some(ggk)) => ggk.deliver(kind, referentienummer, envelope).await,
            (_, None) => Delivery::Link {
                not_before: None,
                reason: "Voor deze partij is geen verbinding met het netwerk ingesteld (ggk.url)".to_owned(),
            },
        }
    }
}
