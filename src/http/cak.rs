//! `/v1/cak`: starts, stops and what was delivered for the CAK, which asks clients for their own contribution (MLW-15, MLW-16,
//! MLW-16b, MLW-21); below it the periods of which the gemeente tells the cost price.
//!
//! The exports that name clients: a Bsn stands in their body, and nowhere else.

pub(super) mod perioden;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::error::Problem;
use super::openapi::{BadQuery, ForCallers};
use super::query::{self, Parameters, missing, unfit};
use super::{Caller, Server};
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Eenheid, Value as _};
use crate::domain::cak::{Cak, CakCode, Method, Reporter, Support};
use crate::exchange::table::{Cell, csv};
use crate::store::{CakExport, Levering, LeveringView};

const HEADING: [&str; 18] = [
    "Bsn",
    "Gemeente",
    "Aanbieder",
    "ToewijzingNummer",
    "ProductCategorie",
    "ProductCode",
    "CAK-code",
    "Soort",
    "Datum",
    "Einddatum",
    "RedenBeeindiging",
    "Volume",
    "Eenheid",
    "Minuten",
    "Methode",
    "Meldt",
    "Kostprijs per vier weken (centen)",
    "Opmerking",
];

/// Which days, and whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// The first day.
    #[param(example = "2018-04-23")]
    from: NaiveDate,
    /// The last day.
    #[param(example = "2018-05-20")]
    to: NaiveDate,
    /// The gemeente or aanbieder, by its code; an operator has to name one, a party may leave it out.
    #[param(schema_with = query::partij)]
    partij: Option<String>,
}

/// Gives the starts and stops of a party for the CAK, and what was delivered, as CSV with a row for each that counts.
///
/// A gemeente gets its own, told by whom each is to be reported; an aanbieder those that it reports itself: of clients of the old
/// method, for as long as there is one. What was delivered are the lines that were granted and not taken back. Who took an
/// export stands in the audit log.
#[utoipa::path(
    get,
    path = "/v1/cak",
    tag = "cak",
    params(ExportQuery),
    responses(
        (status = 200, description = "A row for each start, stop and granted line", body = String, content_type = "text/csv"),
        BadQuery,
        ForCallers
    )
)]
pub(super) async fn export(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(wanted): Parameters<ExportQuery>,
) -> Result<Response, Problem> {
    let partij = wanted.partij(&caller)?;
    let ExportQuery { from, to, .. } = wanted;
    check_days(from, to)?;
    let store = &server.gateway.store;
    let leveringen = store.leveringen(&partij, from, to).await?;
    // An aanbieder does not learn from here what another one does.
    let support = if partij.is_gemeente() { store.support(&partij, from, to).await? } else { Vec::new() };
    let rows = rows(&leveringen, &Running::of(&support), (&partij, server.gateway.profile.afspraken.cak()));
    server.export(Export { file: "cak.csv", heading: &HEADING, rows }, (partij, from, to), &caller).await
}

fn check_days(from: NaiveDate, to: NaiveDate) -> Result<(), Problem> {
    if to < from { Err(unfit("to", "kies een dag op of na from.")) } else { Ok(()) }
}

/// A table for the CAK.
struct Export {
    file: &'static str,
    heading: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Server {
    /// Gives a table of what was asked, once it stands in the audit log who took it.
    async fn export(
        &self,
        Export { file, heading, rows }: Export,
        (partij, from, to): (Partij, NaiveDate, NaiveDate),
        caller: &Caller,
    ) -> Result<Response, Problem> {
        let (at, by) = (self.gateway.clock.now(), caller.keeper().name.to_owned());
        let export = CakExport { file, partij, van: from, tot: to, rows: rows.len(), at, by };
        self.gateway.store.record_export(&export).await?;
        let disposition = format!("attachment; filename={file}");
        let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
        Ok((headers, csv(heading, rows.into_iter())).into_response())
    }
}

impl ExportQuery {
    /// Whose starts and stops.
    ///
    /// # Errors
    /// An operator names nobody, or a party somebody else.
    fn partij(&self, caller: &Caller) -> Result<Partij, Problem> {
        let named = self.partij.as_deref().map(|code| {
            let wrong = || unfit("partij", "geef een gemeentecode van 4 of een AGB-code van 8 cijfers.");
            Partij::from_text(code).ok_or_else(wrong)
        });
        match (caller.scope(), named.transpose()?) {
            (Some(own), None) => Ok(own.clone()),
            (Some(own), Some(named)) if *own == named => Ok(named),
            (Some(_), Some(_)) => Err(unfit("partij", "dit is een andere partij dan die van het token.")),
            (None, Some(named)) => Ok(named),
            (None, None) => Err(missing("partij", "noem de gemeente of aanbieder van wie de export is.")),
        }
    }
}

/// An aanbieder gets what it reports itself: nothing of the new method, and nothing once the gemeente reports. Where nothing
/// was agreed on the CAK, everything is there, without a code.
fn rows(leveringen: &[LeveringView], running: &Running<'_>, (partij, cak): (&Partij, Option<&Cak>)) -> Vec<Vec<Cell>> {
    let reported = leveringen.iter().map(|levering| (levering, cak.map(|cak| Reporting::of(levering, cak))));
    let is_for = |reporting: &Option<Reporting<'_>>| {
        partij.is_gemeente() || reporting.as_ref().is_none_or(|it| it.reporter == Reporter::Aanbieder)
    };
    let own = reported.filter(|(_, reporting)| is_for(reporting));
    let remarks = |levering: &LeveringView, reporting: Option<&Reporting<'_>>| {
        let of_reporting = reporting.map(|reporting| reporting.remarks(levering)).unwrap_or_default();
        of_reporting.into_iter().chain(running.remark(levering)).collect::<Vec<_>>().join(" ")
    };
    own.map(|(levering, reporting)| row(levering, reporting.as_ref(), remarks(levering, reporting.as_ref()))).collect()
}

