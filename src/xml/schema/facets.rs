//! The facets of a restriction, added to those of the type it restricts.

use std::sync::Arc;

use super::document::{Document, LoadError, Node};
use super::pattern::Pattern;
use super::simple::{Primitive, Simple};

/// The facets that are supported.
pub(super) const KNOWN: [&str; 9] = [
    "pattern",
    "enumeration",
    "length",
    "minLength",
    "maxLength",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
];

/// Restricts a type further.
///
/// # Errors
/// A facet that the base does not have, or a value that is not one.
pub(super) fn restrict(document: &Document, base: &Simple, facets: &[Node]) -> Result<Simple, LoadError> {
    let mut simple = base.clone();
    let mut patterns = Vec::new();
    let mut codes = Vec::new();
    for facet in facets {
        document.only(facet, &["value"], &[])?;
        let value = facet.attribute("value").ok_or_else(|| document.fail(facet, "a facet without value"))?;
        let unfit = || document.fail(facet, format!("xs:{} value=\"{value}\" here", facet.local));
        let length = || value.parse::<usize>().map_err(|_| unfit());
        let bound = || value.parse::<i64>().map(i128::from).map_err(|_| unfit());
        match (facet.local.as_str(), base.primitive) {
            ("pattern", _) => patterns.push(value.to_owned()),
            ("enumeration", Primitive::String) => codes.push(value.to_owned()),
            ("length", Primitive::String) => {
                simple.min_length = simple.min_length.max(length()?);
                simple.max_length = simple.max_length.min(length()?);
            }
            ("minLength", Primitive::String) => simple.min_length = simple.min_length.max(length()?),
            ("maxLength", Primitive::String) => simple.max_length = simple.max_length.min(length()?),
            ("minInclusive", Primitive::Integer) => simple.low = Some(tightest(simple.low, bound()?, i128::max)),
            ("minExclusive", Primitive::Integer) => simple.low = Some(tightest(simple.low, bound()? + 1, i128::max)),
            ("maxInclusive", Primitive::Integer) => simple.high = Some(tightest(simple.high, bound()?, i128::min)),
            ("maxExclusive", Primitive::Integer) => simple.high = Some(tightest(simple.high, bound()? - 1, i128::min)),
            _ => return Err(unfit()),
        }
    }
    if let (false, Some(first)) = (patterns.is_empty(), facets.iter().find(|facet| facet.local == "pattern")) {
        let step = Pattern::read(&patterns).map_err(|construct| document.fail(first, construct))?;
        simple.patterns.push(Arc::new(step));
    }
    if !codes.is_empty() {
        if let Some(allowed) = &base.codes {
            codes.retain(|code| allowed.contains(code));
        }
        codes.sort();
        codes.dedup();
        simple.codes = Some(codes);
        simple.may_be_shown = true;
    }
    Ok(simple)
}

fn tightest(present: Option<i128>, bound: i128, tighter: fn(i128, i128) -> i128) -> i128 {
    present.map_or(bound, |present| tighter(present, bound))
}
