//! Which releases of the standard there are: a folder of files each, read and made a [`Release`] of.
//!
//! Two are part of the program, under `config/releases/` and `xsd/`; an operator adds others with the setting `releases.folder`.
//! Below everything that reads berichten; knows the rules only to tell a wrong code in a file.

mod built_in;
mod codes;
mod file;
mod further;

use std::path::Path;
use std::sync::LazyLock;

use crate::domain::Release;
use crate::domain::berichten::release::Choice;
pub use file::freeze;
use file::{Files, MAIN};

/// The releases that are part of the program, the earliest first.
#[must_use]
pub fn built_in() -> &'static [Release] {
    static BUILT_IN: LazyLock<Vec<Release>> = LazyLock::new(|| {
        let mut known = Vec::new();
        for files in built_in::FOLDERS {
            let release = file::release(&Files::built_in(files), &known);
            known.push(release.unwrap_or_else(|problems| panic!("a test reads them: {}", problems.join("; "))));
        }
        known
    });
    &BUILT_IN
}

/// The releases of the program alone, and the newest of them.
#[must_use]
pub fn choice() -> Choice {
    let known = built_in();
    Choice { known, usual: *known.last().expect("the program has releases") }
}

/// The release of the program with this name.
///
/// # Panics
/// When it has none: for tests and tools, which know which there are.
#[must_use]
pub fn named(name: &str) -> Release {
    choice().named(Some(name)).expect("a release of the program")
}

/// The releases of the program, and those in the folders of this folder; the earliest first. What is wrong with a folder
/// is added to `problems`, and then its release is not among them.
#[must_use]
pub fn with_folder(folder: &Path, problems: &mut Vec<String>) -> &'static [Release] {
    let mut known = built_in().to_vec();
    let folders = match folders_in(folder) {
        Ok(folders) => folders,
        Err(error) => {
            problems.push(format!("{}: {error}", folder.display()));
            return built_in();
        }
    };
    for folder in folders {
        let read = Files::read(&folder).map_err(|error| vec![format!("{}: {error}", folder.display())]);
        match read.and_then(|files| file::release(&files, &known)) {
            Ok(release) => known.push(release),
            Err(found) => problems.extend(found),
        }
    }
    known.sort_unstable();
    Vec::leak(known)
}

fn folders_in(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut folders: Vec<_> =
        entries.iter().map(std::fs::DirEntry::path).filter(|path| path.join(MAIN).is_file()).collect();
    folders.sort();
    Ok(folders)
}
