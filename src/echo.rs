//! What is repeated of what somebody sent: names alone, cut short, and without digits that may be a Bsn; the name that was
//! probably meant, and how many are left out.

/// How many digits a Bsn has.
const BSN: usize = 9;

/// How many characters of a name are shown.
const LONGEST: usize = 60;

/// A name for people: only what may stand in a name, because anything else may be a value in the wrong place; cut to a length
/// that fits a line, and with stars for nine digits in a row.
#[must_use]
pub fn shown(name: &str) -> String {
    let in_name = |letter: char| letter.is_alphanumeric() || is_between(letter);
    let masked = masked(name);
    match masked
        .char_indices()
        .enumerate()
        .find(|(count, (_, letter))| *count >= LONGEST || !(in_name(*letter) || *letter == '*'))
    {
        None => masked,
        Some((_, (end, _))) => format!("{}…", &masked[..end]),
    }
}

/// Stars for the digits of a run of nine or more, signs between them left out of the count.
fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|letter: char| !letter.is_numeric() && !is_between(letter)).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        let is_bsn = run.chars().filter(|letter| letter.is_numeric()).count() >= BSN;
        shown.push_str(before);
        shown.extend(run.chars().map(|letter| if is_bsn && letter.is_numeric() { '*' } else { letter }));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Signs that may stand in a name, and so between the digits of a number.
fn is_between(letter: char) -> bool {
    matches!(letter, '-' | '_' | '.' | ':' | '·')
}

/// The one of these names that is written almost so; `None`: it resembles none of them.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes as much time and memory as both are long.
    if name.len() > 4 * LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let distance = |one: &str| strsim::damerau_levenshtein(&name, &one.to_lowercase());
    let (one, distance) = known.into_iter().map(|one| (one, distance(one))).min_by_key(|(_, distance)| *distance)?;
    // A third of the name may be wrong, of a short one a single letter.
    (distance <= (name.chars().count() / 3).max(1)).then_some(one)
}

/// A count for people, as in 12.345.
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (nr, digit) in digits.chars().enumerate() {
        if nr > 0 && (digits.len() - nr).is_multiple_of(3) {
            shown.push('.');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_shows_nine_digits() {
        for (name, expected) in [
            ("Bsn", "Bsn"),
            ("Bsn999940004", "Bsn*********"),
            ("Bsn-999.940.004x", "Bsn-***.***.***x"),
            ("x9999400041234", "x*************"),
            ("AGB_41005001", "AGB_41005001"),
            ("Bsn٩٩٩٩٤٠٠٠٤", "Bsn*********"),
            ("Naam Verhoeven", "Naam…"),
            ("stuf:Geslacht", "stuf:Geslacht"),
        ] {
            assert_eq!(shown(name), expected);
        }
        let long = format!("{}999940004", "x".repeat(58));
        assert_eq!(shown(&long), format!("{}**…", "x".repeat(58)), "masked before it is cut");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!([0, 12, 1_000, 12_345, 1_234_567].map(grouped), ["0", "12", "1.000", "12.345", "1.234.567"]);
    }

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        let known = ["state", "due_by", "after", "limit"];
        for (name, meant) in [
            ("stat", Some("state")),
            ("State", Some("state")),
            ("lmiit", Some("limit")),
            ("duedate", None),
            ("x", None),
            ("utm_source", None),
        ] {
            assert_eq!(nearest(name, known), meant, "{name}");
        }
    }
}
