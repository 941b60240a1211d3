//! How a receiver of alerts is reached, as it was set up: what the settings say and what alerts go by. Connects to nothing.

use std::fmt;

use url::Url;

/// How a receiver of alerts is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelSettings {
    /// The way.
    pub way: Way,
    /// Addresses that are not public may be called.
    pub allow_private: bool,
    /// Certificates that are trusted besides those of the system, as PEM.
    pub ca: Option<Secret>,
}

/// The kind of channel, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A call, signed with each of these.
    Webhook {
        /// The address that is called.
        url: Url,
        /// With what it is signed.
        secrets: Vec<Secret>,
    },
    /// A mail.
    Mail {
        /// By which server.
        smtp: Smtp,
        /// The address of the sender.
        from: String,
        /// The addresses of the receivers.
        to: Vec<String>,
    },
    /// A Prometheus Alertmanager.
    Alertmanager {
        /// The address that is called.
        url: Url,
    },
    /// A line in the log.
    Journal,
}

/// A server that takes mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS from the first byte on; else after STARTTLS. Never without.
    pub is_tls: bool,
    /// Who logs in, with which password.
    pub login: Option<(String, Secret)>,
}

/// Bytes that are not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}
