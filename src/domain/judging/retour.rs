//! The retourbericht that the standard prescribes for a verdict (IV028, IV032, OP065).

use chrono::NaiveDate;

use super::verdict::Verdict;
use crate::domain::berichten::bericht::{Header, Heenbericht, RetourHeader, Retourbericht, XsdVersie};
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::release::Release;
use crate::domain::berichten::waarde::{Identificatie, RetourCode, Value, Versie};
use crate::domain::finding::{Finding, Level, Severity};

/// Composes the retour of a heenbericht; `None` for a kind that asks for none.
///
/// - Accepted: the header alone, without retourcodes.
/// - A rule inside the bericht failed: the header alone, with 0001.
/// - A rule on the header failed: the header alone, with its codes.
/// - A rule on another class failed: the whole tree, 0200 on the header and on every class that is
///   right, the codes where they belong, and 0233 on what stands inside a wrong class, a verzoek aside: it was not
///   judged by itself.
///
/// A warning is no reason to reject, and leaves no trace in a retour.
#[must_use]
pub fn compose(
    heen: &Heenbericht,
    verdict: &Verdict,
    identificatie: Identificatie,
    today: NaiveDate,
) -> Option<Retourbericht> {
    let soort = heen.header.soort.retour()?;
    let header_path = ElementPath::root().child("Header");
    let errors = verdict.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let findings: Vec<&Finding> = errors.collect();
    let of_header = codes_on(&header_path, &findings);
    let (codes, inhoud) = if findings.is_empty() {
        (RetourCodes::default(), None)
    } else if findings.iter().any(|finding| finding.level == Level::Message) {
        (RetourCodes([RetourCode::of(RetourCode::AFGEKEURD)].into()), None)
    } else if !of_header.0.is_empty() {
        (of_header, None)
    } else {
        let mut inhoud = heen.inhoud.clone();
        inhoud.each_retour_codes(&mut |klasse, codes| *codes = codes_of_body(klasse, &findings));
        (RetourCodes([RetourCode::of(RetourCode::GEEN_OPMERKING)].into()), Some(inhoud))
    };
    Some(Retourbericht {
        header: Header { soort, ..heen.header.clone() },
        retour: RetourHeader {
            identificatie_retour: identificatie,
            dagtekening_retour: today,
            xslt_versie: None,
            xsd_versie_retour: own_xsd_versie(heen.header.release),
            retour_codes: codes,
        },
        inhoud,
    })
}

/// The codes found on this class, each once, in order.
fn codes_on(klasse: &ElementPath, findings: &[&Finding]) -> RetourCodes {
    let mut codes: Vec<RetourCode> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.klasse.as_ref() == Some(klasse)) {
        if let Some(code) = finding.retour_code.as_deref().map(RetourCode::of)
            && !codes.contains(&code)
        {
            codes.push(code);
        }
    }
    RetourCodes(codes.into())
}

/// The codes of a class below the header: there always is one.
fn codes_of_body(klasse: &ElementPath, findings: &[&Finding]) -> RetourCodes {
    let codes = codes_on(klasse, findings);
    if !codes.0.is_empty() {
        return codes;
    }
    // What a verzoek holds is judged by rules of its own, also where the verzoek as a whole is wrong.
    let hides = |at: &ElementPath| at.holds(klasse) && !at.as_str().ends_with("/Verzoek");
    let is_inside_wrong = findings.iter().any(|finding| finding.klasse.as_ref().is_some_and(hides));
    let code = if is_inside_wrong { RetourCode::NIET_BEOORDEELD } else { RetourCode::GEEN_OPMERKING };
    RetourCodes([RetourCode::of(code)].into())
}

/// The versions of our schemas, where the release asks for them.
pub(in crate::domain) fn own_xsd_versie(release: Release) -> Option<XsdVersie> {
    let versie = Versie::from_text(release.edition().xsd_versie?)?;
    Some(XsdVersie { basisschema_xsd_versie: versie.clone(), bericht_xsd_versie: versie })
}

/// What a retour says of each berichtklasse: first of the header, then of each class below it, after those that stand
/// in it.
#[must_use]
pub fn codes_per_klasse(retour: &Retourbericht) -> Vec<(ElementPath, RetourCodes)> {
    let mut found = vec![(ElementPath::root().child("Header"), retour.retour.retour_codes.clone())];
    if let Some(mut inhoud) = retour.inhoud.clone() {
        inhoud.each_retour_codes(&mut |klasse, codes| found.push((klasse.clone(), codes.clone())));
    }
    found
}

/// Whether a received retour accepts its heenbericht: no codes and no body; 0200 alone is read as
/// acceptance too.
#[must_use]
pub fn accepts(retour: &Retourbericht) -> bool {
    let codes = &retour.retour.retour_codes.0;
    retour.inhoud.is_none() && codes.iter().all(|code| code.as_str() == RetourCode::GEEN_OPMERKING)
}
