//! The story of what waits at VECOZO: list, download, check, keep, and only then confirm.
//!
//! A bericht is listed until it is confirmed, so one that was kept when the process died comes again, is known by its number, and
//! is confirmed then. Once it was downloaded its bytes stay there for a day: what cannot be kept by then is lost, and is told as
//! an error every time. What nobody can read is kept for a person and confirmed as well, as it would block what comes behind it.
//! Of several processes one fetches, by a lease: two that download the same would each start that day. Where the lease lapses
//! under somebody who is slow, both keep the same bericht once.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use super::gateway::{Gateway, until};
use super::receive::receive;
use super::received::{Carrier, Format, Link, Received, sha256_hex};
use crate::bundle;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::{Partij, Timestamp};
use crate::hub::vecozo::metadata::Pull;
use crate::hub::vecozo::{NoAnswer, PAGE, Vecozo};
use crate::store::{EnvelopeSeen, Lease, StoreError};

/// How long bytes stay at VECOZO after they were downloaded.
const KEPT_THERE: TimeDelta = TimeDelta::hours(24);

/// What one process remembers between two lists.
#[derive(Default)]
struct Desk {
    /// What was downloaded and could not be kept, and since when.
    not_kept: HashMap<String, Timestamp>,
    /// Whether it was our turn, the last time that we looked.
    is_ours: Option<bool>,
}

/// Whose turn it may be.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// For whom is fetched: their certificate shows the same list to every process.
    pub aanbieders: String,
    /// This process.
    pub worker: String,
    /// For how long a turn is taken: longer than a question and the pause between two lists. It is taken again before it ends.
    pub lasts: Duration,
}

impl Fetcher {
    /// Takes the turn or keeps it; `false`: it is another's, or the store does not say.
    async fn has_turn(&self, gateway: &Gateway) -> bool {
        let now = gateway.clock.now();
        let lease = Lease { worker: self.worker.clone(), until: now + self.lasts };
        let taken = gateway.store.take_turn(&self.aanbieders, &lease, now, now + self.lasts * 2).await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot see whose turn it is to fetch at VECOZO");
            false
        })
    }

    async fn end_turn(&self, gateway: &Gateway) {
        if let Err(error) = gateway.store.end_turn(&self.aanbieders, &self.worker).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "others fetch at VECOZO once this turn lapsed");
        }
    }
}

/// Why one bericht is left where it is.
#[derive(Debug, thiserror::Error)]
enum Left {
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("the payload is not what VECOZO says of it: {0}")]
    Damaged(&'static str),
    #[error("it could not be kept")]
    Store(#[from] StoreError),
}

/// Fetches what waits, every so often, when it is our turn, until `stop` is done. Where it stops half way, it goes on at the next start.
pub async fn fetch(
    gateway: &Gateway,
    (link, fetcher): (&Vecozo, &Fetcher),
    every: Duration,
    stop: impl Future<Output = ()>,
) {
    tokio::pin!(stop);
    let mut desk = Desk::default();
    loop {
        let pause = tokio::select! {
            () = &mut stop => break,
            more = desk.turn(gateway, link, fetcher) => if more { Duration::ZERO } else { every },
        };
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    fetcher.end_turn(gateway).await;
}

impl Desk {
    /// Fetches what waits once, when it is our turn; answers whether there may be more.
    async fn turn(&mut self, gateway: &Gateway, link: &Vecozo, fetcher: &Fetcher) -> bool {
        let is_ours = fetcher.has_turn(gateway).await;
        if self.is_ours.replace(is_ours) != Some(is_ours) {
            tracing::info!(is_ours, aanbieders = fetcher.aanbieders, "whose turn it is to fetch at VECOZO");
        }
        is_ours && self.round(gateway, link, fetcher).await
    }

    async fn round(&mut self, gateway: &Gateway, link: &Vecozo, fetcher: &Fetcher) -> bool {
        let listed = match link.list().await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(reason = %error, "cannot see what waits at VECOZO");
                return false;
            }
        };
        let (count, mut confirmed, mut taken_at) = (listed.len(), 0, gateway.clock.now());
        for (listing, pull) in listed {
            if until(gateway.clock.now(), taken_at) > fetcher.lasts / 2 {
                if !fetcher.has_turn(gateway).await {
                    return false;
                }
                taken_at = gateway.clock.now();
            }
            let waiting = Waiting::of(&listing, pull.as_ref());
            let Some(waiting) = waiting else {
                tracing::error!("VECOZO lists a bericht without a traceerId: it cannot be fetched");
                continue;
            };
            match self.take(&waiting, &listing, gateway, link).await {
                Ok(()) => confirmed += 1,
                Err(left) => self.left(&waiting, &left),
            }
        }
        // What was confirmed makes room for what came later.
        count >= PAGE && confirmed > 0
    }

    /// Keeps one bericht and confirms it.
    async fn take(&mut self, waiting: &Waiting, listing: &Value, gateway: &Gateway, link: &Vecozo) -> Result<(), Left> {
        if gateway.store.seen_envelope(&waiting.zender, &waiting.traceer_id).await?.is_none() {
            let bytes = match link.payload(&waiting.traceer_id).await? {
                Some(payload) => {
                    self.not_kept.entry(waiting.traceer_id.clone()).or_insert_with(|| gateway.clock.now());
                    waiting.check(&payload).map_err(Left::Damaged)?;
                    unpacked(payload)
                }
                // Somebody has to ask for it anew: what was told of it is all that there is.
                None => listing.to_string().into_bytes(),
            };
            receive(&waiting.received(bytes, gateway), gateway).await?;
        }
        self.not_kept.remove(&waiting.traceer_id);
        Ok(link.confirm(&waiting.traceer_id).await?)
    }

    fn left(&self, waiting: &Waiting, left: &Left) {
        let traceer_id = &waiting.traceer_id;
        let error = left as &dyn std::error::Error;
        match self.not_kept.get(traceer_id) {
            None => tracing::warn!(traceer_id, error, "a bericht stays at VECOZO for now"),
            Some(downloaded) => {
                let gone_at = *downloaded + KEPT_THERE;
                tracing::error!(traceer_id, error, %gone_at, "a bericht was downloaded and is not kept: VECOZO removes it");
            }
        }
    }
}

