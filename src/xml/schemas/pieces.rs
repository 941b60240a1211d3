//! A text that is read in pieces, of whatever size, gets the verdict that it gets as a whole: same bericht, same
//! findings, same places.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::Schemas;

/// The smallest ones cut at every tag, and in a value that is longer than a piece.
const SIZES: [usize; 5] = [1, 7, 64, 500, 4_000];

/// What a change puts into a text: things that mean something to a reader of XML, whole or in part.
const FRAGMENTS: [&str; 22] = [
    "<",
    ">",
    "&",
    "&amp;",
    "&#1;",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?",
    "?>",
    "\r",
    "\r\n",
    "\u{1}",
    "é",
    "😀",
    "\"",
    "</",
    "/>",
    "<x>",
    "</x>",
    "\u{feff}",
];

fn same_verdict(name: &Path, text: &[u8], sizes: &[usize]) {
    let schemas = Schemas::compiled_in();
    let whole = schemas.read(text);
    for &size in sizes {
        let pieces = schemas.read_in_pieces(text, size);
        assert!(whole == pieces, "{} in pieces of {size}: {:?}, not {:?}", name.display(), pieces.err(), whole.err());
    }
}

fn fixtures() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "xml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_fixture_gets_the_same_verdict_in_pieces() {
    let files = fixtures();
    assert!(files.len() > 100, "they are there");
    for file in files {
        same_verdict(&file, &fs::read(&file).expect("readable"), &SIZES);
    }
}

/// What is wrong with it stands where its only tag begins, which has to be in memory still.
#[test]
fn an_empty_element_at_the_end_of_a_piece_is_found_where_it_stands() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/berichten/wmo323-minimaal.xml");
    let text = fs::read_to_string(&file).expect("readable");
    let (before, rest) = text.split_once("<wmo323:Prestaties>").expect("it is there");
    let (_, behind) = rest.split_once("</wmo323:Prestaties>").expect("it is there");
    same_verdict(&file, format!("{before}<wmo323:Prestaties/>{behind}").as_bytes(), &SIZES);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_changed_text_gets_the_same_verdict_in_pieces(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, 0..FRAGMENTS.len()), 0..4),
        broken in prop::option::weighted(0.1, any::<prop::sample::Index>()),
        size in 1..600_usize,
    ) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/berichten/wmo323-minimaal.xml");
        let mut text = fs::read(&file).expect("readable");
        for (place, removed, fragment) in changes {
            let place = place.index(text.len());
            let end = (place + removed).min(text.len());
            text.splice(place..end, FRAGMENTS[fragment].bytes());
        }
        if let Some(place) = broken {
            let place = place.index(text.len());
            text[place] = 0xff;
        }
        same_verdict(&file, &text, &[size]);
    }
}
