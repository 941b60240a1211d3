//! The namespaces of an envelope, and what it may weigh.

/// SOAP 1.1.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2, which the binding does not know.
pub(super) const SOAP_1_2: &str = "http://www.w3.org/2003/05/soap-envelope";
/// StUF 03.01.
pub(super) const STUF: &str = "http://www.egem.nl/StUF/StUF0301";
/// WS-Addressing.
pub(super) const WS_ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// What an adapter is handed.
pub(super) const DAI: &str = "http://www.stufstandaarden.nl/koppelvlak/dai0100";
/// The envelope of the GGK, version 2.1 patch 4.
pub(super) const GGK: &str = "http://www.stufstandaarden.nl/koppelvlak/ggk0210";

/// What an envelope may weigh when it comes in, base64 included: 25 MB in the largest reading.
pub const MAX_INCOMING_BYTES: usize = 26_214_400;
/// What a fault may weigh when it comes in: it may hold the whole envelope that it is about, and has to be heard all the same.
pub const MAX_FAULT_BYTES: usize = 2 * MAX_INCOMING_BYTES;
/// What an envelope may weigh when it goes out, base64 included: 25 MB in the smallest reading.
pub const MAX_OUTGOING_BYTES: usize = 25_000_000;
