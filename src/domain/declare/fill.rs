//! A row made whole: what it leaves out comes from the toewijzing, from what was agreed, or from the line that it takes
//! back.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::btw::{btw_problem, other_btw_id_nummers};
use super::minuten::merged;
use super::price::{Price, Product};
use super::row::REPEATS;
use super::{BtwPercentage, Column, Declared, Facts, Line, OfFactuur, Persoon, Row, RowProblem};
use crate::domain::berichten::declaratie::{BedragMetDC, GeslotenPeriode, Prestatie, Referentie};
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::release::{Property, Release};
use crate::domain::berichten::waarde::{DebetCredit, Identificatie, ReferentieNummer, ToewijzingNummer, Value};
use crate::domain::facts::history::ToewijzingFact;

/// The lines of a declaratie with this number: by client, credits first, as they make room for what is declared anew.
///
/// # Errors
/// Everything that keeps a row from becoming a line.
pub fn lines(rows: &[Row], nummer: &Identificatie, facts: &Facts<'_>) -> Result<Vec<Line>, Vec<RowProblem>> {
    let mut lines = Vec::with_capacity(rows.len());
    let mut problems = Vec::new();
    let mut named: HashMap<ReferentieNummer, usize> = HashMap::new();
    let rows = merged(rows).map_err(|problem| vec![problem])?;
    for (nr, row) in (1..).zip(&rows) {
        let name = row.referentie_nummer.clone().unwrap_or_else(|| own_name(nummer, nr));
        if let Some(other) = named.insert(name.clone(), row.rij) {
            let text = format!("Dit referentienummer heeft rij {other} ook. Geef elke regel een eigen nummer.");
            problems.push(row.problem(Column::ReferentieNummer, text));
        }
        let line = match &row.vorig_referentie_nummer {
            Some(vorig) => credit(row, name, vorig, facts),
            None => debet(row, name, facts),
        };
        problems.extend(btw_problem(row, facts));
        match line {
            Ok(line) => lines.push(line),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(other_btw_id_nummers(&lines, facts.frame));
    if !problems.is_empty() {
        return Err(problems);
    }
    lines.sort_by(|one, other| place(one).cmp(&place(other)));
    Ok(lines)
}

/// The name of a line that has none: used once per aanbieder, as the number is, and the same whenever it is asked for.
fn own_name(nummer: &Identificatie, nr: usize) -> ReferentieNummer {
    Value::from_text(&format!("{nummer}-{nr}")).expect("any text is a ReferentieNummer to the domain")
}

/// Where a line stands among others.
fn place(line: &Line) -> (&str, bool, Option<ToewijzingNummer>, NaiveDate, usize) {
    let prestatie = &line.prestatie;
    (
        line.bsn.digits(),
        prestatie.is_debet(),
        prestatie.toewijzing_nummer,
        prestatie.product_periode.begindatum,
        line.rij,
    )
}

/// A line that takes back another, and repeats it (IV091, before release 3.0 IV054).
fn credit(
    row: &Row,
    name: ReferentieNummer,
    vorig: &ReferentieNummer,
    facts: &Facts<'_>,
) -> Result<Line, Vec<RowProblem>> {
    let unknown = "Er is geen eerdere debetregel met dit nummer aan deze gemeente gedeclareerd. Controleer het nummer.";
    let of_other_release =
        "Deze regel is niet met een WMO303 gedeclareerd. Crediteer hem in de release waarin hij is gedeclareerd.";
    let problem = |text: &str| vec![row.problem(Column::VorigReferentieNummer, text)];
    let Some(declared) = facts.declared.get(vorig) else { return Err(problem(unknown)) };
    let other = contradicted(row, declared);
    if !other.is_empty() {
        return Err(other.into_iter().map(|column| row.problem(column, REPEATS)).collect());
    }
    let factuur = match (facts.frame.release.has(Property::Facturen), &declared.factuur) {
        (false, _) => None,
        (true, None) => return Err(problem(of_other_release)),
        (true, Some(billed)) => Some(Box::new(OfFactuur::Credit(Box::new(billed.clone())))),
    };
    let mut prestatie = declared.prestatie.clone();
    prestatie.product_referentie =
        Referentie { referentie_nummer: name, vorig_referentie_nummer: Some(Box::new(vorig.clone())) };
    prestatie.ingediend_bedrag.debet_credit = DebetCredit::Credit;
    Ok(Line { rij: row.rij, bsn: declared.bsn.clone(), prestatie, factuur, remark: None })
}

/// What a credit tells that is not what was declared.
fn contradicted(row: &Row, Declared { bsn, prestatie, .. }: &Declared) -> Vec<Column> {
    fn differs<T: PartialEq>(given: Option<&T>, declared: Option<&T>) -> bool {
        given.is_some() && given != declared
    }
    let GeslotenPeriode { begindatum, einddatum } = &prestatie.product_periode;
    let given = [
        (Column::ToewijzingNummer, differs(row.toewijzing_nummer.as_ref(), prestatie.toewijzing_nummer.as_ref())),
        (Column::Begindatum, differs(row.begindatum.as_ref(), Some(begindatum))),
        (Column::Einddatum, differs(row.einddatum.as_ref(), Some(einddatum))),
        (Column::Volume, differs(row.volume.as_ref(), Some(&prestatie.geleverd_volume))),
        (Column::Eenheid, differs(row.eenheid.as_ref(), Some(&prestatie.eenheid))),
        (Column::ProductCategorie, differs(row.product_categorie.as_ref(), Some(&prestatie.product_categorie))),
        (Column::ProductCode, differs(row.product_code.as_ref(), Some(&prestatie.product_code))),
        (Column::Tarief, differs(row.tarief.as_ref(), prestatie.product_tarief.as_ref())),
        (Column::Bedrag, differs(row.bedrag.as_ref(), Some(&prestatie.ingediend_bedrag.bedrag))),
        (Column::Bsn, differs(row.bsn.as_ref(), Some(bsn))),
    ];
    given.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}

/// A line that asks for money.
fn debet(row: &Row, name: ReferentieNummer, facts: &Facts<'_>) -> Result<Line, Vec<RowProblem>> {
    let lacking = row.lacks(&Column::NEEDED);
    let (Some(nummer), Some(begindatum), Some(einddatum), true) =
        (row.toewijzing_nummer, row.begindatum, row.einddatum, lacking.is_empty())
    else {
        return Err(lacking);
    };
    let Some(toewijzing) = facts.toewijzingen.current(nummer) else {
        let text = "Er is geen toewijzing met dit nummer van deze gemeente aan u. Controleer het nummer, of wacht op de WMO301.";
        return Err(vec![row.problem(Column::ToewijzingNummer, text)]);
    };
    let persoon = facts.personen.get(&nummer);
    let of_client = client_problem(row, toewijzing, persoon, facts.frame.release);
    let priced = Product::of(row, toewijzing, facts.contract).and_then(|product| {
        let of_row = |problem| vec![problem];
        let volume = product.volume(row).map_err(of_row)?;
        let price = Price::of(row, volume, &product, facts.frame.release).map_err(of_row)?;
        Ok((product, volume, price))
    });
    let (product, volume, Price { tarief, bedrag }) = match (priced, of_client) {
        (Ok(priced), None) => priced,
        (Ok(_), Some(problem)) => return Err(vec![problem]),
        (Err(problems), of_client) => return Err(problems.into_iter().chain(of_client).collect()),
    };
    let remark = product.remark(row);
    let prestatie = Prestatie {
        product_referentie: Referentie { referentie_nummer: name, vorig_referentie_nummer: None },
        toewijzing_nummer: Some(nummer),
        product_categorie: product.categorie,
        product_code: product.code,
        product_periode: GeslotenPeriode { begindatum, einddatum },
        geleverd_volume: volume,
        eenheid: product.eenheid,
        product_tarief: tarief,
        ingediend_bedrag: BedragMetDC { bedrag, debet_credit: DebetCredit::Debet },
        retour_codes: RetourCodes::default(),
    };
    let factuur = persoon.map(|persoon| {
        let btw = row.btw_percentage.unwrap_or(BtwPercentage::EXEMPT);
        Box::new(OfFactuur::Debet { persoon: persoon.clone(), btw })
    });
    Ok(Line { rij: row.rij, bsn: toewijzing.bsn.clone(), prestatie, factuur, remark })
}

fn client_problem(
    row: &Row,
    toewijzing: &ToewijzingFact,
    persoon: Option<&Persoon>,
    release: Release,
) -> Option<RowProblem> {
    let of_other =
        "Deze toewijzing is van een andere client. Laat het Bsn leeg, of verbeter het nummer van de toewijzing.";
    let unknown = "De WMO301 van deze toewijzing is hier niet te lezen, en een WMO303 noemt naam en geboortedatum. Vraag de beheerder.";
    if row.bsn.as_ref().is_some_and(|bsn| *bsn != toewijzing.bsn) {
        return Some(row.problem(Column::Bsn, of_other));
    }
    (release.has(Property::Facturen) && persoon.is_none()).then(|| row.problem(Column::ToewijzingNummer, unknown))
}
