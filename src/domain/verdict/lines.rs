//! The lines of a declaratie, judged one by one: credits first, as they make room for what is declared anew (OP366), then
//! debets, each in the order of the bericht. A line that is granted counts at once for those after it.
//!
//! Takes time in proportion to the number of lines: what came before is looked up in [`Books`], never searched.

use std::collections::HashSet;

use super::{Finding, Oordeel, Outside, Place, Verdict};
use crate::domain::bericht::Heenbericht;
use crate::domain::contract::Contract;
use crate::domain::declaratie::{Declaratie, Prestatie};
use crate::domain::history::History;
use crate::domain::klasse::ElementPath;
use crate::domain::regels::prestatie::{Basis, Books, Line, Part, Spot};
use crate::domain::regels::{Check, REGELS, Regel};
use crate::domain::waarde::Bsn;

/// Judges the lines against what came before. `earlier` was found in classes of this declaratie already: a line in which
/// something was found is rejected, and the lines of a client that was rejected are not judged at all.
pub(super) fn judge(
    heen: &Heenbericht,
    declaratie: &Declaratie,
    history: &History,
    outside: &Outside<'_>,
    earlier: Vec<Finding>,
) -> Verdict {
    let wrong: HashSet<&ElementPath> = earlier.iter().filter_map(|finding| finding.klasse.as_ref()).collect();
    let regels = LineRegels::of(heen);
    let lines: Vec<Stated<'_>> = stated(declaratie).collect();
    let mut books = Books::of(&history.declaraties.prestaties);
    let mut found: Vec<(usize, Finding)> = Vec::new();
    let count = lines.len();
    let mut oordeel = Oordeel { granted: vec![false; count], toegekend: 0, calculations: vec![Vec::new(); count] };
    for wants_debet in [false, true] {
        for (nr, stated) in lines.iter().enumerate().filter(|(_, one)| one.prestatie.is_debet() == wants_debet) {
            let is_wrong = |path: &ElementPath| !wrong.is_empty() && wrong.contains(path);
            let mut is_granted = false;
            if !is_wrong(&stated.client_path()) {
                let line = stated.line(declaratie, history, outside.contract, &books);
                let is_known_wrong = is_wrong(&stated.path());
                let Looked { broken, is_counted } = regels.look_at(&line, is_known_wrong);
                is_granted = broken.is_empty() && !is_known_wrong;
                oordeel.calculations[nr] = if is_counted { line.calculations() } else { Vec::new() };
                found.extend(broken.into_iter().map(|(regel, spot)| (nr, stated.finding(regel, spot))));
            }
            if is_granted {
                oordeel.granted[nr] = true;
                oordeel.toegekend += stated.prestatie.ingediend_bedrag.signed();
            }
            books.enter(stated.bsn, stated.prestatie, is_granted);
        }
    }
    found.sort_by_key(|(nr, _)| *nr);
    let findings = earlier.into_iter().chain(found.into_iter().map(|(_, finding)| finding)).collect();
    Verdict { findings, declaratie: Some(oordeel) }
}

/// What is wrong with the lines by themselves: the rules that need no earlier bericht.
pub(super) fn judge_alone(heen: &Heenbericht, declaratie: &Declaratie, outside: &Outside<'_>) -> Vec<Finding> {
    let regels = LineRegels::of(heen);
    let (history, books) = (History::default(), Books::default());
    let debets = stated(declaratie).filter(|stated| stated.prestatie.is_debet());
    debets
        .flat_map(|stated| {
            let line = stated.line(declaratie, &history, outside.contract, &books);
            let broken = regels.broken_without_history(&line);
            broken.into_iter().map(|(regel, spot)| stated.finding(regel, spot)).collect::<Vec<_>>()
        })
        .collect()
}

/// A line, and where it stands.
struct Stated<'a> {
    client: usize,
    index: usize,
    bsn: &'a Bsn,
    prestatie: &'a Prestatie,
}

