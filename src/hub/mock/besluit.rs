//! What a played gemeente decides about a verzoek: a toewijzing for a 315, or a 319.
//!
//! Own hands on purpose, as in [`super::berichten`]. A 317 is never honoured: the stand-in does not know what the gemeente assigned before.

use chrono::NaiveDate;

use super::berichten::{identificatie, versie};
use super::config::Besluit;
use crate::domain::berichten::antwoord::Antwoord;
use crate::domain::berichten::bericht::{BerichtIdentificatie, Header, Heenbericht, XsdVersie};
use crate::domain::berichten::client::{Adres, Contact, Huis, VolledigeNaam};
use crate::domain::berichten::further::Kept;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::toewijzing::{Client, ToegewezenProduct};
use crate::domain::berichten::verzoek::{AangevraagdProduct, ToewijzingClient};
use crate::domain::berichten::waarde::{AdresSoort, NaamGebruik, Tijd, ToewijzingNummer, Value, VerzoekAntwoord};
use crate::domain::{Bericht, Berichtsoort, Inhoud};

/// WJ759: not enough reason for it.
const REDEN_AFWIJZING: &str = "3";

/// When something is decided.
pub(super) struct Moment {
    pub day: NaiveDate,
    pub time: String,
}

/// What the gemeente sends about this verzoek; `None` when it is none. `first`: the number of the first toewijzing.
pub(super) fn decide(heen: &Heenbericht, besluit: Besluit, id: &str, first: i64, at: &Moment) -> Option<Bericht> {
    let referentie = match &heen.inhoud {
        Inhoud::VerzoekOmToewijzing(client) if besluit == Besluit::Grant => {
            let inhoud = Inhoud::Toewijzing(granted(client, first, at)?);
            return Some(bericht(heen, Berichtsoort::Wmo301, inhoud, id, at));
        }
        Inhoud::VerzoekOmToewijzing(client) => &client.aangevraagde_producten.first()?.referentie_aanbieder,
        Inhoud::VerzoekOmWijziging(client) => &client.verzoek.referentie_aanbieder,
        _ => return None,
    };
    let (verzoek_antwoord, reden) = match besluit {
        Besluit::Research => (VerzoekAntwoord::InOnderzoek, None),
        Besluit::Reject | Besluit::Grant => (VerzoekAntwoord::Afgewezen, Some(REDEN_AFWIJZING.to_owned())),
    };
    let inhoud = Inhoud::Antwoord(Antwoord {
        referentie_aanbieder: referentie.clone(),
        verzoek_antwoord,
        reden_afwijzing_verzoek: reden,
        retour_codes: RetourCodes::default(),
    });
    Some(bericht(heen, Berichtsoort::Wmo319, inhoud, id, at))
}

/// A heenbericht of the one whom this one is for, back to its sender.
pub(super) fn bericht(heen: &Heenbericht, soort: Berichtsoort, inhoud: Inhoud, id: &str, at: &Moment) -> Bericht {
    let header = Header {
        soort,
        release: heen.header.release,
        afzender: heen.header.ontvanger.clone(),
        ontvanger: heen.header.afzender.clone(),
        bericht_identificatie: BerichtIdentificatie { identificatie: identificatie(id), dagtekening: at.day },
        xsd_versie: Some(XsdVersie { basisschema_xsd_versie: versie(), bericht_xsd_versie: versie() }),
        further: Kept::default(),
    };
    Bericht::Heen(Heenbericht { header, inhoud })
}

/// All that was asked, as it was asked.
fn granted(client: &ToewijzingClient, first: i64, at: &Moment) -> Option<Client> {
    let time = Tijd::from_text(&at.time)?;
    let assigned = |(nr, asked): (i64, &AangevraagdProduct)| ToegewezenProduct {
        toewijzing_nummer: ToewijzingNummer(nr),
        referentie_aanbieder: Some(asked.referentie_aanbieder.clone()),
        product: asked.product.clone(),
        toewijzingsdatum: at.day,
        toewijzingstijd: time.clone(),
        ingangsdatum: asked.toewijzing_ingangsdatum,
        einddatum: asked.toewijzing_einddatum,
        reden_wijziging: None,
        omvang: asked.omvang.clone(),
        budget: asked.budget,
        commentaar: None,
        retour_codes: RetourCodes::default(),
    };
    Some(Client {
        bsn: client.bsn.clone(),
        geboortedatum: client.geboortedatum.clone(),
        geslacht: client.geslacht.clone(),
        naam: VolledigeNaam {
            geslachtsnaam: client.naam.geslachtsnaam.clone(),
            partnernaam: None,
            voornamen: client.naam.voornamen.clone(),
            voorletters: client.naam.voorletters.clone(),
            naam_gebruik: NaamGebruik::EigenNaam,
        },
        communicatie: None,
        juridische_status: None,
        wettelijke_vertegenwoordiging: None,
        commentaar: None,
        relaties: Vec::new(),
        contactgegevens: vec![at_home()?],
        toegewezen_producten: (first..).zip(&client.aangevraagde_producten).map(assigned).collect(),
        retour_codes: RetourCodes::default(),
    })
}

/// A verzoek does not say where its client lives; a toewijzing has to.
fn at_home() -> Option<Contact> {
    let huis = Huis { huisnummer: 1, huisletter: None, huisnummer_toevoeging: None, aanduiding_woonadres: None };
    let adres = Adres {
        huis: Some(huis),
        postcode: Some("1111AA".to_owned()),
        straatnaam: None,
        plaatsnaam: None,
        land_code: Some("NL".to_owned()),
    };
    Some(Contact {
        soort: AdresSoort::from_text("01")?,
        adres: Some(adres),
        organisatie: None,
        telefoon: None,
        emailadres: None,
        periode: None,
        retour_codes: RetourCodes::default(),
    })
}
