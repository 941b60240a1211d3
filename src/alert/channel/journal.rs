//! A line in the log.

use crate::alert::texts;
use crate::store::Message;

pub fn write(message: &Message) {
    let (id, event, data) = (&message.id, &message.event, &message.data);
    tracing::warn!(id, event, data, "alert: {}", texts::subject(message));
}
