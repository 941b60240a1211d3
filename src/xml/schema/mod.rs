//! XML Schema 1.0, as far as iWmo uses it: XSD files to tables, and texts judged by them in one pass.
//!
//! Never fetches anything: the texts of the XSDs are handed in, and which one applies follows from the
//! namespace of the root element alone. A construct that is not supported makes loading fail.
//!
//! | file | what |
//! |---|---|
//! | [`document`], [`mod@load`], [`facets`], [`pattern`] | XSD text to [`tables`] |
//! | [`lexical`], [`simple`] | values |
//! | [`mod@validate`], [`cursor`], [`spelling`], [`value`], [`attributes`] | the pass over a text |
//! | [`mistakes`], [`drafts`] | what is wrong, once and in order |
//! | [`json_schema`] | the tables as JSON Schema |
//! | [`texts`] | the findings, in Dutch |

mod attributes;
mod cursor;
mod document;
mod drafts;
mod facets;
mod json_schema;
mod lexical;
mod load;
mod mistakes;
mod pattern;
mod simple;
mod spelling;
mod tables;
mod texts;
mod validate;
mod value;

pub use document::LoadError;
pub(super) use json_schema::JsonSchemas;
pub(super) use load::load;
pub(super) use tables::{SymbolId, Tables};
pub(super) use validate::{Pass, Root, Step};
