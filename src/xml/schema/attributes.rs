//! Attributes: no type of iWmo has any, so only those that every element may have are left.

use crate::xml::names::trim;
use crate::xml::namespaces::Attribute;
use crate::xml::tokens::Tokens;

use super::tables::{Tables, TypeId};

pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What an attribute means for its element.
pub(super) enum Verdict {
    Fine,
    /// `xsi:type` with a type that may stand here.
    Type(TypeId),
    OtherType,
    NotAllowed,
}

/// Judges one attribute of an element that is declared with this type.
pub(super) fn judge(schemas: &Tables, tokens: &Tokens<'_>, attribute: &Attribute, declared: TypeId) -> Verdict {
    if attribute.namespace != XSI {
        return Verdict::NotAllowed;
    }
    match attribute.local.as_str() {
        "schemaLocation" | "noNamespaceSchemaLocation" => Verdict::Fine,
        "type" => {
            let (prefix, local) = trim(&attribute.value).split_once(':').unwrap_or(("", trim(&attribute.value)));
            let named = tokens.lookup(prefix).and_then(|namespace| schemas.type_named(namespace, local));
            match named {
                Some(named) if schemas.restricts(named, declared) => Verdict::Type(named),
                _ => Verdict::OtherType,
            }
        }
        // `nil` too: nothing in iWmo is nillable, so it may not be there, whatever it says.
        _ => Verdict::NotAllowed,
    }
}
