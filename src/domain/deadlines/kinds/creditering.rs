//! That what was granted over days after a shortened toewijzing is credited. The standard has no term for it: a profile says how
//! long it may take.
//!
//! It belongs to the 301 that shortens the toewijzing, one for each product and month that was granted, and ends when the credit
//! of that line is granted. Of a toewijzing that is made longer again nobody waits for what it covers.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::waarde::{RetourCode, ToewijzingNummer};
use crate::domain::deadlines::case::{Binds, Case, Closing, Ends, Of, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::history::{Answers, PrestatieFact};
use crate::domain::facts::new_toewijzing::NewToewijzing;

const KIND: DeadlineKind = DeadlineKind::Creditering;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "creditering",
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: true,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Toewijzing,
    awaits: Some("een creditregel voor wat na de nieuwe Einddatum is toegekend"),
    opens,
    closes,
};

/// Of the versions that come: what is granted after their Einddatum, as far as the version before them covered it.
fn opens(case: &Case<'_>) -> Vec<Opening> {
    let shortened = case.holding().flat_map(|new| {
        let granted = lines_on(new.toewijzing_nummer, case);
        granted.into_iter().filter(|line| is_after(line, new.einddatum) && !is_after(line, earlier_end(new, case)))
    });
    let subjects: BTreeSet<String> = shortened.filter_map(subject).collect();
    let opening = |subject| Some(case.from_day(KIND, Berichtsoort::Wmo323, case.received)?.about(&subject));
    subjects.into_iter().filter_map(opening).collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    if case.profile.term_of(KIND).is_none() {
        return Vec::new();
    }
    let ended: BTreeSet<(ToewijzingNummer, String)> = match case.counting() {
        Some(Inhoud::Toewijzing(_) | Inhoud::Beschikking(_)) => return covered_again(case),
        Some(Inhoud::Declaratie(_) | Inhoud::Factuur { .. }) if case.is_answered => credited_here(case),
        Some(inhoud @ (Inhoud::DeclaratieAntwoord { .. } | Inhoud::FactuurAntwoord { .. })) => {
            credited_elsewhere(inhoud, case)
        }
        _ => return Vec::new(),
    };
    let closing = |(nummer, subject)| Closing {
        of: Of::Toewijzing(nummer),
        kind: KIND,
        subject: Some(subject),
        ends: Ends::Answered,
    };
    ended.into_iter().map(closing).collect()
}

/// What nobody has to credit any more, because a newer version covers it.
fn covered_again(case: &Case<'_>) -> Vec<Closing> {
    let mut closings = Vec::new();
    for new in case.holding() {
        let lines = lines_on(new.toewijzing_nummer, case).into_iter();
        let covered = lines.filter(|line| is_after(line, earlier_end(new, case)) && !is_after(line, new.einddatum));
        let subjects: BTreeSet<String> = covered.filter_map(subject).collect();
        for subject in subjects {
            let of = Of::Toewijzing(new.toewijzing_nummer);
            closings.push(Closing { of, kind: KIND, subject: Some(subject), ends: Ends::Void });
        }
    }
    closings
}

/// The credits that are granted here and now, on toewijzingen that end before what they take back.
fn credited_here(case: &Case<'_>) -> BTreeSet<(ToewijzingNummer, String)> {
    let declaratie = case.heen().and_then(|heen| heen.inhoud.declaratie());
    let (Some(declaratie), Some(verdicts)) = (declaratie, &case.verdict.declaratie) else { return BTreeSet::new() };
    let lines = declaratie.clienten.iter().flat_map(|client| &client.prestaties).zip(&verdicts.granted);
    let is_shortened = |line: &Prestatie| {
        let current = line.toewijzing_nummer.and_then(|nummer| case.history.toewijzingen.current(nummer));
        current.is_some_and(|current| is_after(line, current.einddatum))
    };
    let granted = lines.filter(|(line, granted)| granted.is_some() && !line.is_debet() && is_shortened(line));
    granted.filter_map(|(line, _)| Some((line.toewijzing_nummer?, subject(line)?))).collect()
}

/// The credits of the declaratie that is answered, but for those that the antwoord rejects.
fn credited_elsewhere(antwoord: &Inhoud, case: &Case<'_>) -> BTreeSet<(ToewijzingNummer, String)> {
    let is_known = Answers::of(antwoord).is_some_and(|to| case.history.declaraties.answered_by(&to).is_some());
    let rejected: HashSet<&str> = match antwoord {
        Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. } if !antwoord.is_rejected() => {
            let lines = antwoord.clienten.iter().flat_map(|client| &client.prestaties);
            lines.map(|line| line.product_referentie.referentie_nummer.as_str()).collect()
        }
        Inhoud::FactuurAntwoord { header, clienten } if is_judged(&header.retour_codes) => {
            let lines = clienten.iter().flat_map(|client| &client.prestaties);
            let rejected = lines.filter(|line| line.toegekend().is_none_or(|bedrag| bedrag.bedrag == 0));
            rejected.map(|line| line.product_referentie.referentie_nummer.as_str()).collect()
        }
        _ => return BTreeSet::new(),
    };
    let lines = case.history.declaraties.prestaties.iter().filter(|_| is_known).map(|fact| &fact.prestatie);
    let credits =
        lines.filter(|line| !line.is_debet() && !rejected.contains(line.product_referentie.referentie_nummer.as_str()));
    credits.filter_map(|line| Some((line.toewijzing_nummer?, subject(line)?))).collect()
}

/// Whether the lines were judged: the codes on the header say no more than that.
fn is_judged(codes: &RetourCodes) -> bool {
    codes.0.iter().all(|code| code.as_str() == RetourCode::GEEN_OPMERKING)
}

/// The lines on a toewijzing that are granted and not credited since.
fn lines_on<'a>(nummer: ToewijzingNummer, case: &Case<'a>) -> Vec<&'a Prestatie> {
    let granted = || case.history.declaraties.prestaties.iter().filter(|line| line.is_granted());
    let credited: HashSet<&str> = granted().filter_map(|line| line.prestatie.product_referentie.vorig()).collect();
    let is_left = |line: &&PrestatieFact| {
        let prestatie = &line.prestatie;
        let name = prestatie.product_referentie.referentie_nummer.as_str();
        prestatie.toewijzing_nummer == Some(nummer) && prestatie.is_debet() && !credited.contains(name)
    };
    granted().filter(is_left).map(|line| &line.prestatie).collect()
}

fn earlier_end(new: &NewToewijzing, case: &Case<'_>) -> Option<NaiveDate> {
    case.history.toewijzingen.current(new.toewijzing_nummer).and_then(|known| known.einddatum)
}

/// Whether some of the period of a line lies after this last day.
fn is_after(line: &Prestatie, last: Option<NaiveDate>) -> bool {
    last.is_some_and(|last| line.product_periode.einddatum > last)
}

/// What a line is about: toewijzing, product and month. A credit is about the same as what it takes back.
fn subject(line: &Prestatie) -> Option<String> {
    let month = line.product_periode.begindatum.format("%Y-%m");
    Some(format!("{} {} {month}", line.toewijzing_nummer?, line.product_code))
}
