//! The only source of randomness: names for what is new.

use std::sync::atomic::{AtomicU32, Ordering};

use uuid::{Builder, Uuid};

use crate::domain::Timestamp;
use crate::domain::berichten::waarde::{Identificatie, Value};

/// The digits of Crockford's base 32: no letters that read as other characters.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Counts names, so that those of one millisecond sort in the order in which they were given.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A name for something recorded at this instant: a UUID version 7, which sorts by time, as text too. Names
/// that one process gives in one millisecond sort in the order given.
pub fn new_id(at: Timestamp) -> String {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or_default();
    let count = u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
    let random = u128::from_ne_bytes(random());
    // 48 bits of time, version, 12 bits of count, variant, 14 bits of count, 48 random bits.
    let (before, behind) = (count >> 14 & 0xfff, count & 0x3fff);
    Uuid::from_u128(millis << 80 | 7 << 76 | before << 64 | 2 << 62 | behind << 48 | random >> 80).to_string()
}

/// The least id that something of this moment or later can have.
#[must_use]
pub fn first_id_from(at: Timestamp) -> String {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    format!("{:08x}-{:04x}", millis >> 16, millis & 0xffff)
}

/// A referentienummer for an envelope: UUID version 4, lower case, as the StUF envelope wants it.
#[must_use]
pub fn new_referentienummer() -> String {
    Builder::from_random_bytes(random()).into_uuid().to_string()
}

/// A secret that nobody guesses: 244 random bits, in hexadecimal.
#[must_use]
pub fn new_secret() -> String {
    format!("{:032x}{:032x}", u128::from_ne_bytes(random()), u128::from_ne_bytes(random()))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that takes random bytes")]
fn random() -> [u8; 16] {
    // Version and variant bits are set anew by whoever uses these.
    Uuid::new_v4().into_bytes()
}

/// The IdentificatieRetour of a retour with this id, or the Identificatie of a 325: twelve characters, unique per sender.
///
/// It begins with the time of the id, so that those of one sender sort as they were given and a database has them beside each
/// other; a count and 8 random bits follow. Should two answers of one sender meet all the same, then the store takes the
/// first, and the second is composed anew under another id.
pub fn identificatie(id: &str) -> Identificatie {
    let bits = Uuid::parse_str(id).map_or(0, |uuid| uuid.as_u128());
    // 42 bits of milliseconds last until 2109.
    let (millis, count, random) = (bits >> 80 & 0x3ff_ffff_ffff, bits >> 48 & 0x3ff, bits & 0xff);
    let bits = millis << 18 | count << 8 | random;
    let text: String = (0..12).rev().map(|digit| char::from(DIGITS[(bits >> (5 * digit)) as usize & 31])).collect();
    Identificatie::from_text(&text).expect("any text is an Identificatie to the domain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let now = at("2026-03-02T09:00:00Z");
        let given: Vec<String> = (0..5000).map(|_| new_id(now)).collect();
        assert!(given.is_sorted(), "those of one millisecond in the order given");
        assert!(given[4999] < new_id(at("2026-03-02T09:00:00.001Z")));
        assert_eq!(Uuid::parse_str(&given[0]).expect("a UUID").get_version_num(), 7);
    }

    #[test]
    fn a_retour_is_identified_by_twelve_characters_that_follow_from_its_id() {
        let of = |end: &str| identificatie(&format!("0195f0f0-0000-7000-{end}")).to_string();
        assert_eq!(of("8003-000000000041"), "CNY3R00000T1");
        assert_eq!(of("8004-000000000041"), "CNY3R0000121", "another count in the same millisecond");
        assert_eq!(of("8003-000000000042"), "CNY3R00000T2", "another random end");
    }

    #[test]
    fn identificaties_sort_by_time() {
        let at = |millis: i64| Timestamp::from_timestamp_millis(millis).expect("an instant");
        let given: Vec<Identificatie> =
            (0..5000).map(|step| identificatie(&new_id(at(1_790_000_000_000 + step)))).collect();
        assert!(given.is_sorted_by_key(Identificatie::as_str));
    }
}
