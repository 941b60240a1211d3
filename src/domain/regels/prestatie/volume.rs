//! How often and how much was declared.

use crate::domain::berichten::release::Property;
use crate::domain::facts::calculation::{Calculation, Formula};
use crate::domain::facts::volume::{Validity, in_period, in_smallest, in_term, started, started_in_term};

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
/// - Berichten: WMO303, WMO323
pub fn tr321(line: &Line<'_>) -> Option<Spot> {
    (!line.period()?.holds).then_some(VOLUME)
}

/// TR322: all volume that was granted and this together stay within the maximum of the toewijzing. A line without a
/// ToewijzingNummer is judged by itself. A toewijzing that is open-ended has a maximum only where it was assigned as a total.
///
/// - Retourcode: 9322, on the `Prestatie`
/// - Berichten: WMO303, WMO323
pub fn tr322(line: &Line<'_>) -> Option<Spot> {
    (!line.whole_term()?.holds).then_some(VOLUME)
}

/// TR369: all money that was granted and this together stay within the budget of the toewijzing.
///
/// - Retourcode: 9369, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr369(line: &Line<'_>) -> Option<Spot> {
    (!line.budget()?.holds).then_some(VOLUME)
}

impl Line<'_> {
    /// What is declared against what the period holds.
    pub(super) fn period(&self) -> Option<Calculation> {
        let (toewijzing, omvang) = self.omvang()?;
        let assigned = toewijzing.product.as_ref().map(|product| &product.categorie);
        let categorie = assigned.unwrap_or(&self.prestatie.product_categorie);
        let periode = &self.prestatie.product_periode;
        let maximum = if self.release.has(Property::StartedPeriods) {
            started(omvang, periode.begindatum, periode.einddatum)
        } else {
            in_period(omvang, categorie, self.term()?, periode)?
        };
        let allowed = in_smallest(maximum.value(), omvang.eenheid);
        Some(within("TR321", Formula::Period(maximum, omvang.eenheid), (0, self.volume()), allowed))
    }

    /// All that is declared against what the toewijzing holds.
    pub(super) fn whole_term(&self) -> Option<Calculation> {
        let (toewijzing, omvang) = self.omvang()?;
        let counts_started = self.release.has(Property::StartedPeriods);
        let maximum = if counts_started { started_in_term } else { in_term }(omvang, self.term()?)?;
        let used = self.books.volume(toewijzing.toewijzing_nummer, omvang.eenheid);
        let allowed = in_smallest(maximum.value(), omvang.eenheid);
        Some(within("TR322", Formula::Term(maximum, omvang.eenheid), (used, self.volume()), allowed))
    }

    /// All that is asked against the budget.
    pub(super) fn budget(&self) -> Option<Calculation> {
        let toewijzing = self.toewijzing?;
        let used = self.books.bedrag(toewijzing.toewijzing_nummer);
        let asked = self.prestatie.ingediend_bedrag.signed();
        Some(within("TR369", Formula::Budget, (used, asked), toewijzing.budget?.into()))
    }

    /// What is declared, in the smallest unit of its kind.
    fn volume(&self) -> i128 {
        in_smallest(self.prestatie.geleverd_volume.into(), self.prestatie.eenheid)
    }

    fn term(&self) -> Option<Validity> {
        let toewijzing = self.toewijzing?;
        Some(Validity { begin: toewijzing.ingangsdatum, end: toewijzing.einddatum })
    }
}

fn within(regel: &'static str, formula: Formula, (used, asked): (i128, i128), allowed: i128) -> Calculation {
    Calculation { regel, formula, used, asked, allowed, holds: used + asked <= allowed }
}
