//! What a fault code of the network asks of us.
//!
//! A code alone says nothing: the numbering was redone, and one number means different things in two lists.
//! So: who says it, which code, and which generation of the list is in force. A code that is not here is never
//! dropped: a person looks ([`Class::Operator`]).

/// Which list of codes the network uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// ISD-keten 2.1.04 revision 3, of 2018.
    Isd2018,
    /// The Fo01 list of November 2025.
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

/// What a fault of this sender with this code asks of us.
///
/// ```
/// use iwmo_gateway::hub::codes::{Class, Generation, classify};
/// assert_eq!(classify("IB", "IB007", Generation::Isd2018), Class::Repair); // larger than 25 MB
/// assert_eq!(classify("IB", "IB007", Generation::Fo01Of2025), Class::Config); // functie not allowed
/// assert_eq!(classify("IB", "IB999", Generation::Fo01Of2025), Class::Operator); // not in the list
/// ```
#[must_use]
pub fn classify(sender: &str, code: &str, generation: Generation) -> Class {
    let table = match generation {
        Generation::Isd2018 => ISD_2018,
        Generation::Fo01Of2025 => FO01_2025,
    };
    let found = |table: &[Row]| {
        table.iter().find(|(senders, codes, _)| says(senders, sender) && codes.contains(&code)).map(|row| row.2)
    };
    found(STUF).or_else(|| found(table)).unwrap_or(Class::Operator)
}

/// Who, which codes, what to do.
type Row = (&'static [&'static str], &'static [&'static str], Class);

/// An empty list of senders stands for anybody.
fn says(senders: &[&str], sender: &str) -> bool {
    senders.is_empty() || senders.contains(&sender)
}

/// StUF 03.01, table 4.1: the same in every generation, whoever says it.
const STUF: &[Row] = &[
    (&[], &["StUF010", "StUF013", "StUF019", "StUF022", "StUF028", "StUF034", "StUF043", "StUF055"], Class::Repair),
    (&[], &["StUF001", "StUF004", "StUF007", "StUF025", "StUF031", "StUF037", "StUF040", "StUF052"], Class::Config),
    (&[], &["StUF016"], Class::Duplicate),
    (&[], &["StUF046"], Class::RetrySame),
    (&[], &["StUF058"], Class::Operator),
];

const ISD_2018: &[Row] = &[
    (&["IB"], &["IB007", "IB009", "IB210"], Class::Repair),
    (&["IB"], &["IB002", "IB101", "IB102", "IB213", "IB234", "IB240", "IB798"], Class::Config),
    (&["IB"], &["IB103"], Class::Wait),
    (&["IB"], &["IB216"], Class::Duplicate),
    (&["RINIS"], &["RIN001"], Class::Repair),
    (&["VECOZO"], &["BRS04", "CC02", "CC03", "CC04", "CC05", "CC06", "CC07", "CC09"], Class::Repair),
    (&["VECOZO"], &["BRS02", "BRS03", "BRS05", "BRS06"], Class::Config),
    (&["VECOZO"], &["CC08"], Class::Duplicate),
    (&["VECOZO"], &["CC11"], Class::Operator),
];

/// The operator of the GGK was IB and is BIDN now; which word stands on an envelope is not published.
const BIDN: &[&str] = &["BIDN", "IB"];

const FO01_2025: &[Row] = &[
    (&["BIDN", "IB", "CAK", "VWS"], &["IB001"], Class::Repair),
    (BIDN, &["IB003", "IB004", "IB005"], Class::Repair),
    (BIDN, &["IB002", "IB006", "IB007"], Class::Config),
    (BIDN, &["IB023"], Class::Wait),
    (&["VECOZO"], &["IB010", "IB012", "IB014", "IB017", "IB018", "IB021", "IB022"], Class::Repair),
    (&["VECOZO"], &["IB901", "IB902", "IB903", "IB904", "IB905"], Class::Repair),
    (&["VECOZO"], &["IB008", "IB009", "IB011"], Class::Config),
    (&["VECOZO", "CAK"], &["IB016"], Class::Duplicate),
    (&["VECOZO"], &["IB013", "IB015", "IB019", "IB020"], Class::Operator),
];
