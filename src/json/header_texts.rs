//! The texts of a header, of a bericht that need not be valid.

use serde_json::Value;

/// Where they stand, and how they are called.
const WANTED: [(&str, &str); 4] = [
    ("/berichtsoort", "berichtsoort"),
    ("/Bericht/Header/Afzender", "Afzender"),
    ("/Bericht/Header/Ontvanger", "Ontvanger"),
    ("/Bericht/Header/BerichtIdentificatie/Identificatie", "Identificatie"),
];

/// Those that are there, whatever they hold; none of what is no JSON.
#[must_use]
pub fn header_texts(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let Ok(document) = serde_json::from_slice::<Value>(bytes) else { return Vec::new() };
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    WANTED.iter().filter_map(|(pointer, name)| Some((*name, text(pointer)?.to_owned()))).collect()
}
