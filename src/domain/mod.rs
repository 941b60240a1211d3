//! What the standard says, as pure types and functions.
//!
//! Knows no XML, no database, no network and no clock: a date comes in as an argument. From outside
//! only `std`, `chrono` and `thiserror` (held by `tests/architecture.rs`).
//!
//! | file | what |
//! |---|---|
//! | [`bericht`] | kinds of bericht, header, heenbericht and retourbericht |
//! | [`client`], [`toewijzing`], [`levering`], [`verzoek`], [`antwoord`], [`declaratie`] | the berichtklassen |
//! | [`beschikking`], [`factuur`] | those that only release 2.3 has |
//! | [`klasse`] | how a berichtklasse lists its elements, once for XML and JSON, reading and writing |
//! | [`waarde`], [`partij`] | the values inside |
//! | [`regels`] | one function per rule, and the table of rules |
//! | [`cak`] | what the CAK is told of support |
//! | [`codelijst`], [`contract`], [`release`] | which code or release held on which day, and what two parties agreed |
//! | [`stand`] | where a toewijzing and its support stand |
//! | [`burn_down`] | what is left of a toewijzing |
//! | [`volume`], [`calculation`] | how much of a toewijzing may be declared, and how that figure was reached |
//! | [`history`], [`verdict`] | earlier facts in, findings out |
//! | [`waiting`] | which berichten wait for an earlier one |
//! | [`retour`], [`declaratie_antwoord`] | the answer that the standard prescribes |
//! | [`decision`] | what people decide about a declaratie before it is answered |
//! | [`betaling`] | what is paid of what was granted, in batches |
//! | [`declare`] | a declaratie made of what was delivered |
//! | [`werkdag`], [`deadline`] | days that count, and clocks |

pub mod afspraken;
pub mod antwoord;
pub mod bericht;
pub mod beschikking;
pub mod betaling;
pub mod burn_down;
pub mod cak;
pub mod calculation;
pub mod client;
pub mod codelijst;
pub mod contract;
pub mod deadline;
pub mod decision;
pub mod declaratie;
pub mod declaratie_antwoord;
pub mod declare;
pub mod factuur;
pub mod factuur_antwoord;
pub mod history;
pub mod klasse;
pub mod levering;
pub mod notitie;
pub mod partij;
pub mod periode;
pub mod regels;
pub mod release;
pub mod retour;
pub mod stand;
pub mod toewijzing;
pub mod verdict;
pub mod verzoek;
pub mod volume;
pub mod waarde;
pub mod waiting;
pub mod werkdag;

pub use bericht::{Bericht, Berichtsoort, Header, Heenbericht, Inhoud, Release, Retourbericht};
pub use history::History;
pub use partij::Partij;
pub use verdict::{Finding, Outside, Verdict, judge};

/// An instant, in UTC. Deadlines are not instants but civil dates: see [`deadline`].
pub type Timestamp = chrono::DateTime<chrono::Utc>;
