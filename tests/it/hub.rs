//! The network: envelopes as files, the link on a real socket, the stand-in and the parties behind it.

mod codec;
mod codes;
mod envelope;
mod link;
mod net;
mod parties;
mod vsp;

use std::path::{Path, PathBuf};

use iwmo_gateway::hub::envelope::{Content, Envelope, Parameters, Payload, Stuurgegevens, Systeem};

const DI01: &str = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a01";
const DU01: &str = "a91b6c30-2d4e-4f5a-8b6c-7d8e9f0a1b02";

/// The reference, which not every machine has; says so where it is absent.
fn reference() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/transport");
    if path.is_dir() {
        return Some(path);
    }
    println!("overgeslagen: {} ontbreekt", path.display());
    None
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/envelop")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).expect("a fixture")
}

/// A Di01 from gemeente 9998 to aanbieder 99990001.
fn di01(payload: &[u8]) -> Envelope {
    Envelope {
        stuurgegevens: Stuurgegevens {
            zender: Systeem::zender("9998", "VoorbeeldWmo"),
            ontvanger: Systeem::ontvanger("99990001"),
            referentienummer: DI01.to_owned(),
            tijdstip_bericht: "20260112091530123".to_owned(),
        },
        content: Content::Di01(parameters("WMO301", payload)),
    }
}

fn parameters(functie: &str, payload: &[u8]) -> Parameters {
    Parameters {
        functie: functie.to_owned(),
        applicatie_versie: "0001".to_owned(),
        applicatie_subversie: "0000".to_owned(),
        functie_versie: "0003".to_owned(),
        functie_subversie: "0002".to_owned(),
        payload: Payload::Xml(payload.to_vec()),
    }
}
