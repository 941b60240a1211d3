//! The lexical forms of the built-in types, exactly as XML Schema 1.0 has them.
//!
//! All functions take a value of which the white space around it is gone.

use chrono::NaiveDate;

/// An `xs:integer` of any length: ASCII digits, perhaps a sign. Beyond what fits, the sign decides.
pub(super) fn integer(value: &str) -> Option<i128> {
    let (negative, digits) = match value.strip_prefix(['+', '-']) {
        Some(digits) => (value.starts_with('-'), digits),
        None => (false, value),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.trim_start_matches('0');
    let magnitude = if magnitude.is_empty() { 0 } else { magnitude.parse::<i128>().unwrap_or(i128::MAX) };
    Some(if negative { -magnitude } else { magnitude })
}

/// What a date is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    Fine,
    /// A date, but of a year that this gateway cannot hold.
    TooFar,
}

/// An `xs:date`: `-`? year of at least four digits, month, day, perhaps a time zone.
pub(super) fn date(value: &str) -> Option<Date> {
    // Nearly every date there is.
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = value.as_bytes() {
        let year = two_digits(*y1, *y2)? * 100 + two_digits(*y3, *y4)?;
        let (month, day) = (two_digits(*m1, *m2)?, two_digits(*d1, *d2)?);
        let exists = year > 0 && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        return exists.then_some(Date::Fine);
    }
    let (negative, rest) = value.strip_prefix('-').map_or((false, value), |rest| (true, rest));
    let year_len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = rest.split_at(year_len);
    let bytes = rest.as_bytes();
    let ([b'-', m1, m2, b'-', d1, d2], Some(zone)) = (bytes.get(..6)?, rest.get(6..)) else { return None };
    let (month, day) = (two_digits(*m1, *m2)?, two_digits(*d1, *d2)?);
    let padded = year_len > 4 && year.starts_with('0');
    if year_len < 4 || padded || year == "0000" || !(1..=12).contains(&month) || !is_zone(zone) {
        return None;
    }
    // Only what the year is modulo 400 matters to the calendar, and four digits tell that: 10000 is 25 × 400.
    let cycle: u32 = year.get(year_len - 4..)?.parse().ok()?;
    let days = days_in(cycle, month);
    if !(1..=days).contains(&day) {
        return None;
    }
    // The domain counts the years before 1 as astronomers do; `xs:date` has no year 0.
    let held = year
        .parse::<i32>()
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(if negative { 1 - year } else { year }, month, day));
    Some(if held.is_some() { Date::Fine } else { Date::TooFar })
}

/// The length of a month, by the Gregorian calendar.
fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// An `xs:time`: `hh:mm:ss`, perhaps decimals, perhaps a time zone; 24:00:00 is allowed.
pub(super) fn is_time(value: &str) -> bool {
    let Some([h1, h2, b':', m1, m2, b':', s1, s2]) = value.as_bytes().get(..8) else { return false };
    let (Some(hour), Some(minute), Some(second)) = (two_digits(*h1, *h2), two_digits(*m1, *m2), two_digits(*s1, *s2))
    else {
        return false;
    };
    let Some(rest) = value.get(8..) else { return false };
    let (decimals, zone) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => {
            let count = rest.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 {
                return false;
            }
            rest.split_at(count)
        }
    };
    let in_day = hour <= 23 && minute <= 59 && second <= 59;
    let end_of_day = (hour, minute, second) == (24, 0, 0) && decimals.bytes().all(|digit| digit == b'0');
    (in_day || end_of_day) && is_zone(zone)
}

/// Nothing, `Z`, or a difference of at most fourteen hours.
fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => match (two_digits(*h1, *h2), two_digits(*m1, *m2)) {
            (Some(hours), Some(minutes)) => (hours <= 13 && minutes <= 59) || (hours, minutes) == (14, 0),
            _ => false,
        },
        _ => false,
    }
}

fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (value, expected) in [
            ("0", Some(0)),
            ("+5", Some(5)),
            ("-0", Some(0)),
            ("007", Some(7)),
            ("-12", Some(-12)),
            ("", None),
            ("+", None),
            ("1_0", None),
            ("１", None),
            ("1.0", None),
            ("1e3", None),
            ("--1", None),
            ("+-1", None),
        ] {
            assert_eq!(integer(value), expected, "{value}");
        }
        assert_eq!(integer(&"9".repeat(1000)), Some(i128::MAX));
        assert_eq!(integer(&format!("{}7", "0".repeat(1000))), Some(7));
    }

    #[test]
    fn dates() {
        for value in
            ["2026-01-31", "2024-02-29", "2000-02-29", "-0001-01-01", "12026-01-01", "2026-01-01Z", "2026-01-01+14:00"]
        {
            assert_eq!(date(value), Some(Date::Fine), "{value}");
        }
        for value in ["999999999-01-01", "-99999999999999999999-01-01", "-0004-02-29"] {
            assert_eq!(date(value), Some(Date::TooFar), "{value}");
        }
        for value in [
            "2023-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-04-31",
            "0000-01-01",
            "02026-01-01",
            "226-01-01",
            "2026-1-1",
            "2026-01-01T00:00:00",
            "+2026-01-01",
            "2026-01-01+14:01",
            "2026-01-01+1:00",
            "",
            "gisteren",
            "２026-01-01",
        ] {
            assert_eq!(date(value), None, "{value}");
        }
    }

    #[test]
    fn times() {
        for value in
            ["00:00:00", "23:59:59", "24:00:00", "24:00:00.000", "12:00:00.123456789", "12:00:00Z", "12:00:00-01:30"]
        {
            assert!(is_time(value), "{value}");
        }
        for value in [
            "24:00:01",
            "24:00:00.1",
            "23:59:60",
            "12:60:00",
            "12:00",
            "1:00:00",
            "12:00:00.",
            "12:00:00 ",
            "",
            "12:00:00+15:00",
        ] {
            assert!(!is_time(value), "{value}");
        }
    }
}
