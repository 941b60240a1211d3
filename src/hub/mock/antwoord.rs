//! The antwoord of a played gemeente on a declaratie: all of it is granted, or no line of it.
//!
//! Own hands on purpose, as in [`super::berichten`].

use super::berichten::{identificatie, versie};
use super::besluit::{Moment, bericht};
use super::config::Besluit;
use crate::domain::berichten::bericht::{Heenbericht, XsdVersie};
use crate::domain::berichten::declaratie::{
    AntwoordHeader, BedragMetDC, Client, Declaratie, DeclaratieAntwoord, Prestatie, TotaalBedragMetDC,
};
use crate::domain::berichten::factuur::{
    self, FactuurAntwoordHeader, FactuurHeader, GemeenteReferentie, RetourBedragen, ToegekendeBedragPrestatie,
};
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::waarde::{DebetCredit, RetourCode};
use crate::domain::{Bericht, Berichtsoort, Inhoud};

/// What the gemeente sends about this declaratie; `None` when it is none, or nothing was decided.
pub(super) fn answer(heen: &Heenbericht, besluit: Besluit, id: &str, at: &Moment) -> Option<Bericht> {
    let is_granted = match besluit {
        Besluit::Grant => true,
        Besluit::Reject => false,
        Besluit::Research => return None,
    };
    match &heen.inhoud {
        Inhoud::Declaratie(declaratie) => {
            let own = XsdVersie { basisschema_xsd_versie: versie(), bericht_xsd_versie: versie() };
            let header = AntwoordHeader {
                declaratie_identificatie: heen.header.bericht_identificatie.clone(),
                xslt_versie: None,
                xsd_versie_declaratie: heen.header.xsd_versie.clone().unwrap_or(own),
                retour_codes: only(RetourCode::GEEN_OPMERKING),
            };
            let antwoord = Some(of_declaratie(declaratie, is_granted));
            let inhoud = Inhoud::DeclaratieAntwoord { header, antwoord };
            Some(bericht(heen, Berichtsoort::Wmo325, inhoud, id, at))
        }
        Inhoud::Factuur { header, clienten } => {
            let soort = match heen.header.soort {
                Berichtsoort::Wmo303D => Berichtsoort::Wmo304D,
                _ => Berichtsoort::Wmo304F,
            };
            let referentie =
                GemeenteReferentie { gemeente_referentie_nummer: identificatie(id), retour_dagtekening: at.day };
            let header = of_factuur(header, referentie, is_granted);
            let clienten = if is_granted { Vec::new() } else { clienten.iter().map(nothing_of).collect() };
            let own_header = header.header(soort, heen.header.release);
            Some(Bericht::Heen(Heenbericht {
                header: own_header,
                inhoud: Inhoud::FactuurAntwoord { header, clienten },
            }))
        }
        _ => None,
    }
}

fn of_declaratie(declaratie: &Declaratie, is_granted: bool) -> DeclaratieAntwoord {
    let rejected = |client: &Client| Client {
        prestaties: client.prestaties.iter().map(not_judged).collect(),
        retour_codes: only(RetourCode::GEEN_OPMERKING),
        ..client.clone()
    };
    let asked = &declaratie.totaal_ingediend_bedrag;
    DeclaratieAntwoord {
        declaratie_nummer: declaratie.declaratie_nummer.clone(),
        totaal_ingediend_bedrag: asked.clone(),
        totaal_toegekend_bedrag: if is_granted { asked.clone() } else { TotaalBedragMetDC::of(0) },
        clienten: if is_granted { Vec::new() } else { declaratie.clienten.iter().map(rejected).collect() },
        retour_codes: on_all(is_granted),
    }
}

fn not_judged(line: &Prestatie) -> Prestatie {
    Prestatie { retour_codes: only(RetourCode::NIET_BEOORDEELD), ..line.clone() }
}

fn of_factuur(asked: &FactuurHeader, retour_header: GemeenteReferentie, is_granted: bool) -> FactuurAntwoordHeader {
    let total = &asked.bedragen.declaratie_factuur_totaal_bedrag;
    FactuurAntwoordHeader {
        gemeente: asked.gemeente.clone(),
        servicebureau: asked.servicebureau.clone(),
        aanbieder: asked.aanbieder.clone(),
        betaling_aan_id: asked.betaling_aan_id.clone(),
        identificatie: asked.identificatie.clone(),
        retour_header,
        retour_bedragen: RetourBedragen {
            ingediend_totaal_bedrag: total.clone(),
            toegekend_totaal_bedrag: if is_granted { total.clone() } else { TotaalBedragMetDC::of(0) },
        },
        xslt_versie: None,
        retour_codes: on_all(is_granted),
    }
}

fn nothing_of(client: &factuur::Client) -> factuur::Client {
    let nothing = || BedragMetDC { bedrag: 0, debet_credit: DebetCredit::Debet };
    let line = |line: &factuur::Prestatie| factuur::Prestatie {
        toegekende_bedrag_prestatie: Some(ToegekendeBedragPrestatie {
            gemeente_berekend_bedrag: nothing(),
            toegekend_bedrag: nothing(),
        }),
        retour_codes: only(RetourCode::NIET_BEOORDEELD),
        ..line.clone()
    };
    factuur::Client {
        prestaties: client.prestaties.iter().map(line).collect(),
        retour_codes: only(RetourCode::GEEN_OPMERKING),
        ..client.clone()
    }
}

fn on_all(is_granted: bool) -> RetourCodes {
    only(if is_granted { RetourCode::DECLARATIE_TOEGEKEND } else { RetourCode::GEEN_OPMERKING })
}

fn only(code: &str) -> RetourCodes {
    RetourCodes([RetourCode::of(code)].into())
}
