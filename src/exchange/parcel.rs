//! What goes out over the network: a bericht or a fault in its envelope, ready to be sent.

use super::gateway::{Envelopes, Gateway};
use super::ids;
use super::received::{Carrier, Format, Link, Received, Refused, sha256_hex};
use crate::clock::local;
use crate::domain::Bericht;
use crate::hub::envelope::{
    Content, Envelope, FaultCode, Parameters, Payload, Stuurgegevens, Systeem, check, compose, functie_versie, parse,
    tijdstip_bericht,
};
use crate::store::{Digests, KeptParcel, NewParcel, ParcelKind};

impl Envelopes {
    /// Whether the envelope around a payload of so many bytes may be larger than is sent.
    pub(super) fn are_too_small_for(&self, payload_bytes: usize) -> bool {
        Self::around(payload_bytes) > self.max_bytes
    }

    /// How large the envelope around a payload is at most.
    pub(super) fn around(payload_bytes: usize) -> usize {
        const AROUND: usize = 4096;
        payload_bytes.div_ceil(3) * 4 + AROUND
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

/// What leaves of these bytes: all but a byte order mark, which the network does not take (OP192).
fn as_sent(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The digests of what came in and of what leaves, where these differ although the bericht came as XML.
pub(super) fn digests(received: &Received, xml: &[u8]) -> Option<Digests> {
    let sent = as_sent(xml);
    let differ = received.format == Format::Xml && sent.len() < xml.len();
    differ.then(|| Digests { received_sha256: received.sha256.clone(), sent_sha256: sha256_hex(sent) })
}

/// The parcel that carries a bericht to its addressee. `asked_by`: of a retour or antwoord, the referentienummer of the
/// envelope that brought its heenbericht. The network has it, because the addressee is not local.
pub(super) fn parcel(
    bericht: &Bericht,
    id: &str,
    bytes: &[u8],
    asked_by: Option<&str>,
    gateway: &Gateway,
) -> NewParcel {
    let header = bericht.header();
    let bytes = as_sent(bytes);
    let (functie_versie, functie_subversie) = functie_versie(header.release);
    let parameters = Parameters {
        functie: header.soort.to_string(),
        applicatie_versie: "0001".to_owned(),
        applicatie_subversie: "0000".to_owned(),
        functie_versie,
        functie_subversie,
        payload: Payload::Xml(bytes.to_vec()),
    };
    let names_it = gateway.envelopes.du01.contains(&parameters.functie);
    let (kind, content) = match bericht {
        // Which of the two an antwoord is, the network does not say; of what came by another way there is nothing to name.
        Bericht::Heen(_) => match asked_by.filter(|_| names_it) {
            Some(number) => (ParcelKind::Du01, Content::Du01 { cross_refnummer: number.to_owned(), parameters }),
            None => (ParcelKind::Di01, Content::Di01(parameters)),
        },
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
    let Carrier::Network { link: Link::Ggk, envelope, ontvanger, .. } = &received.carrier else { return None };
    let details = match why {
        Refused::WrongParty => "De zender, ontvanger of functie van de envelop past niet bij het bericht",
        Refused::NotXml => "Het bericht is geen leesbare XML",
        Refused::ReleaseNotInForce => "De ontvanger werkt nu niet met deze release",
        Refused::NotValid
        | Refused::IdentificatieUsed
        | Refused::SureRejection
        | Refused::TooLargeForNetwork { .. } => "Het bericht voldoet niet aan het schema van zijn berichtsoort",
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
        tijdstip_bericht: tijdstip_bericht(local(gateway.clock.now()).naive_local()),
    };
    let referentienummer = stuurgegevens.referentienummer.clone();
    let envelope = Envelope { stuurgegevens, content };
    let unfit = check::outgoing(&envelope).err().map(|what| format!("De envelop past niet in haar schema: {what}."));
    let envelope = compose::wrapped(&envelope, &gateway.envelopes.wrapping);
    NewParcel {
        referentienummer,
        kind,
        functie,
        bericht_id: bericht_id.to_owned(),
        zender: zender.to_owned(),
        ontvanger: ontvanger.to_owned(),
        held: unfit.or_else(|| gateway.envelopes.refuse(envelope.len())),
        envelope: envelope.into(),
    }
}
