//! The link to VECOZO, for aanbieders: VSP-Koppeling over REST, as far as it is public.
//!
//! | file | what |
//! |---|---|
//! | [`metadata`] | the JSON beside a payload |
//! | [`mapping`] | an envelope of the GGK as VECOZO takes it |
//! | `answers` | what an answer means |
//!
//! As the link to the GGK: follows no redirect, uses no proxy, tries once. What waits there stays until it is confirmed; who
//! calls confirms only what was stored.
//!
//! Imports `delivery` and `envelope`.

mod answers;
pub mod mapping;
pub mod metadata;

use std::error::Error as _;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use rustls::ClientConfig;

use super::delivery::{Delivery, NotBefore};
use super::envelope;
use mapping::Terms;
use metadata::{Berichtstatus, Pull};

/// How many berichten are listed at once, which is the most that there are.
pub const PAGE: usize = 250;
/// A list of that many, each with a hundred addressees.
const MAX_LIST_BYTES: usize = 8_388_608;
/// What a payload weighs at most, packed or not.
const MAX_PAYLOAD_BYTES: usize = 26_214_400;
const MAX_ANSWER_BYTES: usize = 1_048_576;

/// Why nothing came of a question, in Dutch, without a payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);

/// The link cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not an `http` or `https` address.
    #[error("no http or https address: {0}")]
    Address(String),
    /// The HTTP client could not start.
    #[error("the HTTP client does not start")]
    Client(#[source] reqwest::Error),
}

/// The link.
#[derive(Debug)]
pub struct Vecozo {
    client: RwLock<reqwest::Client>,
    base: Url,
    terms: Terms,
    timeout: Duration,
}

