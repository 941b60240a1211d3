//! How often something is tried again that others were faster with.

/// How often a bericht is judged, or something else looked at, at most because others about the same were recorded
/// meanwhile. So many in a row are no longer a race, but a store that cannot be worked with.
pub(super) const MOST_TRIES: u32 = 100;
