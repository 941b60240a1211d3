//! The WMO325 that the standard prescribes for the verdict on a declaratie (IV087, IV088, OP303, OP304).

use std::collections::HashMap;

use chrono::NaiveDate;

use super::retour::own_xsd_versie;
use super::verdict::{LineVerdicts, Verdict};
use crate::domain::berichten::bericht::{BerichtIdentificatie, Berichtsoort, Header, Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{
    AntwoordHeader, Client, Declaratie, DeclaratieAntwoord, Prestatie, TotaalBedragMetDC,
};
use crate::domain::berichten::further::Kept;
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::waarde::{Identificatie, RetourCode};
use crate::domain::finding::{Finding, Level, Severity};

/// Composes the 325 on a declaratie; `None` for another kind, and for one whose lines nobody judged.
///
/// - A rule inside the bericht failed: the header alone, with 0001.
/// - A rule on the header failed: the header alone, with its codes.
/// - A rule on the declaratie failed: 0200 on the header, the codes on the antwoord, nothing granted and no client.
/// - All lines are granted: 0200 on the header and 8001 on the antwoord.
/// - Else 0200 on both, and the clients with a rejected line, each with those lines only: its codes on a line, 0200 on the
///   client. Of a client who was rejected all lines stand there with 0233: they were not judged.
#[must_use]
pub fn compose(
    heen: &Heenbericht,
    verdict: &Verdict,
    identificatie: Identificatie,
    today: NaiveDate,
) -> Option<Heenbericht> {
    let Inhoud::Declaratie(declaratie) = &heen.inhoud else { return None };
    let codes = Codes::of(&verdict.findings);
    let of_header = codes.on(&ElementPath::root().child("Header"));
    let of_declaratie = codes.on(&ElementPath::root().child("Declaratie"));
    let (retour_codes, antwoord) = if codes.of_message {
        (only(RetourCode::AFGEKEURD), None)
    } else if let Some(codes) = of_header {
        (codes, None)
    } else if let Some(retour_codes) = of_declaratie {
        (only(RetourCode::GEEN_OPMERKING), Some(antwoord(declaratie, 0, Vec::new(), retour_codes)))
    } else {
        let verdicts = verdict.declaratie.as_ref()?;
        let clienten = rejected_clienten(declaratie, verdicts, &codes);
        let is_granted = verdicts.granted.iter().all(Option::is_some);
        let retour_codes = only(if is_granted { RetourCode::DECLARATIE_TOEGEKEND } else { RetourCode::GEEN_OPMERKING });
        (only(RetourCode::GEEN_OPMERKING), Some(antwoord(declaratie, verdicts.toegekend, clienten, retour_codes)))
    };
    Some(Heenbericht {
        header: Header {
            soort: Berichtsoort::Wmo325,
            release: heen.header.release,
            afzender: heen.header.ontvanger.clone(),
            ontvanger: heen.header.afzender.clone(),
            bericht_identificatie: BerichtIdentificatie { identificatie, dagtekening: today },
            xsd_versie: own_xsd_versie(heen.header.release),
            further: Kept::default(),
        },
        inhoud: Inhoud::DeclaratieAntwoord {
            header: AntwoordHeader {
                declaratie_identificatie: heen.header.bericht_identificatie.clone(),
                xslt_versie: None,
                xsd_versie_declaratie: heen.header.xsd_versie.clone()?,
                retour_codes,
            },
            antwoord,
        },
    })
}

fn antwoord(
    declaratie: &Declaratie,
    toegekend: i128,
    clienten: Vec<Client>,
    retour_codes: RetourCodes,
) -> DeclaratieAntwoord {
    DeclaratieAntwoord {
        declaratie_nummer: declaratie.declaratie_nummer.clone(),
        totaal_ingediend_bedrag: declaratie.totaal_ingediend_bedrag.clone(),
        totaal_toegekend_bedrag: TotaalBedragMetDC::of(toegekend),
        clienten,
        retour_codes,
    }
}

/// The clients with a rejected line.
fn rejected_clienten(declaratie: &Declaratie, verdicts: &LineVerdicts, codes: &Codes<'_>) -> Vec<Client> {
    let mut granted = verdicts.granted.iter().copied();
    let mut clienten = Vec::new();
    for (index, client) in declaratie.clienten.iter().enumerate() {
        let path = ElementPath::root().child("Declaratie").child("Clienten").nth("Client", index);
        let of_client = codes.on(&path);
        let lines = path.child("Prestaties");
        let mut rejected = Vec::new();
        for (nr, line) in client.prestaties.iter().enumerate() {
            if granted.next().flatten().is_some() {
                continue;
            }
            // A line in a rejected client, which was not judged, has no codes of its own.
            let of_line = codes.on(&lines.nth("Prestatie", nr)).filter(|_| of_client.is_none());
            let retour_codes = of_line.unwrap_or_else(|| only(RetourCode::NIET_BEOORDEELD));
            rejected.push(Prestatie { retour_codes, ..line.clone() });
        }
        if !rejected.is_empty() {
            let retour_codes = of_client.unwrap_or_else(|| only(RetourCode::GEEN_OPMERKING));
            clienten.push(Client { bsn: client.bsn.clone(), prestaties: rejected, retour_codes });
        }
    }
    clienten
}

/// The retourcodes that were found, by class.
pub(in crate::domain) struct Codes<'a> {
    by_klasse: HashMap<&'a ElementPath, Vec<RetourCode>>,
    /// A rule inside the bericht failed.
    pub of_message: bool,
}

impl<'a> Codes<'a> {
    pub fn of(findings: &'a [Finding]) -> Self {
        let mut codes = Self { by_klasse: HashMap::new(), of_message: false };
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
            codes.of_message |= finding.level == Level::Message;
            let (Some(klasse), Some(code)) = (&finding.klasse, finding.retour_code.as_deref()) else { continue };
            let of_klasse = codes.by_klasse.entry(klasse).or_default();
            let code = RetourCode::of(code);
            if !of_klasse.contains(&code) {
                of_klasse.push(code);
            }
        }
        codes
    }

    /// Those on this class, each once; `None` when there are none.
    pub fn on(&self, klasse: &ElementPath) -> Option<RetourCodes> {
        self.by_klasse.get(klasse).map(|codes| RetourCodes(codes.as_slice().into()))
    }
}

/// This code and no other.
pub(in crate::domain) fn only(code: &str) -> RetourCodes {
    RetourCodes([RetourCode::of(code)].into())
}
