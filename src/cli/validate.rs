//! `validate`: files checked against schema and rules, without a server. Only a part of a file is in memory at a time.

mod checked;
mod report;
mod source;

use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Seek, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Exit, ReleasesFolder, complain, written};
use crate::bundle;
use crate::clock::{Clock, SystemClock};
use crate::config::codelijsten::Codelijsten;
use crate::config::xsd_files;
use crate::domain::afspraken::gateway::before_sending;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::judging::judge::judge_alone;
use crate::domain::regels::outside::Outside;
use crate::domain::{Bericht, Release};
use crate::exchange::check::CheckVerdict;
use crate::xml::{self, Refusal, RefusalKind, Replacement, Schemas};
use checked::{Checked, Format};
use report::Report;

/// What `validate` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How to print: for people, for programs, for a test runner, or as one page to keep, mail or print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The date for rule TR135; today when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<NaiveDate>,
    /// Refuse files larger than this
    #[arg(long, value_name = "N")]
    max_bytes: Option<u64>,
    /// Folder with XSD files to check by, in place of the built-in ones of their release
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
    #[command(flatten)]
    releases: ReleasesFolder,
    /// Files (those in a *.zip too), folders (their *.xml in name order, not recursive), or - for stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "a date is written as 2026-03-31")
}

/// Checks every file; one that cannot be read does not keep the others from being checked.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let schemas = arguments.releases.known().and_then(|known| schemas(arguments.schemas.as_deref(), known));
    let schemas = match schemas {
        Ok(schemas) => schemas,
        Err(error) => {
            complain(error.as_ref());
            return Exit::Environment;
        }
    };
    let mut exit = Exit::Fine;
    let results = check_all(arguments, &schemas, &mut exit);
    written(results, exit)
}

fn schemas(folder: Option<&Path>, known: &'static [Release]) -> Result<Arc<Schemas>, Box<dyn Error>> {
    let Some(folder) = folder else {
        return Ok(Schemas::of(known)?);
    };
    let files = xsd_files(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let unknown = || format!("{}: no basisschema.xsd of a release that this gateway knows", folder.display());
    let replacement = Replacement::of(files, known).ok_or_else(unknown)?;
    Ok(Arc::new(Schemas::load(known, &[replacement])?))
}

/// Checks every file and raises `exit` to what was found; a folder that holds nothing to check is told.
fn check_all(arguments: &Arguments, schemas: &Schemas, exit: &mut Exit) -> io::Result<()> {
    let codelijsten = Codelijsten::built_in();
    let today = arguments.today.unwrap_or_else(|| SystemClock.today());
    let outside = Outside { today, gemeenten: &codelijsten.gemeenten, contract: None };
    let mut report = Report::new(arguments.format, today);
    for argument in &arguments.paths {
        let files = expand(argument);
        if files.is_empty() {
            eprintln!("iwmo-gateway: {}: there is no *.xml in this folder", argument.display());
            *exit = Exit::Environment;
        }
        for path in files {
            for checked in check_path(&path, arguments.max_bytes, schemas, &outside) {
                *exit = (*exit).max(checked.exit());
                report.add(&checked)?;
            }
        }
    }
    report.finish()
}

/// What a path stands for, checked: one bericht, or those of a ZIP and then the ZIP itself if it is not as the portal takes it.
fn check_path(path: &Path, max_bytes: Option<u64>, schemas: &Schemas, outside: &Outside<'_>) -> Vec<Checked> {
    let file = match open(path, max_bytes) {
        Ok(file) => file,
        Err(refused) => return vec![refused],
    };
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return vec![check(path.display().to_string(), file, schemas, outside)];
    }
    let unreadable =
        |error: io::Error| vec![Checked::refused(path, format!("Het bestand is niet te lezen: {error}."), true)];
    let refused = |refusal: bundle::Refusal| Checked::refused(path, format!("ZIP: {refusal}."), false);
    let mut packed = Vec::new();
    if let Err(error) = file.take(u64::try_from(bundle::MOST_BYTES).unwrap_or(u64::MAX) + 1).read_to_end(&mut packed) {
        return unreadable(error);
    }
    let entries = match bundle::read(&packed) {
        Ok(entries) => entries,
        Err(refusal) => return vec![refused(refusal)],
    };
    let mut all = Vec::new();
    for entry in entries {
        match unnamed(&entry.bytes) {
            Ok(file) => all.push(check(format!("{}/{}", path.display(), entry.name), file, schemas, outside)),
            Err(error) => return unreadable(error),
        }
    }
    if bundle::is_mixed(all.iter().filter_map(|checked| checked.berichtsoort)) {
        all.push(refused(bundle::Refusal::Mixed));
    }
    all
}

