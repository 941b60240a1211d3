//! The link to the GGK, or to the adapter in front of it: one POST per attempt.
//!
//! Follows no redirect, uses no proxy, tries once: a retry is the caller's decision, with the same bytes.
//! TLS comes ready made, and may be replaced while the link works; plain HTTP is for a stand-in or an adapter nearby.
//!
//! Imports `delivery` and `envelope`.

use std::error::Error as _;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use rustls::ClientConfig;

use super::delivery::{Attempt, Delivery, NotBefore, judge};
use super::envelope::{Kind, MAX_OUTGOING_BYTES, Wrapping};

/// An answer is a few kilobytes; what is longer is not one.
const MAX_ANSWER_BYTES: usize = 1_048_576;

/// How long an attempt may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the answer is in, connecting included.
    pub total: Duration,
}

/// No time is prescribed; 60 seconds for small envelopes, and ours reach 25 MB.
impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_mins(2) }
    }
}

/// The link cannot be set up; the configuration is at fault.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not an `http` or `https` address.
    #[error("geen http- of https-adres: {0}")]
    Address(String),
    /// The HTTP client could not start.
    #[error("de HTTP-client start niet")]
    Client(#[source] reqwest::Error),
}

/// The link.
#[derive(Debug)]
pub struct Ggk {
    client: RwLock<reqwest::Client>,
    url: reqwest::Url,
    timeouts: Timeouts,
    is_adapter: bool,
}

impl Ggk {
    /// A link to this address. Connects to nothing yet.
    ///
    /// # Errors
    /// When the address is not one, or the client cannot start.
    pub fn new(url: &str, timeouts: Timeouts) -> Result<Self, LinkError> {
        Self::set_up(url, timeouts, None, &Wrapping::Stuf)
    }

    /// The same, with these certificates, for envelopes in this wrapping.
    ///
    /// # Errors
    /// As above.
    pub fn set_up(
        url: &str,
        timeouts: Timeouts,
        tls: Option<ClientConfig>,
        wrapping: &Wrapping,
    ) -> Result<Self, LinkError> {
        let url = reqwest::Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| LinkError::Address(url.to_owned()))?;
        let client = RwLock::new(client(timeouts, tls)?);
        Ok(Self { client, url, timeouts, is_adapter: *wrapping != Wrapping::Stuf })
    }

    /// From now on with these certificates: connections that stand open are used no more, attempts under way end on theirs.
    ///
    /// # Errors
    /// The client cannot start; the link goes on as it was.
    pub fn replace(&self, tls: Option<ClientConfig>) -> Result<(), LinkError> {
        let new = client(self.timeouts, tls)?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Whether an adapter stands at the other end.
    #[must_use]
    pub const fn is_adapter(&self) -> bool {
        self.is_adapter
    }

    /// Offers the envelope once. What came of it is the whole result; nothing is kept here.
    pub async fn deliver(&self, kind: Kind, referentienummer: &str, envelope: Vec<u8>) -> Delivery {
        if envelope.len() > MAX_OUTGOING_BYTES {
            return Delivery::Unsendable(format!("De envelop is groter dan {MAX_OUTGOING_BYTES} bytes"));
        }
        // The pool of a client that was replaced goes with its last attempt.
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let sent = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            // An adapter has one operation, without a name.
            .header("SOAPAction", format!("\"{}\"", if self.is_adapter { "" } else { kind.soap_action() }))
            .body(envelope)
            .send()
            .await;
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_connect() => return judge(&Attempt::NotSent(cause(&error)), referentienummer),
            Err(error) => return judge(&Attempt::Broken(cause(&error)), referentienummer),
        };
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let not_before = header.and_then(NotBefore::from_header);
        match whole_body(response).await {
            Ok(body) => judge(&Attempt::Answered { status, not_before, body: &body }, referentienummer),
            Err(error) => judge(&Attempt::Broken(cause(&error)), referentienummer),
        }
    }
}

fn client(timeouts: Timeouts, tls: Option<ClientConfig>) -> Result<reqwest::Client, LinkError> {
    let builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        // A client that repeats by itself would hide attempts from the journal.
        .retry(reqwest::retry::never())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total);
    let builder = match tls {
        Some(tls) => builder.tls_backend_preconfigured(tls),
        None => builder,
    };
    builder.build().map_err(LinkError::Client)
}

/// The body, cut off where it is too long to be an answer.
async fn whole_body(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            break;
        }
    }
    Ok(body)
}

/// The innermost cause, without the address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "de tijd is om".to_owned();
    }
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(|cause| cause.source()) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "de verbinding brak".to_owned(), ToString::to_string)
}
