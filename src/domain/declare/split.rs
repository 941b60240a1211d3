//! One declaratie in several berichten, where it is too large for one.

use std::ops::Range;

use super::{Frame, Line};
use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::waarde::{Identificatie, Value};

/// The most characters of a DeclaratieNummer or DeclarantFactuurNummer.
const MAX_NUMMER: usize = 12;

/// One bericht of a declaratie.
pub struct Part {
    /// The bericht.
    pub bericht: Heenbericht,
    /// Which of the lines stand in it, in their order.
    pub lines: Range<usize>,
}

/// Why a declaratie that is too large cannot be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSplit {
    /// A number with what tells the parts apart would be too long.
    #[error(
        "De declaratie past niet in één bericht, en achter het nummer is geen plaats voor D1, D2 enzovoort. Kies een korter nummer."
    )]
    NummerTooLong,
    /// Not even one line fits.
    #[error("Zelfs een regel alleen past niet in een envelop. Beheerder: verhoog ggk.max_envelope_bytes.")]
    LimitTooSmall,
}

/// The number of a declaratie: 1 to 12 letters and digits, as the schemas have it.
#[must_use]
pub fn nummer(text: &str) -> Option<Identificatie> {
    let fits = (1..=MAX_NUMMER).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| Identificatie::from_text(text)).flatten()
}

/// The declaratie in as few berichten as fit. One keeps the number; several get D1, D2 and so on behind it. A client stays
/// together where it fits in one bericht.
///
/// # Errors
/// It cannot be divided.
pub fn split(
    frame: &Frame,
    nummer: &Identificatie,
    lines: &[Line],
    fits: &dyn Fn(&Heenbericht) -> bool,
) -> Result<Vec<Part>, NotSplit> {
    let whole = frame.compose(nummer, lines);
    if fits(&whole) {
        return Ok(vec![Part { bericht: whole, lines: 0..lines.len() }]);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let nummer = numbered(nummer, parts.len() + 1)?;
        let rest = &lines[start..];
        let size = size(rest, &|lines| fits(&frame.compose(&nummer, lines)));
        if size == 0 {
            return Err(NotSplit::LimitTooSmall);
        }
        parts.push(Part { bericht: frame.compose(&nummer, &rest[..size]), lines: start..start + size });
        start += size;
    }
    Ok(parts)
}

fn numbered(nummer: &Identificatie, part: usize) -> Result<Identificatie, NotSplit> {
    self::nummer(&format!("{nummer}D{part}")).ok_or(NotSplit::NummerTooLong)
}

/// How many of these lines go into the next bericht: all that fit, less those of a client who fits in the one after it.
fn size(lines: &[Line], fit: &dyn Fn(&[Line]) -> bool) -> usize {
    let most = most(lines.len(), &|count| fit(&lines[..count]));
    let Some(next) = lines.get(most) else { return most };
    let begin = lines.iter().position(|line| line.bsn == next.bsn).unwrap_or(most);
    let end = begin + lines[begin..].iter().take_while(|line| line.bsn == next.bsn).count();
    if begin > 0 && fit(&lines[begin..end]) { begin } else { most }
}

/// The largest number up to `limit` for which something holds that holds for every smaller one; 0 when for none.
fn most(limit: usize, holds: &dyn Fn(usize) -> bool) -> usize {
    let (mut holding, mut failing) = (0, limit + 1);
    while failing - holding > 1 {
        let middle = holding + (failing - holding) / 2;
        if holds(middle) { holding = middle } else { failing = middle }
    }
    holding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_holds_is_found() {
        for limit in 0..9 {
            for wanted in 0..=limit {
                assert_eq!(most(limit, &|count| count <= wanted), wanted, "of {limit}");
            }
        }
    }

    #[test]
    fn a_number_has_room_for_what_tells_its_parts_apart_or_not() {
        let of = |text: &str| nummer(text).expect("a number");
        assert_eq!(numbered(&of("2026030001"), 9).map(|nummer| nummer.to_string()), Ok("2026030001D9".to_owned()));
        assert_eq!(numbered(&of("2026030001"), 10), Err(NotSplit::NummerTooLong));
        for text in ["", "2026-03", "1234567890123", "é"] {
            assert!(nummer(text).is_none(), "{text}");
        }
    }
}
