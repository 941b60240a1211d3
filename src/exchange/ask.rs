//! The story of what was handed in at VECOZO: asked after until its addressee has it, it was rejected, or its answer came.
//!
//! After a yes VECOZO still checks, and tells nobody what came of it. A word that nobody told us is kept and shown, and asked after again.

use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;

use super::bounce::{self, FaultIn};
use super::gateway::Gateway;
use super::received::sha256_hex;
use crate::domain::Timestamp;
use crate::hub::envelope::{Fault, Plek};
use crate::hub::vecozo::metadata::{Berichtstatus, Standing};
use crate::hub::vecozo::{NoAnswer, Vecozo};
use crate::store::{EnvelopeSeen, Stage, Step, StoreError};

/// How many are looked up in the store at once.
const PAGE: u32 = 100;
/// How long VECOZO keeps the data of a bericht.
const KEPT_THERE: TimeDelta = TimeDelta::days(60);
/// Who says so.
const VECOZO: &str = "VECOZO";

#[derive(Debug, thiserror::Error)]
enum NotAsked {
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("what VECOZO told could not be kept")]
    Store(#[from] StoreError),
}

/// Asks every so often after what these parties handed in, until `stop` is done.
pub async fn ask(
    gateway: &Gateway,
    (link, partijen): (&Vecozo, &[String]),
    every: Duration,
    stop: impl Future<Output = ()>,
) {
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            asked = round(gateway, link, partijen) => if let Err(error) = asked {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot ask VECOZO how far berichten came");
            },
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Asks after each once.
async fn round(gateway: &Gateway, link: &Vecozo, partijen: &[String]) -> Result<(), NotAsked> {
    let since = gateway.clock.now() - KEPT_THERE;
    let mut after = String::new();
    loop {
        let page = gateway.store.accepted_of(partijen, since, &after, PAGE).await?;
        for (bericht_id, referentienummer) in &page {
            for status in link.status(referentienummer).await? {
                // It also tells of what answers this one.
                if status.referentiegegevens.traceer_id.eq_ignore_ascii_case(referentienummer) {
                    note(gateway, referentienummer, &status).await?;
                }
            }
            after.clone_from(bericht_id);
        }
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}

async fn note(gateway: &Gateway, referentienummer: &str, status: &Berichtstatus) -> Result<(), StoreError> {
    let at = status.since().map_or_else(|| gateway.clock.now(), |at| at.to_utc());
    let reasons: Vec<String> = status.meldingen.iter().map(|melding| melding.code.clone()).collect();
    let evidence = format!("{VECOZO}: {} {}", status.berichtstatus, reasons.join(" ")).trim_end().to_owned();
    let step = |stage| Step { stage, at, evidence: evidence.clone() };
    match status.standing() {
        Standing::Arrived => gateway.store.reach(referentienummer, &step(Stage::Fetched)).await,
        Standing::UnderWay => gateway.store.record_step(referentienummer, &step(Stage::Accepted)).await,
        Standing::Unrecognised => {
            tracing::warn!(
                status = status.berichtstatus,
                "VECOZO says a word that is not known here: kept, and asked after again"
            );
            gateway.store.record_step(referentienummer, &step(Stage::Accepted)).await
        }
        Standing::Ended => reject(gateway, referentienummer, status, at).await,
    }
}

/// As a fault of the network that comes afterwards.
async fn reject(
    gateway: &Gateway,
    referentienummer: &str,
    status: &Berichtstatus,
    at: Timestamp,
) -> Result<(), StoreError> {
    let text: Vec<String> = status.meldingen.iter().map(ToString::to_string).collect();
    let fault = Fault {
        code: status.meldingen.first().map_or_else(|| status.berichtstatus.clone(), |melding| melding.code.clone()),
        plek: Plek::Client,
        omschrijving: without_numbers(&format!("{}: {}", status.berichtstatus, text.join("; "))),
        details: None,
        details_xml_sha256: None,
    };
    let status_line = format!("{referentienummer} {} {at}", status.berichtstatus);
    let seen = EnvelopeSeen {
        zender: VECOZO.to_owned(),
        // It has no number of its own; told again, it is the same.
        referentienummer: sha256_hex(status_line.as_bytes())[..40].to_owned(),
        content_sha256: sha256_hex(status_line.as_bytes()),
        answer: Vec::new(),
    };
    if gateway.store.seen_envelope(&seen.zender, &seen.referentienummer).await?.is_some() {
        return Ok(());
    }
    let came_in = FaultIn { seen, ontvanger: "", about: referentienummer, fault: &fault };
    bounce::take_in(came_in, status_line.as_bytes(), gateway).await
}

/// Without what may be a Bsn: this text is shown and mailed.
fn without_numbers(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for run in text.split_inclusive(|one: char| !one.is_ascii_digit()) {
        let digits = run.trim_end_matches(|one: char| !one.is_ascii_digit());
        safe.push_str(if digits.len() >= 8 { "*********" } else { digits });
        safe.push_str(&run[digits.len()..]);
    }
    safe.chars().take(200).collect()
}
