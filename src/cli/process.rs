//! What every command shares: where its settings are, how it runs, how it stops and how it ended.

use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::domain::Release;
use crate::standard;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is fine, warnings included.
    Fine,
    /// Something was found.
    Findings,
    /// The command was not understood.
    Usage,
    /// A file, a port or the database did not do.
    Environment,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Environment => Self::from(3),
        }
    }
}

/// Where the settings are.
#[derive(clap::Args)]
pub(super) struct ConfigFile {
    /// File with settings; what it leaves out has its default (see config/default.toml)
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl ConfigFile {
    /// Why the file cannot be read, when so.
    pub(super) fn unreadable(&self) -> Option<String> {
        let path = self.config.as_deref()?;
        File::open(path)
            .and_then(|mut file| file.read(&mut [0]))
            .err()
            .map(|error| format!("{}: {error}", path.display()))
    }
}

/// Where other releases of the standard are.
#[derive(clap::Args)]
pub(super) struct ReleasesFolder {
    /// Folder with releases of the standard besides those of the program, a folder each (see docs/releases.md)
    #[arg(id = "releases", long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl ReleasesFolder {
    /// The releases of the program, and those in the folder.
    pub(super) fn known(&self) -> Result<&'static [Release], Box<dyn Error>> {
        let mut problems = Vec::new();
        let known = self
            .folder
            .as_deref()
            .map_or_else(standard::built_in, |folder| standard::with_folder(folder, &mut problems));
        if problems.is_empty() { Ok(known) } else { Err(problems.join("\n").into()) }
    }

    /// The section of the settings that says the same.
    pub(super) fn setting(&self) -> String {
        self.folder.as_deref().map_or_else(String::new, |folder| {
            format!("[releases]\nfolder = {}\n", toml::Value::String(folder.display().to_string()))
        })
    }
}

/// Says on stderr what went wrong, with every cause.
pub(super) fn complain(error: &dyn std::error::Error) {
    eprint!("iwmo-gateway: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprint!(": {inner}");
        cause = inner.source();
    }
    eprintln!();
}

/// How a command ends that wrote its results: as it was to end, and as well when whoever read along has seen enough.
pub(super) fn written(results: io::Result<()>, exit: Exit) -> Exit {
    match results {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&error);
            Exit::Environment
        }
        Ok(()) | Err(_) => exit,
    }
}

/// Runs a future on a runtime of its own.
pub(super) fn block_on(work: impl Future<Output = Exit>) -> Exit {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            complain(&error);
            Exit::Environment
        }
    }
}

/// Ctrl-C and SIGTERM, heard from the moment that this is made.
pub(super) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// Listens from now on.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Done when one of them came.
    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// SIGHUP, heard from the moment that this is made.
pub(super) struct ReloadSignal(Signal);

impl ReloadSignal {
    /// Listens from now on.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Done when it came.
    pub(super) async fn received(&mut self) {
        self.0.recv().await;
    }
}
