//! Bytes to bericht and back.
//!
//! What may not happen here: judging rules, reading files, asking the network. What holds: a
//! [`SchemaValid`] exists only for bytes that are well-formed, harmless and satisfy the schema, so
//! nobody can skip that step; no finding holds a value of a person; time and memory grow with the
//! size of the input and nothing else.
//!
//! | file | what |
//! |---|---|
//! | `window` | what of a text is in memory |
//! | `prolog`, `tokens`, `namespaces`, `names` | well-formed XML, refused where it is not |
//! | `schema` | XSD: loading, and judging in one pass |
//! | `schemas`, `namespace` | which XSDs there are, and which belongs to a bericht |
//! | `source` | the elements, handed to the domain as the check comes by them |
//! | `encode` | the way back |
//! | `position`, `locate` | lines and columns |
//! | `refusal`, `malformed`, `unknown` | what is said when it goes wrong |

mod encode;
mod header_texts;
mod locate;
mod malformed;
mod names;
mod namespace;
mod namespaces;
mod position;
mod prolog;
mod refusal;
mod schema;
mod schemas;
mod source;
mod tokens;
mod unknown;
mod window;

use crate::domain::Bericht;

pub use header_texts::header_texts;
pub use locate::{locate, place, place_in};
pub use refusal::{Refusal, RefusalKind};
pub use schema::LoadError;
pub use schemas::{BerichtSchema, JsonSchemaSet, Replacement, SchemaValid, Schemas};

/// Makes a bericht of what satisfies the schema.
///
/// # Errors
/// What files that took the place of our schemas allow and the domain does not have; never with the schemas of
/// the program.
pub fn decode(valid: &SchemaValid<'_>) -> Result<Bericht, Refusal> {
    valid.schemas.read(valid.bytes)
}

/// Checks the bytes by the schemas of the program.
///
/// # Errors
/// As [`Schemas::check`].
pub fn read(bytes: &[u8]) -> Result<Bericht, Refusal> {
    Schemas::compiled_in().read(bytes)
}

/// Writes a bericht: UTF-8, CR LF, prefixes as usual, indented.
///
/// Whether the values satisfy the schema is not asked here: what did not come from [`read`] must be
/// put through [`Schemas::check`] before it leaves.
#[must_use]
pub fn encode(bericht: &Bericht) -> Vec<u8> {
    let header = bericht.header();
    let mut document = encode::Document::new(header.soort, header.release);
    bericht.write(&mut document);
    document.into_bytes()
}
