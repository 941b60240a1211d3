//! An envelope of the GGK as VECOZO takes it. Pure: the same envelope gives the same bytes, at every attempt.

use std::collections::BTreeMap;

use super::metadata::{Aspect, Berichtstroom, Push, Referentie, Relatie, Routering};
use crate::bundle::{self, Entry};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::hub::envelope::{Envelope, Parameters};

/// What the specification that VECOZO gives to connected parties says, and what is not public.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The role of an aanbieder, as in `Instelling`.
    pub rol: String,
    /// What is done by a bericht, where `acties` does not say it.
    pub actie: String,
    /// The same by functie.
    pub acties: BTreeMap<String, String>,
    /// Whether a bericht is handed in packed.
    pub packed: bool,
}

/// A request that hands in one bericht.
pub struct Handed {
    /// Of the body.
    pub content_type: String,
    /// Both parts.
    pub body: Vec<u8>,
}

/// What VECOZO is told of this envelope; `None` for a Fo01, for which it has no form that we know.
pub fn metadata(envelope: &Envelope, terms: &Terms) -> Option<Push> {
    let (parameters, header) = (envelope.parameters()?, &envelope.stuurgegevens);
    let answers = envelope.cross_refnummer();
    let number = |text: &str| text.parse().unwrap_or_default();
    let plain = |text: &str| text.trim_start_matches('0').to_owned();
    let aspect = |sleutel: &str, waarde: String| Aspect { sleutel: sleutel.to_owned(), waarde: vec![waarde] };
    let version = |text: &str| if plain(text).is_empty() { "0".to_owned() } else { plain(text) };
    Some(Push {
        routeringgegevens: Routering {
            afzender: relatie(&header.zender.organisatie, terms),
            geadresseerden: vec![relatie(&header.ontvanger.organisatie, terms)],
            berichtstroom: Berichtstroom {
                berichttype: "WMO".to_owned(),
                berichtsubtype: Some(parameters.functie.clone()),
                berichtversie: number(&parameters.functie_versie),
                berichtsubversie: number(&parameters.functie_subversie),
                actie: terms.acties.get(&parameters.functie).unwrap_or(&terms.actie).clone(),
            },
        },
        referentiegegevens: Referentie {
            conversatie_id: answers.unwrap_or(&header.referentienummer).to_owned(),
            traceer_id: header.referentienummer.clone(),
            als_antwoord_op: answers.map(str::to_owned),
        },
        verwerkingscontext: vec![
            aspect("Applicatie", header.zender.applicatie.clone()),
            aspect("ApplicatieVersie", version(&parameters.applicatie_versie)),
            aspect("ApplicatieSubversie", version(&parameters.applicatie_subversie)),
        ],
    })
}

fn relatie(code: &str, terms: &Terms) -> Relatie {
    let is_gemeente = Partij::from_text(code).is_some_and(|partij| partij.is_gemeente());
    let rol = if is_gemeente { "Gemeente".to_owned() } else { terms.rol.clone() };
    Relatie { rol, code: Some(code.to_owned()) }
}

/// The request that hands it in.
///
/// # Errors
/// Why it cannot be handed in, in Dutch.
pub fn handed(envelope: &Envelope, terms: &Terms) -> Result<Handed, String> {
    let push = metadata(envelope, terms).ok_or("VECOZO neemt geen Fo01 aan.")?;
    let parameters = envelope.parameters().ok_or("VECOZO neemt geen Fo01 aan.")?;
    let payload = payload(parameters, &push.referentiegegevens.traceer_id, terms)?;
    let json = serde_json::to_vec(&push).map_err(|error| error.to_string())?;
    // It stands in no payload: this number was made for this envelope.
    let boundary = format!("iwmo-{}", push.referentiegegevens.traceer_id);
    let part = |name: &str, file: &str, content_type: &str| {
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\ncontent-type: {content_type}\r\n\r\n"
        )
    };
    let body = [
        part("berichtMetadata", "", "application/json").as_bytes(),
        &json,
        b"\r\n",
        part("payload", "; filename=\"payload\"", "application/octet-stream").as_bytes(),
        &payload,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    Ok(Handed { content_type: format!("multipart/form-data; boundary={boundary}"), body })
}

fn payload(parameters: &Parameters, traceer_id: &str, terms: &Terms) -> Result<Vec<u8>, String> {
    let bytes = parameters.payload.bytes();
    if !terms.packed {
        return Ok(bytes.to_vec());
    }
    let entry = Entry { name: format!("{}-{traceer_id}.xml", parameters.functie), bytes: bytes.to_vec() };
    bundle::write(&[entry]).map_err(|refusal| format!("Het bericht kan niet ingepakt worden: {refusal}."))
}
