//! Berichten in a ZIP, as the portal of VECOZO takes and gives them.
//!
//! Read within limits and on nobody's word: what a file weighs is counted while it is unpacked, not read from its heading. Nothing is
//! written to disk, so a name is only a name; one that tries to be a path is refused all the same.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::domain::Berichtsoort;

/// How many berichten a ZIP holds at most, declaraties and facturen; of others the portal takes as many.
pub const MOST_FILES: usize = 30;
/// What a file in it weighs at most when unpacked, and the ZIP itself.
pub const MOST_BYTES: usize = 26_214_400;
/// What all of them weigh at most.
const MOST_IN_ALL: usize = 4 * MOST_BYTES;

/// One file of a ZIP.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Without folders.
    pub name: String,
    /// Unpacked.
    pub bytes: Vec<u8>,
}

/// Without what is in it.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).field("size_bytes", &self.bytes.len()).finish()
    }
}

/// Why a ZIP is not taken; the code is that of the chain (Fo01). In Dutch, for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a ZIP, or a broken one.
    #[error("dit is geen geldig ZIP-bestand (IB901)")]
    NotAZip,
    /// Too many files.
    #[error("het ZIP-bestand bevat meer dan {MOST_FILES} bestanden (IB902)")]
    TooMany,
    /// It asks for a password.
    #[error("het ZIP-bestand is beveiligd met een wachtwoord (IB903)")]
    Password,
    /// A file in it, or all together, weighs too much unpacked.
    #[error(
        "een bestand in het ZIP-bestand is uitgepakt groter dan {MOST_BYTES} bytes, of alle samen zijn te groot (IB904)"
    )]
    TooLarge,
    /// Nothing in it.
    #[error("het ZIP-bestand is leeg (IB905)")]
    Empty,
    /// A folder, a link, or a name that is a path.
    #[error("het ZIP-bestand bevat een map, een koppeling of een pad; zet de bestanden los in het ZIP-bestand")]
    Path,
    /// Two files of one name.
    #[error("het ZIP-bestand bevat twee bestanden met dezelfde naam")]
    Twice,
    /// Berichten of registration beside declaraties.
    #[error("het ZIP-bestand bevat declaraties naast andere berichten; stuur ze in aparte ZIP-bestanden")]
    Mixed,
}

/// Whether declaraties (or facturen, or the answers to them) stand beside other berichten, which one ZIP may not have.
#[must_use]
pub fn is_mixed(kinds: impl IntoIterator<Item = Berichtsoort>) -> bool {
    let of_money = |soort: Berichtsoort| {
        use Berichtsoort::{Wmo303D, Wmo303F, Wmo304D, Wmo304F, Wmo323, Wmo325};
        matches!(soort, Wmo303D | Wmo303F | Wmo304D | Wmo304F | Wmo323 | Wmo325)
    };
    let (money, others): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|soort| of_money(*soort));
    !money.is_empty() && !others.is_empty()
}

/// Whether these bytes are those of a ZIP.
#[must_use]
pub fn is_zip(bytes: &[u8]) -> bool {
    // A file, or none: the end of an empty one.
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Unpacks a ZIP, in the order of its list.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::TooLarge);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::NotAZip)?;
    match archive.len() {
        0 => return Err(Refusal::Empty),
        count if count > MOST_FILES => return Err(Refusal::TooMany),
        _ => {}
    }
    let (mut names, mut entries, mut left) = (BTreeSet::new(), Vec::new(), MOST_IN_ALL);
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| refusal(&error))?;
        let name = file.name().map_err(|_| Refusal::NotAZip)?.into_owned();
        let is_path = name.is_empty() || name.contains(['/', '\\', '\0', ':']) || name == "." || name == "..";
        if is_path || file.is_dir() || file.is_symlink() {
            return Err(Refusal::Path);
        }
        if !names.insert(name.to_lowercase()) {
            return Err(Refusal::Twice);
        }
        let most = MOST_BYTES.min(left);
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        file.take(limit).read_to_end(&mut bytes).map_err(|_| Refusal::NotAZip)?;
        if bytes.len() > most {
            return Err(Refusal::TooLarge);
        }
        left -= bytes.len();
        entries.push(Entry { name, bytes });
    }
    Ok(entries)
}

