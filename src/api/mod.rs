//! The types of the API, as JSON has them: what the server answers and what commands print with `--format json`.
//!
//! Made of what is kept and of what the stories give, never the other way but for what a caller sends: what is kept does not
//! change when a member here gets another name.

mod betaling;
mod deadline;
mod declaratie;
mod receipt;
pub mod report;

pub use betaling::{LeftOutJson, NotInBatch, ToPay, WithdrawnJson};
pub use deadline::{AcknowledgedJson, DeadlineJson, OpenedJson, WaivedJson};
pub use declaratie::{CalculationReceipt, LineDecisionReceipt, PartReport, RowFinding, RowProblemReport};
pub use receipt::{DeadlineReceipt, Destination, FindingReceipt, Receipt, RefusalReceipt, RetourReceipt};
