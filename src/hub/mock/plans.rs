//! What is planned.

use super::config::{Besluit, Retour};
use super::levering::{Leveringen, Report, Which};
use crate::domain::berichten::bericht::Header;
use crate::domain::{Heenbericht, Timestamp};
use crate::hub::envelope::Envelope;

#[derive(Default)]
pub(super) struct Agenda {
    pub(super) items: Vec<Item>,
    pub(super) made: u64,
    pub(super) leveringen: Leveringen,
    /// How many toewijzingen played gemeenten gave.
    pub(super) given: i64,
}

#[derive(Clone)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) due: Timestamp,
    pub(super) attempts: u32,
    pub(super) what: What,
}

#[derive(Clone)]
pub(super) enum What {
    Plan(Box<Plan>),
    Ready { envelope: Box<Envelope>, bytes: Vec<u8> },
}

/// Something to compose when its time has come.
#[derive(Clone)]
pub(super) struct Plan {
    /// Of the Di01 that set this off, for what answers it.
    pub(super) referentienummer: String,
    /// To which gemeente or aanbieder.
    pub(super) to: String,
    pub(super) what: Send,
}

#[derive(Clone)]
pub(super) enum Send {
    Retour(Box<Heenbericht>, Retour),
    Report(Which, Report),
    Decide(Box<Heenbericht>, Besluit),
    /// As it was given, and these bytes.
    Given(Header, Vec<u8>),
    Bounce {
        code: String,
        details: String,
    },
}

impl Agenda {
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.items.iter().map(|item| item.due).min()
    }

    pub(super) fn add(&mut self, due: Timestamp, plan: Plan) {
        self.made += 1;
        self.items.push(Item { id: self.made, due, attempts: 0, what: What::Plan(Box::new(plan)) });
    }

    /// Takes out what was still to be reported on a levering from this moment on; oldest first.
    pub(super) fn cancel(&mut self, levering: Which, from: Timestamp) -> Vec<(Timestamp, Report)> {
        let report = |item: &Item| match &item.what {
            What::Plan(plan) => match plan.what {
                Send::Report(which, report) if which == levering && item.due >= from => Some((item.due, report)),
                Send::Retour(..) | Send::Report(..) | Send::Decide(..) | Send::Given(..) | Send::Bounce { .. } => None,
            },
            What::Ready { .. } => None,
        };
        let mut cancelled: Vec<_> = self.items.iter().filter_map(report).collect();
        self.items.retain(|item| report(item).is_none());
        cancelled.sort_by_key(|(due, _)| *due);
        cancelled
    }
}
