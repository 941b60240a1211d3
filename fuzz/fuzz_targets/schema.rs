//! The schema check never panics, and says the same of a text that comes whole and of one that comes in parts.

#![no_main]

use std::io::{self, Read};

use iwmo_gateway::xml::Schemas;
use libfuzzer_sys::fuzz_target;

/// A few bytes at a time: a value, a name and a character may break anywhere.
struct InParts<'a>(&'a [u8]);

impl Read for InParts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(7);
        self.0.read(&mut buffer[..most])
    }
}

fuzz_target!(|bytes: &[u8]| {
    let schemas = Schemas::compiled_in();
    let read = schemas.read(bytes);
    let in_parts = schemas.read_from(InParts(bytes)).expect("a slice can be read");
    assert!(read == in_parts, "whole and in parts differ");
    let checked = schemas.check(bytes).map(|valid| (valid.soort(), valid.release()));
    assert_eq!(checked, read.map(|bericht| (bericht.header().soort, bericht.header().release)));
});
