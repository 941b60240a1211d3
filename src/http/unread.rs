//! What is wrong with a parameter behind the question mark.

/// What is wrong with one parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Unread {
    pub kind: Fault,
    pub name: String,
    /// What it may be, in Dutch.
    pub text: String,
}

/// How a parameter is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call knows none of this name.
    Unknown,
    /// It is there more than once.
    Repeated,
    /// The call needs it.
    Missing,
    /// Its value is not what it may be.
    Unfit,
}
