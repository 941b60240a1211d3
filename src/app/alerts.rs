//! The receivers of alerts, from the settings: each with a worker of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::alert::{Channel, ChannelError, Desk, Office, notify};
use crate::channel::ChannelSettings;
use crate::config::Config;
use crate::domain::Timestamp;
use crate::domain::alerts::Receiver;
use crate::exchange::{Gateway, new_id};
use crate::outward::Outward;
use crate::store::Message;

/// How long an attempt may take, whatever the receiver does.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the receivers have in common, and each of them.
pub struct Alerting {
    /// In common.
    pub office: Office,
    /// One each.
    pub desks: Vec<Desk>,
}

/// Where events come from, and where links lead.
#[derive(Clone)]
pub struct Origin {
    /// The name of the source.
    pub source: String,
    /// What links begin with.
    pub link: String,
}

impl Origin {
    /// As the settings say.
    #[must_use]
    pub fn of(config: &Config, address: SocketAddr) -> Self {
        let alerts = &config.alerts;
        let source = if alerts.oin.is_empty() {
            format!(
                "/iwmo-gateway/{}",
                url::form_urlencoded::byte_serialize(config.ggk.applicatie.as_bytes()).collect::<String>()
            )
        } else {
            format!("urn:nld:oin:{}:systeem:iwmo-gateway", alerts.oin)
        };
        let link = if alerts.link.is_empty() { format!("http://{address}") } else { alerts.link.clone() };
        Self { source, link: link.trim_end_matches('/').to_owned() }
    }
}

/// The receivers, before anything runs.
pub struct Receivers {
    origin: Origin,
    desks: Vec<Desk>,
}

impl Receivers {
    /// Sets up the ways to all receivers. Connects to nothing yet.
    ///
    /// # Errors
    /// An address or certificate is none.
    pub fn of(config: &Config, address: SocketAddr, outward: Outward) -> Result<Self, ChannelError> {
        let alerts = &config.alerts;
        let each = alerts.rules.receivers.iter().zip(&alerts.channels);
        let desk = |(receiver, channel): (&Receiver, &ChannelSettings)| {
            Ok(Desk { receiver: receiver.clone(), channel: Channel::new(channel, outward)? })
        };
        let desks = each.map(desk).collect::<Result<_, ChannelError>>()?;
        Ok(Self { origin: Origin::of(config, address), desks })
    }

    /// All that telling needs.
    #[must_use]
    pub fn alerting(self, gateway: &Gateway, worker: &str) -> Alerting {
        let office = Office {
            store: Arc::clone(&gateway.store),
            clock: Arc::clone(&gateway.clock),
            rules: gateway.alerts.clone(),
            calendar: gateway.calendar.clone(),
            timeout: TIMEOUT,
            worker: worker.to_owned(),
            source: self.origin.source,
            link: self.origin.link,
            new_id,
            attempts: gateway.measures.alerts(),
        };
        Alerting { office, desks: self.desks }
    }

    /// Starts a worker for each.
    pub fn start(self, gateway: &Gateway, worker: &str, tasks: &mut JoinSet<()>, stopped: &watch::Receiver<bool>) {
        let alerting = self.alerting(gateway, worker);
        let office = Arc::new(alerting.office);
        for desk in alerting.desks {
            let (office, mut stopped) = (Arc::clone(&office), stopped.clone());
            tasks.spawn(async move {
                // An error means that the sender is gone, which is a stop too.
                let stop = async { drop(stopped.wait_for(|stop| *stop).await) };
                notify(&office, &desk, stop).await;
            });
        }
    }
}

/// Sends one message to this receiver, of which nothing is kept; or says why it was not taken.
///
/// # Errors
/// The way to it cannot be set up.
pub async fn test(config: &Config, name: &str, now: Timestamp) -> Result<Result<(), String>, ChannelError> {
    let receivers = config.alerts.rules.receivers.iter();
    let Some((_, channel)) = receivers.zip(&config.alerts.channels).find(|(receiver, _)| receiver.name == name) else {
        return Ok(Err("there is no such receiver".to_owned()));
    };
    let data = serde_json::json!({"state": "test", "receiver": name}).to_string();
    let message = Message { id: new_id(now), event: "test".to_owned(), made_at: now, data, attempt: 1, failures: 0 };
    Ok(Channel::new(channel, Outward::Anywhere)?
        .send(&message, &Origin::of(config, config.http.listen).source, now)
        .await
        .map_err(|not_taken| not_taken.why))
}
