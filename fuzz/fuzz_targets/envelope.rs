//! An envelope that is taken is the same after composing it anew; an answer of the network never breaks anything.

#![no_main]

use iwmo_gateway::hub::envelope::{Content, answer, compose, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = answer::parse(bytes);
    let Ok(mut envelope) = parse(bytes) else { return };
    if let Content::Fo01 { fault, .. } = &mut envelope.content {
        // Only its digest is known.
        fault.details_xml_sha256 = None;
    }
    assert_eq!(parse(&compose::envelope(&envelope)).as_ref(), Ok(&envelope));
});
