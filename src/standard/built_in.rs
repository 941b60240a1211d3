//! The folders under `config/releases/`, with their schemas in `xsd/`, as part of the program.

/// Names the files of a folder and takes in their texts.
macro_rules! folder {
    ($folder:literal: $($name:literal)*) => {
        &[
            ("release.toml", include_str!(concat!("../../config/releases/", $folder, "/release.toml"))),
            ("regels.csv", include_str!(concat!("../../config/releases/", $folder, "/regels.csv"))),
            $((
                concat!("xsd/", $name, ".xsd"),
                include_str!(concat!("../../xsd/", $folder, "/", $name, ".xsd")),
            ),)*
        ]
    };
}

/// Name and text of each file of each folder, the earliest release first.
pub(super) const FOLDERS: [&[(&str, &str)]; 2] = [
    folder!("iwmo-2.3": "basisschema" "wmo301" "wmo302" "wmo303" "wmo304" "wmo305" "wmo306" "wmo307" "wmo308"),
    folder!("iwmo-3.2":
        "basisschema" "wmo301" "wmo302" "wmo305" "wmo306" "wmo307" "wmo308" "wmo315" "wmo316" "wmo317" "wmo318" "wmo319"
        "wmo320" "wmo323" "wmo325"
    ),
];
