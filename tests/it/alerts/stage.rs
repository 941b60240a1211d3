//! A gateway without servers and with a set clock, and whoever tells: asked for one round at a time, as its worker does.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use iwmo_gateway::app;
use iwmo_gateway::app::alerts::{Alerting, Receivers};
use iwmo_gateway::clock::{self, SetClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::berichten::waarde::Value as _;
use iwmo_gateway::domain::{Partij, Timestamp};
use iwmo_gateway::exchange::Gateway;
use iwmo_gateway::outward::Outward;
use iwmo_gateway::store::{IfOlder, Moments, NewDeadline, Raise};

use super::listener::Listener;
use crate::database::Database;
use crate::store::clocks::record_with;
use crate::store::data::{at, retour_deadline};

/// A gateway without servers, and whoever tells.
pub struct Stage {
    pub gateway: Gateway,
    pub clock: Arc<SetClock>,
    pub alerting: Alerting,
    /// Its file lasts as long as this.
    _database: Arc<Database>,
}

pub const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

impl Stage {
    pub async fn on(database: &Arc<Database>, settings: &str) -> Self {
        let clock = Arc::new(SetClock::at(at("2026-03-04T08:00:00Z")));
        let config = Config::parse(settings).unwrap_or_else(|error| panic!("{error}"));
        let store = database.open(IfOlder::Upgrade).await.expect("a store");
        let receivers = Receivers::of(&config, config.http.listen, Outward::Anywhere).expect("receivers");
        let schemas = app::schemas(&config).expect("schemas");
        let gateway = app::gateway(config, schemas, store, clock.clone());
        let alerting = receivers.alerting(&gateway, "w");
        Self { gateway, clock, alerting, _database: Arc::clone(database) }
    }

    pub fn at(&self, moment: &str) {
        self.clock.set(at(moment));
    }

    pub fn pass(&self, time: TimeDelta) {
        use iwmo_gateway::clock::Clock as _;
        self.clock.set(self.clock.now() + time);
    }

    /// Raises what is due now.
    pub async fn raise(&self) {
        use iwmo_gateway::clock::Clock as _;
        let now: Timestamp = self.clock.now();
        let receivers = Arc::clone(&self.gateway.alerts.receivers);
        let too_early = now + TimeDelta::hours(1);
        let raise = Raise { now, too_early, limit: 500, start_of: clock::start_of, receivers };
        while self.gateway.store.raise(&raise).await.expect("raised").seen > 0 {}
    }

    /// Lets everybody tell until nothing is left to be told now.
    pub async fn tell(&self) {
        loop {
            let mut more = false;
            for desk in &self.alerting.desks {
                more |= self.alerting.office.round(desk).await.expect("a round");
            }
            if !more {
                return;
            }
        }
    }

    /// On a database of its own.
    pub async fn on_sqlite(settings: &str) -> Self {
        Self::on(&Arc::new(Database::sqlite()), settings).await
    }

    /// What happens now, and half a minute later.
    pub async fn happen(&self, moment: &str) {
        self.at(moment);
        self.raise().await;
        self.pass(TimeDelta::seconds(30));
        self.tell().await;
    }

    pub async fn open(&self, bericht: &str, ids: &[&str]) {
        let clock_of = |id: &&str| {
            let clock = retour_deadline(id);
            NewDeadline { moments: Moments { next_at: at("2026-03-03T23:00:00Z"), ..clock.moments }, ..clock }
        };
        record_with(&*self.gateway.store, bericht, ids.iter().map(clock_of).collect()).await;
    }

    /// One that this aanbieder has to answer.
    pub async fn open_for(&self, (bericht, id): (&str, &str), responsible: &str) {
        let clock = retour_deadline(id);
        let responsible = Partij::from_text(responsible).expect("a party");
        let moments = Moments { next_at: at("2026-03-03T23:00:00Z"), ..clock.moments };
        let clock = NewDeadline { responsible, moments, ..clock };
        record_with(&*self.gateway.store, bericht, vec![clock]).await;
    }
}

/// A webhook with this name, on loopback.
pub fn webhook(name: &str, listener: &Listener, more: &str) -> String {
    format!(
        "[[alert]]\nname = \"{name}\"\nkind = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
         secret = [\"whsec_{SECRET}\", \"whsec_{}\"]\n{more}\n",
        listener.url,
        STANDARD.encode([7; 32]),
    )
}