/// These bytes in a file without a name.
fn unnamed(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

impl Checked {
    fn exit(&self) -> Exit {
        match (self.unreadable, self.verdict) {
            (true, _) => Exit::Environment,
            (false, CheckVerdict::Valid) => Exit::Fine,
            (false, CheckVerdict::Invalid | CheckVerdict::Refused) => Exit::Findings,
        }
    }

    fn refused(file: &Path, text: String, unreadable: bool) -> Self {
        let finding = Finding {
            level: Level::Xml,
            severity: Severity::Error,
            regel: None,
            retour_code: None,
            klasse: None,
            path: ElementPath::document(),
            position: Some(crate::domain::finding::Position { line: 1, column: 1 }),
            text: text.into(),
        };
        Self {
            file: file.display().to_string(),
            berichtsoort: None,
            release: None,
            verdict: CheckVerdict::Refused,
            findings: vec![finding],
            reached: Level::Xml,
            unreadable,
        }
    }

    /// Of a file that holds no bericht as its schema wants it.
    fn unfit(file: String, refusal: Refusal) -> Self {
        Self {
            file,
            berichtsoort: refusal.soort,
            release: refusal.release,
            verdict: refusal.kind.into(),
            reached: Level::Xsd,
            findings: refusal.findings,
            unreadable: refusal.kind == RefusalKind::Unreadable,
        }
    }
}

/// The files that a path stands for.
fn expand(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    let is_xml = |path: &PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_xml).collect();
    files.sort();
    files
}

/// The file at a path, if it is not too large.
fn open(path: &Path, max_bytes: Option<u64>) -> Result<File, Checked> {
    let sized = open_again_and_again(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    match (sized, max_bytes) {
        (Err(error), _) => Err(Checked::refused(path, format!("Het bestand is niet te lezen: {error}."), true)),
        (Ok((size, _)), Some(max)) if size > max => {
            let text = format!("Het bestand is {size} bytes groot; hoogstens {max} is toegestaan (--max-bytes).");
            Err(Checked::refused(path, text, false))
        }
        (Ok((_, file)), _) => Ok(file),
    }
}

/// A file that can be read more than once. What comes through a pipe is first copied to one without a name.
fn open_again_and_again(path: &Path) -> io::Result<File> {
    let mut pipe: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            return Ok(file);
        }
        Box::new(file)
    };
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut pipe, &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

fn check(name: String, mut file: File, schemas: &Schemas, outside: &Outside<'_>) -> Checked {
    let bericht = match schemas.read_from(&file) {
        Ok(bericht) => bericht,
        Err(refusal) => return Checked::unfit(name, refusal),
    };
    let mut judged = judge_alone(&bericht, outside);
    if let Bericht::Heen(heen) = &bericht {
        judged.findings.extend(before_sending(heen));
    }
    // Should a file that was read not be readable again, its findings have no line.
    if file.rewind().is_ok() {
        xml::place_in(&mut judged.findings, &file);
    }
    let failed = |level| judged.findings.iter().any(|finding| finding.level == level);
    let reached = if failed(Level::Message) { Level::Message } else { Level::External };
    Checked {
        file: name,
        berichtsoort: Some(bericht.header().soort),
        release: Some(bericht.header().release),
        verdict: CheckVerdict::of(judged.is_rejected()),
        reached,
        findings: judged.findings,
        unreadable: false,
    }
}
