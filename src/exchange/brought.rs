//! What was recorded since somebody last looked for berichten that wait for it.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::domain::Partij;
use crate::domain::facts::history::Subject;

/// Subjects, by the gemeente and the aanbieder between whom they are.
type Subjects = HashMap<(Partij, Partij), HashSet<Subject>>;

/// What was recorded since this story last looked.
#[derive(Debug, Default)]
pub struct Brought {
    noted: Mutex<Noted>,
    added: Notify,
}

#[derive(Debug, Default)]
struct Noted {
    subjects: Subjects,
    /// A wait may end sooner than this story thinks.
    sooner: bool,
}

impl Brought {
    /// Notes that something about these subjects was recorded.
    pub(super) fn add(&self, (gemeente, aanbieder): (&Partij, &Partij), subjects: Vec<Subject>) {
        self.noted().subjects.entry((gemeente.clone(), aanbieder.clone())).or_default().extend(subjects);
        self.added.notify_one();
    }

    /// Wakes the story: something was let wait, or the time was set.
    pub fn look_again(&self) {
        self.noted().sooner = true;
        self.added.notify_one();
    }

    pub(super) fn take(&self) -> Subjects {
        std::mem::take(&mut self.noted().subjects)
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is noted.
    pub(super) async fn changed(&self) {
        self.added.notified().await;
    }

    /// Whether a wait may end sooner than this story thinks; asked once.
    pub(super) fn may_end_sooner(&self) -> bool {
        std::mem::take(&mut self.noted().sooner)
    }
}
