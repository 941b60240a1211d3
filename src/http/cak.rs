//! `/v1/cak`: starts and stops for the CAK, which asks clients for their own contribution (MLW-15, MLW-16, MLW-16b).
//!
//! The one export that names clients: a Bsn stands in its body, and nowhere else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::error::Problem;
use super::openapi::{BadQuery, ForCallers};
use super::query::Parameters;
use super::{Caller, Server};
use crate::domain::Partij;
use crate::domain::cak::{Cak, Reporter};
use crate::domain::waarde::Value as _;
use crate::exchange::table::quoted;
use crate::store::LeveringView;

const HEADING: &str = "Bsn;Gemeente;Aanbieder;ToewijzingNummer;ProductCategorie;ProductCode;CAK-code;Soort;Datum;RedenBeeindiging;Meldt;Kostprijs per vier weken (centen);Opmerking";

/// Which days, and whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The first day.
    #[param(example = "2018-04-23")]
    van: NaiveDate,
    /// The last day.
    #[param(example = "2018-05-20")]
    tot: NaiveDate,
    /// The gemeente or aanbieder, by its code; an operator has to name one, a party may leave it out.
    #[param(example = "0988")]
    partij: Option<String>,
}

/// Gives the starts and stops of a party for the CAK, as CSV with a row for each that counts. A gemeente gets its own, told by
/// whom each is to be reported; an aanbieder those that it reports itself.
#[utoipa::path(
    get,
    path = "/v1/cak",
    tag = "cak",
    params(Wanted),
    responses(
        (status = 200, description = "A row for each start and stop", body = String, content_type = "text/csv"),
        BadQuery,
        ForCallers
    )
)]
pub(super) async fn export(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Response, Problem> {
    let partij = wanted.partij(&caller)?;
    if wanted.tot < wanted.van {
        return Err(Problem::Query("tot moet op of na van liggen.".to_owned()));
    }
    let leveringen = server.gateway.store.leveringen(&partij, wanted.van, wanted.tot).await?;
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=cak.csv")];
    Ok((headers, csv(&leveringen, &partij, server.gateway.profile.afspraken.cak())).into_response())
}

impl Wanted {
    /// Whose starts and stops.
    ///
    /// # Errors
    /// An operator names nobody, or a party somebody else.
    fn partij(&self, caller: &Caller) -> Result<Partij, Problem> {
        let named = self.partij.as_deref().map(|code| {
            let wrong = || Problem::Query("partij is geen gemeentecode van 4 of AGB-code van 8 cijfers.".to_owned());
            Partij::from_text(code).ok_or_else(wrong)
        });
        match (caller.scope(), named.transpose()?) {
            (Some(own), None) => Ok(own.clone()),
            (Some(own), Some(named)) if *own == named => Ok(named),
            (Some(_), Some(_)) => Err(Problem::Query("partij is een andere partij dan die van het token.".to_owned())),
            (None, Some(named)) => Ok(named),
            (None, None) => {
                Err(Problem::Query("Noem met partij de gemeente of aanbieder van wie de export is.".to_owned()))
            }
        }
    }
}

/// An aanbieder gets what it reports itself: nothing of the new method, and nothing once the gemeente reports. Where nothing
/// was agreed on the CAK, everything is there, without a code.
fn csv(leveringen: &[LeveringView], partij: &Partij, cak: Option<&Cak>) -> String {
    let mut table = format!("{HEADING}\r\n");
    for levering in leveringen {
        let told = cak.map(|cak| cak.reporter(levering.product_code.as_deref(), levering.day));
        if !partij.is_gemeente() && told == Some(Reporter::Gemeente) {
            continue;
        }
        table.push_str(&row(levering, cak, told).join(";"));
        table.push_str("\r\n");
    }
    table
}

fn row(levering: &LeveringView, cak: Option<&Cak>, told: Option<Reporter>) -> [String; 13] {
    let code = cak.zip(levering.product_code.as_deref()).and_then(|(cak, code)| cak.codes.get(code));
    let is_new = cak.is_some() && levering.product_code.is_some() && code.is_none();
    let text = |text: &Option<String>| text.as_deref().map(quoted).unwrap_or_default();
    let remark = match code {
        None if cak.is_some() && levering.product_code.is_none() => {
            "De productcode is niet bekend, en zo de CAK-code niet."
        }
        Some(known) if known.code.is_none() => "Van deze productcode is geen CAK-code bekend.",
        Some(known) if !known.is_certain => "Controleer de CAK-code bij de gemeente.",
        None | Some(_) => "",
    };
    [
        levering.bsn.digits().to_owned(),
        levering.gemeente.clone(),
        levering.aanbieder.clone(),
        levering.toewijzing_nummer.map(|nummer| nummer.to_string()).unwrap_or_default(),
        text(&levering.product_categorie),
        text(&levering.product_code),
        code.and_then(|known| known.code.as_deref()).map(quoted).unwrap_or_default(),
        if levering.reden_beeindiging.is_some() { "stop" } else { "start" }.to_owned(),
        levering.day.to_string(),
        text(&levering.reden_beeindiging),
        match told {
            Some(Reporter::Aanbieder) => "aanbieder",
            Some(Reporter::Gemeente) => "gemeente",
            None => "",
        }
        .to_owned(),
        cak.filter(|_| is_new).map(|cak| cak.cost_price.to_string()).unwrap_or_default(),
        quoted(remark),
    ]
}
