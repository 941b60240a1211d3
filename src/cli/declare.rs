//! `declare`: delivered volumes to berichten that were put before the rules, beside a gateway that may run meanwhile.

mod report;

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ConfigFile, Exit, block_on, complain};
use crate::app;
use crate::clock::SystemClock;
use crate::config::{Config, Database};
use crate::domain::Partij;
use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::periode;
use crate::domain::berichten::waarde::{Identificatie, Value};
use crate::domain::declare::nummer;
use crate::exchange::Gateway;
use crate::exchange::declare::{Asked, NotMade, Proof, prove, rows};
use crate::store::IfOlder;

use report::Format;

const EXAMPLE: &str = "\
The table has a heading, with semicolons or commas between:

  ToewijzingNummer;Begindatum;Einddatum;Volume
  700101;2026-03-03;2026-03-31;12

  iwmo-gateway declare --config gateway.toml --gemeente 0384 --aanbieder 41005001 \\
      --periode 2026-03 --nummer 202603 --out berichten maart.csv

Further columns, each of which may be left out or left empty: Eenheid, ProductCategorie, ProductCode and Bsn (else as in the
toewijzing), Tarief and Bedrag in euro cents (else as in the contract), Tarief per uur (instead of Tarief), BtwPercentage (below),
ReferentieNummer (else made of number and row), and VorigReferentieNummer, which makes the row a credit of that line and needs
nothing else. Minuten stands instead of Volume: rows of one toewijzing, product and period are added up, and rounded once to
whole hours. A JSON list of objects with toewijzing_nummer, begindatum and so on does as well.

BtwPercentage is the VAT that Tarief and Bedrag include, as 21 or 21,5; exempt is 0 or nothing. Only a factuur (WMO303F, release
2.3) tells it, with the setting btw_id_nummer of the [[partij]]. A credit repeats the VAT of its line.

Nothing is sent: post the files (POST /v1/berichten), or post the table itself (POST /v1/declaraties).";

/// What `declare` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    #[command(flatten)]
    config: ConfigFile,
    /// CBS code of the gemeente that is to pay
    #[arg(long, value_name = "CODE", value_parser = gemeente)]
    gemeente: Partij,
    /// AGB code of the aanbieder: a party of this gateway, on whose history the declaratie is checked
    #[arg(long, value_name = "CODE", value_parser = aanbieder)]
    aanbieder: Partij,
    /// A month, as in 2026-03; under release 2.3 also the first day of a period of the CAK, as in 2019-05-20
    #[arg(long, value_name = "PERIODE", value_parser = parse_periode)]
    periode: GeslotenPeriode,
    /// The number of the declaratie: 1 to 12 letters and digits; of several berichten each gets D1, D2, … behind it
    #[arg(long, value_name = "NUMMER", value_parser = parse_nummer)]
    nummer: Identificatie,
    /// Of the standard: 3.2 makes a WMO323, 2.3 a WMO303; when left out, the newest that is in force
    #[arg(long, value_name = "RELEASE")]
    release: Option<String>,
    /// Write the berichten even if the gemeente will surely reject them; never what is not as its schema says
    #[arg(long)]
    force: bool,
    /// How to print: for people or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write the berichten; a file that is there is never overwritten
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The delivered volumes, as CSV or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

fn gemeente(text: &str) -> Result<Partij, &'static str> {
    Partij::from_text(text).filter(Partij::is_gemeente).ok_or("a CBS code has 4 digits, as in 0384")
}

fn aanbieder(text: &str) -> Result<Partij, &'static str> {
    Partij::from_text(text).filter(|partij| !partij.is_gemeente()).ok_or("an AGB code has 8 digits, as in 41005001")
}

fn parse_periode(text: &str) -> Result<GeslotenPeriode, &'static str> {
    periode::from_text(text).ok_or("a month is written as 2026-03; a period of the CAK as its first day, a Monday")
}

fn parse_nummer(text: &str) -> Result<Identificatie, &'static str> {
    nummer(text).ok_or("a number has 1 to 12 letters and digits, and nothing else")
}

/// Makes the berichten, tells what was found and writes them.
pub(super) fn run(arguments: &Arguments) -> Exit {
    block_on(async {
        match declare(arguments).await {
            Ok(exit) => exit,
            Err(error) => {
                complain(error.as_ref());
                Exit::Environment
            }
        }
    })
}

async fn declare(arguments: &Arguments) -> Result<Exit, Box<dyn Error>> {
    let bytes = std::fs::read(&arguments.file).map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    let rows = match rows::read(&bytes) {
        Ok(rows) => rows,
        Err(problems) => return report::refuse(&problems, arguments.format),
    };
    let gateway = open(arguments).await?;
    let choice = gateway.releases.choice(gateway.clock.today());
    let release = choice.named(arguments.release.as_deref());
    let release = release.ok_or_else(|| format!("--release: expected is {}", choice.names()))?;
    let asked = Asked {
        by: "declare".to_owned(),
        gemeente: arguments.gemeente.clone(),
        aanbieder: arguments.aanbieder.clone(),
        periode: arguments.periode.clone(),
        nummer: arguments.nummer.clone(),
        release,
        rows,
    };
    let proved = prove(&asked, &gateway).await;
    gateway.store.close().await;
    match proved {
        Err(NotMade::Store(error)) => Err(error.into()),
        Err(NotMade::Rows(problems)) => report::refuse(&problems, arguments.format),
        Ok(proofs) => finish(&proofs, arguments),
    }
}

/// The gateway of these settings, to read what it recorded.
async fn open(arguments: &Arguments) -> Result<Gateway, Box<dyn Error>> {
    let config = Config::load(arguments.config.config.as_deref())?;
    if let Database::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(format!("{}: there is no database (setting database.url)", path.display()).into());
    }
    if config.partijen.iter().all(|one| one.partij != arguments.aanbieder) {
        return Err(format!("{} is no party of this gateway (section [[partij]])", arguments.aanbieder).into());
    }
    let schemas = app::schemas(&config)?;
    let store = app::open(&config.database, IfOlder::Refuse).await?;
    Ok(app::gateway(config, schemas, store, Arc::new(SystemClock)))
}

/// Writes the berichten, unless one of them would surely be rejected and nobody insists, and tells what they hold.
fn finish(proofs: &[Proof], arguments: &Arguments) -> Result<Exit, Box<dyn Error>> {
    let would_pass = proofs.iter().all(|proof| proof.would_pass(arguments.force));
    let files: Vec<PathBuf> = proofs.iter().map(|proof| arguments.out.join(file_name(proof))).collect();
    if would_pass {
        write_all(proofs, &files, &arguments.out)?;
    }
    report::print(proofs, would_pass.then_some(&files), arguments.format)
}

fn file_name(proof: &Proof) -> String {
    format!("{}-{}.xml", proof.report.soort, proof.report.nummer)
}

/// All of them, or none when one is there already.
fn write_all(proofs: &[Proof], files: &[PathBuf], out: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    if let Some(file) = files.iter().find(|file| file.exists()) {
        return Err(format!("{}: is there already, and is not overwritten", file.display()).into());
    }
    for (proof, file) in proofs.iter().zip(files) {
        File::create_new(file)
            .and_then(|mut created| created.write_all(&proof.bytes))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
