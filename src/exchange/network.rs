//! The edge to the network: envelopes that come in, and those that go out.
//!
//! Keeps *store before yes*: a Bv03 is made first, recorded with what it confirms, and sent after the
//! commit; a repeat of the same envelope gets the same bytes again.

use super::bounce::{self, FaultIn};
use super::gateway::Gateway;
use super::ids;
use super::receive::receive;
use super::received::{Carrier, Format, Link, Received, Reply, sha256_hex};
use crate::clock::local;
use crate::domain::berichten::waarde::Value;
use crate::domain::{Partij, Timestamp};
use crate::hub::envelope::compose::{self, Stamp};
use crate::hub::envelope::fault::About;
use crate::hub::envelope::{Content, Envelope, FaultCode, Stuurgegevens, check, parse, tijdstip_bericht};
use crate::store::{EnvelopeSeen, RefusedEnvelope, StoreError};

/// An answer for the network.
pub struct EnvelopeAnswer {
    /// It is a SOAP fault (HTTP 500), not a confirmation.
    pub is_fault: bool,
    /// A SOAP envelope, UTF-8.
    pub body: Vec<u8>,
}

/// Takes in one envelope. A Bv03 says that what it carries was recorded; a fault, that nothing was. `speaks_for`: who may stand
/// on it as sender, where whoever hands it over does not speak for all.
pub async fn receive_envelope(bytes: &[u8], speaks_for: Option<&[String]>, gateway: &Gateway) -> EnvelopeAnswer {
    let envelope = match parse(bytes) {
        Ok(envelope) => envelope,
        Err(refusal) => {
            note_refused(bytes, refusal.code, gateway).await;
            return fault(&refusal.about, refusal.code, Some(refusal.details), gateway);
        }
    };
    let about = About::from(&envelope.stuurgegevens);
    let zender = &envelope.stuurgegevens.zender.organisatie;
    if speaks_for.is_some_and(|parties| !parties.contains(zender)) {
        tracing::warn!(
            zender,
            "refused an envelope: its certificate does not speak for this sender (ggk.tls.speaks_for)"
        );
        let details = "Het certificaat van de verbinding mag niet voor deze zender spreken";
        note_refused(bytes, FaultCode::StUF013, gateway).await;
        return fault(&about, FaultCode::StUF013, Some(details.to_owned()), gateway);
    }
    match take(&envelope, bytes, gateway).await {
        Ok(Ok(confirmation)) => EnvelopeAnswer { is_fault: false, body: confirmation },
        Ok(Err(code)) => {
            note_refused(bytes, code, gateway).await;
            fault(&about, code, None, gateway)
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an envelope could not be recorded");
            fault(&about, FaultCode::StUF046, None, gateway)
        }
    }
}

/// Keeps that an envelope was refused. Where that fails it is refused all the same.
async fn note_refused(bytes: &[u8], code: FaultCode, gateway: &Gateway) {
    let envelope = RefusedEnvelope {
        at: gateway.clock.now(),
        code: code.code(),
        size_bytes: bytes.len(),
        sha256: sha256_hex(bytes),
    };
    if let Err(error) = gateway.store.note_refused(&envelope).await {
        tracing::error!(error = &error as &dyn std::error::Error, "a refused envelope is not in the audit log");
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
            let carrier = Carrier::Network {
                link: Link::Ggk,
                zender,
                ontvanger,
                functie: parameters.functie.clone(),
                envelope: seen,
            };
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
    Stamp {
        referentienummer: ids::new_referentienummer(),
        tijdstip_bericht: tijdstip_bericht(local(now).naive_local()),
    }
}
