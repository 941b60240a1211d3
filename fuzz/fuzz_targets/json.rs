//! A bericht in JSON is the same bericht after JSON and, when its XML satisfies the schema, after XML.

#![no_main]

use iwmo_gateway::{json, xml};
use iwmo_gateway::standard;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let fill = json::Fill { identificatie: "F1".to_owned(), dagtekening: "2026-03-02".to_owned() };
    let Ok(bericht) = json::read(bytes, Some(&fill), standard::choice()) else { return };
    let text = json::write(&bericht).to_string();
    let again = json::read(text.as_bytes(), None, standard::choice()).expect("what was written can be read");
    assert!(again == bericht, "another bericht after JSON");
    if let Ok(read) = xml::read(&xml::encode(&bericht)) {
        assert!(json::write(&read).to_string() == text, "another bericht after XML");
    }
});
