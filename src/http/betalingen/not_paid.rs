//! Why nothing was paid, for who asked.

use axum::http::StatusCode;

use crate::domain::facts::calculation::euros;
use crate::exchange::local_time;
use crate::exchange::pay::NotPaid;
use crate::store::{LeftOut, Reden, Withdrawn};

pub(in crate::http) fn status(why: &NotPaid) -> StatusCode {
    match why {
        NotPaid::NotFound => StatusCode::NOT_FOUND,
        NotPaid::OtherContent(_) | NotPaid::PaidOn(_) | NotPaid::Paid(_) | NotPaid::Withdrawn(_) => {
            StatusCode::CONFLICT
        }
        NotPaid::Nothing(_) | NotPaid::Past(_) | NotPaid::NotYet { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        NotPaid::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A name for machines, a title and what to do.
type Texts = (&'static str, &'static str, String);

/// Of what is not there and of a fault others tell.
pub(in crate::http) fn texts(why: &NotPaid) -> Option<Texts> {
    Some(match why {
        NotPaid::NotFound | NotPaid::Store(_) => return None,
        NotPaid::OtherContent(asked) => (
            "kenmerk-gebruikt",
            "Kenmerk al gebruikt",
            format!(
                "Onder dit kenmerk is al een betaling gemaakt, met {}. Stuur dezelfde inhoud, of kies een ander kenmerk.",
                serde_json::to_string(asked).expect("texts and days")
            ),
        ),
        NotPaid::Nothing(left_out) => ("niets-te-betalen", "Niets te betalen", nothing(left_out)),
        NotPaid::Past(today) => (
            "uitvoerdatum-voorbij",
            "Uitvoerdatum voorbij",
            format!("De uitvoerdatum ligt voor vandaag ({today}). Kies vandaag of een latere dag."),
        ),
        NotPaid::NotYet { made, today } => (
            "dag-van-betaling",
            "Geen mogelijke dag van betaling",
            format!(
                "Deze betaling is op {made} gemaakt: zij kan zijn betaald van die dag tot en met vandaag ({today})."
            ),
        ),
        NotPaid::PaidOn(day) => (
            "al-betaald",
            "Al betaald op een andere dag",
            format!("Van deze betaling is al gemeld dat zij op {day} is betaald. Dat is niet gewijzigd."),
        ),
        NotPaid::Paid(day) => (
            "al-betaald",
            "Al betaald",
            format!(
                "Van deze betaling is gemeld dat zij op {day} is betaald: zij kan niet meer worden ingetrokken. Zet recht met een credit."
            ),
        ),
        NotPaid::Withdrawn(withdrawn) => ("betaling-ingetrokken", "Betaling ingetrokken", taken_back(withdrawn)),
    })
}

fn taken_back(Withdrawn { at, by, reason }: &Withdrawn) -> String {
    format!(
        "Deze betaling is op {} ingetrokken door {by} ({reason}) en wordt niet betaald. Wat erin stond is weer te betalen: maak een \
         nieuwe betaling, onder een ander kenmerk.",
        local_time(*at).date_naive()
    )
}

fn nothing(left_out: &[LeftOut]) -> String {
    let mut text = "Er is geen beantwoorde declaratie met iets te betalen die nog in geen betaling staat. Er is geen betaling gemaakt."
        .to_owned();
    for (reden, why) in [
        (
            Reden::NietMeerDanTeruggenomen,
            "Bij deze aanbieders is niet meer toegekend dan teruggenomen; dat wordt later verrekend",
        ),
        (
            Reden::MeerDanEenOverboeking,
            "Deze bedragen zijn meer dan een SEPA-overboeking kan zijn (€ 999.999.999,99); betaal ze buiten dit systeem",
        ),
    ] {
        let amounts = left_out.iter().filter(|one| one.reden == reden);
        let amounts = amounts.map(|one| format!("{} ({})", one.aanbieder, euros(one.bedrag.into())));
        let amounts = amounts.collect::<Vec<_>>().join(", ");
        if !amounts.is_empty() {
            text.extend([" ", why, ": ", &amounts, "."]);
        }
    }
    text
}

pub(in crate::http) fn not_a_gemeente() -> Texts {
    let detail = "Dit doet en ziet een gemeente. Gebruik het token van een gemeente; een beheerder mag het zien.";
    ("geen-gemeente", "Niet toegestaan", detail.to_owned())
}

pub(in crate::http) fn kenmerk() -> Texts {
    let detail = "Een kenmerk heeft 1 tot 35 tekens die elke bank aanneemt: letters en cijfers zonder accent, spatie en -?:().,'+. \
                  Het begint met een letter of cijfer.";
    ("kenmerk", "Geen geldig kenmerk", detail.to_owned())
}

pub(in crate::http) fn no_account(partijen: &[String]) -> Texts {
    let detail = format!(
        "Van deze partijen staat geen rekening in de instellingen: {}. Beheerder: voeg voor elk een tabel [[rekening]] toe met \
         partij, naam en iban. De regels zijn wel als CSV te krijgen.",
        partijen.join(", ")
    );
    ("rekening-ontbreekt", "Rekening ontbreekt", detail)
}
