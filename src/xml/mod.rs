//! Bytes to bericht and back.
//!
//! What may not happen here: judging rules, reading files, asking the network. What holds: a
//! [`SchemaValid`] exists only for bytes that are well-formed, harmless and satisfy the schema, so
//! nobody can skip that step; no finding holds a value of a person; time and memory grow with the
//! size of the input and nothing else.
//!
//! | file | what |
//! |---|---|
//! | `prolog`, `tokens`, `namespaces`, `names` | well-formed XML, refused where it is not |
//! | `schema` | XSD: loading, and judging in one pass |
//! | `tree`, `source` | the elements, handed to the domain |
//! | `encode` | the way back |
//! | `position`, `locate` | lines and columns |
//! | `refusal`, `malformed`, `unknown` | what is said when it goes wrong |

mod encode;
mod locate;
mod malformed;
mod names;
mod namespaces;
mod position;
mod prolog;
mod refusal;
mod schema;
mod source;
mod tokens;
mod tree;
mod unknown;

use crate::domain::{Bericht, Berichtsoort, Release};

pub use locate::{locate, place};
pub use refusal::{Refusal, RefusalKind};

/// A bericht that satisfies the schema of its kind and release. Only [`check_schema`] makes one.
pub struct SchemaValid<'a> {
    soort: Berichtsoort,
    release: Release,
    tree: tree::Tree<'a>,
}

/// Names the kind and shows nothing of what is in it.
impl std::fmt::Debug for SchemaValid<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.soort, self.release.name())
    }
}

impl SchemaValid<'_> {
    /// The kind of bericht, by the namespace of the root element.
    #[must_use]
    pub const fn soort(&self) -> Berichtsoort {
        self.soort
    }

    /// The release of the standard, by the namespace of the root element.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
    }
}

/// Checks notation and schema.
///
/// # Errors
/// All findings of the schema, or the first one of the notation: after that nothing can be read with
/// certainty.
pub fn check_schema(bytes: &[u8]) -> Result<SchemaValid<'_>, Refusal> {
    let opened = prolog::open(bytes).map_err(Refusal::not_xml)?;
    let registry = schema::registry();
    match schema::validate(&registry.schemas, opened).map_err(Refusal::not_xml)? {
        schema::Outcome::Valid { root, tree } => {
            let (soort, release) = registry.kind(root).expect("every global element of the XSDs is a Bericht");
            Ok(SchemaValid { soort, release, tree })
        }
        schema::Outcome::Invalid { root, findings } => {
            let (soort, release) = registry.kind(root).unzip();
            Err(Refusal { kind: RefusalKind::Invalid, soort, release, findings })
        }
        schema::Outcome::Unknown { namespace, local, at } => Err(unknown::refuse(opened.text, &namespace, &local, at)),
    }
}

/// Makes a bericht of what satisfies the schema.
#[must_use]
pub fn decode(valid: &SchemaValid<'_>) -> Bericht {
    Bericht::read(valid.soort, valid.release, &mut source::Walk::new(valid))
        .expect("the schema has the elements of the domain in the same order, and its values are refused where the domain cannot hold them")
}

/// Checks the bytes and makes a bericht of them.
///
/// # Errors
/// As [`check_schema`].
pub fn read(bytes: &[u8]) -> Result<Bericht, Refusal> {
    check_schema(bytes).map(|valid| decode(&valid))
}

/// Writes a bericht: UTF-8, CR LF, prefixes as usual, indented.
///
/// Whether the values satisfy the schema is not asked here: what did not come from [`read`] must be
/// put through [`check_schema`] before it leaves.
#[must_use]
pub fn encode(bericht: &Bericht) -> Vec<u8> {
    let header = bericht.header();
    let mut document = encode::Document::new(header.soort, header.release);
    bericht.write(&mut document);
    document.into_bytes()
}
