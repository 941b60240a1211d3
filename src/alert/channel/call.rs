//! One call over HTTP: to an address that may be called, without redirects, and once.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, Response};
use url::Url;

use crate::alert::dns::{Judge, Reach, judge_url};
use crate::alert::not_taken::NotTaken;

/// How long an answer may take, connecting included.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An address that is called.
pub struct Caller {
    client: Client,
    pub url: Url,
    reach: Reach,
}

impl Caller {
    pub fn new(url: Url, reach: Reach, ca: Option<&[u8]>) -> Result<Self, reqwest::Error> {
        let certificates = ca.map(Certificate::from_pem_bundle).transpose()?.unwrap_or_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT)
            .dns_resolver(Judge(reach))
            .tls_certs_merge(certificates)
            .build()?;
        Ok(Self { client, url, reach })
    }

    /// Posts what `request` makes of it. Whatever is not 2xx was not taken.
    pub async fn post(&self, url: Url, request: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Result<(), NotTaken> {
        judge_url(&url, self.reach).map_err(|refused| NotTaken::because(refused.to_string()))?;
        let answer = request(self.client.post(url)).send().await.map_err(|error| NotTaken::because(why(&error)))?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(NotTaken { why: format!("HTTP {}", answer.status().as_u16()), wait: asked(&answer) })
    }
}

/// How long the receiver asks to wait. A date is not gone by: its clock may be another.
fn asked(answer: &Response) -> Option<Duration> {
    let seconds: u64 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What went wrong, without the address.
fn why(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut deepest = None;
    while let Some(source) = cause {
        deepest = Some(source.to_string());
        cause = source.source();
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "no answer"
    };
    deepest.map_or_else(|| what.to_owned(), |deepest| format!("{what}: {deepest}"))
}
