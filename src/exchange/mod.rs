//! The stories: [`receive`] takes in a bericht, [`decide`] lets people answer a declaratie, [`pay`] pays what was granted, [`keep`] lets people look after deadlines, [`wait`] judges what came too early, [`relay`] sends what has to go
//! out, [`fetch`] gets what waits at VECOZO, [`ask`] asks it how far things came, [`watch`] raises what is due soon and overdue, [`recount`]
//! counts open deadlines again when the terms changed, [`notice`] opens a deadline for what stands still or ends and no bericht tells.
//!
//! Each story fits on one screen. What surrounds them: `received` (what came in), `judge` (the one loop in which a bericht is
//! judged and recorded), `draft` (what one verdict makes true), [`parties`] (who is local), [`network`] (envelopes that come
//! in), `parcel` (what goes out), `ids` (the only source of randomness).

mod again;
mod alarm;
pub mod ask;
mod background;
pub mod beat;
mod bounce;
mod brought;
pub mod check;
pub mod decide;
pub mod declare;
mod draft;
pub mod fetch;
pub mod format;
mod gateway;
pub mod heartbeat;
mod ids;
mod judge;
pub mod keep;
pub mod levels;
mod log;
pub mod measures;
mod moments;
pub mod network;
pub mod notice;
pub mod outbox;
mod own;
mod parcel;
pub mod parties;
pub mod pay;
mod pulse;
pub mod rebuild;
pub mod receive;
mod received;
pub mod recount;
pub mod relay;
mod seen;
pub mod table;
pub mod wait;
pub mod watch;

pub use crate::clock::{end_of as end_of_day, local as local_time, start_of as start_of_day};
pub use alarm::Alarm;
pub use brought::Brought;
pub use format::{JsonSchemas, as_json, example_as_json, example_release, json_schemas, retour_codes};
pub use gateway::{Envelopes, Gateway};
pub use ids::{first_id_from, new_id, new_referentienummer, new_secret};
pub use own::OwnCertificates;
pub use parties::LocalParties;
pub use pulse::Pulse;
pub use received::{Carrier, Format, Link, Received, Refused, Reply, sha256_hex};
