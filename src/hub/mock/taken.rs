//! What was taken in, and under which key.

use crate::hub::envelope::{Envelope, Stuurgegevens, Systeem};

/// What may be used once: a sender's referentienummer.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Key {
    organisatie: String,
    applicatie: String,
    administratie: Option<String>,
    referentienummer: String,
}

impl Key {
    pub(super) fn of(envelope: &Envelope) -> Self {
        let Stuurgegevens { zender, referentienummer, .. } = envelope.stuurgegevens.clone();
        let Systeem { organisatie, applicatie, administratie, .. } = zender;
        Self { organisatie, applicatie, administratie, referentienummer }
    }
}

/// An envelope that was stored.
pub(super) struct Taken {
    pub(super) content_sha256: String,
    /// What a repeat gets: the same confirmation, or on demand a fault.
    pub(super) answer: Vec<u8>,
    pub(super) is_fault: bool,
}
