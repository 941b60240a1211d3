//! The edge to the network: envelopes that come in, and those that go out.
//!
//! Keeps *store before yes*: a Bv03 is made first, recorded with what it confirms, and sent after the
//! commit; a repeat of the same envelope gets the same bytes again.

use chrono::NaiveDateTime;

use super::bounce::{self, FaultIn};
use super::format::Format;
use super::receive::{Carrier, Received, Refused, Reply, receive};
use super::{Envelopes, Gateway, ids};
use crate::clock;
use crate::domain::berichten::waarde::Value;
use crate::domain::{Bericht, Partij, Timestamp};
use crate::hub::envelope::compose::{self, Stamp};
use crate::hub::envelope::fault::About;
use crate::hub::envelope::{
    Content, Envelope, FaultCode, Parameters, Payload, Stuurgegevens, Systeem, check, functie_versie, parse,
    tijdstip_bericht,
};
use crate::store::{EnvelopeSeen, KeptParcel, NewParcel, ParcelKind, StoreError};

/// An answer for the network.
pub struct EnvelopeAnswer {
    /// It is a SOAP fault (HTTP 500), not a confirmation.
    pub is_fault: bool,
    /// SOAP.
    pub body: Vec<u8>,
}

/// Takes in one envelope. A Bv03 says that what it carries was recorded; a fault, that nothing was.
pub async fn receive_envelope(bytes: &[u8], gateway: &Gateway) -> EnvelopeAnswer {
    let envelope = match parse(bytes) {
        Ok(envelope) => envelope,
        Err(refusal) => return fault(&refusal.about, refusal.code, Some(refusal.details), gateway),
    };
    let about = About::from(&envelope.stuurgegevens);
    match take(&envelope, bytes, gateway).await {
        Ok(Ok(confirmation)) => EnvelopeAnswer { is_fault: false, body: confirmation },
        Ok(Err(code)) => fault(&about, code, None, gateway),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an envelope could not be recorded");
            fault(&about, FaultCode::StUF046, None, gateway)
        }
    }
}

/// The checks of StUF table 4.1 in its order, then what the envelope is about.
async fn take(envelope: &Envelope, bytes: &[u8], gateway: &Gateway) -> Result<Result<Vec<u8>, FaultCode>, StoreError> {
    let stuurgegevens = &envelope.stuurgegevens;
    let is_local = |code: &str| Partij::from_text(code).is_some_and(|partij| gateway.parties.get(&partij).is_some());
    // A fault may come from any node of the chain; a bericht comes from a party.
    let is_sender = |code: &str| envelope.parameters().is_none() || Partij::from_text(code).is_some();
    // The schema lets a fault leave out for whom it is; the parcel that it names tells.
    let is_local = |code: &str| is_local(code) || (code.is_empty() && envelope.parameters().is_none());
    if let Err(code) = check::parties(envelope, is_local, is_sender) {
        return Ok(Err(code));
    }
    let content_sha256 = envelope.content_sha256();
    if let Some(confirmed) = confirmed_before(stuurgegevens, &content_sha256, gateway).await? {
        return Ok(confirmed);
    }
    if let Err(code) = check::functie(envelope) {
        return Ok(Err(code));
    }
    let now = gateway.clock.now();
    let confirmation = compose::bv03(stuurgegevens, &stamp(now));
    match &envelope.content {
        Content::Fo01 { cross_refnummer, fault } => {
            let seen = EnvelopeSeen {
                zender: stuurgegevens.zender.organisatie.clone(),
                referentienummer: stuurgegevens.referentienummer.clone(),
                content_sha256: content_sha256.clone(),
                answer: confirmation.clone(),
            };
            let came_in =
                FaultIn { seen, ontvanger: &stuurgegevens.ontvanger.organisatie, about: cross_refnummer, fault };
            match bounce::take_in(came_in, bytes, gateway).await {
                Ok(()) => Ok(Ok(confirmation)),
                // The same fault twice at once: the first one counts.
                Err(error) => confirmed_before(stuurgegevens, &content_sha256, gateway).await?.ok_or(error),
            }
        }
        Content::Di01(parameters) | Content::Du01 { parameters, .. } => {
            let seen = EnvelopeSeen {
                zender: stuurgegevens.zender.organisatie.clone(),
                referentienummer: stuurgegevens.referentienummer.clone(),
                content_sha256: content_sha256.clone(),
                answer: confirmation.clone(),
            };
            let zender = Partij::from_text(&seen.zender);
            let ontvanger = stuurgegevens.ontvanger.organisatie.clone();
            let carrier = Carrier::Ggk { zender, ontvanger, envelope: seen };
            let received = Received::new(parameters.payload.bytes().to_vec(), Format::Xml, now, carrier);
            match receive(&received, gateway).await? {
                Reply::Recorded(_) | Reply::Refused(..) => Ok(Ok(confirmation)),
                // The bericht was here already; if this very envelope brought it, its own answer counts.
                Reply::Repeated(_) => {
                    let confirmed = confirmed_before(stuurgegevens, &content_sha256, gateway).await?;
                    Ok(confirmed.unwrap_or(Ok(confirmation)))
                }
            }
        }
    }
}

