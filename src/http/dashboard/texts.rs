//! Everything that an operator reads, in Dutch, in one place.

use crate::store::{Outcome, ParcelState, Via};

/// The texts of the pages.
pub(super) struct Texts {
    pub name: &'static str,
    pub title: &'static str,
    pub as_of: &'static str,
    pub log_in: &'static str,
    pub log_out: &'static str,
    pub token: &'static str,
    pub token_hint: &'static str,
    pub wrong_token: &'static str,
    pub accepted: &'static str,
    pub rejected: &'static str,
    pub refused: &'static str,
    pub open: &'static str,
    pub overdue: &'static str,
    pub waiting: &'static str,
    pub stuck: &'static str,
    pub in_postbus: &'static str,
    pub overdue_title: &'static str,
    pub overdue_none: &'static str,
    pub open_title: &'static str,
    pub open_none: &'static str,
    pub stuck_title: &'static str,
    pub stuck_none: &'static str,
    pub berichten_title: &'static str,
    pub berichten_none: &'static str,
    pub due: &'static str,
    pub awaited: &'static str,
    pub from: &'static str,
    pub about: &'static str,
    pub state: &'static str,
    pub functie: &'static str,
    pub to: &'static str,
    pub attempts: &'static str,
    pub reason: &'static str,
    pub received_at: &'static str,
    pub bericht: &'static str,
    pub parties: &'static str,
    pub via: &'static str,
    pub outcome: &'static str,
    pub findings: &'static str,
}

pub(super) static TEXTS: Texts = Texts {
    name: "iwmo-gateway",
    title: "Berichtenverkeer Wmo",
    as_of: "Stand van",
    log_in: "Inloggen",
    log_out: "Uitloggen",
    token: "Beheertoken",
    token_hint: "Het token van een credential met operator = true.",
    wrong_token: "Dit token is niet bekend of hoort niet bij een beheerder.",
    accepted: "geaccepteerd",
    rejected: "afgekeurd",
    refused: "geweigerd",
    open: "open termijnen",
    overdue: "te laat",
    waiting: "te verzenden",
    stuck: "vastgelopen",
    in_postbus: "in postbussen",
    overdue_title: "Te laat",
    overdue_none: "Geen enkele termijn is verstreken.",
    open_title: "Nog te verwachten",
    open_none: "Er worden geen antwoorden verwacht.",
    stuck_title: "Nog niet afgeleverd",
    stuck_none: "Alles is afgeleverd.",
    berichten_title: "Laatste berichten",
    berichten_none: "Er is nog geen bericht binnengekomen.",
    due: "Uiterlijk",
    awaited: "Verwacht",
    from: "Van",
    about: "Op bericht",
    state: "Stand",
    functie: "Soort",
    to: "Aan",
    attempts: "Pogingen",
    reason: "Reden",
    received_at: "Moment",
    bericht: "Bericht",
    parties: "Van en aan",
    via: "Langs",
    outcome: "Uitkomst",
    findings: "Bevindingen",
};

/// Which way a bericht came in.
pub(super) const fn via(via: Via) -> &'static str {
    match via {
        Via::Api => "API",
        Via::Ggk => "GGK",
        Via::File => "bestand",
        Via::Gateway => "hier gemaakt",
    }
}

/// What became of a bericht, and the class that colours it.
pub(super) const fn outcome(outcome: Outcome, via: Via) -> (&'static str, &'static str) {
    match (outcome, via) {
        (Outcome::Accepted, Via::Gateway) => ("opgesteld", ""),
        (Outcome::Accepted, Via::Api | Via::Ggk | Via::File) => ("geaccepteerd", "good"),
        (Outcome::Parked, _) => ("wacht op een eerder bericht", ""),
        (Outcome::Partial, _) => ("deels toegekend", "bad"),
        (Outcome::Rejected, _) => ("afgekeurd", "bad"),
        (Outcome::Refused, _) => ("geweigerd", "bad"),
    }
}

/// Where an envelope stands.
pub(super) const fn parcel_state(state: &ParcelState) -> &'static str {
    match state {
        ParcelState::Waiting { .. } => "wacht op verzending",
        ParcelState::Sending { .. } => "wordt verzonden",
        ParcelState::Unclear { due_at: Some(_) } => "onzeker of het aankwam; wordt opnieuw verzonden",
        ParcelState::Unclear { due_at: None } => "onzeker of het aankwam; aan u",
        ParcelState::Delivered { .. } => "afgeleverd",
        ParcelState::Refused { .. } => "geweigerd door het netwerk",
        ParcelState::Held => "aan u",
    }
}

/// The bericht that a deadline is about, and the toewijzing when it is about one.
pub(super) fn about(berichtsoort: &str, identificatie: &str, subject: Option<&str>) -> String {
    match subject {
        None => format!("{berichtsoort} {identificatie}"),
        Some(subject) => format!("{berichtsoort} {identificatie}, toewijzing {subject}"),
    }
}
