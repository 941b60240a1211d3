//! What pages say of work and of the network, where code puts it together.

use chrono::NaiveDate;

use crate::domain::berichten::notitie::without_bsn;
use crate::domain::deadlines::case::Topic;
use crate::domain::deadlines::kinds;

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

/// What a deadline is about, where it is about one of several.
pub(super) fn subject(clock: &str, subject: &str) -> String {
    match kinds::topic(clock) {
        Topic::Verzoek => format!("verzoek {}", without_bsn(subject)),
        Topic::Declaratie => format!("declaratie {}", without_bsn(subject)),
        Topic::Toewijzing => format!("toewijzing {subject}"),
        Topic::Noticed => subject.to_owned(),
    }
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