/// What an envelope of this sender and referentienummer was answered; StUF016 when it was another one.
async fn confirmed_before(
    stuurgegevens: &Stuurgegevens,
    content_sha256: &str,
    gateway: &Gateway,
) -> Result<Option<Result<Vec<u8>, FaultCode>>, StoreError> {
    let zender = &stuurgegevens.zender.organisatie;
    let seen = gateway.store.seen_envelope(zender, &stuurgegevens.referentienummer).await?;
    Ok(seen.map(|seen| if seen.content_sha256 == content_sha256 { Ok(seen.answer) } else { Err(FaultCode::StUF016) }))
}

fn fault(about: &About, code: FaultCode, details: Option<String>, gateway: &Gateway) -> EnvelopeAnswer {
    let body = compose::fo03(about, &code.fault(details), &stamp(gateway.clock.now()));
    EnvelopeAnswer { is_fault: true, body }
}

fn stamp(now: Timestamp) -> Stamp {
    Stamp { referentienummer: ids::new_referentienummer(), tijdstip_bericht: tijdstip_bericht(local(now)) }
}

fn local(now: Timestamp) -> NaiveDateTime {
    clock::local(now).naive_local()
}

impl Carrier {
    /// What is remembered of the envelope, if one brought the bericht.
    pub(super) fn envelope(&self) -> Option<EnvelopeSeen> {
        match self {
            Self::Api { .. } | Self::File | Self::Waited { .. } | Self::Decided { .. } => None,
            Self::Ggk { envelope, .. } => Some(envelope.clone()),
        }
    }

    /// The referentienummer of the envelope, if one brought the bericht.
    pub(super) fn referentienummer(&self) -> Option<&str> {
        match self {
            Self::Api { .. } | Self::File | Self::Decided { .. } => None,
            Self::Ggk { envelope, .. } => Some(&envelope.referentienummer),
            Self::Waited { referentienummer, .. } => referentienummer.as_deref(),
        }
    }
}

impl Envelopes {
    /// Whether the envelope around a payload of so many bytes may be larger than is sent.
    pub(super) fn are_too_small_for(&self, payload_bytes: usize) -> bool {
        const AROUND: usize = 4096;
        payload_bytes.div_ceil(3) * 4 + AROUND > self.max_bytes
    }

    /// Why an envelope of so many bytes is not sent; `None` when it is. Who posts a bericht learns it at once; an antwoord
    /// that is composed here can be larger than what it answers, and the standard lets nobody split it.
    fn refuse(&self, bytes: usize) -> Option<String> {
        let most = self.max_bytes;
        (bytes > most).then(|| {
            format!("De envelop is {bytes} bytes; het netwerk neemt er {most} aan (instelling ggk.max_envelope_bytes).")
        })
    }
}

