//! Bytes of a request to an [`Envelope`], or the [`Refusal`] that its sender gets.
//!
//! Held to the schema of `ggk0210`: names, order, once each, lengths, patterns. Prefixes, white space between
//! elements, comments and SOAP headers that need not be understood do not matter. The order of refusals is that of
//! table 4.1 as far as one envelope shows it: namespaces, then berichtcode, then the schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::{About, Refusal};
use super::parts::{Parts, Wrong, digits, limited, limited_optional, no_attributes, schema, text_of, uuid};
use super::tree::{self, Node};
use super::{Content, Envelope, Fault, FaultCode, GGK, Kind, MAX_INCOMING_BYTES, Parameters, Payload, Plek};
use super::{SOAP, SOAP_1_2, STUF, Stuurgegevens, Systeem, WS_ADDRESSING, digest};

/// Parses the body of a POST.
///
/// # Errors
/// When this is no envelope that the network may send. The sender is at fault; nothing is kept.
pub fn parse(bytes: &[u8]) -> Result<Envelope, Refusal> {
    let refuse = |about, (code, details)| Refusal { code, details, about: Box::new(about) };
    if bytes.len() > MAX_INCOMING_BYTES {
        return Err(refuse(About::default(), schema(format!("De envelop is groter dan {MAX_INCOMING_BYTES} bytes"))));
    }
    let soap = tree::read(bytes, "detailsXML")
        .map_err(|cause| refuse(About::default(), schema(format!("Het verzoek {cause}"))))?;
    let root = body_element(&soap)
        .and_then(|root| check_soap_headers(&soap).map(|()| root))
        .map_err(|wrong| refuse(About::default(), wrong))?;
    envelope(root).map_err(|wrong| refuse(about(root), wrong))
}

/// The one element in the SOAP body.
pub(super) fn body_element(soap: &Node) -> Result<&Node, Wrong> {
    if soap.namespace == SOAP_1_2 {
        return Err(schema("SOAP 1.2 wordt niet ondersteund; gebruik SOAP 1.1".to_owned()));
    }
    if !soap.is(SOAP, "Envelope") {
        return Err(schema("Het verzoek is geen SOAP 1.1-bericht".to_owned()));
    }
    let mut parts = Parts::of(soap)?;
    let _headers = parts.optional(SOAP, "Header");
    let body = parts.required(SOAP, "Body")?;
    parts.done()?;
    match body.children.as_slice() {
        [root] if tree::is_blank(&body.text) => Ok(root),
        _ => Err(schema("soap:Body bevat niet precies één element".to_owned())),
    }
}

/// SOAP 1.1 forbids to pass over a header that must be understood. Adapters send WS-Addressing that way; it
/// only repeats where this goes.
fn check_soap_headers(soap: &Node) -> Result<(), Wrong> {
    let headers = soap.child(SOAP, "Header").map_or(&[][..], |headers| &headers.children);
    match headers.iter().find(|header| header.must_understand && header.namespace != WS_ADDRESSING) {
        None => Ok(()),
        Some(header) => Err(schema(format!("De SOAP-header {} wordt hier niet begrepen", header.name))),
    }
}

fn envelope(root: &Node) -> Result<Envelope, Wrong> {
    let kind = kind_of(root)?;
    let own = kind.root().0;
    let mut parts = Parts::of(root)?;
    let header = parts.required(own, "stuurgegevens")?;
    let rest = match kind {
        Kind::Di01 | Kind::Du01 => parts.required(GGK, "parameters")?,
        Kind::Fo01 => parts.required(STUF, "body")?,
    };
    parts.done()?;

    let mut parts = Parts::of(header)?;
    if parts.text(STUF, "berichtcode")? != kind.berichtcode() {
        return Err((FaultCode::StUF022, format!("berichtcode hoort {} te zijn", kind.berichtcode())));
    }
    let stuurgegevens = stuurgegevens(kind, &mut parts)?;
    let content = match kind {
        Kind::Di01 => Content::Di01(parameters(functie(&mut parts)?, rest)?),
        Kind::Du01 => {
            let cross_refnummer = uuid("crossRefnummer", &mut parts)?;
            Content::Du01 { cross_refnummer, parameters: parameters(functie(&mut parts)?, rest)? }
        }
        Kind::Fo01 => {
            Content::Fo01 { cross_refnummer: limited("crossRefnummer", 1..=40, &mut parts)?, fault: fault(rest)? }
        }
    };
    parts.done()?;
    Ok(Envelope { stuurgegevens, content })
}

/// Which envelope a root element announces, or the code for one that this link does not carry.
fn kind_of(root: &Node) -> Result<Kind, Wrong> {
    for kind in [Kind::Di01, Kind::Du01, Kind::Fo01] {
        let (namespace, name) = kind.root();
        if root.is(namespace, name) {
            return Ok(kind);
        }
    }
    let namespace = root.namespace.as_str();
    let is_ggk = namespace.starts_with("http://www.stufstandaarden.nl/") && namespace.contains("/ggk");
    if namespace == GGK {
        Err((FaultCode::StUF022, "Onbekend bericht in de envelop".to_owned()))
    } else if namespace == STUF {
        Err((FaultCode::StUF025, "Dit StUF-bericht wordt hier niet ontvangen".to_owned()))
    } else if namespace.starts_with("http://www.egem.nl/StUF/") {
        Err((FaultCode::StUF001, "Ondersteund wordt StUF 03.01".to_owned()))
    } else if is_ggk {
        Err((FaultCode::StUF007, format!("Ondersteund wordt {GGK}")))
    } else {
        Err((FaultCode::StUF004, format!("Ondersteund wordt {GGK}")))
    }
}

