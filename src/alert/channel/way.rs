//! Ways of telling, as they were set up.

use std::fmt;

use url::Url;

/// A way of telling, as it was set up.
pub enum Way {
    /// A call, signed with each of these.
    Webhook {
        /// Where.
        url: Url,
        /// With what it is signed.
        secrets: Vec<Secret>,
    },
    /// A mail.
    Mail {
        /// By which server.
        smtp: Smtp,
        /// From whom.
        from: String,
        /// To whom.
        to: Vec<String>,
    },
    /// A Prometheus Alertmanager.
    Alertmanager {
        /// Where.
        url: Url,
    },
    /// A line in the log.
    Journal,
}

/// A server that takes mail.
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
#[derive(Clone)]
pub struct Secret(pub Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// A way of telling that cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The HTTP client could not start, or a certificate is none.
    #[error("cannot be called")]
    Client(#[from] reqwest::Error),
    /// A mail address or certificate is none.
    #[error("cannot be mailed to")]
    Mail(#[source] Box<dyn std::error::Error + Send + Sync>),
}
