//! What became of a bericht, in a sentence, and what somebody has to do now.

use super::texts;
use crate::domain::deadlines::kinds::awaited;
use crate::echo::grouped;
use crate::store::{BerichtView, Outcome, ParcelState, Stage};

/// Something to do, and where.
pub(super) struct Todo {
    pub text: String,
    /// The page where it is done, and what that is.
    pub link: Option<(String, &'static str)>,
}

/// Whether it is a declaratie or factuur, which has a page of its own.
pub(super) fn is_declaratie(view: &BerichtView) -> bool {
    matches!(view.berichtsoort.as_deref(), Some("WMO323" | "WMO303"))
}

/// What became of it.
pub(super) fn sentence(view: &BerichtView) -> String {
    let found = view.receipt.findings.len();
    let of = match found {
        0 => String::new(),
        1 => ": er is 1 bevinding".to_owned(),
        found => format!(": er zijn {} bevindingen", grouped(found)),
    };
    match view.outcome {
        Outcome::Accepted if view.is_turned_down => {
            format!("De andere partij heeft afgewezen wat dit bericht bracht: {}.", texts::outcome(view).0)
        }
        Outcome::Accepted if view.is_retour() => "Dit retourbericht is in orde.".to_owned(),
        Outcome::Accepted => format!("Dit bericht is goedgekeurd{of}."),
        Outcome::Partial => format!("Dit bericht is voor een deel toegekend{of}."),
        Outcome::Rejected => format!("Dit bericht is afgekeurd{of}."),
        Outcome::Parked => "Dit bericht wacht op een bericht dat eerder had moeten komen.".to_owned(),
        Outcome::Refused => format!("Dit bericht is niet aangenomen{of}."),
    }
}

/// What to do now.
pub(super) fn todo(view: &BerichtView, is_operator: bool) -> Vec<Todo> {
    let say = |text: &str| Todo { text: text.to_owned(), link: None };
    let mut todo = Vec::new();
    match view.outcome {
        Outcome::Accepted if view.is_turned_down && !view.is_retour() => {
            todo.push(Todo {
                text: "Lees in het retourbericht waarom, herstel het en stuur een nieuw bericht.".to_owned(),
                link: view.retour_id.as_ref().map(|id| (format!("/berichten/{id}"), "het retourbericht")),
            });
        }
        Outcome::Accepted => {}
        Outcome::Partial => todo.push(Todo {
            text: "Bekijk de regels die zijn afgewezen.".to_owned(),
            link: Some((format!("/declaraties/{}?uitkomst=afgewezen", view.id), "de afgewezen regels")),
        }),
        Outcome::Rejected => todo.push(say(
            "De afzender herstelt wat hieronder staat en stuurt een nieuw bericht met een nieuwe Identificatie.",
        )),
        Outcome::Refused => {
            todo.push(say("Er is geen retourbericht gemaakt. De afzender herstelt het en biedt het opnieuw aan."));
        }
        Outcome::Parked => todo.push(say(
            "U hoeft niets te doen. Komt het andere bericht niet, dan wordt dit bericht beoordeeld zoals het is.",
        )),
    }
    let waits = view.deadlines.iter().filter(|deadline| deadline.is_awaited());
    todo.extend(waits.map(|deadline| Todo {
        text: format!(
            "{} wordt verwacht van {}, uiterlijk {}.",
            awaited(&deadline.clock, &deadline.answer),
            deadline.responsible,
            texts::date(deadline.due)
        ),
        link: Some((format!("/termijnen?wie={}&klok={}", deadline.responsible, deadline.clock), "de termijn")),
    }));
    let is_stuck = |state: &ParcelState| {
        matches!(
            state,
            ParcelState::Stuck
                | ParcelState::Refused { .. }
                | ParcelState::Held
                | ParcelState::Unclear { due_at: None }
        )
    };
    if view.parcels.iter().any(|parcel| parcel.replaced_by.is_none() && is_stuck(&parcel.state)) {
        todo.push(Todo {
            text: "Het netwerk neemt dit bericht niet aan. Kijk waarom, en verstuur het opnieuw of geef het op."
                .to_owned(),
            link: is_operator.then(|| ("/netwerk".to_owned(), "Netwerk")),
        });
    }
    if todo.is_empty() {
        todo.push(say("U hoeft niets te doen."));
    }
    todo.truncate(10);
    todo
}

/// How far a bericht came.
pub(super) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Stored => "hier bewaard",
        Stage::Unclear => "verstuurd; niemand zei dat het aankwam",
        Stage::HandedOver => "overgedragen",
        Stage::Accepted => "aangenomen door het netwerk",
        Stage::Fetched => "opgehaald door de ontvanger",
        Stage::Retour => "retour ontvangen",
        Stage::Answered => "beantwoord",
        Stage::Refused => "geweigerd",
        Stage::GivenUp => "opgegeven",
    }
}
