//! Which periods of support are paid, where a whole period has one price.

use chrono::NaiveDate;

use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::periode::cak_of;
use crate::domain::facts::support::Span;

/// What was agreed where the standard is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the agreement leaves as many choices, each by itself")]
pub struct PaymentTerms {
    /// What began before this day is no start.
    pub from: NaiveDate,
    /// The period of the start is paid as well (MLW-06).
    pub pays_start_period: bool,
    /// The period is paid that has both start and end (MLW-07b).
    pub pays_start_and_end: bool,
    /// The period is paid that support began on the first day of.
    pub pays_first_day: bool,
    /// To take up support again after a stop for a while is a start.
    pub resume_is_start: bool,
    /// The period of the start is paid afterwards, once support has ended.
    pub settles_first_period: bool,
}

/// How a period is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// As every other.
    Whole,
    /// As a whole, though support both starts and ends in it.
    StartAndEnd,
}

/// Why a period is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnpaidPeriod {
    /// No start was reported.
    NoStart,
    /// Support starts in it.
    StartPeriod,
    /// Support starts and ends in it.
    StartAndEnd,
    /// There was no support in it.
    NoSupport,
}

/// Whether the period of the CAK that this one lies in is paid, in a factuur about the period with this first day: all from the
/// start to the end of support, the last one whole and the first one not.
pub fn is_paid(
    spans: &[Span],
    periode: &GeslotenPeriode,
    invoiced: NaiveDate,
    terms: PaymentTerms,
) -> Result<Paid, UnpaidPeriod> {
    let periode = cak_of(periode.begindatum);
    let mut paid = Err(if spans.is_empty() { UnpaidPeriod::NoStart } else { UnpaidPeriod::NoSupport });
    for span in spans {
        let (first, last) = (cak_of(span.begin), span.end.map(cak_of));
        let is_over = last.as_ref().is_some_and(|last| periode.begindatum > last.begindatum);
        if periode.begindatum < first.begindatum || is_over {
            continue;
        }
        let is_start = periode == first && span.begin >= terms.from && (terms.resume_is_start || !span.is_resumed);
        let is_first_day = span.begin == first.begindatum;
        let ends_here = last.as_ref() == Some(&first);
        let has_ended = last.as_ref().is_some_and(|last| last.begindatum <= invoiced);
        let is_paid_whole = is_first_day && terms.pays_first_day || has_ended && terms.settles_first_period;
        if !is_start || terms.pays_start_period || (!ends_here && is_paid_whole) {
            return Ok(Paid::Whole);
        }
        paid = match (ends_here, terms.pays_start_and_end) {
            (true, true) => Ok(Paid::StartAndEnd),
            (true, false) => paid.or(Err(UnpaidPeriod::StartAndEnd)),
            (false, _) => paid.or(Err(UnpaidPeriod::StartPeriod)),
        };
    }
    paid
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: PaymentTerms = PaymentTerms {
        from: day(2018, 1, 1),
        pays_start_period: false,
        pays_start_and_end: true,
        pays_first_day: false,
        resume_is_start: true,
        settles_first_period: false,
    };

    const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    /// Month and day of 2018.
    type Day = (u32, u32);

    /// Which of the periods 1 to 9 of 2018 are paid, each in the factuur about it.
    fn paid(spans: &[(Day, Option<Day>)], terms: PaymentTerms) -> Vec<u32> {
        paid_in(spans, None, terms)
    }

    /// The same in the factuur about the period with this first day.
    fn paid_in(spans: &[(Day, Option<Day>)], invoiced: Option<NaiveDate>, terms: PaymentTerms) -> Vec<u32> {
        let of = |(month, dag)| day(2018, month, dag);
        let mut spans: Vec<Span> =
            spans.iter().map(|(begin, end)| Span { begin: of(*begin), end: end.map(of), is_resumed: true }).collect();
        if let Some(first) = spans.first_mut() {
            first.is_resumed = false;
        }
        let mut periode = cak_of(day(2018, 1, 1));
        let mut paid = Vec::new();
        for number in 1..=9 {
            if is_paid(&spans, &periode, invoiced.unwrap_or(periode.begindatum), terms).is_ok() {
                paid.push(number);
            }
            periode = cak_of(periode.einddatum.succ_opt().expect("a day after"));
        }
        paid
    }

    #[test]
    fn the_last_period_makes_up_for_the_first() {
        assert_eq!(paid(&[((4, 10), Some((6, 29)))], AGREED), [5, 6, 7]);
        assert_eq!(paid(&[((4, 10), Some((5, 1)))], AGREED), [5]);
        assert_eq!(paid(&[((4, 10), Some((5, 20)))], AGREED), [5], "the last day of period 5");
        assert_eq!(paid(&[((3, 26), Some((5, 1)))], AGREED), [5], "the first day of period 4");
        assert_eq!(paid(&[((3, 26), Some((5, 1)))], PaymentTerms { pays_first_day: true, ..AGREED }), [4, 5]);
        assert_eq!(paid(&[((4, 10), Some((6, 29)))], PaymentTerms { pays_start_period: true, ..AGREED }), [4, 5, 6, 7]);
    }

    #[test]
    fn the_first_period_is_settled_once_support_has_ended() {
        let support = [((4, 10), Some((6, 29)))];
        let settled = PaymentTerms { settles_first_period: true, ..AGREED };
        assert_eq!(paid(&support, settled), [5, 6, 7], "not in the factuur about the first period");
        assert_eq!(paid_in(&support, Some(day(2018, 5, 21)), settled), [5, 6, 7], "not before support has ended");
        assert_eq!(
            paid_in(&support, Some(day(2018, 6, 18)), settled),
            [4, 5, 6, 7],
            "in the factuur about the last one"
        );
        assert_eq!(paid_in(&support, Some(day(2018, 7, 16)), settled), [4, 5, 6, 7], "or a later one");
        assert_eq!(paid_in(&support, Some(day(2018, 6, 18)), AGREED), [5, 6, 7]);
        assert_eq!(paid_in(&[((4, 10), None)], Some(day(2018, 7, 16)), settled), [5, 6, 7, 8, 9], "while it lasts");
        let unpaid = PaymentTerms { pays_start_and_end: false, ..settled };
        assert_eq!(paid(&[((4, 10), Some((4, 12)))], unpaid), [0; 0], "that has a term of its own (MLW-07b)");
    }

    #[test]
    fn start_and_end_in_one_period_are_as_agreed() {
        let short = [((4, 10), Some((4, 12)))];
        assert_eq!(paid(&short, AGREED), [4]);
        let unpaid = PaymentTerms { pays_start_and_end: false, ..AGREED };
        assert_eq!(paid(&short, unpaid), [0; 0]);
        let spans = [Span { begin: day(2018, 4, 10), end: Some(day(2018, 4, 12)), is_resumed: false }];
        let fourth = cak_of(day(2018, 4, 10));
        assert_eq!(is_paid(&spans, &fourth, fourth.begindatum, AGREED), Ok(Paid::StartAndEnd));
        assert_eq!(is_paid(&spans, &fourth, fourth.begindatum, unpaid), Err(UnpaidPeriod::StartAndEnd));
    }

    #[test]
    fn a_pause_ends_and_starts_again() {
        let paused = [((1, 8), Some((5, 1))), ((6, 20), None)];
        assert_eq!(paid(&paused, AGREED), [2, 3, 4, 5, 8, 9]);
        assert_eq!(paid(&paused, PaymentTerms { resume_is_start: false, ..AGREED }), [2, 3, 4, 5, 7, 8, 9]);
        let within = [((1, 8), Some((5, 1))), ((5, 10), None)];
        assert_eq!(paid(&within, AGREED), [2, 3, 4, 5, 6, 7, 8, 9], "period 5 is paid once for both");
    }

    #[test]
    fn who_had_support_before_the_agreement_did_not_start() {
        let before = [Span { begin: day(2017, 11, 6), end: None, is_resumed: false }];
        let of = |periode: GeslotenPeriode, terms| is_paid(&before, &periode, periode.begindatum, terms);
        assert_eq!(of(cak_of(day(2017, 11, 6)), AGREED), Ok(Paid::Whole));
        assert_eq!(of(cak_of(day(2018, 1, 1)), AGREED), Ok(Paid::Whole));
        let all = PaymentTerms { from: NaiveDate::MIN, ..AGREED };
        assert_eq!(of(cak_of(day(2017, 11, 6)), all), Err(UnpaidPeriod::StartPeriod));
    }

    #[test]
    fn why_a_period_is_not_paid() {
        let spans = [Span { begin: day(2018, 4, 10), end: Some(day(2018, 6, 29)), is_resumed: false }];
        let why = |month, dag| is_paid(&spans, &cak_of(day(2018, month, dag)), day(2018, 4, 1), AGREED);
        assert_eq!((why(4, 1), why(8, 1)), (Err(UnpaidPeriod::StartPeriod), Err(UnpaidPeriod::NoSupport)));
        assert_eq!(is_paid(&[], &cak_of(day(2018, 4, 1)), day(2018, 4, 1), AGREED), Err(UnpaidPeriod::NoStart));
    }
}
