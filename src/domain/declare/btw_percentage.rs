//! How much VAT an amount includes.

use crate::domain::berichten::factuur::IngediendeBedragPrestatie;
use crate::domain::facts::calculation::half_up;

/// How much VAT is on a product, in hundredths of a percent; zero: it is exempt.
///
/// ```
/// use iwmo_gateway::domain::declare::BtwPercentage;
///
/// let high = BtwPercentage::from_text("21,00").expect("a percentage");
/// assert_eq!((high.inside(20_000), BtwPercentage::EXEMPT.inside(20_000)), (Some(3_471), None));
/// assert_eq!(BtwPercentage::from_text("0,21"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BtwPercentage(u16);

impl BtwPercentage {
    /// No VAT at all.
    pub const EXEMPT: Self = Self(0);

    /// A percentage as people write it: `21`, `21,00`, `21.5` or `21%`. From 1 to 99.99, or 0 when exempt. What is between 0
    /// and 1 is none: a spreadsheet holds 21% as 0.21.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%').map_or(text, str::trim_end);
        let (whole, decimals) = number.split_once([',', '.']).unwrap_or((number, "0"));
        let is_number = [whole, decimals]
            .iter()
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
        let hundredths: u16 = is_number.then(|| format!("{whole}{decimals:0<2}").parse().ok()).flatten()?;
        (hundredths == 0 || hundredths >= 100).then_some(Self(hundredths))
    }

    /// Whether a line tells this percentage, or none where this is exempt.
    pub(super) fn is_in(self, bedragen: &IngediendeBedragPrestatie) -> bool {
        bedragen.btw_percentage.unwrap_or(0) == i64::from(self.0)
    }

    /// In hundredths of a percent, as a line tells it; `None`: exempt.
    #[must_use]
    pub fn hundredths(self) -> Option<i64> {
        (self.0 > 0).then_some(self.0.into())
    }

    /// The VAT in an amount of euro cents that includes it, halves of a cent up; `None`: exempt.
    #[must_use]
    pub fn inside(self, bedrag: u32) -> Option<u32> {
        let hundredths = i128::from(self.hundredths()?);
        let btw = half_up(i128::from(bedrag) * hundredths, 10_000 + hundredths);
        Some(u32::try_from(btw).expect("VAT is less than the amount that it is in"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_read_as_people_write_it() {
        for (text, hundredths) in [
            ("21", Some(2_100)),
            ("9", Some(900)),
            ("09", Some(900)),
            ("21,00", Some(2_100)),
            ("21.5", Some(2_150)),
            ("21.05", Some(2_105)),
            ("21%", Some(2_100)),
            ("21,5 %", Some(2_150)),
            ("1", Some(100)),
            ("99,99", Some(9_999)),
            ("0", None),
            ("0,00", None),
        ] {
            assert_eq!(BtwPercentage::from_text(text).expect(text).hundredths(), hundredths, "{text}");
        }
    }

    #[test]
    fn what_is_no_percentage_is_none() {
        for text in [
            "", "%", ",", "21,", ",5", "21,005", "100", "100,00", "-21", "+21", "0,21", "0.99", "2100", "1e1",
            "21,0,0", "21 5", "hoog", "²", "21%%",
        ] {
            assert_eq!(BtwPercentage::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn the_vat_in_an_amount_is_rounded_half_up() {
        for (text, bedrag, btw) in [
            ("21", 20_000, 3_471),
            ("21", 12_100, 2_100),
            ("9", 10_000, 826),
            ("9", 10_900, 900),
            ("21", 0, 0),
            ("21", 2, 0),
            ("21", 3, 1),
            ("25", 12, 2),
            ("25", 13, 3),
            ("60", 12, 5),
            ("99,99", 99_999_999, 49_997_499),
        ] {
            assert_eq!(BtwPercentage::from_text(text).expect(text).inside(bedrag), Some(btw), "{text} in {bedrag}");
        }
    }
}
