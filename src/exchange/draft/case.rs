//! A judged bericht, before it is recorded.

use crate::domain::berichten::declaratie::Decides;
use crate::domain::{Bericht, History, Verdict};
use crate::exchange::gateway::Gateway;
use crate::exchange::parties::{Addressee, Route};
use crate::exchange::received::Received;

/// A judged bericht, before it is recorded.
pub(in crate::exchange) struct Draft<'a> {
    pub received: &'a Received,
    /// The bericht as it goes on: the bytes received, or what was made of them.
    pub xml: &'a [u8],
    pub bericht: &'a Bericht,
    pub history: &'a History,
    pub verdict: &'a Verdict,
    pub route: Route,
}

impl Draft<'_> {
    /// A declaratie whose lines were judged, of which people decide: what was found is a proposal to them.
    pub(super) fn is_for_people(&self, gateway: &Gateway) -> bool {
        gateway.declaraties == Decides::TwoPeople
            && self.route.addressee == Addressee::Answered
            && self.verdict.declaratie.is_some()
    }
}
