//! What table 4.1 asks of a header that the schema accepts.
//!
//! A receiver calls, in this order: [`parties`] (StUF010, 013), its own search for the referentienummer
//! (StUF016), [`functie`] (StUF034, 040), and its own search for the crossRefnummer (StUF043).

use super::{Content, Envelope, FaultCode, Kind, Parameters, Payload, compose, parse};
use crate::domain::Berichtsoort;

/// Whether an envelope of ours is as the schema says: what would be refused is not sent. The payload is base64 whatever it holds,
/// so it is left out.
///
/// # Errors
/// What is wrong, in Dutch, without a value.
pub fn outgoing(envelope: &Envelope) -> Result<(), String> {
    let without = |parameters: &Parameters| Parameters {
        functie: parameters.functie.clone(),
        applicatie_versie: parameters.applicatie_versie.clone(),
        applicatie_subversie: parameters.applicatie_subversie.clone(),
        functie_versie: parameters.functie_versie.clone(),
        functie_subversie: parameters.functie_subversie.clone(),
        payload: Payload::Xml(Vec::new()),
    };
    let content = match &envelope.content {
        Content::Di01(parameters) => Content::Di01(without(parameters)),
        Content::Du01 { cross_refnummer, parameters } => {
            Content::Du01 { cross_refnummer: cross_refnummer.clone(), parameters: without(parameters) }
        }
        Content::Fo01 { .. } => envelope.content.clone(),
    };
    let header = Envelope { stuurgegevens: envelope.stuurgegevens.clone(), content };
    parse(&compose::envelope(&header)).map(|_| ()).map_err(|refusal| refusal.details)
}

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
        // Open with the network: it names what it answers, which only a Du01 can.
        Some(Berichtsoort::Wmo325 | Berichtsoort::Wmo304D | Berichtsoort::Wmo304F) if envelope.kind() == Kind::Du01 => {
            Ok(())
        }
        Some(_) => Err(FaultCode::StUF040),
        None => Err(FaultCode::StUF034),
    }
}

/// The envelope in which this kind of bericht travels. The choice for 325 is still open with the network
/// (Di01 or Du01): it leaves as the standard calls it, a heenbericht, and is taken in either way.
#[must_use]
pub const fn kind_of(soort: Berichtsoort) -> Kind {
    if soort.is_retour() { Kind::Du01 } else { Kind::Di01 }
}
