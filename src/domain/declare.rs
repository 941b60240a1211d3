//! A declaratie made of what was delivered: a WMO323, or a WMO303 of release 2.3. Rows and facts in, berichten out.
//!
//! Deterministic: the same rows under the same number on the same day make the same berichten, so that asking twice is
//! asking once. Nothing is judged here: what is made is put before the rules like any bericht.
//!
//! Imports `berichten`, `facts` and `judging`.

mod btw;
mod btw_percentage;
mod compose;
mod facts;
mod fill;
mod line;
mod minuten;
mod price;
mod row;
mod split;

pub use btw_percentage::BtwPercentage;
pub use compose::Frame;
pub use facts::{Declared, Facts};
pub use fill::lines;
pub use line::{Billed, Line, OfFactuur, Persoon, by_client};
pub use row::{Column, Row, RowProblem};
pub use split::{NotSplit, Part, nummer, split};
