//! What is to be told becomes messages.

use super::{Office, body, earlier};
use crate::domain::Timestamp;
use crate::domain::alerts::Receiver;
use crate::store::{Gather, StoreError};

/// How many deadlines go into a message in one transaction.
const AT_ONCE: u32 = 500;

impl Office {
    /// Makes a message of all that goes together and of which the first has waited long enough.
    pub(super) async fn gather(&self, receiver: &Receiver, now: Timestamp) -> Result<(), StoreError> {
        let until = earlier(now, self.rules.group_wait);
        for group in self.store.groups_due(&receiver.name, until, now).await? {
            let gather = Gather {
                receiver: receiver.clone(),
                group,
                id: (self.new_id)(now),
                now,
                rules: self.rules.clone(),
                limit: AT_ONCE,
                compose: if self.clock.is_practice() { body::data_in_practice } else { body::data },
                link: self.link.clone(),
            };
            while !self.store.gather(&gather).await? {}
        }
        Ok(())
    }
}
