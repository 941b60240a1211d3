//! What the standard says, as pure types and functions.
//!
//! Knows no XML, no database, no network and no clock: a date comes in as an argument. From outside
//! only `std`, `chrono`, `smol_str` and `thiserror`. The rooms, from the ground up; one imports only from those below it:
//!
//! | room | what |
//! |---|---|
//! | [`berichten`] | the berichten and the values in them |
//! | [`finding`] | what was found wrong, and where |
//! | [`facts`] | what was recorded before, and the figures that follow from it |
//! | [`cak`] | what the CAK is told of support |
//! | [`regels`] | one function per rule, and the table of rules |
//! | [`afspraken`] | what a region agreed beside the standard |
//! | [`judging`] | earlier facts in, findings and answers out; what waits for an earlier bericht |
//! | [`deadlines`] | days that count, and clocks |
//! | [`alerts`] | who is told of deadlines, and when |
//! | [`money`] | what is decided, paid and left |
//! | [`declare`] | a declaratie made of what was delivered |

pub mod afspraken;
pub mod alerts;
pub mod berichten;
pub mod cak;
pub mod deadlines;
pub mod declare;
pub mod facts;
pub mod finding;
pub mod judging;
pub mod money;
pub mod regels;

pub use berichten::bericht::{Bericht, Berichtsoort, Header, Heenbericht, Inhoud, Retourbericht};
pub use berichten::partij::Partij;
pub use berichten::release::Release;
pub use facts::history::History;
pub use finding::Finding;
pub use judging::judge::judge;
pub use judging::verdict::Verdict;

/// An instant, in UTC. Deadlines are not instants but civil dates: see [`deadlines`].
pub type Timestamp = chrono::DateTime<chrono::Utc>;
