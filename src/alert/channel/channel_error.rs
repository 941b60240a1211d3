//! Why a channel cannot be set up.

/// A channel that cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The HTTP client could not start, or a certificate is none.
    #[error("cannot be called")]
    Client(#[from] reqwest::Error),
    /// A mail address or certificate is none.
    #[error("cannot be mailed to")]
    Mail(#[source] Box<dyn std::error::Error + Send + Sync>),
}
