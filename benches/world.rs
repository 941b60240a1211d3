//! Between whom the berichten of `tests/it/maker.rs` go.

pub const GEMEENTE: &str = "0384";
pub const AANBIEDER: &str = "41005001";
pub const BSN: &str = "999940004";
