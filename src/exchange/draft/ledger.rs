//! What an accepted bericht changes in the ledger.

use std::sync::Arc;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{Declaratie, Prestatie};
use crate::domain::berichten::factuur;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::levering::{StartProduct, StopProduct};
use crate::domain::berichten::waarde::{Bsn, RetourCode, ToewijzingNummer};
use crate::domain::facts::history::{PrestatieFact, named_toewijzingen};
use crate::domain::facts::new_toewijzing::NewToewijzing;
use crate::domain::{Berichtsoort, History, Verdict};
use crate::store::{Effect, LedgerChange, NewDeclaratie, NewPrestatie, Place, Returned};

/// What a heenbericht changes: nothing when it was rejected, except that a declaratie is kept all the same, because the
/// 325 that says so has to be matched to it.
pub fn ledger_change(heen: &Heenbericht, verdict: &Verdict) -> LedgerChange {
    if let Some(declaratie) = heen.inhoud.declaratie() {
        let declaratie = Some(Arc::new(new_declaratie(&declaratie, heen, verdict)));
        return LedgerChange { declaratie, ..LedgerChange::default() };
    }
    if verdict.is_rejected() {
        return LedgerChange::default();
    }
    let mut change = LedgerChange::default();
    match &heen.inhoud {
        Inhoud::Toewijzing(_) | Inhoud::Beschikking(_) => change.toewijzingen = NewToewijzing::all_in(&heen.inhoud),
        Inhoud::Start(client) => {
            let products = || client.start_producten.iter();
            change.starts = products().filter(|one| one.is_first_delivery()).map(StartProduct::key).collect();
            change.removed_starts = products().filter(|one| one.is_removal()).map(StartProduct::key).collect();
        }
        Inhoud::Stop(client) => {
            let products = || client.stop_producten.iter();
            change.stops = products().filter(|one| one.is_first_delivery()).map(StopProduct::key).collect();
            let removed = products().filter(|one| one.is_removal());
            change.removed_stops = removed.map(|one| (one.key(), heen.header.release)).collect();
        }
        Inhoud::VerzoekOmToewijzing(client) => {
            let products = client.aangevraagde_producten.iter();
            change.verzoeken = products.map(|product| product.referentie_aanbieder.clone()).collect();
        }
        Inhoud::VerzoekOmWijziging(client) => change.verzoeken = vec![client.verzoek.referentie_aanbieder.clone()],
        Inhoud::Antwoord(antwoord) => {
            change.antwoord = Some((antwoord.referentie_aanbieder.clone(), antwoord.verzoek_antwoord));
        }
        Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => {}
    }
    change
}

fn new_declaratie(declaratie: &Declaratie, heen: &Heenbericht, verdict: &Verdict) -> NewDeclaratie {
    let granted = verdict.declaratie.as_ref().map_or(&[][..], |verdicts| &verdicts.granted);
    let calculations = verdict.declaratie.as_ref().map_or(&[][..], |verdicts| &verdicts.calculations);
    let lines = (1..).zip(&declaratie.clienten).flat_map(|(nr, client)| {
        let place = move |in_client| Place { client: nr, in_client };
        (1..).zip(&client.prestaties).map(move |(in_client, line)| (place(in_client), &client.bsn, line))
    });
    NewDeclaratie {
        declaratie_nummer: declaratie.declaratie_nummer.clone(),
        declaratie_periode: declaratie.declaratie_periode.clone(),
        totaal_ingediend_bedrag: declaratie.totaal_ingediend_bedrag.clone(),
        xsd_versie: heen.header.xsd_versie.clone(),
        is_factuur: heen.header.soort == Berichtsoort::Wmo303F,
        begunstigde: begunstigde(heen),
        void: verdict.declaratie.is_none(),
        prestaties: lines
            .enumerate()
            .map(|(nr, (place, bsn, prestatie))| NewPrestatie {
                place,
                fact: PrestatieFact {
                    bsn: bsn.clone(),
                    prestatie: prestatie.clone(),
                    toegekend: granted.get(nr).copied().flatten(),
                },
                calculations: calculations.get(nr).cloned().unwrap_or_default(),
            })
            .collect(),
    }
}

/// Whose account what is granted goes to: of a 303 its header tells.
fn begunstigde(heen: &Heenbericht) -> String {
    let servicebureau = match &heen.inhoud {
        Inhoud::Factuur { header, .. } => header.servicebureau.as_ref().filter(|_| header.is_paid_to_servicebureau()),
        _ => None,
    };
    let (_, aanbieder) = heen.header.pair();
    servicebureau.cloned().unwrap_or_else(|| aanbieder.code().to_owned())
}

/// What a 325 makes of its 323, or a 304 of its 303: on the header or on the declaratie it refuses it as a whole, else it
/// returns the lines that it does not grant in full (IV087, IV056).
pub fn effect_of(antwoord: &Inhoud) -> Effect {
    const JUDGED: [&str; 2] = [RetourCode::GEEN_OPMERKING, RetourCode::DECLARATIE_TOEGEKEND];
    let is_judged = |codes: &RetourCodes| codes.0.iter().all(|code| JUDGED.contains(&code.as_str()));
    match antwoord {
        Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. } if is_judged(&antwoord.retour_codes) => {
            let lines =
                antwoord.clienten.iter().flat_map(|client| client.prestaties.iter().map(|line| (&client.bsn, line)));
            let rejected = |(bsn, line): (&Bsn, &Prestatie)| Returned {
                bsn: bsn.clone(),
                referentie: line.product_referentie.clone(),
                toegekend: None,
            };
            Effect::Returns(lines.map(rejected).collect())
        }
        Inhoud::FactuurAntwoord { header, clienten } if is_judged(&header.retour_codes) => {
            let lines = clienten.iter().flat_map(|client| client.prestaties.iter().map(|line| (&client.bsn, line)));
            let returned = |(bsn, line): (&Bsn, &factuur::Prestatie)| Returned {
                bsn: bsn.clone(),
                referentie: line.product_referentie.clone(),
                toegekend: line.toegekend().map(|toegekend| toegekend.bedrag).filter(|bedrag| *bedrag > 0),
            };
            Effect::Returns(lines.map(returned).collect())
        }
        _ => Effect::Refuses,
    }
}

/// The toewijzingen of earlier berichten that a start, a stop or a verzoek was matched to.
pub fn matched_toewijzingen(inhoud: &Inhoud, history: &History) -> Vec<i64> {
    let (Inhoud::Start(_) | Inhoud::Stop(_) | Inhoud::VerzoekOmWijziging(_)) = inhoud else { return Vec::new() };
    let Some(bsn) = inhoud.bsn() else { return Vec::new() };
    let live = |nummer: &ToewijzingNummer| history.toewijzingen.has_live(*nummer, bsn);
    named_toewijzingen(inhoud).into_iter().filter(live).map(|nummer| nummer.0).collect()
}
