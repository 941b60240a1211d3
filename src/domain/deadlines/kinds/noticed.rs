//! What the gateway notices by itself: no bericht starts it, no profile says how long it runs, and it ends when it is so no more.
//! What there is to notice: `exchange/notice/`.

use crate::domain::deadlines::case::{Binds, Row, ends_with_no_bericht, starts_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;

/// How far a bericht came; what is awaited differs by step, and stands with the deadline.
pub const TRANSPORT: Row = noticed(DeadlineKind::Transport, None);
/// A certificate of ours.
pub const CERTIFICAAT: Row = noticed(DeadlineKind::Certificaat, Some("een nieuw certificaat"));
/// A code list.
pub const CODELIJST: Row = noticed(DeadlineKind::Codelijst, Some("vergelijking met de lijst van de bron"));
/// A sender of whom much is refused for one cause; what is awaited stands with the deadline.
pub const AFZENDER: Row = noticed(DeadlineKind::Afzender, None);
/// What stands still; what is awaited stands with the deadline.
pub const WACHTEN: Row = noticed(DeadlineKind::Wachten, None);
/// A receiver of alerts.
pub const ALERT_ONTVANGER: Row =
    noticed(DeadlineKind::AlertOntvanger, Some("een ontvanger van meldingen die ze weer aanneemt"));

const fn noticed(kind: DeadlineKind, awaits: Option<&'static str>) -> Row {
    Row {
        kind,
        terms: &[],
        units: &[],
        is_optional: true,
        binds: Binds::Noticed,
        awaits,
        opens: starts_with_no_bericht,
        closes: ends_with_no_bericht,
    }
}
