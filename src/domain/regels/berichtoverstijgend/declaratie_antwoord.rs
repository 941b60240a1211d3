//! What a WMO325 must agree on with the declaratie that it answers. Nothing can be answered to a 325: one that breaks a
//! rule is set apart, and its sender called.

use std::collections::HashMap;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{AntwoordHeader, DeclaratieAntwoord, Prestatie, Referentie};
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::waarde::Bsn;
use crate::domain::facts::history::{Answers, DeclaratieFact, History, PrestatieFact};
use crate::domain::finding::Place;
use crate::domain::regels::paths::{nth_client_path, prestatie_path};

/// TR056 of a WMO325: a declaratie is answered once. An antwoord that was set apart does not count: the gemeente may send a
/// right one after it.
///
/// - Retourcode: 9056, on the Header; nothing is sent back
pub fn tr056(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let is_second = antwoord(heen).is_some() && answered(heen, history).is_some_and(|declaratie| declaratie.answered);
    let place = || Place::element(ElementPath::root().child("Header"), "DeclaratieIdentificatie");
    is_second.then(place).into_iter().collect()
}

/// TR304 of a WMO325: every line was declared under the Bsn that it is listed under.
pub fn tr304(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let declared = Declared::of(heen, history);
    let is_strange = |bsn: &Bsn, line: &Prestatie| {
        let lines = declared.under(&line.product_referentie);
        !lines.is_empty() && lines.iter().all(|fact| fact.bsn != *bsn)
    };
    let clienten = heen.inhoud.clienten().iter().enumerate();
    clienten
        .filter(|(_, client)| client.prestaties.iter().any(|line| is_strange(&client.bsn, line)))
        .map(|(index, _)| Place::element(nth_client_path(heen, index), "Bsn"))
        .collect()
}

/// TR337: the antwoord names a declaratie that was sent, by Identificatie and Dagtekening.
///
/// - Retourcode: none
/// - Berichten: WMO325
pub fn tr337(heen: &Heenbericht, history: &History) -> Vec<Place> {
    if antwoord(heen).is_none() || answered(heen, history).is_some() {
        return Vec::new();
    }
    vec![Place::element(ElementPath::root().child("Header"), "DeclaratieIdentificatie")]
}

/// TR366: every line in the antwoord stands in the declaratie.
///
/// - Retourcode: 9366, on the `Prestatie`
/// - Berichten: WMO325
pub fn tr366(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let declared = Declared::of(heen, history);
    broken(heen, &["ProductReferentie"], |_, line| declared.under(&line.product_referentie).is_empty())
}

/// TR367: every line in the antwoord is as in the declaratie. The totals are free, as long as they agree (TR342).
///
/// - Retourcode: 9367, on the `Prestatie`
/// - Berichten: WMO325
pub fn tr367(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let declared = Declared::of(heen, history);
    broken(heen, &[], |bsn, line| {
        declared.line(bsn, &line.product_referentie).is_some_and(|fact| !is_same(&fact.prestatie, line))
    })
}

/// TR371: the antwoord tells the schemas of the declaratie.
///
/// - Retourcode: none
/// - Berichten: WMO325
pub fn tr371(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some((header, _)) = antwoord(heen) else { return Vec::new() };
    let is_other = |fact: &DeclaratieFact| fact.xsd_versie.as_ref() != Some(&header.xsd_versie_declaratie);
    if !answered(heen, history).is_some_and(is_other) {
        return Vec::new();
    }
    vec![Place::element(ElementPath::root().child("Header"), "XsdVersieDeclaratie")]
}

/// TR376: the antwoord tells the DeclaratieNummer of the declaratie that it answers; when that is not known, of any that
/// was sent.
///
/// - Retourcode: none
/// - Berichten: WMO325
pub fn tr376(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some((_, Some(body))) = antwoord(heen) else { return Vec::new() };
    let has_number = |fact: &DeclaratieFact| fact.declaratie_nummer == body.declaratie_nummer;
    let is_right = match answered(heen, history) {
        Some(declaratie) => has_number(declaratie),
        None => history.declaraties.declaraties.iter().any(has_number),
    };
    if is_right {
        return Vec::new();
    }
    vec![Place::element(ElementPath::root().child("DeclaratieAntwoord"), "DeclaratieNummer")]
}

/// The lines of the declaratie, by ReferentieNummer. Two clients may have used the same one: TR314 rejects the second.
struct Declared<'a>(HashMap<&'a str, Vec<&'a PrestatieFact>>);

impl<'a> Declared<'a> {
    fn of(heen: &Heenbericht, history: &'a History) -> Self {
        let is_known = answered(heen, history).is_some();
        let mut lines: HashMap<&str, Vec<&PrestatieFact>> = HashMap::new();
        for fact in history.declaraties.prestaties.iter().filter(|_| is_known) {
            lines.entry(fact.prestatie.product_referentie.referentie_nummer.as_str()).or_default().push(fact);
        }
        Self(lines)
    }

    fn under(&self, referentie: &Referentie) -> Vec<&'a PrestatieFact> {
        let lines = self.0.get(referentie.referentie_nummer.as_str()).into_iter().flatten();
        lines.filter(|fact| fact.prestatie.product_referentie == *referentie).copied().collect()
    }

    /// The line of this client, else the first.
    fn line(&self, bsn: &Bsn, referentie: &Referentie) -> Option<&'a PrestatieFact> {
        let lines = self.under(referentie);
        lines.iter().find(|fact| fact.bsn == *bsn).or(lines.first()).copied()
    }
}

/// Whether two lines say the same, whatever codes they carry.
fn is_same(one: &Prestatie, other: &Prestatie) -> bool {
    let bare = |line: &Prestatie| Prestatie { retour_codes: RetourCodes::default(), ..line.clone() };
    bare(one) == bare(other)
}

/// The declaratie that the antwoord is to.
fn answered<'a>(heen: &Heenbericht, history: &'a History) -> Option<&'a DeclaratieFact> {
    history.declaraties.answered_by(&Answers::of(&heen.inhoud)?)
}

fn antwoord(heen: &Heenbericht) -> Option<(&AntwoordHeader, Option<&DeclaratieAntwoord>)> {
    if let Inhoud::DeclaratieAntwoord { header, antwoord } = &heen.inhoud {
        Some((header, antwoord.as_ref()))
    } else {
        None
    }
}

/// The lines for which `broken` holds, at this element in each.
fn broken(heen: &Heenbericht, element: &[&'static str], broken: impl Fn(&Bsn, &Prestatie) -> bool) -> Vec<Place> {
    let mut places = Vec::new();
    for (index, client) in heen.inhoud.clienten().iter().enumerate() {
        for (nr, _) in client.prestaties.iter().enumerate().filter(|(_, line)| broken(&client.bsn, line)) {
            places.push(Place::within(prestatie_path(heen, index, nr), element));
        }
    }
    places
}
