//! The WMO304 that release 2.3 prescribes for the verdict on a declaratie or factuur (IV056, OP065, OP277).

use chrono::NaiveDate;

use super::declaratie_antwoord::{Codes, only};
use super::verdict::{LineVerdicts, Verdict};
use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{BedragMetDC, TotaalBedragMetDC};
use crate::domain::berichten::factuur::{
    Client, FactuurAntwoordHeader, FactuurHeader, GemeenteReferentie, Prestatie, RetourBedragen,
    ToegekendeBedragPrestatie,
};
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::waarde::{DebetCredit, Identificatie, RetourCode};

/// What is granted of a rejected line.
const NOTHING: BedragMetDC = BedragMetDC { bedrag: 0, debet_credit: DebetCredit::Debet };

/// Composes the 304 on a 303; `None` for another kind, and for one whose lines nobody judged.
///
/// - A rule inside the bericht failed: 0001 on the header, nothing granted and no client: it counts as not sent.
/// - A rule on the header failed: its codes on the header, the rest as above.
/// - All lines are granted: 8001 on the header, and the whole total.
/// - Else 0200 on the header, and the clients with a line that was not granted in full, each with those lines only: its
///   codes on a line, or what is granted of it and no code; 0200 on the client. Of a client who was rejected all lines stand
///   there with 0233: they were not judged.
#[must_use]
pub fn compose(heen: &Heenbericht, verdict: &Verdict, nummer: Identificatie, today: NaiveDate) -> Option<Heenbericht> {
    let Inhoud::Factuur { header, clienten } = &heen.inhoud else { return None };
    let codes = Codes::of(&verdict.findings);
    let of_header = codes.on(&ElementPath::root().child("Header"));
    let (retour_codes, toegekend, clienten) = if codes.of_message {
        (only(RetourCode::AFGEKEURD), 0, Vec::new())
    } else if let Some(codes) = of_header {
        (codes, 0, Vec::new())
    } else {
        let verdicts = verdict.declaratie.as_ref()?;
        let returned = returned_clienten(clienten, &heen.inhoud, verdicts, &codes);
        let is_all = returned.is_empty();
        let code = if is_all { RetourCode::DECLARATIE_TOEGEKEND } else { RetourCode::GEEN_OPMERKING };
        (only(code), verdicts.toegekend, returned)
    };
    let soort = match heen.header.soort {
        Berichtsoort::Wmo303D => Berichtsoort::Wmo304D,
        _ => Berichtsoort::Wmo304F,
    };
    let header = antwoord_header(
        header,
        GemeenteReferentie { gemeente_referentie_nummer: nummer, retour_dagtekening: today },
        toegekend,
        retour_codes,
    );
    Some(Heenbericht {
        header: header.header(soort, heen.header.release),
        inhoud: Inhoud::FactuurAntwoord { header, clienten },
    })
}

/// The header of the 303, with what was granted in the place of what was asked.
fn antwoord_header(
    asked: &FactuurHeader,
    retour_header: GemeenteReferentie,
    toegekend: i128,
    retour_codes: RetourCodes,
) -> FactuurAntwoordHeader {
    FactuurAntwoordHeader {
        gemeente: asked.gemeente.clone(),
        servicebureau: asked.servicebureau.clone(),
        aanbieder: asked.aanbieder.clone(),
        betaling_aan_id: asked.betaling_aan_id.clone(),
        identificatie: asked.identificatie.clone(),
        retour_header,
        retour_bedragen: RetourBedragen {
            ingediend_totaal_bedrag: asked.bedragen.declaratie_factuur_totaal_bedrag.clone(),
            toegekend_totaal_bedrag: TotaalBedragMetDC::of(toegekend),
        },
        xslt_versie: None,
        retour_codes,
    }
}

/// The clients with a line that was not granted in full.
fn returned_clienten(asked: &[Client], inhoud: &Inhoud, verdicts: &LineVerdicts, codes: &Codes<'_>) -> Vec<Client> {
    let mut granted = verdicts.granted.iter().copied();
    let mut clienten = Vec::new();
    for (index, client) in asked.iter().enumerate() {
        let path = inhoud.clienten_path().nth("Client", index);
        let of_client = codes.on(&path);
        let lines = path.child("Prestaties");
        let mut returned = Vec::new();
        for (nr, line) in client.prestaties.iter().enumerate() {
            let (toegekend, retour_codes) = match granted.next().flatten() {
                Some(bedrag) if bedrag == line.gevraagd().bedrag => continue,
                Some(bedrag) => (BedragMetDC { bedrag, ..line.gevraagd().clone() }, RetourCodes::default()),
                None => {
                    let of_line = codes.on(&lines.nth("Prestatie", nr)).filter(|_| of_client.is_none());
                    (NOTHING, of_line.unwrap_or_else(|| only(RetourCode::NIET_BEOORDEELD)))
                }
            };
            let toegekende_bedrag_prestatie = Some(ToegekendeBedragPrestatie {
                gemeente_berekend_bedrag: toegekend.clone(),
                toegekend_bedrag: toegekend,
            });
            returned.push(Prestatie { toegekende_bedrag_prestatie, retour_codes, ..line.clone() });
        }
        if !returned.is_empty() {
            let retour_codes = of_client.unwrap_or_else(|| only(RetourCode::GEEN_OPMERKING));
            clienten.push(Client { prestaties: returned, retour_codes, ..client.clone() });
        }
    }
    clienten
}