/// The parcel that carries a bericht to its addressee. `asked_by`: of a retour, the referentienummer of the
/// envelope that brought its heenbericht. The network has it, because the addressee is not local.
pub(super) fn parcel(
    bericht: &Bericht,
    id: &str,
    bytes: &[u8],
    asked_by: Option<&str>,
    gateway: &Gateway,
) -> NewParcel {
    let header = bericht.header();
    let (functie_versie, functie_subversie) = functie_versie(header.release);
    let parameters = Parameters {
        functie: header.soort.to_string(),
        applicatie_versie: "0001".to_owned(),
        applicatie_subversie: "0000".to_owned(),
        functie_versie,
        functie_subversie,
        payload: Payload::Xml(bytes.to_vec()),
    };
    let (kind, content) = match bericht {
        Bericht::Heen(_) => (ParcelKind::Di01, Content::Di01(parameters)),
        Bericht::Retour(_) => {
            let cross_refnummer = asked_by.unwrap_or_default().to_owned();
            (ParcelKind::Du01, Content::Du01 { cross_refnummer, parameters })
        }
    };
    let functie = header.soort.to_string();
    let (zender, ontvanger) = (bericht.poster().code(), bericht.addressee().code());
    new_parcel((kind, content), functie, id, (zender, ontvanger), gateway)
}

/// The Fo01 that tells a sender on the network that its bericht was not taken in; `None` for one who got
/// its answer over the API.
pub(super) fn fault_parcel(received: &Received, why: Refused, gateway: &Gateway) -> Option<NewParcel> {
    let Carrier::Ggk { envelope, ontvanger, .. } = &received.carrier else { return None };
    let details = match why {
        Refused::WrongParty => "De zender of ontvanger van de envelop is niet die van het bericht",
        Refused::NotXml => "Het bericht is geen leesbare XML",
        Refused::ReleaseNotInForce => "De ontvanger werkt op de dagtekening van het bericht niet met deze release",
        Refused::NotValid | Refused::IdentificatieUsed | Refused::SureRejection | Refused::TooLargeForNetwork => {
            "Het bericht voldoet niet aan het schema van zijn berichtsoort"
        }
    };
    let fault = FaultCode::StUF055.fault(Some(details.to_owned()));
    let content = Content::Fo01 { cross_refnummer: envelope.referentienummer.clone(), fault };
    let ends = (ontvanger.as_str(), envelope.zender.as_str());
    Some(new_parcel((ParcelKind::Fo01, content), "Fo01".to_owned(), &received.id, ends, gateway))
}

/// What is inside a parcel, in a new envelope; `None` when the old one cannot be read.
pub(super) fn renewed(kept: &KeptParcel, gateway: &Gateway) -> Option<NewParcel> {
    let content = parse(&kept.envelope).ok()?.content;
    let KeptParcel { view, .. } = kept;
    let ends = (view.zender.as_str(), view.ontvanger.as_str());
    Some(new_parcel((view.kind, content), view.functie.clone(), &view.bericht_id, ends, gateway))
}

fn new_parcel(
    (kind, content): (ParcelKind, Content),
    functie: String,
    bericht_id: &str,
    (zender, ontvanger): (&str, &str),
    gateway: &Gateway,
) -> NewParcel {
    let stuurgegevens = Stuurgegevens {
        zender: Systeem::zender(zender, &gateway.envelopes.applicatie),
        ontvanger: Systeem::ontvanger(ontvanger),
        referentienummer: ids::new_referentienummer(),
        tijdstip_bericht: tijdstip_bericht(local(gateway.clock.now())),
    };
    let referentienummer = stuurgegevens.referentienummer.clone();
    let envelope = compose::envelope(&Envelope { stuurgegevens, content });
    NewParcel {
        referentienummer,
        kind,
        functie,
        bericht_id: bericht_id.to_owned(),
        zender: zender.to_owned(),
        ontvanger: ontvanger.to_owned(),
        held: gateway.envelopes.refuse(envelope.len()),
        envelope: envelope.into(),
    }
}
