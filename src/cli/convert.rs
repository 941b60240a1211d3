//! `convert`: a bericht from XML to JSON or back, lossless.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Exit, ReleasesFolder, complain, written};
use crate::domain::Finding;
use crate::domain::berichten::release::{Choice, Release};
use crate::xml::Schemas;
use crate::{json, standard, xml};

/// What `convert` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to make of it
    #[arg(long, value_enum)]
    to: Notation,
    #[command(flatten)]
    releases: ReleasesFolder,
    /// The bericht, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// How a bericht is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Notation {
    Json,
    Xml,
}

/// Prints the bericht in the other notation; what is not one is told with its findings.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let bytes = match contents(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("iwmo-gateway: {}: {error}", arguments.file.display());
            return Exit::Environment;
        }
    };
    let loaded = arguments.releases.known().and_then(|known| Ok((known, Schemas::load(known, &[])?)));
    let (known, schemas) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            complain(error.as_ref());
            return Exit::Environment;
        }
    };
    let converted = match arguments.to {
        Notation::Json => to_json(&bytes, &schemas),
        Notation::Xml => to_xml(&bytes, &schemas, known),
    };
    match converted {
        Err(problems) => {
            print(&arguments.file, &problems);
            Exit::Findings
        }
        Ok(text) => written(io::stdout().write_all(&text).and_then(|()| io::stdout().flush()), Exit::Fine),
    }
}

fn contents(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn to_json(bytes: &[u8], schemas: &Schemas) -> Result<Vec<u8>, Vec<String>> {
    let bericht = schemas.read(bytes).map_err(|refusal| refusal.findings.iter().map(line).collect::<Vec<_>>())?;
    let mut text = serde_json::to_vec_pretty(&json::write(&bericht)).expect("a document has only texts and numbers");
    text.push(b'\n');
    Ok(text)
}

/// The result is checked against the schema: JSON alone cannot say what is allowed.
fn to_xml(bytes: &[u8], schemas: &Schemas, known: &'static [Release]) -> Result<Vec<u8>, Vec<String>> {
    let choice = Choice { known, usual: standard::choice().usual };
    let bericht = json::read(bytes, None, choice).map_err(|error| vec![error.to_string()])?;
    let text = xml::encode(&bericht);
    match schemas.check(&text) {
        Ok(_) => Ok(text),
        Err(refusal) => {
            Err(refusal.findings.iter().map(|finding| format!("{}: {}", finding.path, finding.text)).collect())
        }
    }
}

fn line(finding: &Finding) -> String {
    let place = finding.position.map_or_else(String::new, |at| format!("{}:{}: ", at.line, at.column));
    format!("{place}{}: {}", finding.path, finding.text)
}

fn print(file: &Path, problems: &[String]) {
    for problem in problems {
        eprintln!("{}: {problem}", file.display());
    }
}
