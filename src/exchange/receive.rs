//! The story of one bericht that comes in.
//!
//! One request, one transaction, one verdict. Everything outward goes through the outbox, written in
//! that same transaction; a positive answer never leaves before the commit.
//!
//! Races: two berichten of one client at once, or the same bytes twice at once. The store lets one in
//! and calls the other stale; it is then judged anew, with what is true by then.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::aside::aside;
use super::draft::Draft;
use super::format::{self, Format, Readable};
use super::ids;
use super::parties::{Addressee, Route};
use super::told;
use super::{Gateway, MOST_TRIES};
use crate::domain::{Bericht, Berichtsoort, Header, History, Partij, Timestamp, Verdict};
use crate::store::{Approval, EnvelopeSeen, Receipt, StoreError, Via};
use crate::xml;

/// Bytes that came in, and how.
#[derive(Clone)]
pub struct Received {
    /// Ours.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Unchanged.
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
    Ggk {
        /// Sender on the envelope, when it is a party of the standard.
        zender: Option<Partij>,
        /// Receiver on the envelope: one of the local parties.
        ontvanger: String,
        /// What is remembered of the envelope, with the answer it will get.
        envelope: EnvelopeSeen,
    },
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
    /// Of a release that its receiver does not have in force on its Dagtekening.
    ReleaseNotInForce,
    /// Its Identificatie stands for other content (TR056).
    IdentificatieUsed,
    /// The receiver will surely reject it.
    SureRejection,
    /// Its envelope would be larger than the network takes.
    TooLargeForNetwork,
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
    fn header_of<'b>(&self, bericht: &'b Bericht) -> Option<&'b Header> {
        (self.format == Format::Xml).then(|| bericht.header())
    }
}

/// The SHA-256 of these bytes, lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Takes responsibility for one bericht, or fails without a trace.
///
/// `Ok`: bytes, verdict, deadlines, retour and outbox rows were committed together, or the reply says
/// why not and the bytes were kept. A bad bericht is not an error.
///
/// # Errors
/// The store failed and nothing was recorded; the sender may send the same bytes again. [`StoreError::Stale`]: so many
/// berichten about the same came first that this one gave up.
pub async fn receive(received: &Received, gateway: &Gateway) -> Result<Reply, StoreError> {
    let reply = aside(received.bytes.len(), Box::pin(take_in(received, gateway))).await?;
    told::came_in(received, &reply);
    Ok(reply)
}

/// The story itself.
async fn take_in(received: &Received, gateway: &Gateway) -> Result<Reply, StoreError> {
    let Readable { bericht, xml } = match format::read(received, &gateway.schemas) {
        Ok(readable) => readable,
        Err(refusal) => return refuse(received, None, Refused::of(&refusal), refusal.into(), gateway).await,
    };
    let route = gateway.parties.route(&bericht);
    if !received.carrier.may_bring(&bericht, route) {
        return refuse(received, None, Refused::WrongParty, Verdict::default(), gateway).await;
    }
    let mut tries = 1;
    loop {
        let history = gateway.history(&bericht, route).await?;
        // After the history: the same bytes, committed in between, must not look like another bericht.
        if may_repeat(received, &bericht, &history)
            && let Some(first) = gateway.store.first_receipt(&received.sha256, received.header_of(&bericht)).await?
        {
            return Ok(Reply::Repeated(first));
        }
        if received.carrier.is_new() && !gateway.releases.allow(&bericht) {
            let why = Refused::ReleaseNotInForce;
            return refuse(received, Some(&bericht), why, Verdict::default(), gateway).await;
        }
        let mut verdict = gateway.judge(&bericht, &history);
        received.format.place(&mut verdict.findings, &xml);
        if let Some(why) = refusal(received, route, &history, &verdict, gateway) {
            return refuse(received, Some(&bericht), why, verdict, gateway).await;
        }
        let draft = Draft { received, xml: &xml, bericht: &bericht, history: &history, verdict: &verdict, route };
        let entry = draft.entry(gateway);
        match gateway.store.record(&entry).await {
            // Another bericht of this client was committed meanwhile, so somebody made progress; judge
            // again with what is true now.
            Err(StoreError::Stale) if tries < MOST_TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(()) => {
                gateway.recorded(&bericht, &entry);
                return Ok(Reply::Recorded(entry.bericht.receipt));
            }
        }
    }
}

/// Whether these bytes may have been taken in before: then their Identificatie is used. But that of a 303 is free again when
/// it was rejected as a whole (TR324), and what is no XML may have been given another.
fn may_repeat(received: &Received, bericht: &Bericht, history: &History) -> bool {
    let may_be_free = matches!(bericht.header().soort, Berichtsoort::Wmo303D | Berichtsoort::Wmo303F);
    history.identificatie_used || may_be_free || received.format != Format::Xml
}

/// Keeps what was not taken in, for audit.
async fn refuse(
    received: &Received,
    bericht: Option<&Bericht>,
    why: Refused,
    verdict: Verdict,
    gateway: &Gateway,
) -> Result<Reply, StoreError> {
    let entry = super::draft::refused(received, bericht, why, &verdict, gateway);
    gateway.store.record(&entry).await?;
    if !entry.parcels.is_empty() {
        gateway.parcel_added.notify_one();
    }
    Ok(Reply::Refused(why, entry.bericht.receipt))
}

/// Why a bericht that can be read is not taken in all the same.
///
/// Only what comes over the API is refused here: a sender on the network learns of a rejection by the
/// retour that the standard prescribes.
fn refusal(
    received: &Received,
    route: Route,
    history: &History,
    verdict: &Verdict,
    gateway: &Gateway,
) -> Option<Refused> {
    let Carrier::Api { force, .. } = received.carrier else { return None };
    if history.identificatie_used {
        return Some(Refused::IdentificatieUsed);
    }
    if route.addressee != Addressee::Elsewhere {
        return None;
    }
    if gateway.envelopes.are_too_small_for(received.bytes.len()) {
        return Some(Refused::TooLargeForNetwork);
    }
    (verdict.is_rejected() && !force).then_some(Refused::SureRejection)
}

impl Carrier {
    /// Whether it was not taken in before.
    fn is_new(&self) -> bool {
        match self {
            Self::Api { .. } | Self::File | Self::Ggk { .. } => true,
            Self::Waited { .. } | Self::Decided { .. } => false,
        }
    }

    /// Who approved of it, where that was asked.
    pub(super) fn approval(&self) -> Option<Approval> {
        match self {
            Self::Decided { approval, .. } => Some(approval.clone()),
            Self::Api { .. } | Self::File | Self::Waited { .. } | Self::Ggk { .. } => None,
        }
    }

    /// Envelope, credential and header name the same party, and one end of the line is local.
    fn may_bring(&self, bericht: &Bericht, route: Route) -> bool {
        match self {
            Self::Api { partij, .. } => partij == bericht.poster() && route.poster_is_local,
            Self::File | Self::Waited { .. } | Self::Decided { .. } => true,
            Self::Ggk { zender, .. } => {
                zender.as_ref() == Some(bericht.poster()) && route.addressee != Addressee::Elsewhere
            }
        }
    }
}

impl Refused {
    fn of(refusal: &xml::Refusal) -> Self {
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
