//! How release and kind of bericht stand in a namespace.

use crate::domain::{Berichtsoort, Release};

/// The namespace of a kind of bericht.
pub(super) fn namespace(soort: Berichtsoort, release: Release) -> String {
    release.namespace(&prefix(soort))
}

/// The namespace of the values that all berichten of a release share.
pub(super) fn basis_namespace(release: Release) -> String {
    release.namespace("basisschema")
}

/// The usual prefix of a kind of bericht, which is also its name in the namespace.
pub(super) fn prefix(soort: Berichtsoort) -> String {
    soort.name().to_ascii_lowercase()
}
