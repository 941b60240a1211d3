//! How lists are read: page by page.

/// Where a page of a list starts: after this key, in the order of the list.
pub type After<'a> = Option<&'a str>;
