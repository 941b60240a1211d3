//! `convert`: a bericht from XML to JSON or back, lossless.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Exit, ReleasesFolder, complain, written};
use crate::bundle::{self, Entry};
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
    /// The bericht, by itself or in a ZIP, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// How a bericht is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Notation {
    Json,
    Xml,
    /// XML in a ZIP, as the portal of VECOZO takes it
    Zip,
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
    let is_packed = bundle::is_zip(&bytes);
    let bytes = match unpacked(bytes) {
        Ok(bytes) => bytes,
        Err(problem) => {
            print(&arguments.file, &[problem]);
            return Exit::Findings;
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
        Notation::Xml if is_packed => {
            schemas.check(&bytes).map(|_| bytes.clone()).map_err(|refusal| described(&refusal.findings))
        }
        Notation::Xml => to_xml(&bytes, &schemas, known),
        Notation::Zip => to_zip(&bytes, &schemas),
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

/// The one bericht in a ZIP; what is no ZIP is what it is.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if !bundle::is_zip(&bytes) {
        return Ok(bytes);
    }
    match bundle::read(&bytes) {
        Ok(mut entries) if entries.len() == 1 => Ok(entries.remove(0).bytes),
        Ok(entries) => Err(format!("the ZIP holds {} files; convert takes one at a time", entries.len())),
        Err(refusal) => Err(refusal.to_string()),
    }
}

/// The file is named after its kind.
fn to_zip(bytes: &[u8], schemas: &Schemas) -> Result<Vec<u8>, Vec<String>> {
    let bericht = schemas.read(bytes).map_err(|refusal| described(&refusal.findings))?;
    let name = format!("{}.xml", bericht.header().soort);
    bundle::write(&[Entry { name, bytes: bytes.to_vec() }]).map_err(|refusal| vec![refusal.to_string()])
}

fn described(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(line).collect()
}

fn to_json(bytes: &[u8], schemas: &Schemas) -> Result<Vec<u8>, Vec<String>> {
    let bericht = schemas.read(bytes).map_err(|refusal| described(&refusal.findings))?;
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
