//! Envelopes and answers to bytes. Deterministic, on one line, without a byte order mark.

use std::io::Write as _;

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::fault::About;
use super::names::DAI;
use super::{
    Content, Envelope, Fault, GGK, Parameters, Payload, Plek, SOAP, STUF, Stuurgegevens, Systeem, WS_ADDRESSING,
    Wrapping, dai,
};

/// The bytes to POST to a party that speaks StUF. The same envelope gives the same bytes.
#[must_use]
pub fn envelope(envelope: &Envelope) -> Vec<u8> {
    wrapped(envelope, &Wrapping::Stuf)
}

/// The bytes to POST. The same envelope gives the same bytes.
#[must_use]
pub fn wrapped(envelope: &Envelope, wrapping: &Wrapping) -> Vec<u8> {
    let mut out = Out::sized(envelope);
    match wrapping {
        Wrapping::Stuf => {
            out.open("soapenv:Body");
            out.message(envelope);
        }
        Wrapping::Adapter(cpa) => {
            out.addressing(&dai::headers(envelope, cpa));
            out.open("soapenv:Body");
            out.event(Event::Start(BytesStart::new("dai:bericht").with_attributes([("xmlns:dai", DAI)])));
            out.message(envelope);
            out.close("dai:bericht");
        }
    }
    out.end_soap()
}

/// What the answering side puts on its answer: a referentienummer of its own and the local time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// UUID v4, lower case.
    pub referentienummer: String,
    /// See [`super::tijdstip_bericht`].
    pub tijdstip_bericht: String,
}

/// The answer that takes responsibility for an envelope (HTTP 200). Only after it was stored.
#[must_use]
pub fn bv03(taken: &Stuurgegevens, stamp: &Stamp) -> Vec<u8> {
    let mut out = Out::soap();
    out.event(Event::Start(BytesStart::new("StUF:Bv03Bericht").with_attributes([("xmlns:StUF", STUF)])));
    out.answer_header("Bv03", &About::from(taken), stamp);
    out.close("StUF:Bv03Bericht");
    out.end_soap()
}

/// The answer that refuses an envelope (HTTP 500): a SOAP fault around an Fo03. What could not be read of
/// the refused header stays empty.
#[must_use]
pub fn fo03(refused: &About, fault: &Fault, stamp: &Stamp) -> Vec<u8> {
    let mut out = Out::soap();
    out.open("soapenv:Fault");
    let faultcode = match fault.plek {
        Plek::Client => "soapenv:Client",
        Plek::Server => "soapenv:Server",
    };
    out.text("faultcode", faultcode);
    out.text("faultstring", &fault.omschrijving);
    out.open("detail");
    out.event(Event::Start(BytesStart::new("StUF:Fo03Bericht").with_attributes([("xmlns:StUF", STUF)])));
    out.answer_header("Fo03", refused, stamp);
    out.fault_body(fault);
    out.close("StUF:Fo03Bericht");
    out.close("detail");
    out.close("soapenv:Fault");
    out.end_soap()
}

struct Out(Writer<Vec<u8>>);

impl Out {
    fn soap() -> Self {
        let mut out = Self::begun(Vec::new());
        out.open("soapenv:Body");
        out
    }

    /// With room for the payload, so that a large one is written once.
    fn sized(envelope: &Envelope) -> Self {
        const AROUND: usize = 4096;
        let payload = envelope.parameters().map_or(0, |parameters| parameters.payload.bytes().len());
        Self::begun(Vec::with_capacity(payload.div_ceil(3) * 4 + AROUND))
    }

    fn begun(bytes: Vec<u8>) -> Self {
        let mut out = Self(Writer::new(bytes));
        out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        out.event(Event::Start(BytesStart::new("soapenv:Envelope").with_attributes([("xmlns:soapenv", SOAP)])));
        out
    }

    fn addressing(&mut self, headers: &[dai::Header]) {
        self.open("soapenv:Header");
        for header in headers {
            let name = format!("wsa:{}", header.name);
            let mut start = BytesStart::new(name.as_str()).with_attributes([("xmlns:wsa", WS_ADDRESSING)]);
            if let Some(relationship) = header.relationship {
                start.push_attribute(("RelationshipType", relationship));
            }
            self.event(Event::Start(start));
            if header.name == "From" {
                self.text("wsa:Address", &header.text);
            } else {
                self.event(Event::Text(BytesText::new(&header.text)));
            }
            self.close(&name);
        }
        self.close("soapenv:Header");
    }

