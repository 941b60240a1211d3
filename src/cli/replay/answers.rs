//! Which answers a folder holds. In a report for people the answer that the gateway composes counts where the folder has none.

use std::collections::HashSet;

use super::scenario::Play;
use crate::domain::Bericht;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::facts::history::Answers;
use crate::store::{DeadlineState, DeadlineView};
use crate::xml::Schemas;

/// The answers of a folder: kind, Identificatie of the heenbericht, and between whom.
#[derive(Default)]
pub struct InFolder(HashSet<Key>);

#[derive(PartialEq, Eq, Hash)]
struct Key {
    answer: String,
    identificatie: String,
    parties: [String; 2],
}

impl Key {
    fn new(answer: &str, identificatie: &str, mut parties: [String; 2]) -> Self {
        parties.sort();
        Self { answer: answer.to_owned(), identificatie: identificatie.to_owned(), parties }
    }

    /// Of an answer; `None` of what answers nothing.
    fn of(bericht: &Bericht) -> Option<Self> {
        let header = bericht.header();
        let identificatie = match bericht {
            Bericht::Retour(_) => header.bericht_identificatie.identificatie.to_string(),
            Bericht::Heen(heen) => Answers::of(&heen.inhoud)?.identificatie.identificatie.to_string(),
        };
        let (gemeente, aanbieder) = header.pair();
        Some(Self::new(header.soort.name(), &identificatie, [gemeente, aanbieder].map(|one| one.code().to_owned())))
    }
}

impl InFolder {
    /// Looks for answers in these files. What cannot be read answers nothing; its own step tells why.
    pub fn read(plays: &[Play], schemas: &Schemas) -> Self {
        let berichten = plays.iter().filter_map(|play| schemas.read(&std::fs::read(&play.path).ok()?).ok());
        Self(berichten.filter_map(|bericht| Key::of(&bericht)).collect())
    }

    /// Counts the composed answers: a deadline on an answer that the folder lacks is met at once, and never overdue.
    pub fn count_composed(&self, deadlines: &mut Vec<DeadlineView>) {
        deadlines.retain(|one| one.state != DeadlineState::Overdue || !self.is_composed(one));
        for deadline in deadlines {
            if deadline.state == DeadlineState::Open && self.is_composed(deadline) {
                deadline.state = DeadlineState::Met;
            }
        }
    }

    fn is_composed(&self, deadline: &DeadlineView) -> bool {
        let on_answer = [DeadlineKind::Retour, DeadlineKind::DeclaratieAntwoord].map(DeadlineKind::name);
        let is_here = deadline.started_by().is_some_and(|by| {
            let parties = [by.afzender.clone(), by.ontvanger.clone()];
            self.0.contains(&Key::new(&deadline.answer, &by.identificatie, parties))
        });
        on_answer.contains(&deadline.clock.as_str()) && !is_here
    }
}
