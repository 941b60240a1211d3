//! A line of a declaratie, and what a 303 tells of it besides.

use super::btw_percentage::BtwPercentage;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::client::{Geboortedatum, VerkorteNaam};
use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::factuur;
use crate::domain::berichten::waarde::Bsn;

/// A line of the declaratie, with the row that it was made of.
#[derive(Clone)]
pub struct Line {
    /// Where the row stands in what was given.
    pub rij: usize,
    /// Whose it is.
    pub bsn: Bsn,
    /// What is declared, in the words of the 323.
    pub prestatie: Prestatie,
    /// What only a 303 tells.
    pub factuur: Option<Box<OfFactuur>>,
    /// How its row was read where that could be read otherwise, in Dutch.
    pub remark: Option<String>,
}

/// What a 303 tells of a line besides what a 323 does.
#[derive(Clone)]
pub enum OfFactuur {
    /// Of a line that asks for money.
    Debet {
        /// Whose it is.
        persoon: Persoon,
        /// The VAT in it; only a factuur tells it.
        btw: BtwPercentage,
    },
    /// Of a credit: the line that it takes back. In a box: few lines are credits.
    Credit(Box<Billed>),
}

/// A line as it stood in a 303.
#[derive(Clone)]
pub struct Billed {
    /// Whose it was.
    pub persoon: Persoon,
    /// The line.
    pub prestatie: factuur::Prestatie,
    /// Which aanbieder is liable for the VAT in it, where the header said so.
    pub btw_id_nummer: Option<String>,
}

/// Who a client is.
#[derive(Clone)]
pub struct Persoon {
    /// Birth date.
    pub geboortedatum: Geboortedatum,
    /// COD046.
    pub geslacht: String,
    /// The short form, without given names.
    pub naam: VerkorteNaam,
}

/// The lines of each client, where they stand by client.
pub fn by_client(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|one, other| one.bsn == other.bsn)
}

impl OfFactuur {
    /// Whose the line is.
    #[must_use]
    pub fn persoon(&self) -> &Persoon {
        match self {
            Self::Debet { persoon, .. } => persoon,
            Self::Credit(billed) => &billed.persoon,
        }
    }
}

impl Line {
    /// The BtwIDNummer of the 303 in which the VAT was told that this line takes back.
    pub(super) fn credited_btw_id_nummer(&self) -> Option<&str> {
        match self.factuur.as_deref() {
            Some(OfFactuur::Credit(billed)) if billed.has_btw() => billed.btw_id_nummer.as_deref(),
            Some(OfFactuur::Credit(_) | OfFactuur::Debet { .. }) | None => None,
        }
    }
}

impl Billed {
    fn has_btw(&self) -> bool {
        self.prestatie.ingediende_bedrag_prestatie.btw_bedrag.is_some()
    }
}

impl Persoon {
    /// The client of a 301, of either release; `None` for another bericht.
    #[must_use]
    pub fn assigned(inhoud: &Inhoud) -> Option<Self> {
        let (geboortedatum, geslacht, naam) = match inhoud {
            Inhoud::Beschikking(client) => (&client.geboortedatum, &client.geslacht, &client.naam),
            Inhoud::Toewijzing(client) => (&client.geboortedatum, &client.geslacht, &client.naam),
            _ => return None,
        };
        let naam = VerkorteNaam {
            geslachtsnaam: naam.geslachtsnaam.clone(),
            voornamen: naam.voornamen.clone(),
            voorletters: naam.voorletters.clone(),
        };
        Some(Self { geboortedatum: geboortedatum.clone(), geslacht: geslacht.clone(), naam })
    }

    /// A client of a 303.
    #[must_use]
    pub fn billed(client: &factuur::Client) -> Self {
        Self {
            geboortedatum: client.geboortedatum.clone(),
            geslacht: client.geslacht.clone(),
            naam: client.naam.clone(),
        }
    }
}
