//! Contracts as files: one per gemeente and aanbieder, named after their codes.

use std::path::Path;

use crate::domain::Partij;
use crate::domain::berichten::contract::{Afname, Contract, Contracten, PaidBy, Tarief, Wijze};
use crate::domain::berichten::waarde::{Eenheid, Frequentie, ProductCategorie, ProductCode, Value};

/// What a contract may tell: the codes that were agreed, what a unit costs, in euro cents, and how a product is assigned
/// and paid.
const HEADINGS: [&str; 3] =
    ["code;categorie", "code;categorie;eenheid;tarief", "code;categorie;eenheid;tarief;frequentie;soort"];

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
        let ([code, tarief, afname], [(declaratie, _), (factuur, _)]) = (HEADINGS, WIJZEN);
        problems.push(format!(
            "{file}: the first line must be {code} or {tarief} or {afname}, and before it there may be {declaratie} or {factuur}"
        ));
        return Contract::default();
    }
    let columns = heading.split(';').count();
    let mut contract = Contract { wijze, ..Contract::default() };
    for (number, line) in lines {
        let Some(Product { code, categorie, tarief, afname }) = product(line, columns) else {
            problems.push(format!("{file}, line {number}: is not {}", wanted(columns)));
            continue;
        };
        if afname != Afname::default() {
            contract.afname.insert(code.clone(), afname);
        }
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

const fn wanted(columns: usize) -> &'static str {
    match columns {
        2 => "a code of 1 to 5 characters; a categorie of 2 digits",
        4 => {
            "a code of 1 to 5 characters; a categorie of 2 digits; a code of WJ756; a whole number of euro cents (the last two filled in or left empty together)"
        }
        _ => {
            "a code of 1 to 5 characters; a categorie of 2 digits; a code of WJ756; a whole number of euro cents (these two filled in or left empty together); a code of WMO757, or empty; periode, volume or empty"
        }
    }
}

/// A line of a contract.
struct Product {
    code: ProductCode,
    categorie: ProductCategorie,
    tarief: Option<Tarief>,
    afname: Afname,
}

fn product(line: &str, columns: usize) -> Option<Product> {
    let mut cells: Vec<&str> = line.split(';').map(str::trim).collect();
    if cells.len() != columns {
        return None;
    }
    cells.resize(HEADINGS[2].split(';').count(), "");
    let [code, categorie, eenheid, bedrag, frequentie, soort] = cells[..] else { return None };
    let fits = (1..=5).contains(&code.chars().count())
        && categorie.len() == 2
        && categorie.bytes().all(|byte| byte.is_ascii_digit());
    let tarief = if (eenheid, bedrag) == ("", "") { None } else { Some(tarief(eenheid, bedrag)?) };
    let afname = Afname {
        frequentie: if frequentie.is_empty() { None } else { Some(Frequentie::from_text(frequentie)?) },
        paid_by: match soort {
            "" => None,
            "periode" => Some(PaidBy::Periode),
            "volume" => Some(PaidBy::Volume),
            _ => return None,
        },
    };
    let (code, categorie) = (ProductCode::from_text(code)?, ProductCategorie::from_text(categorie)?);
    fits.then_some(Product { code, categorie, tarief, afname })
}

fn tarief(eenheid: &str, bedrag: &str) -> Option<Tarief> {
    let bedrag = bedrag.parse().ok().filter(|bedrag: &i64| *bedrag >= 0)?;
    Some(Tarief { bedrag, eenheid: Some(Eenheid::from_text(eenheid)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_contract_and_the_page_names_every_form() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut problems = Vec::new();
        let contracten = load(&root.join("config/contracten-voorbeeld"), &mut problems);
        assert_eq!(problems, [""; 0]);
        let contract = contracten.of("0384", "41005001").expect("the pair of the example");
        assert_eq!((contract.productcodes.len(), contract.tarieven.len()), (3, 2));
        let page = std::fs::read_to_string(root.join("docs/contracts.md")).expect("the page");
        for form in HEADINGS.into_iter().chain(WIJZEN.map(|(line, _)| line)) {
            assert!(page.contains(&format!("`{form}`")), "{form}");
        }
    }

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

        write(
            "0384-41005001.csv",
            "code;categorie;eenheid;tarief;frequentie;soort\n2704;02;82;65000;3;periode\n4701;04;;;;volume\n2701;02;;;;\n",
        );
        let contracten = load(folder.path(), &mut problems);
        let contract = contracten.of("0384", "41005001").expect("a contract");
        let afname = |code| contract.afname.get(&ProductCode::from_text(code).expect("a code")).copied();
        let of_period = Afname { frequentie: Some(Frequentie::PerVierWeken), paid_by: Some(PaidBy::Periode) };
        let of_volume = Afname { frequentie: None, paid_by: Some(PaidBy::Volume) };
        assert_eq!([afname("2704"), afname("4701"), afname("2701")], [Some(of_period), Some(of_volume), None]);
        assert_eq!(problems, [""; 0]);
        write("0384-41005006.csv", "code;categorie;eenheid;tarief;frequentie;soort\n2704;02;82;65000;vier;periode\n");
        load(folder.path(), &mut problems);
        assert!(problems[0].contains("line 2") && problems[0].contains("WMO757"), "{problems:?}");
        problems.clear();
        std::fs::remove_file(folder.path().join("0384-41005006.csv")).expect("a file");

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
