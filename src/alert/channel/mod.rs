//! The ways of telling.

mod alertmanager;
mod call;
mod journal;
mod mail;
mod way;
mod webhook;

use super::dns::Reach;
use super::not_taken::NotTaken;
use crate::domain::Timestamp;
use crate::store::Message;
use call::Caller;
pub use way::{ChannelError, Secret, Smtp, Way};

/// How somebody is told.
pub struct Channel(Made);

enum Made {
    Webhook(webhook::Webhook),
    Mail(mail::Mail),
    Alertmanager(alertmanager::Alertmanager),
    Journal,
}

impl Channel {
    /// Sets it up. Connects to nothing yet.
    ///
    /// # Errors
    /// An address or certificate is none.
    pub fn new(way: Way, reach: Reach, ca: Option<&[u8]>) -> Result<Self, ChannelError> {
        Ok(Self(match way {
            Way::Journal => Made::Journal,
            Way::Alertmanager { url } => {
                Made::Alertmanager(alertmanager::Alertmanager::new(Caller::new(url, reach, ca)?))
            }
            Way::Webhook { url, secrets } => {
                Made::Webhook(webhook::Webhook { caller: Caller::new(url, reach, ca)?, secrets })
            }
            Way::Mail { smtp, from, to } => Made::Mail(mail::Mail::new(smtp, (&from, &to), reach, ca)?),
        }))
    }

    /// Sends a message once.
    ///
    /// # Errors
    /// It was not taken, or nobody can know.
    pub async fn send(&self, message: &Message, source: &str, now: Timestamp) -> Result<(), NotTaken> {
        match &self.0 {
            Made::Webhook(webhook) => webhook.send(message, source, now).await,
            Made::Mail(mail) => mail.send(message).await,
            Made::Alertmanager(alertmanager) => alertmanager.send(message, now).await,
            Made::Journal => {
                journal::write(message);
                Ok(())
            }
        }
    }
}
