//! Unit, tariff and amount of a line.

use crate::domain::berichten::contract::Tarief;
use crate::domain::berichten::release::Property;
use crate::domain::berichten::waarde::Eenheid;
use crate::domain::facts::calculation::{Calculation, Formula, half_up};
use crate::domain::facts::volume::smallest;

use super::{Line, Spot};

/// TR341: the unit is that of the toewijzing; what is assigned in hours may be declared in minutes. Where the
/// toewijzing tells no unit, it is that of the contract.
///
/// - Retourcode: 9341, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr341(line: &Line<'_>) -> Option<Spot> {
    let eenheid = line.prestatie.eenheid;
    let fits = match line.omvang() {
        Some((_, omvang)) => eenheid == omvang.eenheid || (omvang.eenheid, eenheid) == (Eenheid::Uur, Eenheid::Minuut),
        None => line.agreed().and_then(|tarief| tarief.eenheid).is_none_or(|agreed| eenheid == agreed),
    };
    (!fits).then_some(&["Eenheid"])
}

/// TR309: the unit is that of the toewijzing; hours and minutes may stand for each other (IV060).
///
/// - Retourcode: 9309, on the `Prestatie`
/// - Berichten: WMO303
pub fn tr309(line: &Line<'_>) -> Option<Spot> {
    let (_, omvang) = line.omvang()?;
    (smallest(omvang.eenheid) != smallest(line.prestatie.eenheid)).then_some(&["Eenheid"])
}

/// TR418, and before release 3.0 IV032c: the tariff is the one agreed for the product; what was agreed per hour is asked per minute as a sixtieth of
/// it, rounded to cents. Where nobody told the unit of an agreed tariff, either will do.
///
/// - Retourcode: 0611, on the `Prestatie`
/// - Berichten: WMO303, WMO323
pub fn tr418(line: &Line<'_>) -> Option<Spot> {
    let asked = i128::from(line.prestatie.product_tarief?);
    let agreed = line.agreed()?;
    let (whole, per_minute) = (i128::from(agreed.bedrag), half_up(agreed.bedrag.into(), 60));
    let fits = match (line.prestatie.eenheid, line.agreed_unit()) {
        (Eenheid::Minuut, Some(Eenheid::Uur)) => asked == per_minute,
        (Eenheid::Minuut, None) => asked == whole || asked == per_minute,
        _ => asked == whole,
    };
    (!fits).then_some(&["ProductTarief"])
}

/// TR346: what is asked for a line is its volume times its tariff; a line in euros has no tariff.
///
/// Minutes may have an agreed tariff per hour. The line then tells a sixtieth of it, rounded to cents, while the
/// amount is that of the whole (IV081). Where nobody told that tariff, every amount that some tariff per hour explains
/// will do.
///
/// - Retourcode: 9346, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr346(line: &Line<'_>) -> Option<Spot> {
    (!line.price()?.holds).then_some(&["IngediendBedrag", "Bedrag"])
}

impl Line<'_> {
    /// What is asked against volume times tariff. Before release 3.0 less may be asked (TR317, CS323).
    pub(super) fn price(&self) -> Option<Calculation> {
        let prestatie = self.prestatie;
        if self.release.has(Property::BerekendBedrag) {
            let (volume, tarief) = (prestatie.geleverd_volume, prestatie.product_tarief?);
            let (asked, allowed) = (prestatie.ingediend_bedrag.bedrag.into(), i128::from(volume) * i128::from(tarief));
            let formula = Formula::Price { volume: volume.into(), tarief: tarief.into(), per_hour: None };
            return Some(Calculation { regel: "TR317", formula, used: 0, asked, allowed, holds: asked <= allowed });
        }
        let (volume, tarief) = (prestatie.geleverd_volume, prestatie.product_tarief?);
        let asked = i128::from(prestatie.ingediend_bedrag.bedrag);
        let product = i128::from(volume) * i128::from(tarief);
        let by_hour = |per_hour: i128| half_up(per_hour * i128::from(volume), 60);
        let agreed = self.agreed_per_hour().filter(|agreed| half_up((*agreed).into(), 60) == tarief.into());
        let (allowed, holds, per_hour) = match (prestatie.eenheid, agreed) {
            (Eenheid::Euro, _) => return None,
            (Eenheid::Minuut, Some(agreed)) => (by_hour(agreed.into()), asked == by_hour(agreed.into()), Some(agreed)),
            (Eenheid::Minuut, None) if self.agreed_unit() != Some(Eenheid::Minuut) => {
                let tarief = i128::from(tarief);
                (product, (by_hour(60 * tarief - 30)..=by_hour(60 * tarief + 29)).contains(&asked), None)
            }
            _ => (product, asked == product, None),
        };
        let formula = Formula::Price { volume: volume.into(), tarief: tarief.into(), per_hour };
        Some(Calculation { regel: "TR346", formula, used: 0, asked, allowed, holds })
    }

    /// The tariff that was agreed for the product.
    fn agreed(&self) -> Option<Tarief> {
        self.contract?.tarieven.get(&self.prestatie.product_code).copied()
    }

    /// The unit of that tariff: as agreed, else that of the toewijzing.
    fn agreed_unit(&self) -> Option<Eenheid> {
        self.agreed()?.eenheid.or_else(|| self.omvang().map(|(_, omvang)| omvang.eenheid))
    }

    fn agreed_per_hour(&self) -> Option<i64> {
        self.agreed().filter(|_| self.agreed_unit() == Some(Eenheid::Uur)).map(|tarief| tarief.bedrag)
    }
}