fn stuurgegevens(kind: Kind, parts: &mut Parts<'_>) -> Result<Stuurgegevens, Wrong> {
    Ok(Stuurgegevens {
        zender: systeem(parts.required(STUF, "zender")?)?,
        ontvanger: systeem(parts.required(STUF, "ontvanger")?)?,
        referentienummer: match kind {
            Kind::Di01 | Kind::Du01 => uuid("referentienummer", parts)?,
            Kind::Fo01 => limited("referentienummer", 1..=40, parts)?,
        },
        tijdstip_bericht: digits("tijdstipBericht", STUF, 8..=17, parts)?,
    })
}

fn systeem(node: &Node) -> Result<Systeem, Wrong> {
    let mut parts = Parts::of(node)?;
    let systeem = Systeem {
        organisatie: limited("organisatie", 1..=200, &mut parts)?,
        applicatie: limited("applicatie", 3..=50, &mut parts)?,
        administratie: limited_optional("administratie", 50, &mut parts)?,
        gebruiker: limited_optional("gebruiker", 100, &mut parts)?,
    };
    parts.done()?;
    Ok(systeem)
}

fn functie(parts: &mut Parts<'_>) -> Result<String, Wrong> {
    limited("functie", 1..=30, parts)
}

fn parameters(functie: String, node: &Node) -> Result<Parameters, Wrong> {
    let mut parts = Parts::of(node)?;
    let mut versie = |name| digits(name, GGK, 4..=4, &mut parts);
    let parameters = Parameters {
        functie,
        applicatie_versie: versie("applicatieVersie")?,
        applicatie_subversie: versie("applicatieSubversie")?,
        functie_versie: versie("functieVersie")?,
        functie_subversie: versie("functieSubversie")?,
        payload: payload(parts.required(GGK, "bericht")?)?,
    };
    parts.done()?;
    Ok(parameters)
}

fn payload(node: &Node) -> Result<Payload, Wrong> {
    let mut parts = Parts::of(node)?;
    let payload = if let Some(tekst) = parts.optional(GGK, "tekstBestand") {
        let bestandsnaam = match tekst.attributes.as_slice() {
            [(name, value)] if name == "bestandsnaam" && is_bestandsnaam(value) => value.clone(),
            _ => return Err(schema("tekstBestand heeft geen geldige bestandsnaam".to_owned())),
        };
        Payload::Tekst { bestandsnaam, bytes: decode(tekst)? }
    } else {
        let xml = parts.required(GGK, "xmlBestand")?;
        no_attributes(xml)?;
        Payload::Xml(decode(xml)?)
    };
    parts.done()?;
    Ok(payload)
}

fn is_bestandsnaam(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (4..=255).contains(&name.len()) && name.bytes().all(fits)
}

/// Base64, with white space anywhere. A byte order mark in the payload stays: the bytes are the sender's.
fn decode(node: &Node) -> Result<Vec<u8>, Wrong> {
    let invalid = || schema(format!("{} is geen geldige base64", node.name));
    if !node.children.is_empty() {
        return Err(invalid());
    }
    let mut encoded = node.text.clone().into_bytes();
    encoded.retain(|byte| !byte.is_ascii_whitespace());
    STANDARD.decode(encoded).map_err(|_| invalid())
}

/// The body of a Fo01 or Fo03.
pub(super) fn fault(node: &Node) -> Result<Fault, Wrong> {
    let mut parts = Parts::of(node)?;
    let fault = Fault {
        code: limited("code", 1..=7, &mut parts)?,
        plek: match parts.text(STUF, "plek")? {
            "client" => Plek::Client,
            "server" => Plek::Server,
            _ => return Err(schema("plek is geen client of server".to_owned())),
        },
        omschrijving: masked(&limited("omschrijving", 0..=200, &mut parts)?),
        details: limited_optional("details", 1000, &mut parts)?.as_deref().map(masked),
        details_xml_sha256: parts.optional(STUF, "detailsXML").map(|node| digest::sha256(node.text.as_bytes())),
    };
    parts.done()?;
    Ok(fault)
}

/// Without what may be a Bsn: these texts are shown, logged and mailed.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for run in text.split_inclusive(|character: char| !character.is_ascii_digit()) {
        let digits = run.trim_end_matches(|character: char| !character.is_ascii_digit());
        masked.push_str(if digits.len() == 9 { "*********" } else { digits });
        masked.push_str(&run[digits.len()..]);
    }
    masked
}

/// What can be read of the header, whatever else is wrong with the envelope.
pub(super) fn about(root: &Node) -> About {
    let Some(header) = root.children.iter().find(|child| child.name == "stuurgegevens") else {
        return About::default();
    };
    let party = |name| header.child(STUF, name).and_then(|node| systeem(node).ok());
    let short = |text: &&str| (1..=40).contains(&text.chars().count());
    About {
        zender: party("zender"),
        ontvanger: party("ontvanger"),
        referentienummer: header
            .child(STUF, "referentienummer")
            .and_then(|node| text_of(node).ok())
            .filter(short)
            .map(str::to_owned),
    }
}
