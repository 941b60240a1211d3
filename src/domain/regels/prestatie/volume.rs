//! How often and how much was declared.

use crate::domain::volume::{Maximum, Term, in_period, in_smallest, in_term};

use super::{Line, Spot};

const VOLUME: Spot = &["GeleverdVolume"];

/// TR389: a product is declared once per toewijzing and period, unless the line before was credited.
///
/// - Retourcode: 9389, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr389(line: &Line<'_>) -> Option<Spot> {
    line.books.has_delivered(line.prestatie).then_some(&[])
}

/// TR321: the volume stays within the maximum of the period.
///
/// - Retourcode: 9321, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr321(line: &Line<'_>) -> Option<Spot> {
    let (_, omvang) = line.omvang()?;
    let maximum = in_smallest(line.maximum_in_period()?.value(), omvang.eenheid);
    (line.volume() > maximum).then_some(VOLUME)
}

/// TR322: all volume that was granted and this together stay within the maximum of the toewijzing.
///
/// - Retourcode: 9322, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr322(line: &Line<'_>) -> Option<Spot> {
    let (toewijzing, omvang) = line.omvang()?;
    let maximum = in_smallest(line.maximum_in_term()?.value(), omvang.eenheid);
    let used = line.books.volume(toewijzing.toewijzing_nummer, omvang.eenheid);
    (used + line.volume() > maximum).then_some(VOLUME)
}

/// TR369: all money that was granted and this together stay within the budget of the toewijzing.
///
/// - Retourcode: 9369, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr369(line: &Line<'_>) -> Option<Spot> {
    let toewijzing = line.toewijzing?;
    let budget = i128::from(toewijzing.budget?);
    let used = line.books.bedrag(toewijzing.toewijzing_nummer);
    (used + line.prestatie.ingediend_bedrag.signed() > budget).then_some(VOLUME)
}

impl Line<'_> {
    /// What is declared, in the smallest unit of its kind.
    fn volume(&self) -> i128 {
        in_smallest(self.prestatie.geleverd_volume.into(), self.prestatie.eenheid)
    }

    /// The most that the period holds, in the unit of the toewijzing.
    fn maximum_in_period(&self) -> Option<Maximum> {
        let (toewijzing, omvang) = self.omvang()?;
        let assigned = toewijzing.product.as_ref().map(|product| &product.categorie);
        let categorie = assigned.unwrap_or(&self.prestatie.product_categorie);
        in_period(omvang, categorie, self.term()?, &self.prestatie.product_periode)
    }

    /// The most that the toewijzing holds, in its unit.
    fn maximum_in_term(&self) -> Option<Maximum> {
        let (toewijzing, omvang) = self.omvang()?;
        let granted = self.books.last_day(toewijzing.toewijzing_nummer);
        let own = self.prestatie.product_periode.einddatum;
        in_term(omvang, self.term()?, granted.map_or(own, |granted| granted.max(own)))
    }

    fn term(&self) -> Option<Term> {
        let toewijzing = self.toewijzing?;
        Some(Term { begin: toewijzing.ingangsdatum, end: toewijzing.einddatum })
    }
}
