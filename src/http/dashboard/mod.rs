//! The pages: what has to be done, what came in, what is stuck. Rendered here, readable without JavaScript, in Dutch.
//!
//! The texts of a page stand in its template; those that code puts together in `texts`.

mod answer;
pub(super) mod assets;
pub(super) mod audit;
pub(super) mod bericht;
pub(super) mod berichten;
pub(super) mod betaling;
mod burn_down;
pub(super) mod client;
mod content;
pub(super) mod controleer;
pub(super) mod decision;
pub(super) mod declaratie;
pub(super) mod declaraties;
pub(super) mod export;
pub(super) mod handleiding;
mod line_filter;
pub(super) mod login;
pub(super) mod netwerk;
pub(super) mod partner;
mod problem;
pub(super) mod regel;
mod rows;
mod sums;
mod texts;
pub(super) mod today;
pub(super) mod toewijzing;
mod verdict;
mod visitor;
mod words;
pub(super) mod work;
pub(super) mod zoek;

pub(super) use answer::rendered;
pub(super) use problem::{practice_banner, problem_page};
pub(super) use texts::decided;