fn refusal(error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => Refusal::Password,
        ZipError::InvalidPassword => Refusal::Password,
        _ => Refusal::NotAZip,
    }
}

/// Packs files. The same files give the same bytes.
///
/// # Errors
/// Nothing to pack, or more than fits.
pub fn write(entries: &[Entry]) -> Result<Vec<u8>, Refusal> {
    match entries.len() {
        0 => return Err(Refusal::Empty),
        count if count > MOST_FILES => return Err(Refusal::TooMany),
        _ => {}
    }
    if entries.iter().any(|entry| entry.bytes.len() > MOST_BYTES) {
        return Err(Refusal::TooLarge);
    }
    let packed = pack(entries)?;
    if packed.len() > MOST_BYTES { Err(Refusal::TooLarge) } else { Ok(packed) }
}

/// Packs files for people, of whom nobody says how many they may be. The same files give the same bytes.
///
/// # Errors
/// Two files of one name, or more than a ZIP holds.
pub fn pack(entries: &[Entry]) -> Result<Vec<u8>, Refusal> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        writer.start_file(entry.name.as_str(), options).map_err(|_| Refusal::Twice)?;
        writer.write_all(&entry.bytes).map_err(|_| Refusal::TooLarge)?;
    }
    Ok(writer.finish().map_err(|_| Refusal::TooLarge)?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, bytes: &[u8]) -> Entry {
        Entry { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn what_was_packed_comes_out_and_packs_to_the_same_bytes() {
        let entries = [entry("a.xml", b"<a/>"), entry("b.xml", &vec![b'x'; 100_000])];
        let packed = write(&entries).expect("a ZIP");
        assert!(is_zip(&packed) && packed.len() < 10_000, "{}", packed.len());
        assert_eq!(read(&packed).as_deref(), Ok(&entries[..]));
        assert_eq!(write(&entries), Ok(packed));
    }

    #[test]
    fn bombs_paths_and_broken_ones_are_refused() {
        assert_eq!(read(b"<a/>"), Err(Refusal::NotAZip));
        assert_eq!(read(b"PK\x03\x04 and nothing more"), Err(Refusal::NotAZip));
        let empty = ZipWriter::new(Cursor::new(Vec::new()));
        assert_eq!(write(&[]), Err(Refusal::Empty));
        assert_eq!(read(&empty.finish().expect("a ZIP").into_inner()), Err(Refusal::Empty));
        let packed = |names: &[&str], bytes: &[u8]| {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for name in names {
                writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
                writer.write_all(bytes).expect("its bytes");
            }
            writer.finish().expect("a ZIP").into_inner()
        };
        for name in ["../a.xml", "/etc/a.xml", "map/a.xml", "c:\\a.xml", "..", "a\\b.xml"] {
            assert_eq!(read(&packed(&[name], b"x")), Err(Refusal::Path), "{name}");
        }
        assert_eq!(read(&packed(&["A.xml", "a.XML"], b"x")), Err(Refusal::Twice));
        let many: Vec<String> = (0..=MOST_FILES).map(|nr| format!("{nr}.xml")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&packed(&many, b"x")), Err(Refusal::TooMany));
        assert_eq!(read(&packed(&many[1..], b"x")).map(|entries| entries.len()), Ok(MOST_FILES));
        let bomb = packed(&["bom.xml"], &vec![0; MOST_BYTES + 1]);
        assert!(bomb.len() < 100_000, "{} bytes unpack to 25 MB", bomb.len());
        assert_eq!(read(&bomb), Err(Refusal::TooLarge));
        let together = packed(&["1", "2", "3", "4", "5"], &vec![0; MOST_BYTES]);
        assert_eq!(read(&together), Err(Refusal::TooLarge), "each by itself would do");
        // The heading says that a file is small: what comes out is counted.
        let mut lies = bomb.clone();
        let size = u32::try_from(MOST_BYTES + 1).expect("it fits").to_le_bytes();
        while let Some(at) = lies.windows(4).position(|window| window == size) {
            lies[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
        assert!(read(&lies).is_err());
        let mut locked = packed(&["a.xml"], b"x");
        // Bit 0 of the flags, in the list and before the file.
        locked[6] |= 1;
        let list = locked.windows(4).position(|window| window == b"PK\x01\x02").expect("a list");
        locked[list + 8] |= 1;
        assert_eq!(read(&locked), Err(Refusal::Password));
    }
}
