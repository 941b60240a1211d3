//! The lines of a declaratie or factuur, judged one by one: credits first, as they make room for what is declared anew
//! (OP366), then debets, each in the order of the bericht. A line that is granted counts at once for those after it.
//!
//! Takes time in proportion to the number of lines: what came before is looked up in [`Books`], never searched.

use std::collections::{HashMap, HashSet};

use super::verdict::{LineVerdicts, Verdict};
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::contract::Contract;
use crate::domain::berichten::declaratie::{Declaratie, GeslotenPeriode, Prestatie};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::release::Release;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::facts::history::{History, ToewijzingFact};
use crate::domain::finding::{Finding, Place};
use crate::domain::regels::outside::Outside;
use crate::domain::regels::prestatie::{Basis, Books, Line, Part, Spot};
use crate::domain::regels::{Check, Regel, regels_for};

/// Judges the lines against what came before. `earlier` was found in classes of this declaratie already: a line in which
/// something was found is rejected, and the lines of a client that was rejected are not judged at all.
pub(super) fn judge(
    heen: &Heenbericht,
    declaratie: &Declaratie,
    history: &History,
    outside: &Outside<'_>,
    earlier: Vec<Finding>,
) -> Verdict {
    let (layout, context) = (Layout::of(&heen.inhoud), LineContext::of(heen, declaratie, outside));
    let wrong: HashSet<&ElementPath> =
        earlier.iter().filter(|finding| finding.is_error()).filter_map(|finding| finding.klasse.as_ref()).collect();
    let regels = LineRegels::of(heen);
    let lines: Vec<Stated<'_>> = stated(declaratie).collect();
    let unnumbered = Unnumbered::of(&lines, history);
    let mut books = Books::of(&history.declaraties.prestaties);
    let mut found: Vec<(usize, Finding)> = Vec::new();
    let count = lines.len();
    let mut verdicts = LineVerdicts {
        granted: vec![None; count],
        toegekend: 0,
        betaalbaar: 0,
        calculations: vec![Box::default(); count],
    };
    for wants_debet in [false, true] {
        for (nr, stated) in lines.iter().enumerate().filter(|(_, one)| one.prestatie.is_debet() == wants_debet) {
            let is_wrong = |path: &ElementPath| !wrong.is_empty() && wrong.contains(path);
            let mut granted = None;
            if !is_wrong(&layout.client(stated)) {
                let toewijzing = unnumbered.toewijzing(stated, history);
                let line = stated.line(&context, toewijzing, &books);
                let is_known_wrong = is_wrong(&layout.line(stated));
                let LineResult { broken, is_counted } = regels.look_at(&line, is_known_wrong);
                let is_granted = broken.is_empty() && !is_known_wrong;
                granted = is_granted.then_some(stated.prestatie.ingediend_bedrag.bedrag);
                if is_counted {
                    verdicts.calculations[nr] = line.calculations();
                }
                found.extend(broken.into_iter().map(|(regel, spot)| (nr, layout.finding(stated, regel, spot))));
            }
            if let Some(toegekend) = granted {
                verdicts.granted[nr] = granted;
                verdicts.toegekend += stated.prestatie.ingediend_bedrag.signed();
                verdicts.betaalbaar += books.moves(stated.prestatie, toegekend).unwrap_or(0);
            }
            books.enter(stated.bsn, stated.prestatie, granted);
        }
    }
    found.sort_by_key(|(nr, _)| *nr);
    let findings = earlier.into_iter().chain(found.into_iter().map(|(_, finding)| finding)).collect();
    Verdict { findings, declaratie: Some(verdicts) }
}

