//! Code lists as files: compiled in, and replaceable by files of the same name in a folder.

use std::ffi::OsStr;
use std::path::Path;

use chrono::NaiveDate;

use crate::domain::Partij;
use crate::domain::berichten::codelijst::{Gemeentecodes, Validity};
use crate::domain::berichten::waarde::{ProductCategorie, ProductCode, Value};
use crate::domain::cak::{CakCode, CakCodes};

const GEMEENTEN_FILE: &str = "cbs-gemeenten.csv";
const GEMEENTEN: &str = include_str!("../../config/codelijsten/cbs-gemeenten.csv");
/// In front of the day on which a list was compared with that of who keeps it.
const CHECKED: &str = "# checked:";
const HEADING: &str = "code;naam;geldig_vanaf;geldig_tot";
const CAK_FILE: &str = "cak-codes.csv";
const CAK: &str = include_str!("../../config/codelijsten/cak-codes.csv");
const CAK_HEADING: &str = "productcode;categorie;cak;grond";

/// The code lists that rules look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codelijsten {
    /// CBS codes of gemeenten (TR378).
    pub gemeenten: Gemeentecodes,
    /// Products of the old method, and how the CAK knows them (MLW-15).
    pub cak: CakCodes,
}

impl Codelijsten {
    /// The lists that are compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        let mut problems = Vec::new();
        let gemeenten = gemeenten(GEMEENTEN_FILE, GEMEENTEN, &mut problems);
        let cak = cak_codes(CAK_FILE, CAK, &mut problems);
        assert!(problems.is_empty(), "the compiled-in lists are checked by a test: {problems:?}");
        Self { gemeenten, cak }
    }

    /// What to tell of lists that are old, though nothing in them is wrong.
    #[must_use]
    pub fn remarks(&self, today: NaiveDate) -> Vec<String> {
        let checked = self.gemeenten.checked;
        let when = checked.map_or("nobody knows when".to_owned(), |checked| format!("last on {checked}"));
        let remark = format!(
            "{GEMEENTEN_FILE} was compared with the list of CBS {when}: compare it, put a newer one in codelijsten.folder \
             and write {CHECKED} {today} above it"
        );
        self.gemeenten.is_old(today).then_some(remark).into_iter().collect()
    }

    /// The lists of a folder; one that it does not have is the compiled-in one. Adds to `problems` what
    /// does not hold, a file that is no list included: a misspelt name would else go unnoticed.
    pub(super) fn load(folder: &Path, problems: &mut Vec<String>) -> Self {
        let mut lists = Self::built_in();
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(format!("codelijsten.folder: {}: {error}", folder.display()));
                return lists;
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.display().to_string();
            match (path.file_name().and_then(OsStr::to_str), std::fs::read_to_string(&path)) {
                (Some(GEMEENTEN_FILE), Ok(text)) => lists.gemeenten = gemeenten(&name, &text, problems),
                (Some(CAK_FILE), Ok(text)) => lists.cak = cak_codes(&name, &text, problems),
                (Some(GEMEENTEN_FILE | CAK_FILE), Err(error)) => {
                    problems.push(format!("codelijsten.folder: {name}: {error}"));
                }
                _ => problems.push(format!(
                    "codelijsten.folder: {name} is no code list; there are {GEMEENTEN_FILE} and {CAK_FILE}"
                )),
            }
        }
        lists
    }
}

/// The lines of a list below its heading, numbered; lines that start with # are comment. `None`, told, when the heading is
/// another.
fn lines<'a>(
    file: &str,
    text: &'a str,
    heading: &str,
    problems: &mut Vec<String>,
) -> Option<impl Iterator<Item = (usize, &'a str)> + use<'a>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|(index, line)| (index + 1, line));
    if lines.next().is_none_or(|(_, line)| line != heading) {
        problems.push(format!("{file}: the first line must be {heading}"));
        return None;
    }
    Some(lines)
}

/// Reads a list of products of the old method.
fn cak_codes(file: &str, text: &str, problems: &mut Vec<String>) -> CakCodes {
    let mut codes = CakCodes::default();
    for (number, line) in lines(file, text, CAK_HEADING, problems).into_iter().flatten() {
        let Some((product, cak)) = cak_code(line) else {
            problems.push(format!(
                "{file}, line {number}: is not a product code, a categorie, a code of 3 digits or nothing, and gegeven or samengevoegd"
            ));
            continue;
        };
        if codes.insert(product, cak) {
            problems.push(format!("{file}, line {number}: this product stands there before"));
        }
    }
    codes
}

fn cak_code(line: &str) -> Option<(ProductCode, CakCode)> {
    let columns: Vec<&str> = line.split(';').map(str::trim).collect();
    let [product, categorie, code, ground @ ("gegeven" | "samengevoegd")] = columns[..] else { return None };
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let is_product = (1..=5).contains(&product.chars().count());
    let cak = CakCode {
        categorie: ProductCategorie::from_text(categorie)?,
        code: is_code.then(|| code.to_owned()),
        is_certain: ground == "gegeven",
    };
    (is_product && (is_code || code.is_empty())).then_some((ProductCode::from_text(product)?, cak))
}

