//! `heusden-2022`: the ten-step plan. Most of it are terms; what a bericht shows is whether support was reported.

use super::{Afspraak, debets};
use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::declaratie::Prestatie;
use crate::domain::history::{History, Leveringen};
use crate::domain::verdict::{Finding, Place, Severity};

/// The choices that the ten-step plan leaves: none. A line without a start is told and paid, whatever a region would like
/// (OP364).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heusden2022;

/// Of how many lines is told at most that there is no start: an aanbieder that reports none has it from the first.
const TOLD: usize = 100;

const NO_START: Afspraak = Afspraak {
    id: "HVB-04",
    retour_code: None,
    severity: Severity::Warning,
    text: "Van deze ondersteuning is geen start gemeld. De regel wordt beoordeeld; stuur alsnog het startbericht.",
};

impl Heusden2022 {
    #[expect(clippy::unused_self, reason = "the agreements of a profile are asked through their value")]
    pub(super) fn below(&self, heen: &Heenbericht, history: &History) -> Vec<Finding> {
        let Inhoud::Declaratie(declaratie) = &heen.inhoud else { return Vec::new() };
        let leveringen = &history.declaraties.leveringen;
        let without = debets(heen, declaratie)
            .filter(|(bsn, line, _)| !leveringen.get(bsn).is_some_and(|leveringen| was_started(leveringen, line)));
        without.take(TOLD).map(|(_, _, path)| NO_START.broken_at(Place::element(path, "ToewijzingNummer"))).collect()
    }
}

/// Whether a start was reported on the toewijzing of this line; taakgericht, on its categorie.
fn was_started(leveringen: &Leveringen, line: &Prestatie) -> bool {
    leveringen.starts.iter().any(|start| match start.toewijzing_nummer {
        Some(nummer) => Some(nummer) == line.toewijzing_nummer,
        None => start.categorie.as_deref().is_none_or(|categorie| categorie == line.product_categorie.as_str()),
    })
}
