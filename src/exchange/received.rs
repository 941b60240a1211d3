//! What came in, who brought it, and what they are told: data, which every story shares.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::ids;
use super::parties::{Addressee, Route};
use crate::domain::finding::Finding;
use crate::domain::{Bericht, Header, Partij, Timestamp, Verdict};
use crate::store::{Approval, EnvelopeSeen, Receipt, RefusalReceipt, Via};
use crate::xml;

/// Bytes that came in, and how.
#[derive(Clone)]
pub struct Received {
    /// A UUID that grows with time.
    pub id: String,
    /// When it came in, by the clock of the gateway: rules count from it.
    pub at: Timestamp,
    /// Byte for byte as they came; the digest is made of them.
    pub bytes: Bytes,
    /// How they are to be read.
    pub format: Format,
    /// Of the bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Who brought them.
    pub carrier: Carrier,
}

/// Who brought a bericht.
#[derive(Clone)]
pub enum Carrier {
    /// A local party, over the API.
    Api {
        /// By its credential.
        partij: Partij,
        /// The name of that credential.
        by: String,
        /// Send it even if it will surely be rejected.
        force: bool,
    },
    /// A file of a replay.
    File,
    /// This gateway: the answer to a declaratie, as people decided.
    Decided {
        /// In whose name.
        partij: Partij,
        /// Who approved of it.
        approval: Approval,
    },
    /// Nobody: it came in before, and waited.
    Waited {
        /// How it came in.
        via: Via,
        /// Who brought it.
        poster: Option<Partij>,
        /// Of the envelope that brought it.
        referentienummer: Option<String>,
    },
    /// The network, in an envelope; who sent that stands on it.
    Network {
        /// By which link.
        link: Link,
        /// Sender on the envelope, when it is a party of the standard.
        zender: Option<Partij>,
        /// Receiver on the envelope: one of the local parties.
        ontvanger: String,
        /// The kind of bericht that the envelope says it holds.
        functie: String,
        /// What is remembered of the envelope, with the answer it will get.
        envelope: EnvelopeSeen,
    },
}

/// By which link the network brought something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// In an envelope of StUF.
    Ggk,
    /// Fetched at VECOZO, which takes no Fo01 that we know of.
    Vecozo,
}

/// What the one who brought a bericht is told.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It was taken in and recorded, accepted or rejected.
    Recorded(Receipt),
    /// The same bytes were taken in before; this is the receipt of then.
    Repeated(Receipt),
    /// It was not taken in. The bytes are kept for audit, its Identificatie stays free.
    Refused(Refused, Receipt),
}

/// Why a bericht was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not XML, or not safe to read.
    NotXml,
    /// Not a bericht, or not as its schema says.
    NotValid,
    /// Not from the party that posts it, or for nobody here.
    WrongParty,
    /// Of a release that its receiver does not have in force on the day on which it came in.
    ReleaseNotInForce,
    /// Its Identificatie stands for other content (TR056).
    IdentificatieUsed,
    /// The receiver will surely reject it.
    SureRejection,
    /// Its envelope would be larger than the network takes.
    TooLargeForNetwork {
        /// How large it would be.
        bytes: usize,
        /// How large it may be.
        most: usize,
    },
}

/// How a bericht is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As the standard has it.
    Xml,
    /// By the same names; see [`crate::json`].
    Json,
}

impl Received {
    /// Bytes that came in now.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>, format: Format, at: Timestamp, carrier: Carrier) -> Self {
        let bytes = bytes.into();
        let sha256 = sha256_hex(&bytes);
        Self { id: ids::new_id(at), at, bytes, format, sha256, carrier }
    }

    /// The header that stands in the bytes themselves; `None` where some of it may have been filled in.
    pub(super) fn header_of<'b>(&self, bericht: &'b Bericht) -> Option<&'b Header> {
        (self.format == Format::Xml).then(|| bericht.header())
    }
}

