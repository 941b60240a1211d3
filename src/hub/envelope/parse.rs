//! Bytes of a request to an [`Envelope`], or the [`Refusal`] that its sender gets.
//!
//! Held to the schema of `ggk0210`: names, order, once each, lengths, patterns. Prefixes, white space between
//! elements, comments and SOAP headers that need not be understood do not matter. The order of refusals is that of
//! table 4.1 as far as one envelope shows it: namespaces, then berichtcode, then the schema.

use std::io::Read;

use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;

use super::fault::{About, Refusal};
use super::parts::{Parts, Wrong, digits, limited, limited_optional, no_attributes, schema, text_of, uuid};
use super::tree::{self, Node};
use super::{
    Content, Envelope, Fault, FaultCode, GGK, Kind, MAX_FAULT_BYTES, MAX_INCOMING_BYTES, Parameters, Payload, Plek,
};
use super::{SOAP, SOAP_1_2, STUF, Stuurgegevens, Systeem, WS_ADDRESSING, dai, digest};
use crate::echo::shown;

/// Parses the body of a POST.
///
/// # Errors
/// When this is no envelope that the network may send. The sender is at fault; nothing is kept.
pub fn parse(bytes: &[u8]) -> Result<Envelope, Refusal> {
    let refuse = |about, (code, details)| Refusal { code, details, about: Box::new(about) };
    let too_large = |most: usize| schema(format!("De envelop is groter dan {most} bytes"));
    if bytes.len() > MAX_FAULT_BYTES {
        return Err(refuse(About::default(), too_large(MAX_FAULT_BYTES)));
    }
    let soap = tree::read(bytes, "detailsXML")
        .map_err(|cause| refuse(About::default(), schema(format!("Het verzoek {cause}"))))?;
    let root = body_element(&soap)
        .and_then(|root| check_soap_headers(&soap).map(|()| root))
        .map_err(|wrong| refuse(About::default(), wrong))?;
    let envelope = envelope(root).map_err(|wrong| refuse(about(root), wrong))?;
    if envelope.kind() != Kind::Fo01 && bytes.len() > MAX_INCOMING_BYTES {
        return Err(refuse(about(root), too_large(MAX_INCOMING_BYTES)));
    }
    Ok(envelope)
}

/// The one element in the SOAP body, or in the `dai:bericht` there.
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
        [root] if tree::is_blank(&body.text) => {
            dai::unwrapped(root).ok_or_else(|| schema("dai:bericht bevat niet precies één element".to_owned()))
        }
        _ => Err(schema("soap:Body bevat niet precies één element".to_owned())),
    }
}

/// SOAP 1.1 forbids to pass over a header that must be understood. Adapters send WS-Addressing that way; it
/// only repeats where this goes.
fn check_soap_headers(soap: &Node) -> Result<(), Wrong> {
    let headers = soap.child(SOAP, "Header").map_or(&[][..], |headers| &headers.children);
    match headers.iter().find(|header| header.must_understand && header.namespace != WS_ADDRESSING) {
        None => Ok(()),
        Some(header) => Err(schema(format!("De SOAP-header {} wordt hier niet begrepen", shown(&header.name)))),
    }
}

fn envelope(root: &Node) -> Result<Envelope, Wrong> {
    let kind = kind_of(root)?;
    let own = kind.root().0;
    let mut parts = Parts::of(root)?;
    let header = parts.required(own, "stuurgegevens")?;
    let rest = match kind {
        Kind::Di01 | Kind::Du01 => parts.required(GGK, "parameters")?,
        Kind::Fo01 => return Ok(fo01(header, parts.required(STUF, "body")?)),
    };
    parts.done()?;

    let mut parts = Parts::of(header)?;
    if parts.text(STUF, "berichtcode")? != kind.berichtcode() {
        return Err((FaultCode::StUF022, format!("berichtcode hoort {} te zijn", kind.berichtcode())));
    }
    let stuurgegevens = stuurgegevens(&mut parts)?;
    let content = if kind == Kind::Du01 {
        let cross_refnummer = uuid("crossRefnummer", &mut parts)?;
        Content::Du01 { cross_refnummer, parameters: parameters(functie(&mut parts)?, rest)? }
    } else {
        Content::Di01(parameters(functie(&mut parts)?, rest)?)
    };
    parts.done()?;
    Ok(Envelope { stuurgegevens, content })
}

