//! A bericht as people read it: its elements in order, what was found at the place where it was found, and what is of a person
//! hidden until somebody asks for it.

use serde_json::Value;

use super::rows::{FindingRow, finding_row};
use super::texts;
use crate::domain::finding::Finding;

/// How many elements a page shows.
const MOST: usize = 150;

/// What stands in the place of what is hidden.
const HIDDEN: &str = "•••";

/// Parts of a client that say nothing of the person; all else below a client does.
const OPEN_PARTS: [&str; 9] = [
    "ToegewezenProducten",
    "StartProducten",
    "StopProducten",
    "AangevraagdeProducten",
    "TeWijzigenProducten",
    "OngewijzigdeProducten",
    "NieuweProducten",
    "Prestaties",
    "RetourCodes",
];

/// Elements that hold what people wrote about a person, wherever they stand.
const WRITTEN: [&str; 4] = ["Bsn", "Commentaar", "Toelichting", "Motivering"];

/// An element.
pub(super) struct ContentRow {
    pub depth: usize,
    pub name: String,
    /// Empty for one that holds others.
    pub value: String,
    pub findings: Vec<FindingRow>,
}

/// The elements of a bericht.
pub(super) struct Content {
    pub rows: Vec<ContentRow>,
    pub left_out: Option<String>,
    /// Whether something is hidden.
    pub hides: bool,
}

/// What a bericht holds, as far as it fits on a page; `reveal`: with what is of a person.
pub(super) fn content(bericht: &Value, findings: &[Finding], reveal: bool) -> Content {
    let mut reader = Reader { findings, reveal, rows: Vec::new(), count: 0, hides: false };
    reader.children(bericht, "", 0, false);
    Content { left_out: texts::left_out(reader.count.saturating_sub(MOST)), rows: reader.rows, hides: reader.hides }
}

struct Reader<'a> {
    findings: &'a [Finding],
    reveal: bool,
    rows: Vec<ContentRow>,
    count: usize,
    hides: bool,
}

impl Reader<'_> {
    fn children(&mut self, value: &Value, path: &str, depth: usize, is_personal: bool) {
        for (name, child) in value.as_object().into_iter().flatten() {
            let is_personal = (is_personal || name == "Client") && !OPEN_PARTS.contains(&name.as_str());
            match child {
                Value::Array(several) => {
                    for (nr, one) in several.iter().enumerate() {
                        self.element((name, one), &format!("{path}/{name}[{}]", nr + 1), depth, is_personal);
                    }
                }
                one => self.element((name, one), &format!("{path}/{name}"), depth, is_personal),
            }
        }
    }

    fn element(&mut self, (name, value): (&str, &Value), path: &str, depth: usize, is_personal: bool) {
        let is_hidden = (is_personal || WRITTEN.contains(&name)) && !self.reveal;
        let text = match value {
            Value::Object(_) | Value::Array(_) | Value::Null => String::new(),
            _ if is_hidden => {
                self.hides = true;
                HIDDEN.to_owned()
            }
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
        };
        self.count += 1;
        if self.rows.len() < MOST {
            let here = self.findings.iter().filter(|finding| finding.path.to_string() == path);
            let findings = here.map(finding_row).collect();
            self.rows.push(ContentRow { depth: depth.min(6), name: spaced(name), value: text, findings });
        }
        self.children(value, path, depth + 1, is_personal);
    }
}

/// The name of an element in words: `ToegewezenProduct` becomes `Toegewezen product`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_of_a_person_is_hidden_until_it_is_asked_for() {
        let bericht = json!({"Bericht": {
            "Header": {"Afzender": "41005001"},
            "Client": {
                "Bsn": "999940004", "Naam": {"Geslachtsnaam": "Verhoeven"}, "Commentaar": "ziek",
                "StartProducten": {"StartProduct": [{"Begindatum": "2026-03-02", "Commentaar": "belt"}]},
            },
        }});
        let shown = |reveal| {
            let content = content(&bericht, &[], reveal);
            let rows: Vec<_> = content.rows.iter().map(|row| format!("{} {}", row.name, row.value)).collect();
            (rows.join("|"), content.hides)
        };
        let (hidden, hides) = shown(false);
        assert!(hides && hidden.contains("Afzender 41005001") && hidden.contains("Begindatum 2026-03-02"), "{hidden}");
        for personal in ["999940004", "Verhoeven", "ziek", "belt"] {
            assert!(!hidden.contains(personal), "{personal}: {hidden}");
            assert!(shown(true).0.contains(personal), "{personal}");
        }
        assert!(hidden.contains("Start product |"), "in words: {hidden}");
        assert!(!shown(true).1, "nothing is hidden then");
    }

    #[test]
    fn a_large_bericht_is_cut_and_says_so() {
        let lines: Vec<_> = (0..500).map(|nr| json!({"Nummer": nr})).collect();
        let content = content(&json!({"Bericht": {"Regel": lines}}), &[], false);
        assert_eq!((content.rows.len(), content.left_out.as_deref()), (MOST, Some("En 851 meer.")));
    }
}
