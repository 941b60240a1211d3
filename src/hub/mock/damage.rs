//! Envelopes that the stand-in sends in another dress, or that nobody may take.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;

use super::config::{Damage, Misbehaviour, Writing};
use crate::domain::Timestamp;
use crate::hub::envelope::{Content, Envelope, Payload, tijdstip_bericht};

/// How wide base64 is broken off, as mail does it.
const LINE: usize = 76;

/// Another moment on it, where that was ordered.
pub(super) fn stamped(fault: Option<&Misbehaviour>, mut envelope: Envelope, now: Timestamp) -> Envelope {
    if let Some(Misbehaviour::SendTijdstip { digits, minutes }) = fault {
        let local = (now + TimeDelta::minutes(i64::from(*minutes))).with_timezone(&Amsterdam).naive_local();
        envelope.stuurgegevens.tijdstip_bericht = tijdstip_bericht(local).chars().take(*digits).collect();
    }
    if let Some(Misbehaviour::SendWritten(Writing::Bom)) = fault {
        change_payload(&mut envelope, |bytes| [b"\xef\xbb\xbf", bytes].concat());
    }
    envelope
}

/// Its bytes, as they were ordered.
pub(super) fn written(fault: Option<&Misbehaviour>, envelope: &Envelope, bytes: Vec<u8>) -> Vec<u8> {
    let (Some(Misbehaviour::SendWritten(Writing::Lines)), Some(parameters)) = (fault, envelope.parameters()) else {
        return bytes;
    };
    let encoded = STANDARD.encode(parameters.payload.bytes());
    let lines: Vec<&str> = encoded.as_bytes().chunks(LINE).filter_map(|line| str::from_utf8(line).ok()).collect();
    changed(&bytes, |text| text.replacen(&encoded, &lines.join("\r\n"), 1))
}

impl Damage {
    /// The same envelope, its payload damaged where that is what is wrong.
    pub(super) fn inside(self, mut envelope: Envelope) -> Envelope {
        if self == Self::PayloadUtf16 {
            change_payload(&mut envelope, |bytes| utf16(&String::from_utf8_lossy(bytes)));
        }
        envelope
    }

    /// The bytes of an envelope, damaged.
    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let declared = |text: &str, more: &str| text.replacen("?>", &format!("?>{more}"), 1);
        match self {
            Self::PayloadUtf16 => bytes.to_vec(),
            Self::Truncated => bytes[..bytes.len() / 2].to_vec(),
            Self::Utf16 => utf16(&String::from_utf8_lossy(bytes).replacen("UTF-8", "UTF-16", 1)),
            Self::NotWellFormed => changed(bytes, |text| text.replacen("</soapenv:Body>", "", 1)),
            Self::Dtd => changed(bytes, |text| declared(text, "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">")),
            Self::Entities => changed(bytes, |text| {
                declared(text, "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>").replacen(
                    "<StUF:applicatie>",
                    "<StUF:applicatie>&c;",
                    1,
                )
            }),
            Self::Base64 => changed(bytes, |text| text.replacen("<GGK:xmlBestand>", "<GGK:xmlBestand>!", 1)),
            Self::NoFunctie => {
                changed(bytes, |text| match (text.find("<StUF:functie>"), text.find("</StUF:functie>")) {
                    (Some(from), Some(to)) => [&text[..from], &text[to + "</StUF:functie>".len()..]].concat(),
                    _ => text.to_owned(),
                })
            }
            Self::ExtraElement => changed(bytes, |text| {
                text.replacen("</GGK:stuurgegevens>", "<StUF:extra>x</StUF:extra></GGK:stuurgegevens>", 1)
            }),
            Self::TwoPayloads => changed(bytes, |text| {
                let other = "</GGK:xmlBestand><GGK:tekstBestand bestandsnaam=\"a.txt\">YQ==</GGK:tekstBestand>";
                text.replacen("</GGK:xmlBestand>", other, 1)
            }),
        }
    }
}

fn change_payload(envelope: &mut Envelope, change: impl Fn(&[u8]) -> Vec<u8>) {
    if let Content::Di01(parameters) | Content::Du01 { parameters, .. } = &mut envelope.content {
        parameters.payload = Payload::Xml(change(parameters.payload.bytes()));
    }
}

fn changed(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    change(&String::from_utf8_lossy(bytes)).into_bytes()
}

fn utf16(text: &str) -> Vec<u8> {
    ['\u{feff}'].into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(u16::to_be_bytes).collect()
}
