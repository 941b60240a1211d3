//! What a gemeente and an aanbieder agreed outside the traffic.

use std::collections::{HashMap, HashSet};

use super::waarde::{Eenheid, Frequentie, ProductCategorie, ProductCode};

/// The agreement of one gemeente with one aanbieder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// The product codes that may be used, and the categorie of each (TR381).
    pub productcodes: HashMap<ProductCode, ProductCategorie>,
    /// What a unit of a product costs (TR418).
    pub tarieven: HashMap<ProductCode, Tarief>,
    /// How is declared before release 3.0; `None`: nobody told.
    pub wijze: Option<Wijze>,
    /// How a product is assigned and paid, where that was told (MLW-14).
    pub afname: HashMap<ProductCode, Afname>,
}

/// How a product is assigned and paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Afname {
    /// How often the volume of a toewijzing comes.
    pub frequentie: Option<Frequentie>,
    /// What is paid.
    pub paid_by: Option<PaidBy>,
}

/// What a product is paid by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidBy {
    /// One price for a whole period.
    Periode,
    /// What was delivered.
    Volume,
}

/// How an aanbieder asks for its money, one way for everything (IV071).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wijze {
    /// With declaraties, the WMO303D.
    Declaratie,
    /// With facturen, the WMO303F.
    Factuur,
}

/// An agreed tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tarief {
    /// Per unit, in euro cents.
    pub bedrag: i64,
    /// The unit; that of the toewijzing, where nobody told.
    pub eenheid: Option<Eenheid>,
}

impl Contract {
    /// Whether this code was agreed, under this categorie; anything was, where no codes were told.
    #[must_use]
    pub fn has(&self, categorie: &ProductCategorie, code: &ProductCode) -> bool {
        self.productcodes.is_empty() || self.productcodes.get(code) == Some(categorie)
    }

    /// Whether anything under this categorie was agreed.
    #[must_use]
    pub fn has_categorie(&self, categorie: &ProductCategorie) -> bool {
        self.productcodes.is_empty() || self.productcodes.values().any(|agreed| agreed == categorie)
    }
}

/// All agreements that are known, by the codes of gemeente and aanbieder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracten {
    known: HashMap<(String, String), Contract>,
    /// Those with an agreement that is known.
    gemeenten: HashSet<String>,
    /// Between all others.
    otherwise: Option<Contract>,
}

impl Contracten {
    /// One that holds between everybody.
    #[must_use]
    pub fn everywhere(contract: Contract) -> Self {
        Self { otherwise: Some(contract), ..Self::default() }
    }

    /// Whether these two are known to have none: of the gemeente agreements are known, and this is not among them.
    #[must_use]
    pub fn has_none(&self, gemeente: &str, aanbieder: &str) -> bool {
        self.of(gemeente, aanbieder).is_none() && self.gemeenten.contains(gemeente)
    }

    /// The agreement of these two; `None` when nothing is known of one.
    #[must_use]
    pub fn of(&self, gemeente: &str, aanbieder: &str) -> Option<&Contract> {
        self.known.get(&(gemeente.to_owned(), aanbieder.to_owned())).or(self.otherwise.as_ref())
    }
}

impl FromIterator<((String, String), Contract)> for Contracten {
    fn from_iter<I: IntoIterator<Item = ((String, String), Contract)>>(contracten: I) -> Self {
        let known: HashMap<(String, String), Contract> = contracten.into_iter().collect();
        let gemeenten = known.keys().map(|(gemeente, _)| gemeente.clone()).collect();
        Self { known, gemeenten, otherwise: None }
    }
}