/// What is wrong with the lines by themselves: the rules that need no earlier bericht.
pub(super) fn judge_alone(heen: &Heenbericht, declaratie: &Declaratie, outside: &Outside<'_>) -> Vec<Finding> {
    let regels = LineRegels::of(heen);
    let (layout, context) = (Layout::of(&heen.inhoud), LineContext::of(heen, declaratie, outside));
    let books = Books::default();
    let debets = stated(declaratie).filter(|stated| stated.prestatie.is_debet());
    debets
        .flat_map(|stated| {
            let line = stated.line(&context, None, &books);
            let broken = regels.broken_without_history(&line);
            broken.into_iter().map(|(regel, spot)| layout.finding(&stated, regel, spot)).collect::<Vec<_>>()
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
    fn line<'l>(&self, all: &LineContext<'l>, toewijzing: Option<&'l ToewijzingFact>, books: &'l Books<'l>) -> Line<'l>
    where
        'a: 'l,
    {
        Line {
            release: all.release,
            bsn: self.bsn,
            prestatie: self.prestatie,
            declaratie_periode: all.declaratie_periode,
            toewijzing,
            contract: all.contract,
            books,
        }
    }
}

/// What all lines of a bericht are judged by.
struct LineContext<'a> {
    release: Release,
    declaratie_periode: &'a GeslotenPeriode,
    contract: Option<&'a Contract>,
}

impl<'a> LineContext<'a> {
    fn of(heen: &Heenbericht, declaratie: &'a Declaratie, outside: &Outside<'a>) -> Self {
        let release = heen.header.release;
        Self { release, declaratie_periode: &declaratie.declaratie_periode, contract: outside.contract }
    }
}

/// Where lines stand in their bericht.
struct Layout {
    clienten: ElementPath,
    /// A 303 has volume, unit and tariff in a class below the line.
    bedragen: Option<&'static str>,
}

impl Layout {
    const IN_BEDRAGEN: [&'static str; 3] = ["GeleverdVolume", "Eenheid", "ProductTarief"];

    fn of(inhoud: &Inhoud) -> Self {
        let is_factuur = matches!(inhoud, Inhoud::Factuur { .. });
        Self { clienten: inhoud.clienten_path(), bedragen: is_factuur.then_some("IngediendeBedragPrestatie") }
    }

    fn client(&self, stated: &Stated<'_>) -> ElementPath {
        self.clienten.nth("Client", stated.client)
    }

    fn line(&self, stated: &Stated<'_>) -> ElementPath {
        self.client(stated).child("Prestaties").nth("Prestatie", stated.index)
    }

    fn finding(&self, stated: &Stated<'_>, regel: &Regel, spot: Spot) -> Finding {
        let below = self.bedragen.filter(|_| spot.first().is_some_and(|name| Self::IN_BEDRAGEN.contains(name)));
        let names: Vec<&'static str> = below.into_iter().chain(spot.iter().copied()).collect();
        regel.broken_at(Place::within(self.line(stated), &names))
    }
}

/// The toewijzingen of those clients who have a line without a number: before June 2017 toewijzingen had none, and are
/// known by what else was assigned (IV051).
#[derive(Default)]
struct Unnumbered<'a>(HashMap<&'a Bsn, Vec<&'a ToewijzingFact>>);

impl<'a> Unnumbered<'a> {
    fn of(lines: &[Stated<'_>], history: &'a History) -> Self {
        let mut unnumbered = Self::default();
        if lines.iter().any(|stated| stated.prestatie.toewijzing_nummer.is_none()) {
            for fact in history.toewijzingen.all_current().into_iter().filter(|fact| !fact.verwijderd) {
                unnumbered.0.entry(&fact.bsn).or_default().push(fact);
            }
        }
        unnumbered
    }

    /// What a line was delivered under: what it names, or what it fits by product and period.
    fn toewijzing(&self, stated: &Stated<'_>, history: &'a History) -> Option<&'a ToewijzingFact> {
        let prestatie = stated.prestatie;
        let Some(nummer) = prestatie.toewijzing_nummer else {
            let mut of_client = self.0.get(stated.bsn)?.iter();
            return of_client.find(|fact| fact.fits(prestatie)).copied();
        };
        history.toewijzingen.current(nummer)
    }
}

/// A rule on lines.
type LineRegel = (Part, Basis, fn(&Line<'_>) -> Option<Spot>, &'static Regel);

/// The rules on the lines of one bericht.
struct LineRegels(Vec<LineRegel>);

type Broken = Vec<(&'static Regel, Spot)>;

/// What came of a line.
struct LineResult {
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
        let regels = regels_for(heen.header.soort, heen.header.release);
        Self(regels.iter().copied().filter_map(of_line).collect())
    }

    /// What a line breaks. Of a credit only its references are judged (IV085). Of a debet line whose toewijzing is not
    /// what it should be no more is judged; what it comes to, only where unit, price and period are right.
    fn look_at(&self, line: &Line<'_>, is_known_wrong: bool) -> LineResult {
        let of = |parts: &[Part]| self.broken_in(line, |part, _| parts.contains(&part));
        let mut broken = of(&[Part::Reference]);
        if !line.prestatie.is_debet() {
            broken.extend(of(&[Part::Credited]));
            return LineResult { broken, is_counted: false };
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
        LineResult { broken, is_counted }
    }

    fn broken_without_history(&self, line: &Line<'_>) -> Broken {
        self.broken_in(line, |_, basis| matches!(basis, Basis::Line | Basis::Contract))
    }

    fn broken_in(&self, line: &Line<'_>, wanted: impl Fn(Part, Basis) -> bool) -> Broken {
        let wanted = self.0.iter().filter(|(part, basis, ..)| wanted(*part, *basis));
        wanted.filter_map(|(_, _, check, regel)| Some((*regel, check(line)?))).collect()
    }
}
