//! What a line must agree on with its toewijzing.

use super::{Line, Spot};

const NUMMER: Spot = &["ToewijzingNummer"];
const CODE: Spot = &["ProductCode"];

/// TR338: a line belongs to a toewijzing of this gemeente to this aanbieder.
///
/// - Retourcode: 9338, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr338(line: &Line<'_>) -> Option<Spot> {
    line.toewijzing.is_none().then_some(NUMMER)
}

/// TR384: nothing is declared on a toewijzing that was removed.
///
/// - Retourcode: 9384, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr384(line: &Line<'_>) -> Option<Spot> {
    line.toewijzing?.verwijderd.then_some(NUMMER)
}

/// TR303: as TR338 and TR384 since: a toewijzing that was removed counts as never sent.
///
/// - Retourcode: 0551, on the `Prestatie`
/// - Berichten: WMO303
pub fn tr303(line: &Line<'_>) -> Option<Spot> {
    line.toewijzing.is_none_or(|toewijzing| toewijzing.verwijderd).then_some(NUMMER)
}

/// TR304 of a WMO303: the toewijzing is one of this client.
///
/// - Retourcode: 8187, on the `Prestatie`
/// - Berichten: WMO303; of the others see [`crate::domain::regels::berichtoverstijgend::tr304`]
pub fn tr304(line: &Line<'_>) -> Option<Spot> {
    (line.toewijzing?.bsn != *line.bsn).then_some(NUMMER)
}

/// TR339, and before release 3.0 TR305: the categorie is that of the toewijzing, where it has one.
///
/// - Retourcode: 9339, on the `Prestatie`; before release 3.0 it is 1112
/// - Berichten: WMO303, WMO323
pub fn tr339(line: &Line<'_>) -> Option<Spot> {
    let product = line.toewijzing?.product.as_ref()?;
    (product.categorie != line.prestatie.product_categorie).then_some(&["ProductCategorie"])
}

/// TR340, and before release 3.0 TR306: the product code is that of the toewijzing, where it has one; blanks around it
/// do not matter.
///
/// - Retourcode: 9340, on the `Prestatie`; before release 3.0 it is 1142
/// - Berichten: WMO303, WMO323
pub fn tr340(line: &Line<'_>) -> Option<Spot> {
    let code = line.toewijzing?.product.as_ref()?.code.as_ref()?;
    (code.as_str().trim() != line.prestatie.product_code.as_str().trim()).then_some(CODE)
}

/// TR381: the product code was agreed, under this categorie.
///
/// - Retourcode: S329, on the `Prestatie`
/// - Berichten: WMO323; of the others see [`crate::domain::regels::externe_bron::tr381`]
pub fn tr381(line: &Line<'_>) -> Option<Spot> {
    let prestatie = line.prestatie;
    (!line.contract?.has(&prestatie.product_categorie, &prestatie.product_code)).then_some(CODE)
}
