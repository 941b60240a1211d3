//! `replay`: the berichten of a folder, one after the other into an empty store, and what became of each.
//!
//! Every party is local, contract facts hold for every pair, and an answer in the folder is *the* answer: what the
//! gateway would have answered is shown, and not booked.

mod report;
mod scenario;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::{Exit, block_on, complain};
use crate::app;
use crate::clock::SetClock;
use crate::config::Config;
use crate::domain::contract::Contracten;
use crate::exchange::receive::receive;
use crate::exchange::{Carrier, Format as Notation, Gateway, LocalParties, Received, Reply};
use crate::store::{DeadlineQuery, DeadlineView, Sqlite, Store, StoreError};
use crate::xml::Schemas;
use report::{Report, Step};
use scenario::{Play, Scenario};

/// What `replay` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print: for people or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the berichten that the gateway composes into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder with berichten (*.xml, in name order), and optionally scenario.json and context.json
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Plays the folder; a bericht that is rejected does not keep the others from being played.
pub(super) fn run(arguments: &Arguments) -> Exit {
    block_on(async {
        match play_all(arguments).await {
            Ok(exit) => exit,
            Err(error) => {
                complain(error.as_ref());
                Exit::Environment
            }
        }
    })
}

async fn play_all(arguments: &Arguments) -> Result<Exit, Box<dyn Error>> {
    let scenario = Scenario::read(&arguments.folder)?;
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await?);
    let first = scenario.plays.first().map(Play::moment).unwrap_or_default();
    let clock = Arc::new(SetClock::at(first));
    let stage = Stage { gateway: gateway(&scenario, store, &clock)?, clock, out: arguments.out.as_deref() };
    if let Some(out) = stage.out {
        std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    let mut report = Report::new(arguments.format == Format::Json);
    let mut known = Vec::new();
    for (number, play) in (1..).zip(&scenario.plays) {
        stage.clock.set(play.moment());
        let step = stage.play(number, play, &mut known).await?;
        report.add(&step)?;
    }
    stage.gateway.store.close().await;
    Ok(if report.all_accepted { Exit::Fine } else { Exit::Findings })
}

/// A gateway for everybody, under the profile and the facts of the scenario.
fn gateway(scenario: &Scenario, store: Arc<dyn Store>, clock: &Arc<SetClock>) -> Result<Gateway, Box<dyn Error>> {
    let settings = match &scenario.profile {
        Some(profile) => format!("[deadlines]\nprofile = {}\n", toml::Value::String(profile.clone())),
        None => String::new(),
    };
    let config = Config::parse(&settings)?;
    let gateway = app::gateway(config, Schemas::compiled_in(), store, Arc::clone(clock) as _);
    let contracten = scenario.contract.clone().map_or_else(Contracten::default, Contracten::everywhere);
    Ok(Gateway { parties: LocalParties::replayed(), contracten, ..gateway })
}

/// Where the berichten are played.
struct Stage<'a> {
    gateway: Gateway,
    clock: Arc<SetClock>,
    out: Option<&'a Path>,
}

impl Stage<'_> {
    /// Plays one bericht. `known` are the deadlines as the step before left them, and then as this one does.
    async fn play(&self, number: usize, play: &Play, known: &mut Vec<DeadlineView>) -> Result<Step, Box<dyn Error>> {
        let bytes = std::fs::read(&play.path).map_err(|error| format!("{}: {error}", play.path.display()))?;
        let received = Received::new(bytes, Notation::Xml, play.moment(), Carrier::File);
        self.gateway.store.raise_overdue(play.moment()).await?;
        let reply = receive(&received, &self.gateway).await?;
        let now = self.deadlines().await?;
        let changed = now.iter().filter(|one| known.iter().all(|old| old.id != one.id || old.state != one.state));
        let (outcome, receipt) = match reply {
            Reply::Recorded(receipt) => (receipt.verdict.clone(), receipt),
            Reply::Repeated(receipt) => ("duplicate".to_owned(), receipt),
            Reply::Refused(_, receipt) => ("refused".to_owned(), receipt),
        };
        let step = Step::of(number, &play.file, outcome, &receipt, changed.collect());
        *known = now;
        if let (Some(out), Some(answer), true) = (self.out, &receipt.retour, step.shows_answer()) {
            self.write(out, &play.path, &answer.id, &answer.berichtsoort).await?;
        }
        Ok(step)
    }

    async fn write(&self, out: &Path, played: &Path, id: &str, soort: &str) -> Result<(), Box<dyn Error>> {
        let stem = played.file_stem().unwrap_or_default().to_string_lossy();
        let path = out.join(format!("{stem}-{soort}.xml"));
        let bytes = self.gateway.store.payload(id, None).await?.unwrap_or_default();
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(())
    }

    /// All deadlines as they stand.
    async fn deadlines(&self) -> Result<Vec<DeadlineView>, StoreError> {
        const PAGE: u32 = 1_000;
        let mut all: Vec<DeadlineView> = Vec::new();
        loop {
            let after = all.last().map(|deadline| deadline.id.clone());
            let page = self.gateway.store.deadlines(&DeadlineQuery::default(), after.as_deref(), PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }
}
