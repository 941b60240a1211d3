//! The XSDs under `xsd/`, as part of the program.

use crate::domain::Release;

/// The XSD of this name, as in `wmo305`; `None` when the release has no such file.
pub(super) fn file(release: Release, name: &str) -> Option<&'static str> {
    let files = match release {
        Release::V2_3 => IWMO_2_3,
        Release::V3_2 => IWMO_3_2,
    };
    files.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Names the XSDs of a folder and takes in their texts.
macro_rules! folder {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../config/releases/", $folder, "/xsd/", $name, ".xsd"))),)*]
    };
}

const IWMO_2_3: &[(&str, &str)] = folder!("iwmo-2.3":
    "basisschema" "wmo301" "wmo302" "wmo303" "wmo304" "wmo305" "wmo306" "wmo307" "wmo308"
);

const IWMO_3_2: &[(&str, &str)] = folder!("iwmo-3.2":
    "basisschema" "wmo301" "wmo302" "wmo305" "wmo306" "wmo307" "wmo308" "wmo315" "wmo316" "wmo317" "wmo318" "wmo319"
    "wmo320" "wmo323" "wmo325"
);