/// One bericht that waits, as far as it can be read.
struct Waiting {
    traceer_id: String,
    zender: String,
    geadresseerden: Vec<String>,
    functie: String,
    size: Option<u64>,
    /// Algorithm and digest.
    checksum: Option<(String, String)>,
}

impl Waiting {
    fn of(listing: &Value, pull: Option<&Pull>) -> Option<Self> {
        let traceer_id = listing.pointer("/referentiegegevens/traceerId")?.as_str()?.to_ascii_lowercase();
        let Some(pull) = pull else {
            // In a form that we do not know: the one who sends it is then not known either.
            return Some(Self {
                traceer_id,
                zender: "VECOZO".to_owned(),
                geadresseerden: Vec::new(),
                functie: String::new(),
                size: None,
                checksum: None,
            });
        };
        let (routering, payload) = (&pull.routeringgegevens, &pull.basisgegevens.payload);
        Some(Self {
            traceer_id,
            zender: routering.afzender.code.clone().unwrap_or_else(|| "VECOZO".to_owned()),
            geadresseerden: routering.geadresseerden.iter().filter_map(|one| one.code.clone()).collect(),
            functie: routering.berichtstroom.berichtsubtype.clone().unwrap_or_default(),
            size: Some(payload.grootte),
            checksum: Some((payload.checksum.algoritme.clone(), payload.checksum.waarde.clone())),
        })
    }

    /// Whether these are the bytes that were told of.
    fn check(&self, payload: &[u8]) -> Result<(), &'static str> {
        if self.size.is_some_and(|size| u64::try_from(payload.len()) != Ok(size)) {
            return Err("another size");
        }
        match &self.checksum {
            Some((algorithm, digest)) if algorithm.replace('-', "").eq_ignore_ascii_case("sha256") => {
                if digest.eq_ignore_ascii_case(&sha256_hex(payload)) { Ok(()) } else { Err("another digest") }
            }
            Some((algorithm, _)) => {
                tracing::warn!(algorithm, "VECOZO tells a digest by an algorithm that is not known here: not compared");
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn received(&self, bytes: Vec<u8>, gateway: &Gateway) -> Received {
        let is_local =
            |code: &&String| Partij::from_text(code).is_some_and(|partij| gateway.parties.get(&partij).is_some());
        let ontvanger = self.geadresseerden.iter().find(is_local).or(self.geadresseerden.first());
        let envelope = EnvelopeSeen {
            zender: self.zender.clone(),
            referentienummer: self.traceer_id.clone(),
            content_sha256: sha256_hex(&bytes),
            answer: Vec::new(),
        };
        let carrier = Carrier::Network {
            link: Link::Vecozo,
            zender: Partij::from_text(&self.zender),
            ontvanger: ontvanger.cloned().unwrap_or_default(),
            functie: self.functie.clone(),
            envelope,
        };
        Received::new(bytes, Format::Xml, gateway.clock.now(), carrier)
    }
}

/// The bericht in a payload. What is no ZIP of one file is kept as it is, for a person.
fn unpacked(payload: Vec<u8>) -> Vec<u8> {
    if !bundle::is_zip(&payload) {
        return payload;
    }
    match bundle::read(&payload) {
        Ok(mut entries) if entries.len() == 1 => entries.remove(0).bytes,
        Ok(_) | Err(_) => payload,
    }
}
