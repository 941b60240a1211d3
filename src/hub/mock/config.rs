//! What the stand-in plays: parties, and faults on demand.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::Timestamp;
use crate::hub::envelope::{Cpa, Wrapping};
use serde::{Deserialize, Serialize};

/// Everything that the stand-in is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MockConfig {
    /// Where it listens, as in `127.0.0.1:8090`.
    pub listen: String,
    /// Where it is told what to do and says what it did; when nothing is said, at the same address.
    #[serde(default)]
    pub control: Option<String>,
    /// Where the gateway under test takes envelopes in.
    pub gateway_url: String,
    /// `zender/applicatie` on what it sends.
    #[serde(default = "applicatie")]
    pub applicatie: String,
    /// What it stands in for: the GGK, or a Digikoppeling adapter in front of it.
    #[serde(default)]
    pub face: Face,
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
    /// The moment at which its clock stands until somebody sets it on (`POST /clock`); the clock of the machine when this is not
    /// said.
    #[serde(default)]
    pub clock: Option<Timestamp>,
    /// Its own numbers and names follow from this; they are at random when it is not said.
    #[serde(default)]
    pub seed: Option<u64>,
    /// What played parties send by themselves.
    #[serde(default)]
    pub berichten: Vec<Planned>,
}

/// What the stand-in stands in for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Face {
    /// The GGK over StUF: confirms with Bv03.
    #[default]
    Ggk,
    /// An adapter: gives `dai:bericht`, takes that or a bare envelope, and confirms with Bv04.
    Adapter,
}

impl Face {
    /// How it hands over what it sends.
    #[must_use]
    pub fn wrapping(self) -> Wrapping {
        let name = |action: &str| action.to_owned();
        match self {
            Self::Ggk => Wrapping::Stuf,
            Self::Adapter => Wrapping::Adapter(Cpa {
                service: name("wmo"),
                di01: name("ggk_Di01"),
                du01: name("ggk_Du01"),
                fo01: name("Fo01"),
            }),
        }
    }
}

/// A heenbericht that its Afzender, a played party, sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Where it stands.
    pub file: PathBuf,
    /// How long after the start.
    #[serde(default)]
    pub after: Delay,
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
    /// What a gemeente decides about a verzoek (315, 317), besides its retour, and about a declaratie (323, 303); nothing is
    /// sent when this is not said.
    #[serde(default)]
    pub decides: Option<Decides>,
    /// What it reports after that start, one after the other. What is assigned in the place of something else, as after a
    /// verzoek om wijziging, goes on with what was left to report on that.
    #[serde(default)]
    pub then: Vec<Then>,
}

impl PlayedParty {
    /// A party of which nothing is said: it accepts at once and starts nothing.
    #[must_use]
    pub fn obliging(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            retour: Retour::Accept,
            after: Delay::default(),
            start: None,
            decides: None,
            then: Vec::new(),
        }
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

/// A decision about a verzoek or a declaratie.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decides {
    /// How long after that came in.
    #[serde(default)]
    pub after: Delay,
    /// What it decides.
    pub answer: Besluit,
}

/// What a gemeente may decide about a verzoek or a declaratie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Besluit {
    /// WMO301: a toewijzing for each product of a 315, as it was asked; a 317 is rejected. WMO325 or WMO304: all is granted.
    Grant,
    /// WMO319: no. WMO325 or WMO304: no line is granted (0233).
    Reject,
    /// WMO319: it is looked into, and nothing follows. A declaratie is not answered.
    Research,
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
    /// What the mock does instead of confirming.
    pub fault: Misbehaviour,
    /// For how many requests.
    #[serde(default = "once")]
    pub times: u32,
    /// Of how many in a hundred that it fits; of all when nothing is said. Which ones follows from the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Only for envelopes with this functie, as in `WMO301`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functie: Option<String>,
    /// Only for envelopes from or to this party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partij: Option<String>,
}

impl FaultOrder {
    /// So many times, whatever the envelope.
    #[must_use]
    pub const fn of(fault: Misbehaviour, times: u32) -> Self {
        Self { fault, times, percent: None, functie: None, partij: None }
    }