/// The support of a gemeente, by client.
struct Running<'a>(HashMap<&'a str, Vec<&'a Support>>);

impl<'a> Running<'a> {
    fn of(support: &'a [Support]) -> Self {
        let mut by_client: HashMap<_, Vec<_>> = HashMap::new();
        for one in support {
            by_client.entry(one.bsn.digits()).or_default().push(one);
        }
        Self(by_client)
    }

    /// A stop of one toewijzing does not mean that the contribution of the person ends.
    fn remark(&self, levering: &LeveringView) -> Option<&'static str> {
        let after = levering.day.succ_opt().filter(|_| matches!(levering.what, Levering::Stop { .. }))?;
        let goes_on = |one: &&Support| one.begindatum <= after && one.einddatum.is_none_or(|last| after <= last);
        let of_client = self.0.get(levering.bsn.digits())?;
        of_client.iter().any(goes_on).then_some("Andere ondersteuning van deze client loopt door.")
    }
}

/// How the CAK is told of something.
struct Reporting<'a> {
    cak: &'a Cak,
    method: Option<Method>,
    reporter: Reporter,
    code: Option<&'a CakCode>,
}

impl<'a> Reporting<'a> {
    fn of(levering: &LeveringView, cak: &'a Cak) -> Self {
        let own = levering.product_code.as_deref();
        let method = cak.method(levering.assigned.iter().map(String::as_str).chain(own));
        let reporter = cak.reporter(method, levering.day);
        Self { cak, method, reporter, code: own.and_then(|own| cak.codes.get(own)) }
    }

    /// What a person has to look at.
    fn remarks(&self, levering: &LeveringView) -> Vec<&'static str> {
        let of_code = match self.code {
            None if levering.product_code.is_none() => Some("De productcode is niet bekend, en zo de CAK-code niet."),
            Some(known) if known.code.is_none() => Some("Van deze productcode is geen CAK-code bekend."),
            Some(known) if !known.is_certain => Some("Controleer de CAK-code bij de gemeente."),
            None | Some(_) => None,
        };
        let is_old = self.method == Some(Method::Old);
        let is_over = is_old && levering.day > self.cak.old_method_until;
        let of_method = is_over.then_some("De oude methode is voor deze dag afgelopen.");
        let has_no_hours = is_old && matches!(levering.what, Levering::Geleverd { .. }) && minuten(levering).is_none();
        let of_hours =
            has_no_hours.then_some("Het volume is niet in uren of minuten: de geleverde uren zijn hier niet bekend.");
        of_code.into_iter().chain(of_method).chain(of_hours).collect()
    }
}

/// What was delivered in minutes, where its unit says so.
fn minuten(levering: &LeveringView) -> Option<i64> {
    let Levering::Geleverd { volume, eenheid, .. } = &levering.what else { return None };
    match Eenheid::from_text(eenheid)? {
        Eenheid::Minuut => Some(*volume),
        Eenheid::Uur => volume.checked_mul(60),
        _ => None,
    }
}

fn row(levering: &LeveringView, reporting: Option<&Reporting<'_>>, remarks: String) -> Vec<Cell> {
    let text = |text: Option<&str>| text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()));
    let word = |word: &str| Cell::Plain(word.to_owned());
    let number = |number: Option<i64>| number.map_or(Cell::Empty, Cell::Number);
    let (soort, einddatum, reden, volume, eenheid) = match &levering.what {
        Levering::Start => ("start", None, None, None, None),
        Levering::Stop { reden_beeindiging } => ("stop", None, Some(reden_beeindiging.as_str()), None, None),
        Levering::Geleverd { einddatum, volume, eenheid } => {
            ("geleverd", Some(einddatum), None, Some(*volume), Some(eenheid.as_str()))
        }
    };
    let method = reporting.and_then(|reporting| reporting.method);
    let cost_price = reporting.filter(|_| method == Some(Method::New)).map(|reporting| reporting.cak.cost_price);
    vec![
        Cell::Plain(levering.bsn.digits().to_owned()),
        Cell::Plain(levering.gemeente.clone()),
        Cell::Plain(levering.aanbieder.clone()),
        number(levering.toewijzing_nummer),
        text(levering.product_categorie.as_deref()),
        text(levering.product_code.as_deref()),
        text(reporting.and_then(|reporting| reporting.code).and_then(|code| code.code.as_deref())),
        word(soort),
        Cell::Plain(levering.day.to_string()),
        einddatum.map_or(Cell::Empty, |last| Cell::Plain(last.to_string())),
        text(reden),
        number(volume),
        text(eenheid),
        number(minuten(levering)),
        match method {
            Some(Method::Old) => word("oud"),
            Some(Method::New) => word("nieuw"),
            None => Cell::Empty,
        },
        match reporting.map(|reporting| reporting.reporter) {
            Some(Reporter::Aanbieder) => word("aanbieder"),
            Some(Reporter::Gemeente) => word("gemeente"),
            None => Cell::Empty,
        },
        number(cost_price),
        Cell::Text(remarks),
    ]
}
