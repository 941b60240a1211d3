//! The story of one bericht that comes in.
//!
//! One request, one transaction, one verdict. Everything outward goes through the outbox, written in
//! that same transaction; a positive answer never leaves before the commit.
//!
//! Races: two berichten of one client at once, or the same bytes twice at once. The store lets one in
//! and calls the other stale; it is then judged anew, with what is true by then.

use tokio::time::Instant;

use super::background::in_background;
use super::draft::{self, Draft, columns};
use super::format;
use super::gateway::{Envelopes, Gateway};
use super::judge::{Case, Done, Next, Story};
use super::log;
use super::parties::Addressee;
use super::received::{Carrier, Format, Received, Refused, Reply};
use super::seen::Seen;
use crate::clock;
use crate::domain::{Bericht, Berichtsoort, History, Verdict};
use crate::store::{Receipt, StoreError};

/// Takes responsibility for one bericht, or fails without a trace.
///
/// `Ok`: bytes, verdict, deadlines, retour and outbox rows were committed together, or the reply says
/// why not and the bytes were kept. A bad bericht is not an error.
///
/// # Errors
/// The store failed and nothing was recorded; the sender may send the same bytes again. [`StoreError::Stale`]: so many
/// berichten about the same came first that this one gave up.
pub async fn receive(received: &Received, gateway: &Gateway) -> Result<Reply, StoreError> {
    if gateway.clock.is_wrong() {
        return Err(StoreError::ClockWrong);
    }
    let began = Instant::now();
    let taken = in_background(received.bytes.len(), Box::pin(take_in(received, gateway))).await;
    let reply = taken.inspect_err(|error| gateway.pulse.could_not_keep(error))?;
    gateway.measures.came_in(received, &reply, began.elapsed());
    log::came_in(received, &reply);
    Ok(reply)
}

/// The story itself.
async fn take_in(received: &Received, gateway: &Gateway) -> Result<Reply, StoreError> {
    let readable = match format::read(received, gateway) {
        Ok(readable) => readable,
        Err(refusal) => {
            let seen = Seen::in_refused(received.format, &received.bytes, &refusal);
            return refuse(received, None, (Refused::of(&refusal), seen), refusal.into(), gateway).await;
        }
    };
    let bericht = &readable.bericht;
    let route = gateway.parties.route(bericht);
    if !received.carrier.may_bring(bericht, route) {
        // Not in its columns, by which parties find what concerns them: nobody is to hear of it from whoever posted it.
        let why = (Refused::WrongParty, Seen::of(columns(bericht)));
        return refuse(received, None, why, Verdict::default(), gateway).await;
    }
    let case = Case { received, readable: &readable, route };
    match case.settle(&New { received, bericht }, gateway).await? {
        Done::Recorded(receipt) => Ok(Reply::Recorded(*receipt)),
        Done::Stopped(NotTakenIn::Repeated(first)) => Ok(Reply::Repeated(*first)),
        Done::Stopped(NotTakenIn::Refused(why, verdict)) => {
            refuse(received, Some(bericht), (why, Seen::of(columns(bericht))), verdict, gateway).await
        }
    }
}

/// Why a bericht that can be read is not recorded.
enum NotTakenIn {
    /// The same bytes were, before.
    Repeated(Box<Receipt>),
    /// For this reason, with what was found.
    Refused(Refused, Verdict),
}

/// A bericht that comes in, as it was read.
struct New<'a> {
    received: &'a Received,
    bericht: &'a Bericht,
}

impl Story for New<'_> {
    type Stop = NotTakenIn;

    async fn before(&self, history: &mut History, gateway: &Gateway) -> Result<Option<NotTakenIn>, StoreError> {
        let Self { received, bericht } = *self;
        // After the history: the same bytes, committed in between, must not look like another bericht.
        if may_repeat(received, bericht, history)
            && let Some(first) = gateway.store.first_receipt(&received.sha256, received.header_of(bericht)).await?
        {
            return Ok(Some(NotTakenIn::Repeated(Box::new(first))));
        }
        let came_in = clock::date_of(received.at);
        let is_refused = received.carrier.is_new() && !gateway.releases.allow(bericht, came_in, &gateway.calendar);
        Ok(is_refused.then(|| NotTakenIn::Refused(Refused::ReleaseNotInForce, Verdict::default())))
    }

    fn after(&self, draft: &Draft<'_>, gateway: &Gateway) -> Next<NotTakenIn> {
        match refusal(draft, gateway) {
            Some(why) => Next::Stop(NotTakenIn::Refused(why, draft.verdict.clone())),
            None => Next::Record(Box::new(draft.entry(gateway))),
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
    (why, seen): (Refused, Seen),
    verdict: Verdict,
    gateway: &Gateway,
) -> Result<Reply, StoreError> {
    let entry = draft::refused(received, bericht, (why, seen), &verdict, gateway);
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
fn refusal(draft: &Draft<'_>, gateway: &Gateway) -> Option<Refused> {
    let Carrier::Api { force, .. } = draft.received.carrier else { return None };
    if draft.history.identificatie_used {
        return Some(Refused::IdentificatieUsed);
    }
    if draft.route.addressee != Addressee::Elsewhere {
        return None;
    }
    let (bytes, most) = (Envelopes::around(draft.received.bytes.len()), gateway.envelopes.max_bytes);
    if bytes > most {
        return Some(Refused::TooLargeForNetwork { bytes, most });
    }
    (draft.verdict.is_rejected() && !force).then_some(Refused::SureRejection)
}