impl Vecozo {
    /// A link to this address, the part of it before `/berichten` and `/berichtstatus`. Connects to nothing yet.
    ///
    /// # Errors
    /// When the address is not one, or the client cannot start.
    pub fn new(url: &str, terms: Terms, timeout: Duration, tls: Option<ClientConfig>) -> Result<Self, LinkError> {
        let with_slash = format!("{}/", url.trim_end_matches('/'));
        let base = Url::parse(&with_slash).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| LinkError::Address(url.to_owned()))?;
        Ok(Self { client: RwLock::new(client(timeout, tls)?), base, terms, timeout })
    }

    /// From now on with these certificates; attempts under way end on theirs.
    ///
    /// # Errors
    /// The client cannot start; the link goes on as it was.
    pub fn replace(&self, tls: Option<ClientConfig>) -> Result<(), LinkError> {
        let new = client(self.timeout, tls)?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Hands in the bericht of an envelope, once. What came of it is the whole result.
    pub async fn deliver(&self, referentienummer: &str, envelope: &[u8]) -> Delivery {
        let parsed = match envelope::parse(envelope) {
            Ok(parsed) => parsed,
            Err(refusal) => return Delivery::Unsendable(format!("De envelop is niet leesbaar: {}", refusal.details)),
        };
        let handed = match mapping::handed(&parsed, &self.terms) {
            Ok(handed) => handed,
            Err(reason) => return Delivery::Unsendable(reason),
        };
        let request = self.request(reqwest::Method::POST, "berichten/rest-push/v1/berichten");
        let sent = request.header(CONTENT_TYPE, handed.content_type).body(handed.body).send().await;
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                return Delivery::Link {
                    not_before: None,
                    reason: format!("Geen verbinding met VECOZO: {}", cause(&error)),
                };
            }
            Err(error) => {
                return Delivery::Unknown(format!("Geen antwoord van VECOZO na verzenden: {}", cause(&error)));
            }
        };
        let status = response.status().as_u16();
        let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let not_before = asked.and_then(NotBefore::from_header);
        match whole(response, MAX_ANSWER_BYTES).await {
            Ok(body) => answers::judge(status, not_before, &body, referentienummer),
            Err(error) => Delivery::Unknown(format!("Geen antwoord van VECOZO na verzenden: {error}")),
        }
    }

    /// What waits there, the oldest first: as it is told, and as far as it can be read.
    ///
    /// # Errors
    /// Nothing came of it.
    pub async fn list(&self) -> Result<Vec<(serde_json::Value, Option<Pull>)>, NoAnswer> {
        let request = self.request(reqwest::Method::GET, &format!("berichten/rest-pull/v1/berichten?limit={PAGE}"));
        let body = self.asked(request, MAX_LIST_BYTES).await?;
        let listed: Vec<serde_json::Value> = read(&body)?;
        Ok(listed.into_iter().map(|one| (one.clone(), serde_json::from_value(one).ok())).collect())
    }

    /// The bytes of one that waits; `None`: they are not there any more.
    ///
    /// # Errors
    /// Nothing came of it.
    pub async fn payload(&self, traceer_id: &str) -> Result<Option<Vec<u8>>, NoAnswer> {
        let path = format!("berichten/rest-pull/v1/berichten/{}/payload", in_path(traceer_id));
        let response = sent(self.request(reqwest::Method::GET, &path)).await?;
        match response.status() {
            StatusCode::OK => whole(response, MAX_PAYLOAD_BYTES).await.map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(refused(status)),
        }
    }

    /// Says that one was stored here. That it is not there any more is as good: then we said so before.
    ///
    /// # Errors
    /// It may come again.
    pub async fn confirm(&self, traceer_id: &str) -> Result<(), NoAnswer> {
        let path = format!("berichten/rest-pull/v1/berichten/{}", in_path(traceer_id));
        match sent(self.request(reqwest::Method::DELETE, &path)).await?.status() {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            status => Err(refused(status)),
        }
    }

    /// Where one stands that was handed in.
    ///
    /// # Errors
    /// Nothing came of it.
    pub async fn status(&self, traceer_id: &str) -> Result<Vec<Berichtstatus>, NoAnswer> {
        let path = format!("berichtstatus/rest-pull/v3/berichtstatussen?traceerId={}", in_path(traceer_id));
        let body = self.asked(self.request(reqwest::Method::GET, &path), MAX_LIST_BYTES).await?;
        read(&body)
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let url = self.base.join(path).unwrap_or_else(|_| self.base.clone());
        client.request(method, url)
    }

    async fn asked(&self, request: RequestBuilder, most: usize) -> Result<Vec<u8>, NoAnswer> {
        let response = sent(request).await?;
        match response.status() {
            StatusCode::OK => whole(response, most).await,
            status => Err(refused(status)),
        }
    }
}

fn client(timeout: Duration, tls: Option<ClientConfig>) -> Result<reqwest::Client, LinkError> {
    let builder =
        reqwest::Client::builder().redirect(Policy::none()).no_proxy().retry(reqwest::retry::never()).timeout(timeout);
    let builder = match tls {
        Some(tls) => builder.tls_backend_preconfigured(tls),
        None => builder,
    };
    builder.build().map_err(LinkError::Client)
}

async fn sent(request: RequestBuilder) -> Result<Response, NoAnswer> {
    request.send().await.map_err(|error| NoAnswer(format!("VECOZO antwoordt niet: {}", cause(&error))))
}

async fn whole(mut response: Response, most: usize) -> Result<Vec<u8>, NoAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) => return Err(NoAnswer(format!("het antwoord van VECOZO brak af: {}", cause(&error)))),
        }
        if body.len() > most {
            return Err(NoAnswer(format!("het antwoord van VECOZO is groter dan {most} bytes")));
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, NoAnswer> {
    serde_json::from_slice(body)
        .map_err(|error| NoAnswer(format!("het antwoord van VECOZO is niet leesbaar (regel {})", error.line())))
}

fn refused(status: StatusCode) -> NoAnswer {
    NoAnswer(format!("VECOZO antwoordt met HTTP {}", status.as_u16()))
}

/// A number from outside as one step of a path.
fn in_path(text: &str) -> String {
    text.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '-').collect()
}

/// The innermost cause, without the address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "de tijd is om".to_owned();
    }
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(std::error::Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "de verbinding brak".to_owned(), ToString::to_string)
}
