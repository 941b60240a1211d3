//! How a figure of a line was reached: what went in, the formula and what came out, for whoever has to explain it.

use super::volume::{Counted, Maximum, in_smallest};
use crate::domain::berichten::waarde::Eenheid;

/// One figure of a line, under the rule that asks for it. Volumes stand in the smallest unit of their kind, so minutes for
/// hours; money in euro cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// The rule, as in `TR321`.
    pub regel: &'static str,
    /// What the figure is made of.
    pub formula: Formula,
    /// What was granted before, where that counts.
    pub used: i128,
    /// What the line asks.
    pub asked: i128,
    /// What it may be, or may come to.
    pub allowed: i128,
    /// Whether the rule holds.
    pub holds: bool,
}

/// What a figure is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Volume times tariff (TR346, TR317).
    Price {
        /// Of the line, in its own unit.
        volume: i64,
        /// Of the line.
        tarief: i64,
        /// The agreed tariff per hour that minutes are asked by.
        per_hour: Option<i64>,
    },
    /// The most that the period holds (TR321).
    Period(Maximum, Eenheid),
    /// The most that the toewijzing holds (TR322).
    Term(Maximum, Eenheid),
    /// The budget of the toewijzing (TR369).
    Budget,
}

impl Calculation {
    /// The figure in Dutch.
    #[must_use]
    pub fn text(&self) -> String {
        let together = self.used + self.asked;
        match self.formula {
            Formula::Price { volume, tarief, per_hour } => {
                let product = match per_hour {
                    Some(per_hour) => format!("{volume} minuten × {} per uur / 60", euros(per_hour.into())),
                    None => format!("{volume} × {}", euros(tarief.into())),
                };
                format!("{product} = {}; ingediend {}.", euros(self.allowed), euros(self.asked))
            }
            Formula::Period(maximum, eenheid) => {
                let asked = amount(self.asked, eenheid);
                format!("{} in deze periode; gedeclareerd {asked}.", product(maximum, eenheid))
            }
            Formula::Term(maximum, eenheid) => format!(
                "{} in het geheel; eerder toegekend {}, met deze {} samen {}.",
                product(maximum, eenheid),
                amount(self.used, eenheid),
                amount(self.asked, eenheid),
                amount(together, eenheid)
            ),
            Formula::Budget => format!(
                "Budget {}; eerder toegekend {}, met deze {} samen {}.",
                euros(self.allowed),
                euros(self.used),
                euros(self.asked),
                euros(together)
            ),
        }
    }
}

/// A quotient rounded to the nearest whole, halves up.
#[must_use]
pub fn half_up(dividend: i128, divisor: i128) -> i128 {
    (2 * dividend + divisor).div_euclid(2 * divisor)
}

/// A maximum as a product: `3 uur × 5 weken = 15 uur`.
fn product(maximum: Maximum, eenheid: Eenheid) -> String {
    let whole = amount(in_smallest(maximum.value(), eenheid), eenheid);
    let times = maximum.times;
    let (one, several) = match maximum.counted {
        Counted::Once => return format!("Ten hoogste {whole}"),
        Counted::Days => ("dag", "dagen"),
        Counted::Weeks | Counted::StartedWeeks => ("week", "weken"),
        Counted::Sundays => ("week (zondagen)", "weken (zondagen)"),
        Counted::Months => ("maand", "maanden"),
        Counted::StartedFourWeeks => ("periode van vier weken", "perioden van vier weken"),
        Counted::Years => ("jaar", "jaren"),
        Counted::SixWeeks => ("week (afspraak huishoudelijke hulp)", "weken (afspraak huishoudelijke hulp)"),
    };
    let counted = if times == 1 { one } else { several };
    format!("{} × {times} {counted} = {whole}", amount(in_smallest(maximum.volume.into(), eenheid), eenheid))
}

