//! What a row costs: its product, its unit and the tariff, as the row tells or else as was agreed.

use super::row::{Column, MAX_FIGURE, Row, RowProblem};
use crate::domain::berichten::contract::{Contract, Tarief};
use crate::domain::berichten::release::{Property, Release};
use crate::domain::berichten::waarde::{Eenheid, ProductCategorie, ProductCode};
use crate::domain::facts::calculation::{euros, half_up};
use crate::domain::facts::history::ToewijzingFact;

/// What was delivered, and what was agreed about it.
pub(super) struct Product {
    pub categorie: ProductCategorie,
    pub code: ProductCode,
    pub eenheid: Eenheid,
    /// Of the toewijzing, when that tells one.
    assigned: Option<Eenheid>,
    /// With the unit of the toewijzing, where the contract tells none.
    agreed: Option<Tarief>,
}

impl Product {
    pub(super) fn of(
        row: &Row,
        toewijzing: &ToewijzingFact,
        contract: Option<&Contract>,
    ) -> Result<Self, Vec<RowProblem>> {
        let assigned = toewijzing.product.as_ref();
        let categorie = row.product_categorie.clone().or_else(|| Some(assigned?.categorie.clone()));
        let code = row.product_code.clone().or_else(|| assigned?.code.clone());
        let unit = toewijzing.omvang.as_ref().map(|omvang| omvang.eenheid);
        let agreed = code.as_ref().and_then(|code| contract?.tarieven.get(code));
        let agreed = agreed.map(|tarief| Tarief { eenheid: tarief.eenheid.or(unit), ..*tarief });
        let eenheid = row.eenheid.or(unit).or_else(|| agreed?.eenheid);
        let open = [
            (Column::ProductCategorie, categorie.is_none()),
            (Column::ProductCode, code.is_none()),
            (Column::Eenheid, eenheid.is_none()),
        ];
        let Some(((categorie, code), eenheid)) = categorie.zip(code).zip(eenheid) else {
            let open = open.into_iter().filter(|(_, is_open)| *is_open);
            let text = "De toewijzing laat dit open. Vul in wat is geleverd.";
            return Err(open.map(|(column, _)| row.problem(column, text)).collect());
        };
        Ok(Self { categorie, code, eenheid, assigned: unit, agreed })
    }

    /// What was delivered, in its unit: minutes that become hours are rounded to the nearest, and are one hour at least (IV079).
    pub(super) fn volume(&self, row: &Row) -> Result<u32, RowProblem> {
        let text = match (row.volume, row.minuten) {
            (Some(volume), None) => return Ok(volume),
            (Some(_), Some(_)) => "Vul Volume of Minuten in, niet allebei.",
            (None, None | Some(0)) => "Er zijn geen minuten geleverd. Laat deze regel weg.",
            (None, Some(minuten)) => match self.eenheid {
                Eenheid::Minuut => return Ok(minuten),
                Eenheid::Uur => return Ok(((minuten + 30) / 60).max(1)),
                Eenheid::Etmaal
                | Eenheid::Dagdeel
                | Eenheid::Week
                | Eenheid::Euro
                | Eenheid::StuksOutput
                | Eenheid::StuksInspanning
                | Eenheid::Tijdsonafhankelijk => {
                    "Minuten horen bij een toewijzing in uren of minuten. Vul in plaats daarvan Volume in."
                }
            },
        };
        Err(row.problem(Column::Minuten, text))
    }

    /// How the tariff of a row was read that tells another unit than the toewijzing does, where nobody told what was agreed.
    pub(super) fn remark(&self, row: &Row) -> Option<String> {
        let (tarief, assigned) = (row.tarief?, self.assigned?);
        let is_known = self.agreed.is_some();
        let [read, assigned_in] = [self.eenheid, assigned].map(unit);
        let per_hour = if self.eenheid == Eenheid::Minuut {
            " Is het een tarief per uur, zet het dan in de kolom Tarief per uur."
        } else {
            ""
        };
        let text = format!(
            "Het tarief is gelezen als {} per {read}, terwijl de toewijzing per {assigned_in} telt; zonder contract is dat niet te \
             controleren.{per_hour}",
            euros(tarief.into())
        );
        (!is_known && self.eenheid != assigned && self.eenheid != Eenheid::Euro).then_some(text)
    }

