//! What table 4.1 asks of a header that the schema accepts.
//!
//! A receiver calls, in this order: [`parties`] (StUF010, 013), its own search for the referentienummer
//! (StUF016), [`functie`] (StUF034, 040), and its own search for the crossRefnummer (StUF043).

use super::{Envelope, FaultCode, Kind};
use crate::domain::Berichtsoort;

/// Whether receiver and sender are known.
///
/// # Errors
/// The first code of the table that applies; the sender is at fault.
pub fn parties(
    envelope: &Envelope,
    knows_ontvanger: impl FnOnce(&str) -> bool,
    knows_zender: impl FnOnce(&str) -> bool,
) -> Result<(), FaultCode> {
    if !knows_ontvanger(&envelope.stuurgegevens.ontvanger.organisatie) {
        return Err(FaultCode::StUF010);
    }
    if !knows_zender(&envelope.stuurgegevens.zender.organisatie) {
        return Err(FaultCode::StUF013);
    }
    Ok(())
}

/// Whether the functie is one that we carry, in the envelope that belongs to it. A Fo01 has none.
///
/// # Errors
/// The first code of the table that applies; the sender is at fault.
pub fn functie(envelope: &Envelope) -> Result<(), FaultCode> {
    let Some(parameters) = envelope.parameters() else { return Ok(()) };
    match Berichtsoort::from_name(&parameters.functie) {
        Some(soort) if kind_of(soort) == envelope.kind() => Ok(()),
        Some(_) => Err(FaultCode::StUF040),
        None => Err(FaultCode::StUF034),
    }
}

/// The envelope in which this kind of bericht travels. The choice for 325 is still open with the network
/// (Di01 or Du01); it follows the standard, which calls it a heenbericht.
#[must_use]
pub const fn kind_of(soort: Berichtsoort) -> Kind {
    if soort.is_retour() { Kind::Du01 } else { Kind::Di01 }
}