fn stated(declaratie: &Declaratie) -> impl Iterator<Item = Stated<'_>> {
    declaratie.clienten.iter().enumerate().flat_map(|(client, lines)| {
        let lines_of_client = lines.prestaties.iter().enumerate();
        lines_of_client.map(move |(index, prestatie)| Stated { client, index, bsn: &lines.bsn, prestatie })
    })
}

impl<'a> Stated<'a> {
    fn line<'l>(
        &self,
        declaratie: &'l Declaratie,
        history: &'l History,
        contract: Option<&'l Contract>,
        books: &'l Books<'l>,
    ) -> Line<'l>
    where
        'a: 'l,
    {
        Line {
            bsn: self.bsn,
            prestatie: self.prestatie,
            declaratie_periode: &declaratie.declaratie_periode,
            toewijzing: history.toewijzingen.current(self.prestatie.toewijzing_nummer),
            contract,
            books,
        }
    }

    fn client_path(&self) -> ElementPath {
        ElementPath::root().child("Declaratie").child("Clienten").nth("Client", self.client)
    }

    fn path(&self) -> ElementPath {
        self.client_path().child("Prestaties").nth("Prestatie", self.index)
    }

    fn finding(&self, regel: &Regel, spot: Spot) -> Finding {
        Finding::of(regel, Place::within(self.path(), spot))
    }
}

/// A rule on lines.
type LineRegel = (Part, Basis, fn(&Line<'_>) -> Option<Spot>, &'static Regel);

/// The rules on the lines of one bericht.
struct LineRegels(Vec<LineRegel>);

type Broken = Vec<(&'static Regel, Spot)>;

/// What came of a line.
struct Looked {
    broken: Broken,
    /// It was judged by what it comes to.
    is_counted: bool,
}

impl LineRegels {
    fn of(heen: &Heenbericht) -> Self {
        let of_line = |regel: &'static Regel| match regel.check {
            Check::Line(part, basis, check) => Some((part, basis, check, regel)),
            Check::Bericht(_) | Check::Outside(_) | Check::Contract(_) | Check::History(_) => None,
        };
        let (soort, release) = (heen.header.soort, heen.header.release);
        Self(REGELS.iter().filter(|one| one.applies_to(soort, release)).filter_map(of_line).collect())
    }

    /// What a line breaks. Of a credit only its references are judged (IV085). Of a debet line whose toewijzing is not
    /// what it should be no more is judged; what it comes to, only where unit, price and period are right.
    fn look_at(&self, line: &Line<'_>, is_known_wrong: bool) -> Looked {
        let of = |parts: &[Part]| self.broken_in(line, |part, _| parts.contains(&part));
        let mut broken = of(&[Part::Reference]);
        if !line.prestatie.is_debet() {
            broken.extend(of(&[Part::Credited]));
            return Looked { broken, is_counted: false };
        }
        let toewijzing = of(&[Part::Toewijzing]);
        let has_toewijzing = toewijzing.is_empty() && !is_known_wrong;
        broken.extend(toewijzing);
        let mut is_counted = false;
        if has_toewijzing {
            let price_and_period = of(&[Part::Price, Part::Periode]);
            is_counted = price_and_period.is_empty();
            broken.extend(of(&[Part::Product]));
            broken.extend(price_and_period);
            broken.extend(of(&[Part::Frequency]));
            broken.extend(if is_counted { of(&[Part::Volume]) } else { Vec::new() });
        }
        Looked { broken, is_counted }
    }

    fn broken_without_history(&self, line: &Line<'_>) -> Broken {
        self.broken_in(line, |_, basis| matches!(basis, Basis::Line | Basis::Productcodes))
    }

    fn broken_in(&self, line: &Line<'_>, wanted: impl Fn(Part, Basis) -> bool) -> Broken {
        let wanted = self.0.iter().filter(|(part, basis, ..)| wanted(*part, *basis));
        wanted.filter_map(|(_, _, check, regel)| Some((*regel, check(line)?))).collect()
    }
}