    /// What was agreed per hour, where minutes are declared: each then costs a sixtieth (IV081).
    fn agreed_per_hour(&self) -> Option<i128> {
        let agreed = self.agreed.filter(|agreed| agreed.eenheid == Some(Eenheid::Uur))?;
        (self.eenheid == Eenheid::Minuut).then_some(agreed.bedrag.into())
    }
}

/// What a line costs, in euro cents.
pub(super) struct Price {
    /// Per unit; none of what is counted in euros.
    pub tarief: Option<u32>,
    pub bedrag: u32,
}

impl Price {
    /// As the row tells, or else as was agreed, rounded as the standard has it (TR346, before release 3.0 TR317).
    pub(super) fn of(row: &Row, volume: u32, product: &Product, release: Release) -> Result<Self, RowProblem> {
        if product.eenheid == Eenheid::Euro {
            return Ok(Self { tarief: row.tarief, bedrag: row.bedrag.unwrap_or(volume) });
        }
        if let Some(text) = wrong_per_hour(row, product.eenheid) {
            return Err(row.problem(Column::TariefPerUur, text));
        }
        let given_per_hour = row.tarief_per_uur.map(i128::from);
        let per_hour = given_per_hour.filter(|_| product.eenheid == Eenheid::Minuut);
        let per_hour = per_hour.or_else(|| product.agreed_per_hour());
        let per_unit = per_hour
            .map(|per_hour| half_up(per_hour, 60))
            .or(given_per_hour)
            .or(product.agreed.map(|agreed| agreed.bedrag.into()));
        let Some(tarief) = row.tarief.map(i128::from).or(per_unit) else {
            let text = "Er is geen tarief bekend voor dit product. Vul het in, in eurocenten, of laat de beheerder het contract opgeven (instelling contracten.folder).";
            return Err(row.problem(Column::Tarief, text));
        };
        let per_hour = per_hour.filter(|_| per_unit == Some(tarief) && !release.has(Property::BerekendBedrag));
        let product =
            per_hour.map_or(tarief * i128::from(volume), |per_hour| half_up(per_hour * i128::from(volume), 60));
        let [tarief, product] =
            [tarief, product].map(|cents| u32::try_from(cents).ok().filter(|cents| *cents <= MAX_FIGURE));
        let Some((tarief, product)) = tarief.zip(product) else {
            let text = "Volume maal tarief komt boven € 999.999,99; meer past niet in een regel. Controleer beide.";
            return Err(row.problem(Column::Volume, text));
        };
        Ok(Self { tarief: Some(tarief), bedrag: row.bedrag.unwrap_or(product) })
    }
}

/// What is wrong with a tariff per hour in this row.
fn wrong_per_hour(row: &Row, eenheid: Eenheid) -> Option<&'static str> {
    row.tarief_per_uur?;
    if row.tarief.is_some() {
        return Some("Vul Tarief of Tarief per uur in, niet allebei.");
    }
    let is_time = matches!(eenheid, Eenheid::Minuut | Eenheid::Uur);
    (!is_time).then_some("Een tarief per uur hoort bij uren of minuten. Vul in plaats daarvan Tarief in.")
}

/// A unit, as people say it.
fn unit(eenheid: Eenheid) -> &'static str {
    match eenheid {
        Eenheid::Minuut => "minuut",
        Eenheid::Uur => "uur",
        Eenheid::Etmaal => "etmaal",
        Eenheid::Dagdeel => "dagdeel",
        Eenheid::Week => "week",
        Eenheid::Euro => "euro",
        Eenheid::StuksOutput | Eenheid::StuksInspanning | Eenheid::Tijdsonafhankelijk => "stuk",
    }
}
