//! What the stand-in plays: parties, and faults on demand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything that the stand-in is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MockConfig {
    /// Where it listens, as in `127.0.0.1:8090`.
    pub listen: String,
    /// Where the gateway under test takes envelopes in.
    pub gateway_url: String,
    /// `zender/applicatie` on what it sends.
    #[serde(default = "applicatie")]
    pub applicatie: String,
    /// Parties that do not just accept at once.
    #[serde(default)]
    pub parties: Vec<PlayedParty>,
    /// Faults from the start.
    #[serde(default)]
    pub faults: Vec<FaultOrder>,
    /// Whether a Du01 or Fo01 on an envelope that this stand-in never sent gets StUF043. Off when it has to
    /// outlive its own memory.
    #[serde(default = "yes")]
    pub check_cross_refnummer: bool,
    /// How it repeats what got no answer.
    #[serde(default)]
    pub retry: Retry,
}

fn applicatie() -> String {
    "NepnetwerkGGK".to_owned()
}

const fn yes() -> bool {
    true
}

/// How an envelope without an answer is repeated.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all; then it is given up, and the journal says so.
    pub attempts: u32,
    /// Between two attempts.
    pub every: Delay,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 5, every: Delay(Duration::from_secs(30)) }
    }
}

/// One party behind the network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayedParty {
    /// 4 digits for a gemeente, 8 for an aanbieder.
    pub code: String,
    /// How it answers a heenbericht.
    #[serde(default)]
    pub retour: Retour,
    /// How long that takes.
    #[serde(default)]
    pub after: Delay,
    /// Whether an aanbieder reports a start on what is assigned to it.
    #[serde(default)]
    pub start: Option<Start>,
    /// What it reports after that start, one after the other. What is assigned in the place of something else, as after a
    /// verzoek om wijziging, goes on with what was left to report on that.
    #[serde(default)]
    pub then: Vec<Then>,
}

impl PlayedParty {
    /// A party of which nothing is said: it accepts at once and starts nothing.
    #[must_use]
    pub fn obliging(code: &str) -> Self {
        Self { code: code.to_owned(), retour: Retour::Accept, after: Delay::default(), start: None, then: Vec::new() }
    }
}

/// How a heenbericht is answered: `"accept"`, `"never"`, `{ reject = ["9332"] }`, `{ bounce = "IB010" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retour {
    /// The header alone.
    #[default]
    Accept,
    /// With these retourcodes (WJ001) on every product and 0200 elsewhere; `0001` stands on the header alone.
    Reject(Vec<String>),
    /// The bericht arrives and nobody answers.
    Never,
    /// The network turns it back: a Fo01 of VECOZO with this code, as in `IB010`, and no retour.
    Bounce(String),
}

/// A start after a toewijzing.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// How long after the toewijzing came in; never before its Ingangsdatum.
    #[serde(default)]
    pub after: Delay,
    /// Which toewijzing it names.
    #[serde(default)]
    pub toewijzing: Toewijzing,
}

/// A report that follows another.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// How long after the one before.
    pub after: Delay,
    /// What is reported.
    pub report: Next,
}

/// What an aanbieder may report after a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// WMO307: support stops for a while, on the day of the report.
    Pause,
    /// WMO305: support is taken up again, on the day of the report.
    Restart,
    /// WMO305 or WMO307: what was reported last happened a day later; taken back and reported anew.
    Correct,
    /// WMO317: more of it is asked, from three weeks after the report.
    AskMore,
    /// WMO307: support stops for good, on the day of the report.
    Stop,
}

/// Which toewijzing a start names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Toewijzing {
    /// The one that came in.
    #[default]
    Same,
    /// One that the gemeente never gave.
    Unknown,
}

/// A length of time: a number and `s`, `m`, `h` or `d`, as in `3d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Delay(pub Duration);

impl TryFrom<String> for Delay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let unit = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => 0,
        };
        let number = text.get(..text.len().saturating_sub(1)).and_then(|number| number.parse::<u64>().ok());
        number
            .and_then(|number| number.checked_mul(unit))
            .filter(|_| unit > 0)
            .map(|seconds| Self(Duration::from_secs(seconds)))
            .ok_or_else(|| format!("is {text:?}; it must be a number with s, m, h or d, as in \"3d\""))
    }
}

/// What to do wrong, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FaultOrder {
    /// What.
    pub fault: Misbehaviour,
    /// For how many requests.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

/// One way to answer an envelope wrongly: `"close-stored"`, `{ unavailable = { retry_after = 120 } }`,
/// `{ fo03 = "StUF046" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Misbehaviour {
    /// HTTP 503, nothing stored.
    Unavailable {
        /// Retry-After, in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// HTTP 500 without a StUF answer, nothing stored.
    ServerError,
    /// A SOAP fault with this code, as in `StUF046`; nothing stored.
    Fo03(String),
    /// The connection closes without an answer, nothing stored.
    CloseUnstored,
    /// The connection closes without an answer, though the envelope was stored.
    CloseStored,
    /// Stored, but the confirmation names another envelope.
    WrongCrossRefnummer,
    /// HTTP 200 with a web page, nothing stored.
    WebPage,
}
