//! `replay`: the berichten of a folder, one after the other into an empty store, and what became of each.
//!
//! Every party is local, contract facts hold for every pair, and an answer in the folder is *the* answer: what the
//! gateway would have answered is shown, and not booked.

mod answers;
mod report;
mod scenario;

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::{Exit, ReleasesFolder, block_on, complain, written};
use crate::app;
use crate::clock::SetClock;
use crate::config::Config;
use crate::domain::Timestamp;
use crate::domain::berichten::contract::Contracten;
use crate::domain::deadlines::releases::{InForce, Releases};
use crate::exchange::receive::receive;
use crate::exchange::wait::release;
use crate::exchange::{Carrier, Format as Notation, Gateway, LocalParties, Received, Reply};
use crate::store::{DeadlineQuery, DeadlineState, DeadlineView, Outcome, Receipt, Sqlite, Store, StoreError, Waiting};
use answers::InFolder;
use report::{Report, Step, StepOutcome};
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
    #[command(flatten)]
    releases: ReleasesFolder,
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
            Err(error) => match error.downcast::<io::Error>() {
                Ok(of_stdout) => written(Err(*of_stdout), Exit::Fine),
                Err(error) => {
                    complain(error.as_ref());
                    Exit::Environment
                }
            },
        }
    })
}

async fn play_all(arguments: &Arguments) -> Result<Exit, Box<dyn Error>> {
    let scenario = Scenario::read(&arguments.folder)?;
    if scenario.plays.is_empty() {
        return Err(format!("{}: there is no *.xml in this folder", arguments.folder.display()).into());
    }
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await?);
    let first = scenario.plays.first().map(Play::moment).unwrap_or_default();
    let clock = Arc::new(SetClock::at(first));
    let for_people = arguments.format == Format::Text;
    let gateway = gateway(&scenario, &arguments.releases, store, &clock)?;
    let answers = for_people.then(|| InFolder::read(&scenario.plays, &gateway.schemas));
    let stage = Stage { gateway, clock, out: arguments.out.as_deref(), answers };
    if let Some(out) = stage.out {
        std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    let mut report = Report::new(!for_people);
    let mut played = Played::default();
    for (number, play) in (1..).zip(&scenario.plays) {
        stage.clock.set(play.moment());
        let step = stage.play(number, play, &mut played).await?;
        report.add(&step)?;
    }
    for waiting in stage.gateway.store.waiting_until(Timestamp::MAX_UTC).await? {
        report.add(&stage.still_waiting(&waiting, &played).await?)?;
    }
    stage.gateway.store.close().await;
    Ok(if report.all_accepted { Exit::Fine } else { Exit::Findings })
}

/// A gateway for everybody, under the profile and the facts of the scenario.
fn gateway(
    scenario: &Scenario,
    releases: &ReleasesFolder,
    store: Arc<dyn Store>,
    clock: &Arc<SetClock>,
) -> Result<Gateway, Box<dyn Error>> {
    let profile = match &scenario.profile {
        Some(profile) => format!("[deadlines]\nprofile = {}\n", toml::Value::String(profile.clone())),
        None => String::new(),
    };
    let config = Config::parse(&(releases.setting() + &profile))?;
    let schemas = app::schemas(&config)?;
    let gateway = app::gateway(config, schemas, store, Arc::clone(clock) as _);
    let releases = Releases { in_force: InForce::Any, ..gateway.releases.clone() };
    let contracten = scenario.contract.clone().map_or_else(Contracten::default, Contracten::everywhere);
    let wait_for_earlier = scenario.wait_for_earlier;
    Ok(Gateway { parties: LocalParties::replayed(), releases, contracten, wait_for_earlier, ..gateway })
}

/// Where the berichten are played.
struct Stage<'a> {
    gateway: Gateway,
    clock: Arc<SetClock>,
    out: Option<&'a Path>,
    /// In a report for people.
    answers: Option<InFolder>,
}

/// What was played so far.
#[derive(Default)]
struct Played {
    /// Number and file of each bericht, by its id.
    steps: HashMap<String, (usize, String)>,
    /// The deadlines that were told, by id, each in the state in which it was.
    shown: HashMap<String, DeadlineState>,
}

