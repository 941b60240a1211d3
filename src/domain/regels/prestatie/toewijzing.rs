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

/// TR339: the categorie is that of the toewijzing, where it has one.
///
/// - Retourcode: 9339, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr339(line: &Line<'_>) -> Option<Spot> {
    let product = line.toewijzing?.product.as_ref()?;
    (product.categorie != line.prestatie.product_categorie).then_some(&["ProductCategorie"])
}

/// TR340: the product code is that of the toewijzing, where it has one; blanks around it do not matter.
///
/// - Retourcode: 9340, on the `Prestatie`
/// - Berichten: WMO323
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
