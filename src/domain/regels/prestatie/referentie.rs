//! How lines name themselves and each other.

use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::release::Property;
use crate::domain::berichten::waarde::Bsn;

use super::{Line, Spot};

const VORIG: Spot = &["ProductReferentie", "VorigReferentieNummer"];

/// TR314: a ReferentieNummer is used once, in this declaratie and all before it; a rejected line used its own up too.
///
/// - Retourcode: 8021, on the `Prestatie`
/// - Berichten: WMO303, WMO323
pub fn tr314(line: &Line<'_>) -> Option<Spot> {
    let nummer = &line.prestatie.product_referentie.referentie_nummer;
    line.books.has_reference(nummer.as_str()).then_some(&["ProductReferentie", "ReferentieNummer"])
}

/// TR323: a credit takes back a debet line that was granted, and equals it (IV091; before release 3.0 IV054); where less was
/// granted than was asked, its amount is what was granted. One that was credited before is still there: see [`tr390`].
/// Before release 3.0 a rejected line is there too: see [`iv053`].
///
/// - Retourcode: 8017, on the `Prestatie`
/// - Berichten: WMO303, WMO323
pub fn tr323(line: &Line<'_>) -> Option<Spot> {
    let vorig = line.prestatie.product_referentie.vorig()?;
    let rejected_too = line.release.has(Property::RejectedIsCredited);
    let mut taken_back = line.books.debet(vorig).into_iter().filter(|debet| debet.toegekend.is_some() || rejected_too);
    let equals = taken_back.any(|debet| {
        let granted = debet.toegekend.unwrap_or(debet.prestatie.ingediend_bedrag.bedrag);
        line.prestatie.ingediend_bedrag.bedrag == granted
            && is_same((debet.bsn, debet.prestatie), (line.bsn, line.prestatie))
    });
    (!equals).then_some(VORIG)
}

/// IV053: of a declaratie a rejected line is dead, and is not credited. Of a factuur it is a claim until it is.
///
/// - Retourcode: 8853, on the `Prestatie`
/// - Berichten: WMO303, as D
pub fn iv053(line: &Line<'_>) -> Option<Spot> {
    let vorig = line.prestatie.product_referentie.vorig()?;
    line.books.debet(vorig).is_some_and(|debet| debet.toegekend.is_none()).then_some(VORIG)
}

/// TR390: a line is credited once; before release 3.0 it is IV054 that says so.
///
/// - Retourcode: 9390, on the `Prestatie`; before release 3.0 it is 8854
/// - Berichten: WMO303, WMO323
pub fn tr390(line: &Line<'_>) -> Option<Spot> {
    let vorig = line.prestatie.product_referentie.vorig()?;
    line.books.is_credited(vorig).then_some(VORIG)
}

/// Whether two lines differ in reference and amount only.
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
            ingediend_bedrag: _,
            retour_codes: _,
        } = prestatie.clone();
        let what = (bsn.clone(), toewijzing_nummer, product_categorie, product_code);
        (what, product_periode, geleverd_volume, eenheid, product_tarief)
    };
    content(one) == content(other)
}