impl Played {
    /// Whether nobody told of this deadline yet, as it is now; from now on somebody did.
    fn is_news(&mut self, deadline: &DeadlineView) -> bool {
        let before = self.shown.insert(deadline.id.clone(), deadline.state);
        // One that nobody waits for from the start is none yet.
        before != Some(deadline.state) && (before.is_some() || deadline.state != DeadlineState::Void)
    }
}

impl Stage<'_> {
    /// Plays one bericht: first what need not wait for it any longer, then itself, then what waited for it.
    async fn play(&self, number: usize, play: &Play, played: &mut Played) -> Result<Step, Box<dyn Error>> {
        let bytes = std::fs::read(&play.path).map_err(|error| format!("{}: {error}", play.path.display()))?;
        let received = Received::new(bytes, Notation::Xml, play.moment(), Carrier::File);
        self.gateway.store.raise_overdue(play.moment()).await?;
        let mut released = self.release(played).await?;
        let (outcome, receipt) = match receive(&received, &self.gateway).await? {
            Reply::Recorded(receipt) => (StepOutcome::Judged(receipt.verdict), receipt),
            Reply::Repeated(receipt) => (StepOutcome::Again, receipt),
            Reply::Refused(_, receipt) => (StepOutcome::Judged(Outcome::Refused), receipt),
        };
        let mut deadlines = self.deadlines().await?;
        deadlines.retain(|one| played.is_news(one));
        self.count_composed(&mut deadlines);
        let declaratie = self.gateway.store.declaratie(&received.id, None).await?;
        let mut step =
            Step::of(Some(number), &play.file, outcome, &receipt, &deadlines).with_granted(declaratie.as_ref());
        if step.shows_answer() {
            self.write(&play.file, &receipt).await?;
        }
        played.steps.insert(received.id, (number, play.file.clone()));
        released.extend(self.release(played).await?);
        step.released = released;
        Ok(step)
    }

    /// Judges what need not wait any more.
    async fn release(&self, played: &mut Played) -> Result<Vec<Step>, Box<dyn Error>> {
        let mut steps = Vec::new();
        for receipt in release(&self.gateway).await? {
            let Some((number, file)) = played.steps.get(&receipt.id).cloned() else { continue };
            let mut own = self.deadlines().await?;
            let is_of = |one: &DeadlineView| {
                let started_by = one.started_by().map(|bericht| &bericht.id);
                one.closed_by.as_ref().or(started_by) == Some(&receipt.id)
            };
            own.retain(|one| is_of(one) && played.is_news(one));
            self.count_composed(&mut own);
            steps.push(Step::of(Some(number), &file, StepOutcome::Judged(receipt.verdict), &receipt, &own));
            self.write(&file, &receipt).await?;
        }
        Ok(steps)
    }

    /// A bericht for which nothing came to the end.
    async fn still_waiting(&self, waiting: &Waiting, played: &Played) -> Result<Step, StoreError> {
        let view = self.gateway.store.bericht(&waiting.id, None).await?;
        let file = played.steps.get(&waiting.id).map_or("", |(_, file)| file);
        let receipt = view.map(|view| view.receipt).ok_or(StoreError::NotWaiting)?;
        Ok(Step::of(None, file, StepOutcome::Judged(receipt.verdict), &receipt, &[]))
    }

    /// Writes the answer that the gateway composed on the bericht in this file, where that is asked for.
    async fn write(&self, file: &str, receipt: &Receipt) -> Result<(), Box<dyn Error>> {
        let (Some(out), Some(answer)) = (self.out, &receipt.retour) else { return Ok(()) };
        let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        let path = out.join(format!("{stem}-{}.xml", answer.berichtsoort));
        let bytes = self.gateway.store.payload(&answer.id, None).await?.unwrap_or_default();
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(())
    }

    fn count_composed(&self, deadlines: &mut Vec<DeadlineView>) {
        if let Some(answers) = &self.answers {
            answers.count_composed(deadlines);
        }
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
