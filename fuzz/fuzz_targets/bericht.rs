//! A bericht that is read and written is read again as the same bericht, and written as the same bytes.

#![no_main]

use iwmo_gateway::xml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(bericht) = xml::read(bytes) else { return };
    let written = xml::encode(&bericht);
    let again = xml::read(&written).expect("what was read satisfies the schema, and so does what is written of it");
    assert!(again == bericht, "another bericht after writing");
    assert!(xml::encode(&again) == written, "other bytes after writing twice");
});
