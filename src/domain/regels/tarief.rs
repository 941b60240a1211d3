//! What is asked against what was delivered: level external, as a contract may tell another tariff.

use crate::domain::bericht::Heenbericht;
use crate::domain::declaratie::Prestatie;
use crate::domain::verdict::{Outside, Place};
use crate::domain::waarde::Eenheid;

use super::bericht::prestatie_path;

/// TR346: what is asked for a line is its volume times its tariff; a line in euros has no tariff.
///
/// Of a line that takes back another only the reference to that one is judged (IV085).
///
/// - Retourcode: 9346, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr346(heen: &Heenbericht, _: &Outside<'_>) -> Vec<Place> {
    let lines = heen.inhoud.clienten().iter().enumerate().flat_map(|(client, lines)| {
        lines.prestaties.iter().enumerate().map(move |(index, prestatie)| (client, index, prestatie))
    });
    lines
        .filter(|(_, _, prestatie)| prestatie.is_debet() && !amount_follows(prestatie))
        .map(|(client, index, _)| Place::within(prestatie_path(heen, client, index), &["IngediendBedrag", "Bedrag"]))
        .collect()
}

/// Minutes may have an agreed tariff per hour. The line then tells a sixtieth of it, rounded to cents, while the
/// amount is that of the whole (IV081). Which tariff that is stands in the contract, so every amount that some
/// tariff per hour explains will do.
fn amount_follows(prestatie: &Prestatie) -> bool {
    let Some(tarief) = prestatie.product_tarief.map(i128::from) else { return true };
    let volume = i128::from(prestatie.geleverd_volume);
    let bedrag = i128::from(prestatie.ingediend_bedrag.bedrag);
    match prestatie.eenheid {
        Eenheid::Minuut => {
            let amount = |per_hour: i128| half_up(per_hour * volume, 60);
            (amount(60 * tarief - 30)..=amount(60 * tarief + 29)).contains(&bedrag)
        }
        Eenheid::Euro => true,
        Eenheid::Uur
        | Eenheid::Etmaal
        | Eenheid::Dagdeel
        | Eenheid::StuksOutput
        | Eenheid::StuksInspanning
        | Eenheid::Week
        | Eenheid::Tijdsonafhankelijk => bedrag == volume * tarief,
    }
}

/// A quotient rounded to the nearest whole, halves up.
fn half_up(dividend: i128, divisor: i128) -> i128 {
    (2 * dividend + divisor).div_euclid(2 * divisor)
}

#[cfg(test)]
mod tests {
    use super::half_up;

    #[test]
    fn half_a_cent_counts_as_one() {
        assert_eq!([half_up(1454, 10), half_up(1455, 10), half_up(1464, 10)], [145, 146, 146]);
        assert_eq!([half_up(0, 60), half_up(29, 60), half_up(30, 60)], [0, 0, 1]);
    }
}
