//! The stories on a store, without a server: both parties are local, and the clock stands still.

use std::collections::BTreeMap;
use std::sync::Arc;

use iwmo_gateway::api::Receipt;
use iwmo_gateway::app;
use iwmo_gateway::clock::{Clock, SetClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::Partij;
use iwmo_gateway::domain::deadlines::releases::InForce;
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::wait::release;
use iwmo_gateway::exchange::{Carrier, Format, Gateway, LocalParties, Received, Reply};
use iwmo_gateway::store::{LedgerTable, Sqlite, Store, Via};
use iwmo_gateway::xml::{self, Schemas};

use crate::world::{AANBIEDER, GEMEENTE, instant};

/// What became of each bericht, and the ledger, both without the ids that a store gives.
#[derive(Debug, PartialEq)]
pub struct End {
    pub berichten: Vec<String>,
    pub ledger: Vec<String>,
}

pub struct Stage {
    pub gateway: Gateway,
    clock: Arc<SetClock>,
}

impl Stage {
    /// On an empty store in memory; berichten wait four hours, and every release is in force.
    pub async fn new() -> Self {
        Self::on(Arc::new(Sqlite::in_memory().await.expect("a store")))
    }

    /// On this store.
    pub fn on(store: Arc<dyn Store>) -> Self {
        let partij = |code: &str| format!("[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n");
        let config = Config::parse(&format!("{}{}", partij(GEMEENTE), partij(AANBIEDER))).expect("settings");
        let clock = Arc::new(SetClock::at(instant("2026-06-01T09:00:00+02:00")));
        let mut gateway = app::gateway(config, Schemas::compiled_in(), store, Arc::clone(&clock) as Arc<dyn Clock>);
        gateway.releases.in_force = InForce::Any;
        Self { gateway, clock }
    }

    /// The same where the parties bring their own answers.
    pub fn replayed(self) -> Self {
        Self { gateway: Gateway { parties: LocalParties::replayed(), ..self.gateway }, ..self }
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.gateway.store
    }

    /// Takes in a bericht in the name of who makes it; the same bytes get the first receipt.
    pub async fn take(&self, bytes: Vec<u8>) -> Receipt {
        let bericht = xml::read(&bytes).expect("a bericht");
        let partij: Partij = bericht.poster().clone();
        let carrier = Carrier::Api { partij, by: "test".to_owned(), force: false };
        let received = Received::new(bytes, Format::Xml, self.clock.now(), carrier);
        match receive(&received, &self.gateway).await.expect("a store") {
            Reply::Recorded(receipt) | Reply::Repeated(receipt) => receipt.into(),
            Reply::Refused(why, receipt) => panic!("refused: {why:?} {:?}", receipt.findings),
        }
    }

    /// Takes in a bericht as a replay does: a second use of an Identificatie is rejected, not refused.
    pub async fn replay(&self, bytes: Vec<u8>) -> Receipt {
        let received = Received::new(bytes, Format::Xml, self.clock.now(), Carrier::File);
        match receive(&received, &self.gateway).await.expect("a store") {
            Reply::Recorded(receipt) | Reply::Repeated(receipt) | Reply::Refused(_, receipt) => receipt.into(),
        }
    }

    /// Takes in berichten of which every one is right.
    pub async fn take_all(&self, berichten: &[Vec<u8>]) {
        for bytes in berichten {
            let receipt = self.take(bytes.clone()).await;
            assert_eq!(receipt.verdict, "accepted", "{:?}", receipt.findings);
        }
    }

    /// Judges what need not wait any more: kind, verdict, Dagtekening of each.
    pub async fn release(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for receipt in release(&self.gateway).await.expect("a store") {
            let bytes = self.store().payload(&receipt.id, None).await.expect("read").expect("kept");
            let bericht = xml::read(&bytes).expect("a bericht");
            let dagtekening = bericht.header().bericht_identificatie.dagtekening;
            lines.push(format!("{} {} {dagtekening}", bericht.header().soort, receipt.verdict.name()));
        }
        lines
    }

    /// Sets the clock.
    pub fn at(&self, moment: &str) {
        self.clock.set(instant(moment));
    }

    /// What the berichten that came in end in.
    pub async fn end(&self) -> End {
        let mut names = BTreeMap::new();
        let mut berichten = Vec::new();
        for view in self.store().berichten(None, None, 1_000).await.expect("read") {
            if view.via != Via::Gateway {
                let soort = view.berichtsoort.unwrap_or_default();
                let identificatie = view.identificatie.unwrap_or_default();
                berichten.push(format!("{soort} {identificatie} {}", view.outcome.name()));
                names.insert(view.id, identificatie);
            }
        }
        let mut ledger = Vec::new();
        for table in LedgerTable::ALL {
            for row in self.store().ledger_rows(table, None, 1_000).await.expect("read") {
                let mut line = format!("{} {} {} {}", table.name(), row.bericht_id, row.nr, row.content);
                for (id, identificatie) in &names {
                    line = line.replace(id, identificatie);
                }
                ledger.push(line);
            }
        }
        berichten.sort();
        ledger.sort();
        End { berichten, ledger }
    }
}
