//! What a value of a pattern says in a copy: the same, with other clients, parties, numbers, names and ids.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use iwmo_gateway::exchange::sha256_hex;
use regex::bytes::Regex;

use super::chain::{CLIENTS, Cohort, MARK, bsn_of_pattern, nummer};
use crate::world::{AANBIEDER, GEMEENTE};

/// A value of a row.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The same in a pattern.
#[derive(Clone, Debug)]
pub enum Cell {
    Same(Value),
    /// A ToewijzingNummer.
    Nummer(u64),
    Text(Pieces),
    Bytes(Pieces),
}

/// A text in parts.
pub type Pieces = Vec<Piece>;

#[derive(Clone, Debug)]
pub enum Piece {
    Plain(Vec<u8>),
    Mark,
    Bsn(usize),
    Gemeente,
    Aanbieder,
    Nummer(u64),
    /// What came first in an id, which sorts by it, and which id of the pattern it is.
    Id(String, usize),
    /// A name that the gateway gave.
    Name(usize),
    /// The digest of the payload of which bericht.
    Digest(String),
}

/// What in a pattern differs from copy to copy.
pub struct Marks {
    pattern: Regex,
    ids: RefCell<HashMap<String, usize>>,
    names: Vec<String>,
    /// By digest, the id of its bericht.
    digests: HashMap<String, String>,
}

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/// Of an id the digits that tell time and order, with the lines between them.
const ORDER: usize = 24;

impl Marks {
    /// `names`: those that the gateway gave; `digests`: of which bericht which is.
    pub fn new(names: Vec<String>, digests: HashMap<String, String>) -> Self {
        let bsns = (0..CLIENTS).map(bsn_of_pattern);
        let nummers = (0..8).map(|nth| nummer(nth).to_string());
        let parties = [GEMEENTE.to_owned(), AANBIEDER.to_owned()];
        let whole: Vec<String> = bsns.chain(nummers).chain(parties).chain(names.iter().cloned()).collect();
        let pattern = format!(r"{UUID}|\b[0-9a-f]{{64}}\b|{MARK}|\b(?:{})\b", whole.join("|"));
        let pattern = Regex::new(&pattern).expect("a pattern");
        Self { pattern, ids: RefCell::default(), names, digests }
    }

    pub fn pieces(&self, text: &[u8]) -> Pieces {
        let (mut pieces, mut end) = (Vec::new(), 0);
        for found in self.pattern.find_iter(text) {
            let Some(piece) = self.piece(std::str::from_utf8(found.as_bytes()).expect("ASCII")) else { continue };
            if found.start() > end {
                pieces.push(Piece::Plain(text[end..found.start()].to_vec()));
            }
            end = found.end();
            pieces.push(piece);
        }
        if end < text.len() {
            pieces.push(Piece::Plain(text[end..].to_vec()));
        }
        pieces
    }

    /// `None`: a digest of something else.
    fn piece(&self, found: &str) -> Option<Piece> {
        let is = |one: String| one == found;
        Some(if found == MARK {
            Piece::Mark
        } else if found == GEMEENTE {
            Piece::Gemeente
        } else if found == AANBIEDER {
            Piece::Aanbieder
        } else if found.len() == 64 {
            Piece::Digest(self.digests.get(found)?.clone())
        } else if found.len() == 36 {
            let mut ids = self.ids.borrow_mut();
            let next = ids.len();
            Piece::Id(found[..ORDER].to_owned(), *ids.entry(found.to_owned()).or_insert(next))
        } else if let Some(client) = (0..CLIENTS).position(|client| is(bsn_of_pattern(client))) {
            Piece::Bsn(client)
        } else if let Some(nr) = self.names.iter().position(|name| name == found) {
            Piece::Name(nr)
        } else {
            Piece::Nummer(found.parse().expect("a ToewijzingNummer"))
        })
    }

    /// Whether this is the number of a toewijzing.
    pub fn is_nummer(number: i64) -> bool {
        (0..8).any(|nth| i64::try_from(nummer(nth)) == Ok(number))
    }
}

/// The month in which an id of this text was given, as in 2026-03; `None`: there is none that tells.
pub fn month_of(pieces: &Pieces) -> Option<String> {
    pieces.iter().find_map(|piece| match piece {
        Piece::Id(order, _) if order.as_bytes()[14] == b'7' => {
            let millis = i64::from_str_radix(&order[..13].replace('-', ""), 16).expect("digits");
            Some(chrono::DateTime::from_timestamp_millis(millis).expect("a moment").format("%Y-%m").to_string())
        }
        _ => None,
    })
}

/// Whether this is about the cohort that wrote it.
pub fn is_own(cell: &Cell) -> bool {
    match cell {
        Cell::Text(pieces) | Cell::Bytes(pieces) => pieces.iter().any(|piece| !matches!(piece, Piece::Plain(_))),
        Cell::Nummer(_) => true,
        Cell::Same(_) => false,
    }
}

/// One copy of a pattern while it is made.
pub struct Copy<'a> {
    pub cohort: &'a Cohort,
    pub mark: String,
    /// By the id of a bericht of the pattern, its bytes.
    pub payloads: &'a HashMap<String, Pieces>,
}

impl Copy<'_> {
    pub fn value(&self, cell: &Cell) -> Value {
        match cell {
            Cell::Same(value) => value.clone(),
            Cell::Nummer(nummer) => Value::Number(i64::try_from(self.cohort.nummer(*nummer)).expect("nine digits")),
            Cell::Text(pieces) => Value::Text(String::from_utf8(self.bytes(pieces)).expect("a text stays one")),
            Cell::Bytes(pieces) => Value::Bytes(self.bytes(pieces)),
        }
    }

    fn bytes(&self, pieces: &Pieces) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Plain(plain) => bytes.extend_from_slice(plain),
                Piece::Mark => bytes.extend_from_slice(self.mark.as_bytes()),
                Piece::Bsn(client) => bytes.extend_from_slice(self.cohort.bsn(*client).as_bytes()),
                Piece::Gemeente => bytes.extend_from_slice(self.cohort.gemeente.as_bytes()),
                Piece::Aanbieder => bytes.extend_from_slice(self.cohort.aanbieder.as_bytes()),
                Piece::Nummer(nummer) => write!(text, "{}", self.cohort.nummer(*nummer)).expect("text"),
                Piece::Id(order, nr) => write!(text, "{order}{:08x}{nr:04x}", self.cohort.nr).expect("text"),
                Piece::Name(nr) => write!(text, "G{nr:03}{}", self.mark).expect("text"),
                Piece::Digest(bericht) => text.push_str(&sha256_hex(&self.bytes(&self.payloads[bericht]))),
            }
            bytes.extend_from_slice(text.as_bytes());
            text.clear();
        }
        bytes
    }
}
