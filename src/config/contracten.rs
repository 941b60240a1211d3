//! Contracts as files: one per gemeente and aanbieder, named after their codes.

use std::path::Path;

use crate::domain::Partij;
use crate::domain::contract::{Contract, Contracten, Tarief, Wijze};
use crate::domain::waarde::{Eenheid, ProductCategorie, ProductCode, Value};

/// What a contract may tell: the codes that were agreed, and what a unit costs, in euro cents.
const HEADINGS: [&str; 2] = ["code;categorie", "code;categorie;eenheid;tarief"];

/// What may stand before the heading: how is declared.
const WIJZEN: [(&str, Wijze); 2] = [("wijze;declaratie", Wijze::Declaratie), ("wijze;factuur", Wijze::Factuur)];

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

/// Reads the way of declaring, product codes and tariffs of a contract; lines that start with # are comment.
fn contract(file: &str, text: &str, problems: &mut Vec<String>) -> Contract {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|(index, line)| (index + 1, line));
    let mut heading = lines.next().map_or("", |(_, line)| line);
    let wijze = WIJZEN.into_iter().find(|(line, _)| *line == heading).map(|(_, wijze)| wijze);
    if wijze.is_some() {
        heading = lines.next().map_or("", |(_, line)| line);
    }
    if !HEADINGS.contains(&heading) {
        let ([code, tarief], [(declaratie, _), (factuur, _)]) = (HEADINGS, WIJZEN);
        problems.push(format!(
            "{file}: the first line must be {code} or {tarief}, and before it there may be {declaratie} or {factuur}"
        ));
        return Contract::default();
    }
    let has_tarieven = heading == HEADINGS[1];
    let mut contract = Contract { wijze, ..Contract::default() };
    for (number, line) in lines {
        let Some((code, categorie, tarief)) = product(line, has_tarieven) else {
            problems.push(format!("{file}, line {number}: is not {}", wanted(has_tarieven)));
            continue;
        };
        contract.tarieven.extend(tarief.map(|tarief| (code.clone(), tarief)));
        if contract.productcodes.insert(code, categorie).is_some() {
            problems.push(format!("{file}, line {number}: this code stands there before"));
        }
    }
    if contract.productcodes.is_empty() {
        problems.push(format!("{file}: there is no product code in it"));
    }
    contract
}

const fn wanted(has_tarieven: bool) -> &'static str {
    if has_tarieven {
        "a code of 1 to 5 characters; a categorie of 2 digits; a code of WJ756; a whole number of euro cents (the last two filled in or left empty together)"
    } else {
        "a code of 1 to 5 characters; a categorie of 2 digits"
    }
}

fn product(line: &str, has_tarieven: bool) -> Option<(ProductCode, ProductCategorie, Option<Tarief>)> {
    let columns: Vec<&str> = line.split(';').map(str::trim).collect();
    let (code, categorie, tarief) = match columns[..] {
        [code, categorie] if !has_tarieven => (code, categorie, None),
        [code, categorie, "", ""] if has_tarieven => (code, categorie, None),
        [code, categorie, eenheid, bedrag] if has_tarieven => (code, categorie, Some(tarief(eenheid, bedrag)?)),
        _ => return None,
    };
    let fits = (1..=5).contains(&code.chars().count())
        && categorie.len() == 2
        && categorie.bytes().all(|byte| byte.is_ascii_digit());
    let (code, categorie) = (ProductCode::from_text(code)?, ProductCategorie::from_text(categorie)?);
    fits.then_some((code, categorie, tarief))
}

fn tarief(eenheid: &str, bedrag: &str) -> Option<Tarief> {
    let bedrag = bedrag.parse().ok().filter(|bedrag: &i64| *bedrag >= 0)?;
    Some(Tarief { bedrag, eenheid: Some(Eenheid::from_text(eenheid)?) })
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

        write("0384-41005001.csv", "code;categorie;eenheid;tarief\n01A03;01;04;7600\n01A04;01;;\n");
        let contracten = load(folder.path(), &mut problems);
        let contract = contracten.of("0384", "41005001").expect("a contract");
        let tarief = |code| contract.tarieven.get(&ProductCode::from_text(code).expect("a code")).copied();
        assert_eq!(tarief("01A03"), Some(Tarief { bedrag: 7600, eenheid: Some(Eenheid::Uur) }));
        assert_eq!((tarief("01A04"), contract.productcodes.len()), (None, 2));
        assert_eq!((problems.len(), contract.wijze), (0, None));

        write("0384-41005001.csv", "# 2019\nwijze;factuur\ncode;categorie\n01A03;01\n");
        let contracten = load(folder.path(), &mut problems);
        let contract = contracten.of("0384", "41005001").expect("a contract");
        assert_eq!((contract.wijze, contract.productcodes.len()), (Some(Wijze::Factuur), 1));
        assert_eq!(problems, [""; 0]);

        write(
            "0384-41005004.csv",
            "code;categorie;eenheid;tarief\n01A03;01;uur;7600\n01A04;01;04;12,50\n01A05;01;04;\n",
        );
        load(folder.path(), &mut problems);
        assert_eq!(problems.len(), 4, "no line holds, so there is no code: {problems:?}");
        problems.clear();
        std::fs::remove_file(folder.path().join("0384-41005004.csv")).expect("a file");

        write("41005001-0384.csv", "code;categorie\n01A03;01\n");
        write("0384-41005002.csv", "code;categorie\n01A03;01\n01A03;02\n01A04;1\n;01\n01A0345;01\n");
        write("0384-41005003.csv", "code;naam\n");
        write("0384-41005005.csv", "wijze;beide\ncode;categorie\n01A03;01\n");
        load(folder.path(), &mut problems);
        assert_eq!(problems.len(), 7, "{problems:?}");
        load(&folder.path().join("nergens"), &mut problems);
        assert_eq!(problems.len(), 8, "{problems:?}");
    }
}