/// The SHA-256 of these bytes, lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Carrier {
    /// Whether it was not taken in before.
    pub(super) fn is_new(&self) -> bool {
        match self {
            Self::Api { .. } | Self::File | Self::Network { .. } => true,
            Self::Waited { .. } | Self::Decided { .. } => false,
        }
    }

    /// The credential of whoever posted it.
    pub(super) fn credential(&self) -> Option<&str> {
        match self {
            Self::Api { by, .. } => Some(by),
            Self::File | Self::Decided { .. } | Self::Waited { .. } | Self::Network { .. } => None,
        }
    }

    /// Who approved of it, where that was asked.
    pub(super) fn approval(&self) -> Option<Approval> {
        match self {
            Self::Decided { approval, .. } => Some(approval.clone()),
            Self::Api { .. } | Self::File | Self::Waited { .. } | Self::Network { .. } => None,
        }
    }

    /// Envelope, credential and header name the same party, and one end of the line is local.
    pub(super) fn may_bring(&self, bericht: &Bericht, route: Route) -> bool {
        match self {
            Self::Api { partij, .. } => partij == bericht.poster() && route.poster_is_local,
            Self::File | Self::Waited { .. } | Self::Decided { .. } => true,
            Self::Network { zender, ontvanger, functie, .. } => {
                zender.as_ref() == Some(bericht.poster())
                    && ontvanger == bericht.addressee().code()
                    && *functie == bericht.header().soort.to_string()
                    && route.addressee != Addressee::Elsewhere
            }
        }
    }

    /// What is remembered of the envelope, if one brought the bericht.
    pub(super) fn envelope(&self) -> Option<EnvelopeSeen> {
        match self {
            Self::Api { .. } | Self::File | Self::Waited { .. } | Self::Decided { .. } => None,
            Self::Network { envelope, .. } => Some(envelope.clone()),
        }
    }

    /// The referentienummer of the envelope, if one brought the bericht.
    pub(super) fn referentienummer(&self) -> Option<&str> {
        match self {
            Self::Api { .. } | Self::File | Self::Decided { .. } => None,
            Self::Network { envelope, .. } => Some(&envelope.referentienummer),
            Self::Waited { referentienummer, .. } => referentienummer.as_deref(),
        }
    }
}

impl Refused {
    /// In a word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotXml => "geen-xml",
            Self::NotValid => "niet-valide",
            Self::WrongParty => "andere-partij",
            Self::ReleaseNotInForce => "release-niet-in-gebruik",
            Self::IdentificatieUsed => "identificatie-gebruikt",
            Self::SureRejection => "zekere-afkeuring",
            Self::TooLargeForNetwork { .. } => "te-groot-voor-netwerk",
        }
    }

    /// As it was kept with a bericht.
    #[must_use]
    pub fn of_receipt(receipt: &RefusalReceipt) -> Option<Self> {
        let (bytes, most) = (receipt.size_bytes.unwrap_or_default(), receipt.limit_bytes.unwrap_or_default());
        [
            Self::NotXml,
            Self::NotValid,
            Self::WrongParty,
            Self::ReleaseNotInForce,
            Self::IdentificatieUsed,
            Self::SureRejection,
            Self::TooLargeForNetwork { bytes, most },
        ]
        .into_iter()
        .find(|one| one.name() == receipt.reason)
    }

    pub(super) fn of(refusal: &xml::Refusal) -> Self {
        match refusal.kind {
            xml::RefusalKind::Unreadable | xml::RefusalKind::NotXml => Self::NotXml,
            xml::RefusalKind::Unknown | xml::RefusalKind::Invalid => Self::NotValid,
        }
    }
}

impl From<xml::Refusal> for Verdict {
    fn from(refusal: xml::Refusal) -> Self {
        refusal.findings.into()
    }
}

impl Format {
    /// Fills in where findings stand, if the caller sent what they stand in.
    pub(super) fn place(self, findings: &mut [Finding], xml: &[u8]) {
        match self {
            Self::Xml => xml::place(findings, xml),
            Self::Json => {}
        }
    }
}
