//! Contracts as files: one per gemeente and aanbieder, named after their codes.

use std::collections::HashMap;
use std::path::Path;

use crate::domain::Partij;
use crate::domain::contract::{Contract, Contracten};
use crate::domain::waarde::{ProductCategorie, ProductCode, Value};

const HEADING: &str = "code;categorie";

/// The contracts of a folder, each in a file such as `0384-41005001.csv`. Adds to `problems` what does not
/// hold, a file that is no contract included: its rule would else silently not be run.
pub(super) fn load(folder: &Path, problems: &mut Vec<String>) -> Contracten {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(format!("contracten.folder: {}: {error}", folder.display()));
            return Contracten::default();
        }
    };
    let mut contracten = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.display().to_string();
        match (pair(&path), std::fs::read_to_string(&path)) {
            (None, _) => problems.push(format!(
                "contracten.folder: {name} is not named after a gemeente and an aanbieder, as in 0384-41005001.csv"
            )),
            (_, Err(error)) => problems.push(format!("contracten.folder: {name}: {error}")),
            (Some(pair), Ok(text)) => contracten.push((pair, contract(&name, &text, problems))),
        }
    }
    contracten.into_iter().collect()
}

/// The codes of gemeente and aanbieder that a file is named after.
fn pair(path: &Path) -> Option<(String, String)> {
    let (gemeente, aanbieder) = path.file_name()?.to_str()?.strip_suffix(".csv")?.split_once('-')?;
    let is_pair = Partij::from_text(gemeente)?.is_gemeente() && !Partij::from_text(aanbieder)?.is_gemeente();
    is_pair.then(|| (gemeente.to_owned(), aanbieder.to_owned()))
}

/// Reads the product codes of a contract; lines that start with # are comment.
fn contract(file: &str, text: &str, problems: &mut Vec<String>) -> Contract {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|(index, line)| (index + 1, line));
    if lines.next().is_none_or(|(_, line)| line != HEADING) {
        problems.push(format!("{file}: the first line must be {HEADING}"));
        return Contract::default();
    }
    let mut productcodes = HashMap::new();
    for (number, line) in lines {
        let Some((code, categorie)) = product(line) else {
            problems
                .push(format!("{file}, line {number}: is not a code of 1 to 5 characters; a categorie of 2 digits"));
            continue;
        };
        if productcodes.insert(code, categorie).is_some() {
            problems.push(format!("{file}, line {number}: this code stands there before"));
        }
    }
    if productcodes.is_empty() {
        problems.push(format!("{file}: there is no product code in it"));
    }
    Contract { productcodes }
}

fn product(line: &str) -> Option<(ProductCode, ProductCategorie)> {
    let (code, categorie) = line.split_once(';')?;
    let (code, categorie) = (code.trim(), categorie.trim());
    let fits = (1..=5).contains(&code.chars().count())
        && categorie.len() == 2
        && categorie.bytes().all(|byte| byte.is_ascii_digit());
    if fits { ProductCode::from_text(code).zip(ProductCategorie::from_text(categorie)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_per_pair_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        let mut problems = Vec::new();
        write("0384-41005001.csv", "# 2026\ncode;categorie\n01A03;01\n");
        let contracten = load(folder.path(), &mut problems);
        assert_eq!(problems, [""; 0]);
        let contract = contracten.of("0384", "41005001").expect("a contract");
        let has = |categorie, code| {
            let categorie = ProductCategorie::from_text(categorie).expect("a categorie");
            contract.has(&categorie, &ProductCode::from_text(code).expect("a code"))
        };
        assert!(has("01", "01A03") && !has("02", "01A03") && !has("01", "01A04"));
        assert!(contracten.of("0384", "41005002").is_none() && contracten.of("0363", "41005001").is_none());

        write("41005001-0384.csv", "code;categorie\n01A03;01\n");
        write("0384-41005002.csv", "code;categorie\n01A03;01\n01A03;02\n01A04;1\n;01\n01A0345;01\n");
        write("0384-41005003.csv", "code;naam\n");
        load(folder.path(), &mut problems);
        assert_eq!(problems.len(), 6, "{problems:?}");
        load(&folder.path().join("nergens"), &mut problems);
        assert_eq!(problems.len(), 7, "{problems:?}");
    }
}
