//! What is wrong with the VAT that rows tell of.

use super::row::REPEATS;
use super::{BtwPercentage, Column, Facts, Frame, Line, Row, RowProblem};
use crate::domain::berichten::bericht::Berichtsoort;

/// What is wrong with the VAT that a row tells.
pub(super) fn btw_problem(row: &Row, facts: &Facts<'_>) -> Option<RowProblem> {
    let given = row.btw_percentage?;
    let text = if facts.frame.soort != Berichtsoort::Wmo303F {
        "Alleen een factuur van release 2.3 (WMO303F) noemt btw. Laat dit leeg."
    } else if let Some(vorig) = &row.vorig_referentie_nummer {
        let billed = facts.declared.get(vorig)?.factuur.as_ref()?;
        if given.is_in(&billed.prestatie.ingediende_bedrag_prestatie) {
            return None;
        }
        REPEATS
    } else if given != BtwPercentage::EXEMPT && facts.frame.btw_id_nummer.is_none() {
        "Een factuur met btw noemt uw btw-nummer, en dat is hier niet bekend. Laat de beheerder het opgeven (instelling btw_id_nummer van de partij)."
    } else {
        return None;
    };
    Some(row.problem(Column::BtwPercentage, text))
}

/// The credits of VAT that another BtwIDNummer was told of than of the first one: a header has one.
pub(super) fn other_btw_id_nummers(lines: &[Line], frame: &Frame) -> Vec<RowProblem> {
    if frame.btw_id_nummer.is_some() {
        return Vec::new();
    }
    let mut numbered = lines.iter().filter_map(|line| Some((line.rij, line.credited_btw_id_nummer()?)));
    let Some((first, nummer)) = numbered.next() else { return Vec::new() };
    let others = numbered.filter(|(_, other)| *other != nummer);
    let problem = |(rij, _)| RowProblem {
        rij: Some(rij),
        column: Some(Column::VorigReferentieNummer),
        text: format!(
            "De btw van deze regel is gedeclareerd onder een ander btw-nummer dan die van rij {first}. Crediteer hem apart, of laat de beheerder uw btw-nummer opgeven (instelling btw_id_nummer van de partij)."
        ),
    };
    others.map(problem).collect()
}
