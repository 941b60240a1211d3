//! `mlw-2018`: a factuur per four weeks, one price for a whole period.

use std::collections::HashSet;

use chrono::{Months, NaiveDate};

use super::afspraak::Breach;
use super::paid::{Paid, PaymentTerms, UnpaidPeriod, is_paid};
use super::table::{
    EARLY, GRANTED_ELSEWHERE, LATE, LONG, NO_CAK_PERIODE, NO_START, NO_SUPPORT, NOT_A_DECLARATIE, NOT_A_FACTUUR,
    OLD_METHOD, OTHER_PRODUCT, OTHER_TOEWIJZING, PART_OF_A_PERIOD, START_AND_END, START_AND_END_PAID, START_PERIOD,
    STILL_CLAIMED, SWITCHED, UNKNOWN_CODE,
};
use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht, Inhoud};
use crate::domain::berichten::beschikking::{Beschikking, ToegewezenProduct};
use crate::domain::berichten::contract::{Contract, PaidBy, Wijze};
use crate::domain::berichten::declaratie::{Declaratie, GeslotenPeriode, Prestatie};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::periode::cak_of;
use crate::domain::berichten::toewijzing::{Omvang, Product};
use crate::domain::berichten::waarde::{Bsn, Frequentie, ProductCode, ToewijzingNummer};
use crate::domain::cak::Cak;
use crate::domain::facts::history::{GrantedElsewhere, History, Leveringen, SupportElsewhere, ToewijzingFact};
use crate::domain::facts::support::spans;
use crate::domain::finding::{Finding, Place, Severity};
use crate::domain::regels::outside::Outside;

/// The choices that these agreements leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mlw2018 {
    /// How the aanbieder asks for its money (MLW-02).
    pub wijze: Wijze,
    /// How many days after its period a factuur may come (MLW-04).
    pub invoice_due_days: u32,
    /// What to make of one that comes later (MLW-04).
    pub late_invoice: LateInvoice,
    /// Which toewijzing a period belongs to in which another one takes over (MLW-05).
    pub change_of_profile: ChangeOfProfile,
    /// What to make of a line without a start (MLW-01b).
    pub require_305: Require305,
    /// Which periods are paid.
    pub terms: PaymentTerms,
    /// What the CAK is told, and until when there is support under the old method (MLW-21).
    pub cak: Cak,
}

/// What to make of a line about support that no WMO305 reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Require305 {
    /// Tell, and pay. Since release 3.2 nothing else is allowed (OP364).
    Warn,
    /// Do not grant the line.
    Reject,
}

/// What to make of a factuur that comes later than was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateInvoice {
    /// Tell, and deal with it.
    Report,
    /// Grant none of its debet lines.
    Refuse,
}

/// Which toewijzing a period belongs to in which another one takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOfProfile {
    /// The one that held on its first day.
    FirstDay,
    /// Whichever the line names.
    Any,
}

/// A line of a factuur.
struct Invoiced<'a> {
    bsn: &'a Bsn,
    line: &'a Prestatie,
    /// The first day of the period that the factuur is about.
    first_day: NaiveDate,
}

/// How many years a toewijzing lasts at most (MLW-20).
const YEARS: u32 = 5;

/// What a claim is about.
type Claim<'a> = (Option<ToewijzingNummer>, &'a ProductCode, NaiveDate, NaiveDate);

