//! How lines name themselves and each other.

use crate::domain::declaratie::Prestatie;
use crate::domain::waarde::Bsn;

use super::{Line, Spot};

const VORIG: Spot = &["ProductReferentie", "VorigReferentieNummer"];

/// TR314: a ReferentieNummer is used once, in this declaratie and all before it; a rejected line used its own up too.
///
/// - Retourcode: 8021, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr314(line: &Line<'_>) -> Option<Spot> {
    let nummer = &line.prestatie.product_referentie.referentie_nummer;
    line.books.has_reference(nummer).then_some(&["ProductReferentie", "ReferentieNummer"])
}

/// TR323: a credit takes back a debet line that was granted, and equals it (IV091). One that was credited before is
/// still there: see [`tr390`].
///
/// - Retourcode: 8017, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr323(line: &Line<'_>) -> Option<Spot> {
    let vorig = line.prestatie.product_referentie.vorig_referentie_nummer.as_deref()?;
    let taken_back = line.books.granted(vorig);
    let equals = taken_back.is_some_and(|granted| is_same(granted, (line.bsn, line.prestatie)));
    (!equals).then_some(VORIG)
}

/// TR390: a line is credited once.
///
/// - Retourcode: 9390, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr390(line: &Line<'_>) -> Option<Spot> {
    let vorig = line.prestatie.product_referentie.vorig_referentie_nummer.as_deref()?;
    line.books.is_credited(vorig).then_some(VORIG)
}

/// Whether two lines differ in reference and sign only.
fn is_same(one: (&Bsn, &Prestatie), other: (&Bsn, &Prestatie)) -> bool {
    let content = |(bsn, prestatie): (&Bsn, &Prestatie)| {
        let Prestatie {
            product_referentie: _,
            toewijzing_nummer,
            product_categorie,
            product_code,
            product_periode,
            geleverd_volume,
            eenheid,
            product_tarief,
            ingediend_bedrag,
            retour_codes: _,
        } = prestatie.clone();
        let what = (bsn.clone(), toewijzing_nummer, product_categorie, product_code);
        (what, product_periode, geleverd_volume, eenheid, product_tarief, ingediend_bedrag.bedrag)
    };
    content(one) == content(other)
}