/// A volume in the smallest unit, as people say it in this one.
#[must_use]
pub fn amount(volume: i128, eenheid: Eenheid) -> String {
    match eenheid {
        Eenheid::Minuut if volume == 1 => "1 minuut".to_owned(),
        Eenheid::Minuut => format!("{volume} minuten"),
        Eenheid::Uur if volume % 60 == 0 => format!("{} uur", volume / 60),
        Eenheid::Uur => format!("{} uur en {}", volume / 60, amount(volume % 60, Eenheid::Minuut)),
        Eenheid::Etmaal => format!("{volume} etmaal"),
        Eenheid::Dagdeel if volume == 1 => "1 dagdeel".to_owned(),
        Eenheid::Dagdeel => format!("{volume} dagdelen"),
        Eenheid::Week if volume == 1 => "1 week".to_owned(),
        Eenheid::Week => format!("{volume} weken"),
        Eenheid::Euro => euros(volume),
        Eenheid::StuksOutput | Eenheid::StuksInspanning | Eenheid::Tijdsonafhankelijk if volume == 1 => {
            "1 stuk".to_owned()
        }
        Eenheid::StuksOutput | Eenheid::StuksInspanning | Eenheid::Tijdsonafhankelijk => format!("{volume} stuks"),
    }
}

/// Cents as euros: `€ 1.234,50`.
#[must_use]
pub fn euros(cents: i128) -> String {
    let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    let whole = (cents / 100).to_string();
    let groups: Vec<&str> = whole
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits are one byte each"))
        .collect();
    format!("€ {sign}{},{:02}", groups.join("."), cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_the_dutch_do() {
        assert_eq!(
            [euros(0), euros(5), euros(123_450), euros(-1_234_567_890)],
            ["€ 0,00", "€ 0,05", "€ 1.234,50", "€ -12.345.678,90"]
        );
    }

    #[test]
    fn half_a_cent_counts_as_one() {
        assert_eq!([half_up(1454, 10), half_up(1455, 10), half_up(1464, 10)], [145, 146, 146]);
        assert_eq!([half_up(0, 60), half_up(29, 60), half_up(30, 60)], [0, 0, 1]);
    }

    #[test]
    fn a_figure_tells_what_went_in_and_what_came_out() {
        let weekly = Maximum { volume: 3, times: 5, counted: Counted::Weeks };
        let of =
            |formula, used, asked, allowed| Calculation { regel: "TR321", formula, used, asked, allowed, holds: true };
        let period = of(Formula::Period(weekly, Eenheid::Uur), 0, 250, 900);
        assert_eq!(period.text(), "3 uur × 5 weken = 15 uur in deze periode; gedeclareerd 4 uur en 10 minuten.");
        let single = Maximum { volume: 8, times: 1, counted: Counted::StartedFourWeeks };
        assert_eq!(product(single, Eenheid::Uur), "8 uur × 1 periode van vier weken = 8 uur");
        let several = Maximum { volume: 1, times: 2, counted: Counted::StartedFourWeeks };
        assert_eq!(product(several, Eenheid::Dagdeel), "1 dagdeel × 2 perioden van vier weken = 2 dagdelen");
        let once = Maximum { volume: 20_000, times: 1, counted: Counted::Once };
        let term = of(Formula::Term(once, Eenheid::Euro), 15_000, 6_000, 20_000);
        assert_eq!(
            term.text(),
            "Ten hoogste € 200,00 in het geheel; eerder toegekend € 150,00, met deze € 60,00 samen € 210,00."
        );
        let price = of(Formula::Price { volume: 50, tarief: 127, per_hour: Some(7600) }, 0, 6350, 6333);
        assert_eq!(price.text(), "50 minuten × € 76,00 per uur / 60 = € 63,33; ingediend € 63,50.");
        let budget = of(Formula::Budget, 100, 50, 150);
        assert_eq!(budget.text(), "Budget € 1,50; eerder toegekend € 1,00, met deze € 0,50 samen € 1,50.");
    }
}
