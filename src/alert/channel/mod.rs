//! The ways of telling.

mod alertmanager;
mod call;
mod channel_error;
mod journal;
mod mail;
mod webhook;

use super::dns::Reach;
use super::not_taken::NotTaken;
use crate::channel::{ChannelSettings, Way};
use crate::domain::Timestamp;
use crate::outward::Outward;
use crate::store::Message;
use call::Caller;
pub use channel_error::ChannelError;

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
    pub fn new(settings: &ChannelSettings, outward: Outward) -> Result<Self, ChannelError> {
        let reach = Reach { allow_private: settings.allow_private, outward };
        let ca = settings.ca.as_ref().map(|ca| ca.0.as_slice());
        Ok(Self(match settings.way.clone() {
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
