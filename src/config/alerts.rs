//! Who is told of deadlines, and how, as it stands in a file.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveTime;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use crate::address::is_public;
use crate::channel::{ChannelSettings, Secret, Smtp, Way};
use crate::domain::Partij;
use crate::domain::alerts::{Alerts, Escalation, Event, Hours, Receiver};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Profile;

/// Section `[alerts]` as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlerts {
    #[serde(with = "humantime_serde")]
    group_wait: Duration,
    repeat: Vec<RawDuration>,
    digest: String,
    heartbeat_url: String,
    oin: String,
    link: String,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct RawDuration(#[serde(with = "humantime_serde")] Duration);

/// A table `[[alert]]` as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlert {
    name: String,
    kind: RawKind,
    url: Option<String>,
    secret: Option<Texts>,
    secret_file: Option<PathBuf>,
    smtp: Option<String>,
    from: Option<String>,
    to: Option<Texts>,
    password_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    allow_private: bool,
    partij: Option<String>,
    clocks: Option<Vec<String>>,
    on: Option<Vec<String>>,
    escalate: Option<RawEscalation>,
    hours: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    Webhook,
    Mail,
    Alertmanager,
    Journal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEscalation {
    #[serde(with = "humantime_serde")]
    after: Duration,
    to: String,
}

/// One text, or several in a list.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Texts;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text between quotes, or a list of them")
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// All that was set up about alerts.
#[derive(Clone, Debug, Default)]
pub struct AlertSettings {
    /// Who is told what, and when.
    pub rules: Alerts,
    /// How, in the order of the receivers.
    pub channels: Vec<ChannelSettings>,
    /// Asked every minute while all is well; empty: nothing is.
    pub heartbeat_url: String,
    /// The number by which events name their source; empty: they name it otherwise.
    pub oin: String,
    /// What links begin with; empty: the address that the dashboard listens on.
    pub link: String,
}

impl RawAlerts {
    pub(super) fn check(
        self,
        receivers: Vec<RawAlert>,
        profile: Option<&Profile>,
        problems: &mut Vec<String>,
    ) -> AlertSettings {
        let digest = time(&self.digest);
        if digest.is_none() && !self.digest.is_empty() {
            problems.push(format!("alerts.digest: {:?} is no time, as in \"08:30\"; \"\" for none", self.digest));
        }
        if self.repeat.iter().any(|RawDuration(pause)| *pause < Duration::from_mins(1)) {
            problems.push("alerts.repeat: a pause is a minute or longer, as in [\"1d\", \"3d\", \"7d\"]".to_owned());
        }
        if !self.heartbeat_url.is_empty() && http_url(&self.heartbeat_url).is_none() {
            problems.push("alerts.heartbeat_url: is no http or https address".to_owned());
        }
        if !self.oin.is_empty() && (self.oin.len() != 20 || !self.oin.bytes().all(|digit| digit.is_ascii_digit())) {
            problems.push(format!("alerts.oin: {:?} is none; it has twenty digits", self.oin));
        }
        if !self.link.is_empty() && http_url(&self.link).is_none() {
            problems.push("alerts.link: is no http or https address".to_owned());
        }
        let (mut names, mut rules, mut channels) = (HashSet::new(), Vec::new(), Vec::new());
        for raw in receivers {
            if raw.name.is_empty() || !names.insert(raw.name.clone()) {
                problems.push(format!("alert {:?}: give each [[alert]] a name of its own", raw.name));
            }
            channels.extend(raw.channel(problems));
            rules.push(raw.rules(profile, problems));
        }
        for one in &rules {
            let Some(escalation) = &one.escalation else { continue };
            if escalation.to == one.name || !names.contains(&escalation.to) {
                problems
                    .push(format!("alert {:?}: escalate.to is {:?}; name another [[alert]]", one.name, escalation.to));
            }
        }
        let repeat = self.repeat.into_iter().map(|RawDuration(pause)| pause).collect();
        AlertSettings {
            rules: Alerts { group_wait: self.group_wait, repeat, digest, receivers: rules.into() },
            channels,
            heartbeat_url: self.heartbeat_url,
            oin: self.oin,
            link: self.link,
        }
    }
}

impl RawAlert {
    fn rules(self, profile: Option<&Profile>, problems: &mut Vec<String>) -> Receiver {
        let name = self.name;
        let partij = self.partij.as_deref().and_then(Partij::from_text);
        if let Some(code) = self.partij.filter(|_| partij.is_none()) {
            problems.push(format!(
                "alert {name:?}: partij {code:?} is neither a CBS code (4 digits) nor an AGB code (8 digits)"
            ));
        }
        let plain = || profile.into_iter().flat_map(|profile| profile.plain.iter().map(|term| term.name.as_str()));
        let is_known = |clock: &str| DeadlineKind::from_name(clock).is_some() || plain().any(|name| name == clock);
        for clock in self.clocks.iter().flatten().filter(|clock| !is_known(clock)) {
            let known: Vec<&str> = DeadlineKind::ALL.map(DeadlineKind::name).into_iter().chain(plain()).collect();
            problems.push(format!("alert {name:?}: no deadline is called {clock:?}; there are {}", known.join(", ")));
        }
        // What ends by its date is told before it does, unless somebody said otherwise.
        let early = if self.on.is_some() { &[][..] } else { &[DeadlineKind::Certificaat, DeadlineKind::Codelijst] };
        let early = early.iter().map(|kind| kind.name().to_owned()).collect();
        let on = self.on.map_or_else(
            || vec![Event::Overdue, Event::Resolved],
            |words| words.iter().filter_map(|word| event(&name, word, problems)).collect(),
        );
        let hours = self.hours.as_deref().and_then(Hours::from_text);
        if let Some(text) = self.hours.filter(|_| hours.is_none()) {
            problems.push(format!("alert {name:?}: hours {text:?} are none, as in \"08:00-18:00\""));
        }
        let escalation = self.escalate.map(|raw| Escalation { after: raw.after, to: raw.to });
        let forgets = self.kind == RawKind::Alertmanager;
        Receiver { name, partij, clocks: self.clocks, on, early, escalation, hours, forgets }
    }

    fn channel(&self, problems: &mut Vec<String>) -> Option<ChannelSettings> {
        let name = &self.name;
        self.check_keys(problems);
        let way = match self.kind {
            RawKind::Journal => Some(Way::Journal),
            RawKind::Alertmanager => self.called(problems).map(|url| Way::Alertmanager { url }),
            RawKind::Webhook => {
                let secrets = self.secrets(problems);
                self.called(problems).map(|url| Way::Webhook { url, secrets })
            }
            RawKind::Mail => self.mail(problems),
        };
        let ca = self.ca_file.as_deref().and_then(|path| read(name, "ca_file", path, problems));
        Some(ChannelSettings {
            way: way?,
            allow_private: self.allow_private,
            ca: ca.map(|text| Secret(text.into_bytes())),
        })
    }

    /// Keys that say nothing in a table of this kind.
    fn check_keys(&self, problems: &mut Vec<String>) {
        use RawKind::{Alertmanager, Mail, Webhook};
        let called: &[RawKind] = &[Webhook, Alertmanager];
        for (key, is_there, kinds) in [
            ("url", self.url.is_some(), called),
            ("secret", self.secret.is_some(), &[Webhook]),
            ("secret_file", self.secret_file.is_some(), &[Webhook]),
            ("smtp", self.smtp.is_some(), &[Mail]),
            ("from", self.from.is_some(), &[Mail]),
            ("to", self.to.is_some(), &[Mail]),
            ("password_file", self.password_file.is_some(), &[Mail]),
            ("ca_file", self.ca_file.is_some(), &[Webhook, Alertmanager, Mail]),
        ] {
            if is_there && !kinds.contains(&self.kind) {
                problems.push(format!("alert {:?}: {key} says nothing for this kind; leave it out", self.name));
            }
        }
    }

    /// The address that is called.
    fn called(&self, problems: &mut Vec<String>) -> Option<Url> {
        let name = &self.name;
        let Some(url) = self.url.as_deref().and_then(http_url) else {
            problems.push(format!("alert {name:?}: needs url, an http or https address"));
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() {
            problems.push(format!("alert {name:?}: url holds a login, which ends up in logs; leave it out"));
        }
        self.check_address(url.host(), "url", problems);
        Some(url)
    }

    fn check_address<S: AsRef<str>>(&self, host: Option<Host<S>>, key: &str, problems: &mut Vec<String>) {
        let is_refused = match host {
            Some(Host::Ipv4(address)) => !is_public(address.into()),
            Some(Host::Ipv6(address)) => !is_public(address.into()),
            Some(Host::Domain(domain)) => domain.as_ref() == "localhost",
            None => false,
        };
        if is_refused && !self.allow_private {
            problems.push(format!(
                "alert {:?}: {key} is an address that is not public; say allow_private = true if that is meant",
                self.name
            ));
        }
    }

    fn secrets(&self, problems: &mut Vec<String>) -> Vec<Secret> {
        let name = &self.name;
        let mut texts: Vec<String> = self.secret.iter().flat_map(|Texts(texts)| texts.clone()).collect();
        if let Some(path) = &self.secret_file {
            let text = read(name, "secret_file", path, problems).unwrap_or_default();
            texts.extend(text.split_whitespace().map(str::to_owned));
        }
        if texts.is_empty() {
            problems
                .push(format!("alert {name:?}: needs a secret (or secret_file): whsec_ and 24 to 64 bytes in base64"));
        }
        let mut secrets = Vec::new();
        for text in texts {
            match secret(&text) {
                Ok(secret) => secrets.push(secret),
                Err(why) => problems.push(format!("alert {name:?}: a secret {why}")),
            }
        }
        secrets
    }

    fn mail(&self, problems: &mut Vec<String>) -> Option<Way> {
        let name = &self.name;
        let to = self.to.as_ref().map(|Texts(to)| to.clone()).unwrap_or_default();
        let from = self.from.clone().unwrap_or_default();
        let is_address = |text: &String| text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.len() > 2);
        for (key, is_fine) in [("from", is_address(&from)), ("to", !to.is_empty() && to.iter().all(is_address))] {
            if !is_fine {
                problems.push(format!("alert {name:?}: needs {key}, a mail address as in \"wmo@example.nl\""));
            }
        }
        let url = self.smtp.as_deref().and_then(|text| Url::parse(text).ok());
        let url = url.filter(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
        let Some(url) = url else {
            problems.push(format!(
                "alert {name:?}: needs smtp, as in \"smtps://user@mail.example.nl:465\" (TLS) or \"smtp://mail.example.nl:587\" (STARTTLS)"
            ));
            return None;
        };
        let is_tls = url.scheme() == "smtps";
        // Url reads the host of a scheme that it does not know as it stands.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        self.check_address(Host::parse(&host).ok(), "smtp", problems);
        if url.password().is_some() {
            problems.push(format!("alert {name:?}: smtp holds a password; put it in a file (password_file)"));
        }
        let password = self.password_file.as_deref().and_then(|path| read(name, "password_file", path, problems));
        let login = match (url.username(), password) {
            ("", None) => None,
            ("", Some(_)) => {
                problems.push(format!("alert {name:?}: there is a password_file, and smtp names no user"));
                None
            }
            (user, password) => {
                if password.is_none() && self.password_file.is_none() {
                    problems
                        .push(format!("alert {name:?}: smtp names a user; say where the password is (password_file)"));
                }
                let password = password.unwrap_or_default().trim_end_matches(['\r', '\n']).to_owned();
                Some((user.replace("%40", "@"), Secret(password.into_bytes())))
            }
        };
        let port = url.port().unwrap_or(if is_tls { 465 } else { 587 });
        Some(Way::Mail { smtp: Smtp { host, port, is_tls, login }, from, to })
    }
}

fn event(name: &str, word: &str, problems: &mut Vec<String>) -> Option<Event> {
    let event = Event::from_word(word);
    if event.is_none() {
        problems
            .push(format!("alert {name:?}: on has {word:?}; it may have \"due-soon\", \"overdue\" and \"resolved\""));
    }
    event
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

fn http_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The bytes of a secret of Standard Webhooks.
fn secret(text: &str) -> Result<Secret, &'static str> {
    let Some(rest) = text.strip_prefix("whsec_") else {
        return Err("begins with whsec_ and with nothing before it");
    };
    let bytes = STANDARD.decode(rest).map_err(|_| "is not base64 behind whsec_")?;
    if (24..=64).contains(&bytes.len()) { Ok(Secret(bytes)) } else { Err("has 24 to 64 bytes behind whsec_") }
}

fn read(name: &str, key: &str, path: &Path, problems: &mut Vec<String>) -> Option<String> {
    let read = std::fs::read_to_string(path);
    read.map_err(|error| problems.push(format!("alert {name:?}: {key} {}: {error}", path.display()))).ok()
}