    /// The same for envelopes from or to this party alone.
    #[must_use]
    pub fn with(self, partij: &str) -> Self {
        Self { partij: Some(partij.to_owned()), ..self }
    }
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
    /// This HTTP status with a web page, nothing stored; a redirect leads to the same address.
    Status(u16),
    /// The connection closes before the envelope was read. Whatever the envelope.
    CloseUnread,
    /// No answer for as long as the other side waits, nothing stored.
    Hang,
    /// Stored; the connection breaks half-way through the confirmation.
    HalfAnswer,
    /// A fault of SOAP without one of StUF; nothing stored.
    SoapFault,
    /// The same, with HTTP 200.
    SoapFaultOk,
    /// Stored; the confirmation comes a byte a second.
    Drip,
    /// A Fo01 of VECOZO with this code as the answer; nothing stored.
    Fo01(String),
    /// Stored and closed without an answer; what comes again is not unique, with this code.
    NotUnique(String),
    /// Stored; the confirmation names the parties the wrong way round.
    WrongParties,
    /// Stored; the confirmation has other prefixes and odd white space.
    OddPrefixes,
    /// Stored; there is something behind the confirmation.
    TrailingGarbage,
    /// Stored; the confirmation declares entities.
    Entities,
    /// Confirmed and then lost: nothing comes of it, and nobody is told.
    Lose,
    /// Stored; what is due at once, such as its retour, goes out before its confirmation.
    AnswerFirst,
    /// Of what is sent: the same bytes go out twice, one after the other.
    SendTwice,
    /// Of what is sent: the same bytes go out twice at once, on two connections.
    SendTwiceAtOnce,
    /// Of what is sent: once it is taken, other content goes out under its number.
    SendOtherContent,
    /// Of what is sent: an envelope that its schema refuses follows, with a number in capitals.
    SendBroken,
    /// Of a retour that is sent: a Fo01 about the same bericht follows it.
    FaultAfterRetour,
    /// Of what is sent: once it is taken, the same follows under another number, in an envelope that nobody may take.
    SendDamaged(Damage),
    /// Of what is sent: its envelope is written so, at every attempt.
    SendWritten(Writing),
    /// Of what is sent: what stands on its envelope as its moment.
    SendTijdstip {
        /// How many digits of it: 8 is the day, 14 to the second, 17 to the millisecond.
        #[serde(default = "to_the_millisecond")]
        digits: usize,
        /// By a clock that is so many minutes ahead, or behind below zero.
        #[serde(default)]
        minutes: i32,
    },
}

const fn to_the_millisecond() -> usize {
    17
}

/// What is wrong with an envelope that nobody may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// An element has no end.
    NotWellFormed,
    /// The second half is missing.
    Truncated,
    /// It names a file of the other side.
    Dtd,
    /// It declares entities and uses them.
    Entities,
    /// It is in UTF-16.
    Utf16,
    /// Its payload is no base64.
    Base64,
    /// It does not say what it holds.
    NoFunctie,
    /// There is an element that the schema does not know.
    ExtraElement,
    /// It holds a bericht and another file.
    TwoPayloads,
    /// The envelope is right, and its payload is in UTF-16: that is confirmed, and comes back as a Fo01.
    PayloadUtf16,
}

/// How an envelope may be written as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writing {
    /// A byte order mark in front of the payload.
    Bom,
    /// Base64 in lines.
    Lines,
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Something comes in.
    Taking,
    /// Something is composed that is to be sent.
    Composing,
    /// Something is sent.
    Sending,
}

impl Misbehaviour {
    /// Whether something is stored and nobody is told.
    #[must_use]
    pub const fn loses_the_answer(&self) -> bool {
        matches!(self, Self::CloseStored | Self::HalfAnswer | Self::NotUnique(_))
    }

    /// When it happens.
    #[must_use]
    pub const fn when(&self) -> When {
        match self {
            Self::SendTwice
            | Self::SendTwiceAtOnce
            | Self::SendOtherContent
            | Self::SendBroken
            | Self::SendDamaged(_)
            | Self::FaultAfterRetour => When::Sending,
            Self::SendWritten(_) | Self::SendTijdstip { .. } => When::Composing,
            _ => When::Taking,
        }
    }
}
