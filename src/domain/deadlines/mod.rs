//! What has to be answered by when, in days that count.
//!
//! | file | what |
//! |---|---|
//! | [`kind`] | the names of the kinds of deadlines |
//! | [`kinds`] | one file and one row per kind: what opens it, what closes it, whom it binds, what is awaited |
//! | [`case`] | the bericht that opens and closes, with all that a kind may look at |
//! | [`releases`] | on which days a release is in force, for whom |
//! | [`profile`] | how long each kind runs between parties |
//! | [`limits`] | how long something may stand still before the gateway opens a deadline for it by itself |
//! | [`levels`] | how well they were kept |
//! | [`term`], [`werkdag`] | counting, and the days that count |
//! | [`counted`], [`warn`] | why a due date is the day that it is, and from when it is due soon |
//!
//! Imports `berichten`, `facts`, `afspraken` and `judging`.

pub mod case;
pub mod counted;
pub mod kind;
pub mod kinds;
pub mod levels;
pub mod limits;
pub mod profile;
pub mod releases;
pub mod term;
pub mod warn;
pub mod werkdag;
