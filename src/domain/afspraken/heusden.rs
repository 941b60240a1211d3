//! `heusden-2022`: the ten-step plan. Most of it are terms; what a bericht shows is whether support was reported.

use super::table::NOT_STARTED;
use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::declaratie::{Declaratie, Prestatie};
use crate::domain::facts::history::{History, Leveringen};
use crate::domain::finding::{Finding, Place};

/// Of how many lines is told at most that there is no start: an aanbieder that reports none has it from the first.
const MOST_NAMED: usize = 100;

/// Lines without a start: told and paid, whatever a region would like (OP364).
pub(super) fn below(heen: &Heenbericht, declaratie: &Declaratie, history: &History) -> Vec<Finding> {
    let leveringen = &history.declaraties.leveringen;
    let without = heen
        .inhoud
        .debets_of(declaratie)
        .filter(|(bsn, line, _)| !leveringen.get(bsn).is_some_and(|leveringen| was_started(leveringen, line)));
    without
        .take(MOST_NAMED)
        .map(|(_, _, path)| NOT_STARTED.broken_at(Place::element(path, "ToewijzingNummer")))
        .collect()
}

/// Whether a start was reported on the toewijzing of this line; taakgericht, on its categorie.
fn was_started(leveringen: &Leveringen, line: &Prestatie) -> bool {
    leveringen.starts.iter().any(|start| match start.toewijzing_nummer {
        Some(nummer) => Some(nummer) == line.toewijzing_nummer,
        None => start.categorie.as_deref().is_none_or(|categorie| categorie == line.product_categorie.as_str()),
    })
}