/// A fault, as far as it can be read: one that is not as the schema says reaches a person as well. Without a number of its
/// own it is known by its content.
fn fo01(header: &Node, body: &Node) -> Envelope {
    let text = |node: &Node, name: &str, most: usize| {
        let text = node.child(STUF, name).map(|child| child.text.trim()).unwrap_or_default();
        text.chars().take(most).collect::<String>()
    };
    let systeem = |name: &str| {
        let node = header.child(STUF, name);
        let of = |name: &str, most| node.map(|node| text(node, name, most)).unwrap_or_default();
        let optional = |name: &str, most| node.and_then(|node| node.child(STUF, name).map(|_| text(node, name, most)));
        Systeem {
            organisatie: of("organisatie", 200),
            applicatie: of("applicatie", 50),
            administratie: optional("administratie", 50),
            gebruiker: optional("gebruiker", 100),
        }
    };
    let fault = fault(body);
    let own_number = text(header, "referentienummer", 40);
    let known_by = || digest::sha256(format!("{fault:?}{}", fault.omschrijving).as_bytes())[..40].to_owned();
    let stuurgegevens = Stuurgegevens {
        zender: systeem("zender"),
        ontvanger: systeem("ontvanger"),
        referentienummer: if own_number.is_empty() { known_by() } else { own_number },
        tijdstip_bericht: text(header, "tijdstipBericht", 17),
    };
    Envelope { stuurgegevens, content: Content::Fo01 { cross_refnummer: text(header, "crossRefnummer", 40), fault } }
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

fn stuurgegevens(parts: &mut Parts<'_>) -> Result<Stuurgegevens, Wrong> {
    Ok(Stuurgegevens {
        zender: systeem(parts.required(STUF, "zender")?)?,
        ontvanger: systeem(parts.required(STUF, "ontvanger")?)?,
        referentienummer: uuid("referentienummer", parts)?,
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
    let mut decoder = DecoderReader::new(WithoutSpace(node.text.as_bytes()), &STANDARD);
    let mut bytes = Vec::with_capacity(node.text.len() / 4 * 3);
    decoder.read_to_end(&mut bytes).map_err(|_| invalid())?;
    Ok(bytes)
}

/// Text without its white space, piece by piece: a large payload is not copied for it.
struct WithoutSpace<'a>(&'a [u8]);

impl Read for WithoutSpace<'_> {
    fn read(&mut self, piece: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while let [byte, rest @ ..] = self.0 {
            if filled == piece.len() {
                break;
            }
            if !byte.is_ascii_whitespace() {
                piece[filled] = *byte;
                filled += 1;
            }
            self.0 = rest;
        }
        Ok(filled)
    }
}

/// The body of a Fo01 or Fo03, whatever is wrong with it: a refusal that is not as the schema says is a refusal all the same,
/// and somebody has to read it.
pub(super) fn fault(node: &Node) -> Fault {
    let text = |name: &str| {
        let found = node.child(STUF, name).or_else(|| node.children.iter().find(|child| child.name == name));
        found.map(|node| node.text.trim()).filter(|text| !text.is_empty())
    };
    let short = |most: usize, text: &str| masked(&text.chars().take(most).collect::<String>());
    Fault {
        code: text("code").map_or_else(|| "onbekend".to_owned(), |code| short(40, code)),
        plek: if text("plek").is_some_and(|plek| plek.eq_ignore_ascii_case("server")) {
            Plek::Server
        } else {
            Plek::Client
        },
        omschrijving: text("omschrijving").map(|text| short(200, text)).unwrap_or_default(),
        details: text("details").map(|text| short(1000, text)),
        details_xml_sha256: node.child(STUF, "detailsXML").map(|node| digest::sha256(node.text.as_bytes())),
    }
}

/// Without what may be a Bsn, also one that is written in groups: these texts are shown and mailed.
fn masked(text: &str) -> String {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let is_in_number = |letter: char| is_digit(letter) || matches!(letter, ' ' | '.' | '-');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|letter| !is_in_number(letter)).unwrap_or(run.len()));
        masked.push_str(before);
        if run.chars().filter(|letter| is_digit(*letter)).count() == BSN {
            masked.extend(run.chars().map(|letter| if is_digit(letter) { '*' } else { letter }));
        } else {
            for part in run.split_inclusive(|letter: char| !is_digit(letter)) {
                let digits = part.trim_end_matches(|letter: char| !is_digit(letter));
                masked.push_str(if digits.len() == BSN { "*********" } else { digits });
                masked.push_str(&part[digits.len()..]);
            }
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

/// How many digits a Bsn has.
const BSN: usize = 9;

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
