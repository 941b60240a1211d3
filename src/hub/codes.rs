//! What a fault code of the network asks of us: `config/foutcodes.csv`.
//!
//! A code alone says nothing: the numbering was redone, and one number means different things in two lists.
//! So: who says it, which code, and which generation of the list is in force. A code that is not here is never
//! dropped: a person looks ([`Class::Operator`]).
//!
//! Imports no other room.

use std::sync::LazyLock;

/// Which list of codes the network uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// ISD-keten 2.1.04 revision 3, of 2018.
    Isd2018,
    /// The Fo01 list of November 2025, and the codes of VECOZO itself.
    #[default]
    Fo01Of2025,
}

/// What is to be done about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Send the same bytes again, later.
    RetrySame,
    /// Hold everything with this functie; send as a new envelope afterwards.
    Wait,
    /// Correct it and send it as a new envelope.
    Repair,
    /// An authorisation, route or setting is missing; nothing to correct in the bericht.
    Config,
    /// Seen before: probably an earlier attempt arrived. Do not send again; look for other evidence.
    Duplicate,
    /// A person decides.
    Operator,
}

/// What stands still until somebody releases it, as every bericht of it would get the same fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Everything with this functie.
    Functie,
    /// Everything of this sender.
    Zender,
}

/// What a code means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What is to be done.
    pub class: Class,
    /// What stands still meanwhile, besides the bericht itself.
    pub holds: Option<Holds>,
    /// For the operator, in Dutch.
    pub advice: &'static str,
}

/// Of a code that nobody published.
const UNKNOWN: Meaning = Meaning {
    class: Class::Operator,
    holds: None,
    advice: "Deze code staat niet in onze lijst. Lees de omschrijving en overleg met wie de fout meldt.",
};

/// What a fault of this sender with this code means.
///
/// ```
/// use iwmo_gateway::hub::codes::{Class, Generation, meaning};
/// assert_eq!(meaning("IB", "IB007", Generation::Isd2018).class, Class::Repair); // larger than 25 MB
/// assert_eq!(meaning("IB", "IB007", Generation::Fo01Of2025).class, Class::Config); // functie not allowed
/// assert_eq!(meaning("IB", "IB999", Generation::Fo01Of2025).class, Class::Operator); // not in the list
/// ```
#[must_use]
pub fn meaning(sender: &str, code: &str, generation: Generation) -> Meaning {
    let list = match generation {
        Generation::Isd2018 => "2018",
        Generation::Fo01Of2025 => "2025",
    };
    let says = |row: &&Row| [STUF, list].contains(&row.list) && row.code == code && row.may_come_from(sender);
    ROWS.iter().find(says).map_or(UNKNOWN, |row| row.meaning)
}

/// StUF 03.01, table 4.1: the same in every generation, whoever says it.
const STUF: &str = "stuf";

struct Row {
    list: &'static str,
    code: &'static str,
    /// Apart by spaces; none stands for anybody.
    senders: &'static str,
    meaning: Meaning,
}

impl Row {
    fn may_come_from(&self, sender: &str) -> bool {
        self.senders.is_empty() || self.senders.split(' ').any(|one| one == sender)
    }

    fn parse(line: &'static str) -> Option<Self> {
        let fields: Vec<&str> = line.split(';').collect();
        let [list, code, senders, class, holds, advice] = *fields.as_slice() else { return None };
        let class = match class {
            "retry-same" => Class::RetrySame,
            "wait" => Class::Wait,
            "repair" => Class::Repair,
            "config" => Class::Config,
            "duplicate" => Class::Duplicate,
            "operator" => Class::Operator,
            _ => return None,
        };
        let holds = match holds {
            "" => None,
            "functie" => Some(Holds::Functie),
            "zender" => Some(Holds::Zender),
            _ => return None,
        };
        Some(Self { list, code, senders, meaning: Meaning { class, holds, advice } })
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("../../config/foutcodes.csv").lines().skip(1);
    lines.map(|line| Row::parse(line).expect("a test reads every row")).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_stands_there_once() {
        let mut seen = Vec::new();
        for row in ROWS.iter() {
            assert!(!row.meaning.advice.is_empty(), "{}", row.code);
            assert!(!seen.contains(&(row.list, row.code)), "{} {} stands there twice", row.list, row.code);
            seen.push((row.list, row.code));
        }
        assert!(seen.len() > 90, "{} rows", seen.len());
        assert!(Row::parse("2025;IB001;IB;repair;;").is_some() && Row::parse("2025;IB001;IB;mend;;").is_none());
    }

    #[test]
    fn what_every_bericht_would_get_holds_what_they_share() {
        let holds = |sender, code| meaning(sender, code, Generation::Fo01Of2025).holds;
        assert_eq!(holds("BIDN", "IB023"), Some(Holds::Functie));
        assert_eq!(holds("VECOZO", "BRS03"), Some(Holds::Zender));
        assert_eq!(holds("VECOZO", "IB010"), None, "this concerns one receiver");
        assert_eq!(meaning("IB", "IB103", Generation::Isd2018).holds, Some(Holds::Functie));
    }
}