    /// The StUF message by itself.
    fn message(&mut self, envelope: &Envelope) {
        let kind = envelope.kind();
        let root = format!("{}:{}", if kind.root().0 == GGK { "GGK" } else { "StUF" }, kind.root().1);
        let mut start = BytesStart::new(root.as_str()).with_attributes([("xmlns:StUF", STUF)]);
        match &envelope.content {
            Content::Di01(parameters) | Content::Du01 { parameters, .. } => {
                start.push_attribute(("xmlns:GGK", GGK));
                self.event(Event::Start(start));
                self.open("GGK:stuurgegevens");
                self.stuurgegevens(kind.berichtcode(), &envelope.stuurgegevens, envelope.cross_refnummer());
                self.text("StUF:functie", &parameters.functie);
                self.close("GGK:stuurgegevens");
                self.parameters(parameters);
            }
            Content::Fo01 { cross_refnummer, fault } => {
                self.event(Event::Start(start));
                self.open("StUF:stuurgegevens");
                self.stuurgegevens(kind.berichtcode(), &envelope.stuurgegevens, Some(cross_refnummer));
                self.close("StUF:stuurgegevens");
                self.fault_body(fault);
            }
        }
        self.close(&root);
    }

    fn end_soap(mut self) -> Vec<u8> {
        self.close("soapenv:Body");
        self.close("soapenv:Envelope");
        self.0.into_inner()
    }

    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing to memory does not fail");
    }

    fn open(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.open(name);
        self.event(Event::Text(BytesText::new(value)));
        self.close(name);
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn systeem(&mut self, name: &str, systeem: &Systeem) {
        self.open(name);
        self.text("StUF:organisatie", &systeem.organisatie);
        self.text("StUF:applicatie", &systeem.applicatie);
        self.optional("StUF:administratie", systeem.administratie.as_deref());
        self.optional("StUF:gebruiker", systeem.gebruiker.as_deref());
        self.close(name);
    }

    /// The children of `stuurgegevens` up to and including `crossRefnummer`.
    fn stuurgegevens(&mut self, berichtcode: &str, header: &Stuurgegevens, cross_refnummer: Option<&str>) {
        self.text("StUF:berichtcode", berichtcode);
        self.systeem("StUF:zender", &header.zender);
        self.systeem("StUF:ontvanger", &header.ontvanger);
        self.text("StUF:referentienummer", &header.referentienummer);
        self.text("StUF:tijdstipBericht", &header.tijdstip_bericht);
        self.optional("StUF:crossRefnummer", cross_refnummer);
    }

    /// The header of Bv03 and Fo03: the parties of what is answered, swapped.
    fn answer_header(&mut self, berichtcode: &str, answered: &About, stamp: &Stamp) {
        let unknown = || Systeem { applicatie: "onbekend".to_owned(), ..Systeem::default() };
        let header = Stuurgegevens {
            zender: answered.ontvanger.clone().unwrap_or_else(unknown),
            ontvanger: answered.zender.clone().unwrap_or_else(unknown),
            referentienummer: stamp.referentienummer.clone(),
            tijdstip_bericht: stamp.tijdstip_bericht.clone(),
        };
        self.open("StUF:stuurgegevens");
        self.stuurgegevens(berichtcode, &header, Some(answered.referentienummer.as_deref().unwrap_or_default()));
        self.close("StUF:stuurgegevens");
    }

    fn parameters(&mut self, parameters: &Parameters) {
        self.open("GGK:parameters");
        self.text("GGK:applicatieVersie", &parameters.applicatie_versie);
        self.text("GGK:applicatieSubversie", &parameters.applicatie_subversie);
        self.text("GGK:functieVersie", &parameters.functie_versie);
        self.text("GGK:functieSubversie", &parameters.functie_subversie);
        self.open("GGK:bericht");
        match &parameters.payload {
            Payload::Xml(bytes) => {
                self.open("GGK:xmlBestand");
                self.base64(bytes);
                self.close("GGK:xmlBestand");
            }
            Payload::Tekst { bestandsnaam, bytes } => {
                let start =
                    BytesStart::new("GGK:tekstBestand").with_attributes([("bestandsnaam", bestandsnaam.as_str())]);
                self.event(Event::Start(start));
                self.base64(bytes);
                self.close("GGK:tekstBestand");
            }
        }
        self.close("GGK:bericht");
        self.close("GGK:parameters");
    }

    /// Piece by piece, straight to its place: a large payload is there once.
    fn base64(&mut self, bytes: &[u8]) {
        let mut encoder = EncoderWriter::new(self.0.get_mut(), &STANDARD);
        encoder.write_all(bytes).and_then(|()| encoder.finish().map(|_| ())).expect("writing to memory does not fail");
    }

    fn fault_body(&mut self, fault: &Fault) {
        self.open("StUF:body");
        self.text("StUF:code", &fault.code);
        self.text("StUF:plek", fault.plek.name());
        self.text("StUF:omschrijving", &at_most(200, &fault.omschrijving));
        self.optional("StUF:details", fault.details.as_deref().map(|details| at_most(1000, details)).as_deref());
        self.close("StUF:body");
    }
}

/// The first characters of a text that may be longer than the schema allows.
fn at_most(characters: usize, text: &str) -> String {
    text.chars().take(characters).collect()
}
