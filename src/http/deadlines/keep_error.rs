//! Why a deadline stayed as it was, for who asked.

use axum::http::StatusCode;
use chrono::NaiveDate;

use crate::exchange::keep::KeepError;

pub(in crate::http) const fn status(why: &KeepError) -> StatusCode {
    match why {
        KeepError::NotFound => StatusCode::NOT_FOUND,
        KeepError::OtherParty | KeepError::OwnTurn => StatusCode::FORBIDDEN,
        KeepError::OtherContent
        | KeepError::ByBericht
        | KeepError::ByItself
        | KeepError::Closed
        | KeepError::DoneOn(_) => StatusCode::CONFLICT,
        KeepError::NoSuchTerm { .. }
        | KeepError::NotWatched(_)
        | KeepError::NotOurs
        | KeepError::NoAanbieder
        | KeepError::Past(_)
        | KeepError::NotYet { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        KeepError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A name for machines, a title and what to do.
type Texts = (&'static str, &'static str, String);

/// Of what is not there and of a fault others tell.
pub(in crate::http) fn texts(why: &KeepError) -> Option<Texts> {
    Some(match why {
        KeepError::NotFound | KeepError::Store(_) => return None,
        KeepError::NoSuchTerm { profile, known } => ("geen-termijn", "Termijn niet afgesproken", no_such_term(profile, known)),
        KeepError::NotWatched(profile) => (
            "niet-bewaakt",
            "Niet bewaakt",
            format!(
                "Onder het profiel {profile} wordt niet bewaakt hoe snel na de toewijzing de ondersteuning begint (instelling \
                 deadlines.profile). Een schriftelijke opdracht hoeft hier niet te worden gemeld."
            ),
        ),
        KeepError::OtherParty => (
            "andere-partij",
            "Niet toegestaan",
            "Dit doet een van de partijen zelf, met haar eigen token; bij een schriftelijke opdracht is dat de gemeente.".to_owned(),
        ),
        KeepError::OwnTurn => of_waiving(None),
        KeepError::Past(day) => of_waiving(Some(*day)),
        KeepError::NotOurs => (
            "partij-niet-hier",
            "Partij niet van deze gateway",
            "Deze gateway handelt voor geen van deze partijen. Controleer de codes, of voeg een tabel [[partij]] toe.".to_owned(),
        ),
        KeepError::NoAanbieder => (
            "aanbieder-ontbreekt",
            "Aanbieder ontbreekt",
            "Deze termijn geldt voor de aanbieder. Noem die met \"aanbieder\" (AGB-code).".to_owned(),
        ),
        KeepError::OtherContent => (
            "al-gemeld",
            "Al met andere inhoud gemeld",
            "Dit is eerder met andere inhoud gemeld, en dat is niet gewijzigd. Stuur dezelfde inhoud; kies voor een andere termijn een ander kenmerk, en trek een schriftelijke opdracht eerst in."
                .to_owned(),
        ),
        KeepError::ByBericht | KeepError::ByItself => of_ending(why),
        KeepError::Closed => (
            "afgelopen",
            "Termijn loopt niet meer",
            "Op deze termijn wordt niet meer gewacht: het antwoord is er, of zij is vervallen. Er is niets gewijzigd.".to_owned(),
        ),
        KeepError::DoneOn(day) => (
            "al-gereed",
            "Al gereed op een andere dag",
            format!("Van deze termijn is al gemeld dat het op {day} gereed was. Dat is niet gewijzigd."),
        ),
        KeepError::NotYet { from, today } => (
            "dag-van-gereed",
            "Geen mogelijke dag",
            format!("De termijn telt vanaf {from}: gereed kan het zijn van die dag tot en met vandaag ({today})."),
        ),
    })
}

/// Of what no person ends.
fn of_ending(why: &KeepError) -> Texts {
    if matches!(why, KeepError::ByItself) {
        return (
            "eindigt-vanzelf",
            "De gateway stopt deze termijn",
            "De gateway zag dit zelf, en de termijn eindigt vanzelf zodra het is verholpen. Neem haar zo nodig op met acknowledge, of laat haar rusten met waive."
                .to_owned(),
        );
    }
    (
        "bericht-verwacht",
        "Een bericht stopt deze termijn",
        "Deze termijn is met een bericht begonnen en eindigt met het bericht dat wordt verwacht. Stuur dat; neem de termijn zo nodig op met acknowledge."
            .to_owned(),
    )
}

/// Of what nobody needs to wait for: a day that is past, or whose turn it is.
fn of_waiving(past: Option<NaiveDate>) -> Texts {
    match past {
        None => (
            "eigen-beurt",
            "Niet toegestaan",
            "Deze partij is zelf aan zet. Kwijtschelden doet de partij die wacht, met haar eigen token, of een beheerder."
                .to_owned(),
        ),
        Some(day) => (
            "dag-voorbij",
            "Dag is voorbij",
            format!("De dag {day} is voorbij. Geef met \"until\" vandaag of een latere dag, of laat \"until\" weg."),
        ),
    }
}

fn no_such_term(profile: &str, known: &[String]) -> String {
    if known.is_empty() {
        return format!(
            "Het profiel {profile} kent geen termijnen die iemand zelf begint (instelling deadlines.profile)."
        );
    }
    format!("Deze termijn is in het profiel {profile} niet afgesproken. Wel afgesproken: {}.", known.join(", "))
}
