//! Release 2.3.
