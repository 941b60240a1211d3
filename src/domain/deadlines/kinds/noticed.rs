//! What the gateway notices by itself: no bericht starts it, no profile says how long it runs, and it ends when it is so no more.
//! What there is to notice: `exchange/notice/`.

use crate::domain::deadlines::case::{Binds, Row, Topic, ends_with_no_bericht, starts_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;

/// How far a bericht came; what is awaited differs by step, and stands with the deadline.
pub const TRANSPORT: Row = noticed(DeadlineKind::Transport, "bewijs van verzending", None);
/// A certificate of ours.
pub const CERTIFICAAT: Row = noticed(DeadlineKind::Certificaat, "certificaat", Some("een nieuw certificaat"));
/// A code list.
pub const CODELIJST: Row = noticed(DeadlineKind::Codelijst, "codelijst", Some("vergelijking met de lijst van de bron"));
/// A sender of whom much is refused for one cause; what is awaited stands with the deadline.
pub const AFZENDER: Row = noticed(DeadlineKind::Afzender, "afzender die wordt geweigerd", None);
/// What stands still; what is awaited stands with the deadline.
pub const WACHTEN: Row = noticed(DeadlineKind::Wachten, "wat stilstaat", None);
/// A receiver of alerts.
pub const ALERT_ONTVANGER: Row = noticed(
    DeadlineKind::AlertOntvanger,
    "ontvanger van meldingen",
    Some("een ontvanger van meldingen die ze weer aanneemt"),
);

const fn noticed(kind: DeadlineKind, title: &'static str, awaits: Option<&'static str>) -> Row {
    Row {
        kind,
        title,
        terms: &[],
        units: &[],
        is_optional: true,
        binds: Binds::Noticed,
        topic: Topic::Noticed,
        awaits,
        opens: starts_with_no_bericht,
        closes: ends_with_no_bericht,
    }
}
