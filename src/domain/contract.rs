//! What a gemeente and an aanbieder agreed outside the traffic.

use std::collections::HashMap;

use super::waarde::{ProductCategorie, ProductCode};

/// The agreement of one gemeente with one aanbieder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// The product codes that may be used, and the categorie of each (TR381).
    pub productcodes: HashMap<ProductCode, ProductCategorie>,
}

impl Contract {
    /// Whether this code was agreed, under this categorie.
    #[must_use]
    pub fn has(&self, categorie: &ProductCategorie, code: &ProductCode) -> bool {
        self.productcodes.get(code) == Some(categorie)
    }
}

/// All agreements that are known, by the codes of gemeente and aanbieder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracten(HashMap<(String, String), Contract>);

impl Contracten {
    /// The agreement of these two; `None` when nothing is known of one.
    #[must_use]
    pub fn of(&self, gemeente: &str, aanbieder: &str) -> Option<&Contract> {
        self.0.get(&(gemeente.to_owned(), aanbieder.to_owned()))
    }
}

impl FromIterator<((String, String), Contract)> for Contracten {
    fn from_iter<I: IntoIterator<Item = ((String, String), Contract)>>(contracten: I) -> Self {
        Self(contracten.into_iter().collect())
    }
}
