//! `rebuild --verify`: is the ledger what the berichten make of it?

use std::error::Error;
use std::io::{self, Write as _};

use super::{ConfigFile, Exit, block_on, complain, written};
use crate::app;
use crate::config::{Config, Database};
use crate::exchange::rebuild::{Compared, verify};
use crate::store::IfOlder;

/// What `rebuild` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Compare every row with the one that is kept, and change nothing
    #[arg(long, required = true)]
    verify: bool,
}

/// Folds the berichten and tells what differs.
pub(super) fn run(arguments: &Arguments) -> Exit {
    block_on(async {
        match rebuild(arguments).await {
            Ok(compared) => print(&compared),
            Err(error) => {
                complain(error.as_ref());
                Exit::Environment
            }
        }
    })
}

async fn rebuild(arguments: &Arguments) -> Result<Compared, Box<dyn Error>> {
    let config = Config::load(arguments.file.config.as_deref())?;
    if let Database::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(format!("{}: there is no database (setting database.url)", path.display()).into());
    }
    let schemas = app::schemas(&config)?;
    let store = app::open(&config.database, IfOlder::Refuse).await?;
    let compared = verify(store.as_ref(), &schemas).await;
    store.close().await;
    Ok(compared?)
}

fn print(compared: &Compared) -> Exit {
    let Compared { berichten, payloads, rows, differences } = compared;
    let differing: String = differences.iter().flat_map(|difference| [difference, "\n"]).collect();
    let (count, plural) = (differences.len(), if differences.len() == 1 { "" } else { "s" });
    let text = format!(
        "{differing}{berichten} berichten make {rows} rows of the ledger; {payloads} payloads compared with their digest; {count} \
         difference{plural}\n"
    );
    written(io::stdout().write_all(text.as_bytes()), if differences.is_empty() { Exit::Fine } else { Exit::Findings })
}
