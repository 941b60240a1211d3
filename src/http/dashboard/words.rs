//! What pages say of work and of the network, where code puts it together.

use chrono::NaiveDate;

use crate::domain::berichten::notitie::without_bsn;
use crate::domain::deadlines::kind::DeadlineKind;

/// How long something is late, or how long there is.
pub(super) fn since(due: NaiveDate, today: NaiveDate) -> String {
    match today.signed_duration_since(due).num_days() {
        0 => "vandaag".to_owned(),
        1 => "1 dag te laat".to_owned(),
        -1 => "morgen".to_owned(),
        late if late > 0 => format!("{late} dagen te laat"),
        left => format!("nog {} dagen", -left),
    }
}

/// Whether what a deadline of this kind is about is a verzoek, which its aanbieder names as it likes.
pub(super) fn is_about_verzoek(clock: &str) -> bool {
    matches!(DeadlineKind::from_name(clock), Some(DeadlineKind::Verzoek | DeadlineKind::Onderzoek))
}

/// What a deadline is about, where it is about one of several.
pub(super) fn subject(clock: &str, subject: &str) -> String {
    if is_about_verzoek(clock) {
        format!("verzoek {}", without_bsn(subject))
    } else if is_about_declaratie(clock) {
        format!("declaratie {}", without_bsn(subject))
    } else {
        format!("toewijzing {subject}")
    }
}

/// Whether such a clock is about a declaratie as a whole.
pub(super) fn is_about_declaratie(clock: &str) -> bool {
    matches!(
        DeadlineKind::from_name(clock),
        Some(DeadlineKind::Betaling | DeadlineKind::Declareren | DeadlineKind::DeclaratieAntwoord)
    )
}

/// When the network stands still because the standard changes to another release.
pub(super) fn freeze(from: &str, until: &str, is_now: bool) -> String {
    if is_now {
        format!(
            "Overgang naar een nieuwe release: tot {until} wordt niets verstuurd. Wat wacht, gaat daarna vanzelf weg."
        )
    } else {
        format!("Overgang naar een nieuwe release: van {from} tot {until} wordt niets verstuurd.")
    }
}

/// What a kind of deadline is about.
pub(super) fn clock(name: &str) -> &'static str {
    match DeadlineKind::from_name(name) {
        Some(DeadlineKind::Retour) => "retourbericht",
        Some(DeadlineKind::DeclaratieAntwoord) => "antwoord op declaratie",
        Some(DeadlineKind::Start) => "melding van een start",
        Some(DeadlineKind::Stop) => "melding van een stop",
        Some(DeadlineKind::Verzoek) => "antwoord op verzoek",
        Some(DeadlineKind::Onderzoek) => "besluit na onderzoek",
        Some(DeadlineKind::StartNaToewijzing) => "start na toewijzing",
        Some(DeadlineKind::Declareren) => "declareren",
        Some(DeadlineKind::Verlenging) => "verlenging",
        Some(DeadlineKind::Correctie) => "correctie van een regel",
        Some(DeadlineKind::Creditering) => "creditering",
        Some(DeadlineKind::Betaling) => "betaling",
        Some(DeadlineKind::Transport) => "bewijs van verzending",
        Some(DeadlineKind::Certificaat) => "certificaat",
        Some(DeadlineKind::Codelijst) => "codelijst",
        Some(DeadlineKind::Afzender) => "afzender die wordt geweigerd",
        Some(DeadlineKind::Wachten) => "wat stilstaat",
        Some(DeadlineKind::AlertOntvanger) => "ontvanger van meldingen",
        None => "afgesproken termijn",
    }
}

/// How far from the last day in time.
pub(super) fn beside(days: i64) -> String {
    match days {
        0 => "op de laatste dag".to_owned(),
        1 => "1 dag te laat".to_owned(),
        -1 => "1 dag eerder".to_owned(),
        late if late > 0 => format!("{late} dagen te laat"),
        early => format!("{} dagen eerder", -early),
    }
}

/// Where the envelopes of a group stand.
pub(super) fn standing(word: &str) -> &'static str {
    match word {
        "unclear" => "onzeker of het aankwam",
        "stuck" => "wacht op u",
        "refused" => "geweigerd door het netwerk",
        "held" => "wordt vastgehouden",
        "given-up" => "opgegeven",
        "delivered" => "afgeleverd",
        "sending" => "wordt verzonden",
        _ => "wacht op verzending",
    }
}

/// Why they do.
pub(super) fn reason(reason: Option<&str>) -> String {
    reason.unwrap_or("zonder reden van het netwerk").to_owned()
}

/// How many a form changed.
pub(super) fn done(count: &str) -> Option<String> {
    match count.parse::<u32>() {
        Ok(0) | Err(_) => None,
        Ok(1) => Some("1 bijgewerkt. Het staat in het logboek.".to_owned()),
        Ok(count) => Some(format!("{count} bijgewerkt. Het staat in het logboek.")),
    }
}

/// How many stayed as they were.
pub(super) fn not_done(count: &str) -> Option<String> {
    match count.parse::<u32>() {
        Ok(0) | Err(_) => None,
        Ok(count) => Some(format!(
            "{count} niet bijgewerkt: er is intussen iets mee gebeurd, of dit kan er niet mee. Kijk wat er nu staat."
        )),
    }
}