/// Reads a list of gemeenten.
fn gemeenten(file: &str, text: &str, problems: &mut Vec<String>) -> Gemeentecodes {
    let mut codes = Vec::new();
    let Some(lines) = lines(file, text, HEADING, problems) else { return Gemeentecodes::default() };
    for (number, line) in lines {
        match gemeente(line) {
            Ok(code) => codes.push(code),
            Err(what) => problems.push(format!("{file}, line {number}: {what}")),
        }
    }
    if codes.is_empty() {
        problems.push(format!("{file}: there is no gemeente in it"));
    }
    let checked = text.lines().find_map(|line| line.strip_prefix(CHECKED));
    let mut list: Gemeentecodes = codes.into_iter().collect();
    match checked.map(|day| date(day.trim())) {
        Some(Ok(checked)) => list.checked = checked,
        Some(Err(what)) => problems.push(format!("{file}: {CHECKED} {what}")),
        None => {}
    }
    list
}

fn gemeente(line: &str) -> Result<(String, Validity), String> {
    let columns: Vec<&str> = line.split(';').map(str::trim).collect();
    let [code, _, from, to] = columns[..] else {
        return Err(format!("has {} columns instead of 4", columns.len()));
    };
    if !Partij::from_text(code).is_some_and(|partij| partij.is_gemeente()) {
        return Err(format!("{code:?} is not a code of 4 digits"));
    }
    let validity = Validity { from: date(from)?, to: date(to)? };
    if let (Some(from), Some(to)) = (validity.from, validity.to)
        && to < from
    {
        return Err(format!("{to} lies before {from}"));
    }
    Ok((code.to_owned(), validity))
}

fn date(text: &str) -> Result<Option<NaiveDate>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("{text:?} is not a date such as 2026-01-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_lists_hold() {
        let gemeenten = Codelijsten::built_in().gemeenten;
        let day = |year| NaiveDate::from_ymd_opt(year, 6, 1).expect("a day");
        assert!(gemeenten.holds_on("0384", day(2026)) && !gemeenten.is_known("9999"));
        // Merged into Land van Cuijk on 1 January 2022.
        assert!(gemeenten.holds_on("1684", day(2021)) && !gemeenten.holds_on("1684", day(2022)));
        assert!(!gemeenten.holds_on("1982", day(2021)) && gemeenten.holds_on("1982", day(2022)));
    }

    #[test]
    fn a_gemeente_whose_merger_is_not_published_still_is_one() {
        let gemeenten = Codelijsten::built_in().gemeenten;
        let day = |text: &str| text.parse().expect("a day");
        assert!(["2025-12-31", "2026-01-01", "2026-12-31"].iter().all(|on| gemeenten.holds_on("1696", day(on))));
        let of_2026 = GEMEENTEN.lines().filter_map(|line| gemeente(line).ok());
        let of_2026 = of_2026.filter(|(code, _)| gemeenten.holds_on(code, day("2026-06-01")));
        assert_eq!(of_2026.map(|(code, _)| code).collect::<std::collections::BTreeSet<_>>().len(), 342);
    }

    #[test]
    fn a_list_that_nobody_checked_for_a_year_is_told() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let built_in = Codelijsten::built_in();
        let checked = built_in.gemeenten.checked.expect("the day on which it was checked");
        assert_eq!(built_in.remarks(checked), [""; 0]);
        let later = built_in.remarks(checked + chrono::Months::new(13));
        assert!(later[0].contains(&checked.to_string()), "{later:?}");

        let mut problems = Vec::new();
        let own = |text: &str, problems: &mut Vec<String>| gemeenten("f", text, problems);
        let text = format!("{HEADING}\n0384;Diemen;;\n");
        let undated = Codelijsten { gemeenten: own(&text, &mut problems), ..Codelijsten::built_in() };
        assert!(undated.remarks(day("2026-01-01"))[0].contains("nobody knows when"));
        assert_eq!(own(&format!("# checked: 2026-01-01\n{text}"), &mut problems).checked, Some(day("2026-01-01")));
        assert_eq!(problems, [""; 0]);
        own(&format!("# checked: gisteren\n{text}"), &mut problems);
        assert!(problems[0].contains("gisteren"), "{problems:?}");
    }

    #[test]
    fn every_line_that_does_not_hold_is_told() {
        let mut problems = Vec::new();
        let text = format!(
            "# comment\n{HEADING}\n0384;Diemen;;\n384;x;;\n0363;y;;;\n0363;z;2026-13-01;\n0363;w;2026-01-02;2026-01-01\n"
        );
        gemeenten("f", &text, &mut problems);
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("f, line 4: "), "{problems:?}");
        for text in ["", "code;naam\n0384;Diemen", &format!("{HEADING}\n")] {
            problems.clear();
            gemeenten("f", text, &mut problems);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        }
    }

    #[test]
    fn a_folder_replaces_what_it_has_and_may_hold_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut problems = Vec::new();
        assert_eq!(Codelijsten::load(folder.path(), &mut problems), Codelijsten::built_in());
        std::fs::write(folder.path().join(GEMEENTEN_FILE), format!("{HEADING}\n9999;Nergenshuizen;;\n"))
            .expect("a list");
        let lists = Codelijsten::load(folder.path(), &mut problems);
        assert!(lists.gemeenten.is_known("9999") && !lists.gemeenten.is_known("0384") && problems.is_empty());
        std::fs::write(folder.path().join("gemeenten.csv"), "").expect("a file");
        Codelijsten::load(folder.path(), &mut problems);
        Codelijsten::load(&folder.path().join("nergens"), &mut problems);
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