impl Mlw2018 {
    pub(super) fn on_header(&self, heen: &Heenbericht, today: NaiveDate) -> Vec<Finding> {
        let Inhoud::Factuur { header, .. } = &heen.inhoud else { return Vec::new() };
        let place = |names: &[&'static str]| Place::within(ElementPath::root().child("Header"), names);
        let other_kind = match (self.wijze, heen.header.soort) {
            (Wijze::Factuur, Berichtsoort::Wmo303D) => Some(NOT_A_DECLARATIE),
            (Wijze::Declaratie, Berichtsoort::Wmo303F) => Some(NOT_A_FACTUUR),
            _ => None,
        };
        let periode = &header.identificatie.declaratie_periode;
        let no_periode = (*periode != cak_of(periode.begindatum)).then_some(NO_CAK_PERIODE);
        let is_told = self.late_invoice == LateInvoice::Report && self.is_late(periode, today);
        let timing = if is_told { Some(LATE) } else { (today <= periode.einddatum).then_some(EARLY) };
        let of_kind = other_kind.map(|broken| broken.broken_at(place(&["BerichtCode"])));
        let periode_place = || place(&["DeclaratieFactuurIdentificatie", "DeclaratiePeriode"]);
        let of_periode = no_periode.into_iter().chain(timing).map(|broken| broken.broken_at(periode_place()));
        of_kind.into_iter().chain(of_periode).collect()
    }

    pub(super) fn below(
        &self,
        heen: &Heenbericht,
        declaratie: Option<&Declaratie>,
        history: &History,
        outside: &Outside<'_>,
    ) -> Vec<Finding> {
        let contract = outside.contract;
        match (&heen.inhoud, declaratie) {
            (Inhoud::Factuur { .. }, Some(declaratie)) => {
                let mut findings = self.of_lines(heen, declaratie, history, contract);
                findings.extend(self.refused_as_late(heen, declaratie, outside.today));
                findings
            }
            (Inhoud::Beschikking(client), _) => {
                let mut findings = too_long(&client.beschikking);
                findings.extend(contract.into_iter().flat_map(|contract| not_as_agreed(&client.beschikking, contract)));
                findings
            }
            _ => Vec::new(),
        }
    }

    fn is_late(&self, periode: &GeslotenPeriode, today: NaiveDate) -> bool {
        today.signed_duration_since(periode.einddatum).num_days() > self.invoice_due_days.into()
    }

    /// The debet lines of a late factuur, where none of them is granted.
    fn refused_as_late(&self, heen: &Heenbericht, declaratie: &Declaratie, today: NaiveDate) -> Vec<Finding> {
        if self.late_invoice == LateInvoice::Report || !self.is_late(&declaratie.declaratie_periode, today) {
            return Vec::new();
        }
        let refused = Breach { severity: Severity::Error, ..LATE };
        heen.inhoud.debets_of(declaratie).map(|(_, _, path)| refused.broken_at(Place::klasse(path))).collect()
    }

    fn of_lines(
        &self,
        heen: &Heenbericht,
        declaratie: &Declaratie,
        history: &History,
        contract: Option<&Contract>,
    ) -> Vec<Finding> {
        let open = open_claims(heen, declaratie, history);
        let mut findings = Vec::new();
        for (bsn, line, path) in heen.inhoud.debets_of(declaratie) {
            let line = Invoiced { bsn, line, first_day: declaratie.declaratie_periode.begindatum };
            let of_periode = self.of_periode(&line, history, contract);
            let line = line.line;
            findings
                .extend(of_periode.map(|afspraak| afspraak.broken_at(Place::element(path.clone(), "ProductPeriode"))));
            if contract.is_some_and(|contract| !contract.has(&line.product_categorie, &line.product_code)) {
                findings.push(UNKNOWN_CODE.broken_at(Place::element(path.clone(), "ProductCode")));
            }
            if is_part_of_a_period(line, history, contract) {
                let names = ["IngediendeBedragPrestatie", "DeclaratieFactuurBedrag"];
                findings.push(PART_OF_A_PERIOD.broken_at(Place::within(path.clone(), &names)));
            }
            if open.contains(&claim(line)) {
                findings.push(STILL_CLAIMED.broken_at(Place::klasse(path)));
            }
        }
        findings
    }

    /// What there is to tell of the period of a line. What is paid by volume is not counted in periods.
    fn of_periode(
        &self,
        invoiced: &Invoiced<'_>,
        history: &History,
        contract: Option<&Contract>,
    ) -> impl Iterator<Item = Breach> {
        let Invoiced { bsn, line, .. } = *invoiced;
        let by_volume = paid_by(line, history, contract) == Some(PaidBy::Volume);
        let of_start = match self.is_paid(invoiced, history) {
            Err(UnpaidPeriod::NoStart) => Some(Breach { severity: self.severity_without_start(), ..NO_START }),
            _ if by_volume => None,
            Ok(Paid::Whole) => self.belongs_elsewhere(bsn, line, history).then_some(OTHER_TOEWIJZING),
            Ok(Paid::StartAndEnd) => Some(START_AND_END_PAID),
            Err(UnpaidPeriod::StartAndEnd) => Some(START_AND_END),
            Err(UnpaidPeriod::StartPeriod) => Some(START_PERIOD),
            Err(UnpaidPeriod::NoSupport) => Some(NO_SUPPORT),
        };
        let of_other = (!by_volume).then(|| self.of_other_aanbieder(bsn, line, history)).flatten();
        let is_old = self.cak.codes.get(line.product_code.as_str()).is_some();
        let too_old = (is_old && line.product_periode.begindatum > self.cak.old_method_until).then_some(OLD_METHOD);
        of_start.into_iter().chain(of_other).chain(too_old)
    }

    fn is_paid(&self, invoiced: &Invoiced<'_>, history: &History) -> Result<Paid, UnpaidPeriod> {
        let Invoiced { bsn, line, first_day } = *invoiced;
        let none = Leveringen::default();
        let leveringen = history.declaraties.leveringen.get(bsn).unwrap_or(&none);
        is_paid(&spans(leveringen, line, &history.toewijzingen), &line.product_periode, first_day, self.terms)
    }

    /// Whether the toewijzing of this line took over in this period from one on which support began before.
    fn belongs_elsewhere(&self, bsn: &Bsn, line: &Prestatie, history: &History) -> bool {
        let own = line.toewijzing_nummer.and_then(|nummer| history.toewijzingen.current(nummer));
        let Some(own) = own.filter(|_| self.change_of_profile == ChangeOfProfile::FirstDay) else { return false };
        let first = cak_of(line.product_periode.begindatum).begindatum;
        let starts = history.declaraties.leveringen.get(bsn).map_or(&[][..], |leveringen| &leveringen.starts);
        let others = starts.iter().filter_map(|start| history.toewijzingen.current(start.toewijzing_nummer?));
        let held_first = |other: &ToewijzingFact| {
            other.product.as_ref().map(|product| &product.categorie) == Some(&line.product_categorie)
                && !other.verwijderd
                && other.ingangsdatum <= first
                && other.einddatum.is_none_or(|last| last >= first)
        };
        own.ingangsdatum > first && others.into_iter().any(held_first)
    }

    /// What another aanbieder of the client makes of this line: the period is for that one, or was granted to it.
    fn of_other_aanbieder(&self, bsn: &Bsn, line: &Prestatie, history: &History) -> Option<Breach> {
        if self.is_switch(bsn, line, history) {
            return Some(SWITCHED);
        }
        let periode = cak_of(line.product_periode.begindatum);
        let is_same = |other: &GrantedElsewhere| {
            other.categorie == line.product_categorie.as_str() && cak_of(other.begindatum) == periode
        };
        let elsewhere = history.declaraties.elsewhere.get(bsn)?;
        elsewhere.granted.iter().any(is_same).then_some(GRANTED_ELSEWHERE)
    }

    /// Whether support begins in this period while another aanbieder gave it up to then, or still does.
    fn is_switch(&self, bsn: &Bsn, line: &Prestatie, history: &History) -> bool {
        let Some(elsewhere) = history.declaraties.elsewhere.get(bsn) else { return false };
        let elsewhere = &elsewhere.support;
        let periode = cak_of(line.product_periode.begindatum);
        let own = history.declaraties.leveringen.get(bsn).map(|own| spans(own, line, &history.toewijzingen));
        let begins = own.into_iter().flatten().map(|span| span.begin).filter(|begin| cak_of(*begin) == periode).min();
        let is_from = |begin: NaiveDate, other: &SupportElsewhere| {
            other.categorie.as_deref() == Some(line.product_categorie.as_str())
                && other.begindatum < begin
                && other.einddatum.is_none_or(|last| periode.begindatum <= last)
        };
        begins.is_some_and(|begin| begin >= self.terms.from && elsewhere.iter().any(|other| is_from(begin, other)))
    }

    const fn severity_without_start(&self) -> Severity {
        match self.require_305 {
            Require305::Warn => Severity::Warning,
            Require305::Reject => Severity::Error,
        }
    }
}

/// Toewijzingen that last longer than was agreed.
fn too_long(beschikking: &Beschikking) -> Vec<Finding> {
    let is_long = |begin: NaiveDate, end: Option<NaiveDate>| {
        end.zip(begin.checked_add_months(Months::new(12 * YEARS))).is_some_and(|(end, last)| end >= last)
    };
    let producten = beschikking.toegewezen_producten.iter().enumerate();
    let long = producten.filter(|(_, product)| is_long(product.ingangsdatum, product.einddatum));
    let path = ElementPath::root().child("Client").child("Beschikking").child("ToegewezenProducten");
    long.map(|(nr, _)| LONG.broken_at(Place::element(path.nth("ToegewezenProduct", nr), "Einddatum"))).collect()
}

/// Toewijzingen of a product, unit or frequency that was not agreed with the aanbieder.
fn not_as_agreed<'a>(beschikking: &'a Beschikking, contract: &'a Contract) -> impl Iterator<Item = Finding> + 'a {
    let is_other = |toewijzing: &&(usize, &ToegewezenProduct)| {
        let (_, toewijzing) = toewijzing;
        let Product { categorie, code: Some(code) } = &toewijzing.product else { return false };
        let tarief = contract.tarieven.get(code).and_then(|tarief| tarief.eenheid);
        let frequentie = contract.afname.get(code).and_then(|afname| afname.frequentie);
        let is_other_omvang = |omvang: &Omvang| {
            tarief.is_some_and(|eenheid| eenheid != omvang.eenheid)
                || frequentie.is_some_and(|frequentie| frequentie != omvang.frequentie)
        };
        !contract.has(categorie, code) || toewijzing.omvang.as_ref().is_some_and(is_other_omvang)
    };
    let path = ElementPath::root().child("Client").child("Beschikking").child("ToegewezenProducten");
    let producten = beschikking.toegewezen_producten.iter().enumerate();
    producten
        .filter(move |toewijzing| is_other(&toewijzing))
        .map(move |(nr, _)| OTHER_PRODUCT.broken_at(Place::element(path.nth("ToegewezenProduct", nr), "Product")))
}

/// What a line is paid by: as the contract has it, else a period where the volume of its toewijzing comes per four weeks.
/// `None`: nobody knows.
fn paid_by(line: &Prestatie, history: &History, contract: Option<&Contract>) -> Option<PaidBy> {
    let agreed = contract.and_then(|contract| contract.afname.get(&line.product_code)?.paid_by);
    let toewijzing = line.toewijzing_nummer.and_then(|nummer| history.toewijzingen.current(nummer));
    agreed.or_else(|| match toewijzing?.omvang.as_ref()?.frequentie {
        Frequentie::PerVierWeken => Some(PaidBy::Periode),
        _ => Some(PaidBy::Volume),
    })
}

/// Whether less than the whole price of a period is asked.
fn is_part_of_a_period(line: &Prestatie, history: &History, contract: Option<&Contract>) -> bool {
    let is_per_period = paid_by(line, history, contract) == Some(PaidBy::Periode);
    let whole = line.product_tarief.map(|tarief| i128::from(tarief) * i128::from(line.geleverd_volume));
    is_per_period && whole.is_some_and(|whole| line.ingediend_bedrag.signed() < whole)
}

/// What was claimed in a factuur, rejected, and not credited since, this factuur included. A rejected line of a declaratie
/// is no claim.
fn open_claims<'a>(heen: &Heenbericht, declaratie: &'a Declaratie, history: &'a History) -> HashSet<Claim<'a>> {
    if heen.header.soort != Berichtsoort::Wmo303F {
        return HashSet::new();
    }
    let facts = &history.declaraties.prestaties;
    let earlier = facts.iter().filter(|fact| fact.is_granted()).map(|fact| &fact.prestatie);
    let own = declaratie.clienten.iter().flat_map(|client| &client.prestaties);
    let credited: HashSet<&str> = earlier.chain(own).filter_map(|line| line.product_referentie.vorig()).collect();
    let rejected =
        facts.iter().filter(|fact| !fact.is_granted() && fact.prestatie.is_debet()).map(|fact| &fact.prestatie);
    let open = rejected.filter(|line| !credited.contains(line.product_referentie.referentie_nummer.as_str()));
    open.map(claim).collect()
}

fn claim(line: &Prestatie) -> Claim<'_> {
    (line.toewijzing_nummer, &line.product_code, line.product_periode.begindatum, line.product_periode.einddatum)
}
