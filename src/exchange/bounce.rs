//! The story of a fault that the network sends afterwards (Fo01): what was delivered was not taken after all.
//!
//! It has to fit the parcel that it names, its parties and the moment; one that does not is put apart for a person and changes
//! nothing, as anybody on the network can name a number. Whatever it says, its bytes are kept.

use bytes::Bytes;

use super::gateway::Gateway;
use super::ids;
use super::log;
use super::relay::{held_by, with_advice};
use crate::hub::codes::{Class, meaning};
use crate::hub::envelope::Fault;
use crate::store::{EnvelopeSeen, FaultEffect, Hold, KeptParcel, NewFault, ParcelKind, ParcelState, StoreError};

/// Who besides the receiver of a parcel may say that it was not taken: the nodes of the chain.
const NODES: [&str; 7] = ["VECOZO", "IB", "BIDN", "RINIS", "CAK", "VWS", "SVB"];

/// A fault that came in.
pub(super) struct FaultIn<'a> {
    /// Who sends it, under which number, and its answer.
    pub seen: EnvelopeSeen,
    /// For whom; empty when it does not say.
    pub ontvanger: &'a str,
    /// The referentienummer of the parcel that it is about.
    pub about: &'a str,
    /// What it says.
    pub fault: &'a Fault,
}

/// Keeps a fault and does what follows from it.
///
/// # Errors
/// Nothing was kept; the network may send it again.
pub(super) async fn take_in(came_in: FaultIn<'_>, bytes: &[u8], gateway: &Gateway) -> Result<(), StoreError> {
    let now = gateway.clock.now();
    let parcel = gateway.store.parcel(came_in.about).await?;
    let effect = match &parcel {
        None => FaultEffect::PutApart("Er is niets verstuurd met dit nummer.".to_owned()),
        Some(parcel) => match misfit(&came_in, parcel) {
            Some(why) => FaultEffect::PutApart(why.to_owned()),
            None => effect(&came_in, parcel, gateway),
        },
    };
    let id = ids::new_id(now);
    log::bounced(came_in.about, &effect);
    let fault = NewFault {
        id,
        received_at: now,
        ontvanger: came_in.ontvanger.to_owned(),
        about: came_in.about.to_owned(),
        code: came_in.fault.code.clone(),
        text: came_in.fault.reason(),
        bytes: Bytes::copy_from_slice(bytes),
        effect,
        seen: came_in.seen,
    };
    gateway.store.take_fault(&fault).await
}

/// Why a fault cannot be about this parcel, in Dutch.
fn misfit(came_in: &FaultIn<'_>, kept: &KeptParcel) -> Option<&'static str> {
    let (zender, parcel) = (came_in.seen.zender.as_str(), &kept.view);
    if !came_in.ontvanger.is_empty() && came_in.ontvanger != parcel.zender {
        return Some("Het is gericht aan een andere partij dan die het bericht verstuurde.");
    }
    if zender != parcel.ontvanger && !NODES.contains(&zender) {
        return Some("Het komt van een partij voor wie het bericht niet was.");
    }
    if parcel.attempts == 0 {
        return Some("Het bericht is nog niet verstuurd.");
    }
    if kept.is_answered {
        return Some("Op het bericht kwam al een antwoord.");
    }
    None
}

/// What a fault that fits means for its parcel.
fn effect(came_in: &FaultIn<'_>, kept: &KeptParcel, gateway: &Gateway) -> FaultEffect {
    let (zender, parcel) = (came_in.seen.zender.as_str(), &kept.view);
    if parcel.replaced_by.is_some() {
        return FaultEffect::Nothing;
    }
    match parcel.state {
        ParcelState::Refused { .. } | ParcelState::GivenUp => return FaultEffect::Nothing,
        ParcelState::Waiting { .. }
        | ParcelState::Sending { .. }
        | ParcelState::Unclear { .. }
        | ParcelState::Delivered { .. }
        | ParcelState::Held
        | ParcelState::Stuck => {}
    }
    let meaning = meaning(zender, &came_in.fault.code, gateway.envelopes.generation);
    let reason = with_advice(&format!("{zender} {}", came_in.fault.reason()), meaning);
    match meaning.class {
        // The echo of a resend; the first attempt arrived.
        Class::Duplicate if parcel.maybe_arrived || parcel.attempts > 1 => FaultEffect::Nothing,
        Class::Duplicate => FaultEffect::HandOver(reason),
        Class::Wait | Class::Config if parcel.kind != ParcelKind::Fo01 => {
            match held_by(meaning, &parcel.functie, &parcel.zender) {
                Some(scope) => FaultEffect::Hold(Hold { scope, since: gateway.clock.now(), reason }),
                None => FaultEffect::Refuse(reason),
            }
        }
        Class::Wait | Class::Config | Class::Repair | Class::RetrySame | Class::Operator => FaultEffect::Refuse(reason),
    }
}
