//! `POST /v1/declaraties`: delivered volumes in, a declaratie out, checked and sent.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::api::PartReport;
use crate::domain::Partij;
use crate::domain::berichten::periode;
use crate::domain::berichten::release::Choice;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::declare::{Column, RowProblem, nummer};
use crate::exchange::declare::{Asked, Declined, NotMade, declare, prove, rows};
use crate::http::body::{self, media_type};
use crate::http::error::Problem;
use crate::http::object::Object;
use crate::http::openapi::BadDeclaratie;
use crate::http::openapi::examples::example_part;
use crate::http::query::{Parameters, unfit};
use crate::http::uitleg::linked_part;
use crate::http::{Caller, Server};
use crate::size::HUGE_TABLE_BYTES;

/// What may stand behind the question mark.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeclareQuery {
    /// Only show what would be sent and what is found.
    #[serde(default)]
    #[param(required = false)]
    preview: bool,
    /// Send it even if the gemeente will surely reject it.
    #[serde(default)]
    #[param(required = false)]
    force: bool,
    /// Of a table: CBS code of the gemeente that is to pay.
    gemeente: Option<String>,
    /// Of a table: a month as `2026-03`; under release 2.3 also the first day of a period of the CAK.
    periode: Option<String>,
    /// Of a table: the number of the declaratie, 1 to 12 letters and digits.
    #[serde(rename = "declaratieNummer", alias = "declaratie_nummer")]
    declaratie_nummer: Option<String>,
    /// Of a table: `3.2` when nothing is said, or `2.3`.
    release: Option<String>,
}

/// A declaratie to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToDeclare {
    /// CBS code of the gemeente that is to pay.
    gemeente: String,
    /// A month as `2026-03`; under release 2.3 also the first day of a period of the CAK.
    periode: String,
    /// The number of the declaratie, 1 to 12 letters and digits; of several berichten each gets D1, D2, … behind it.
    declaratie_nummer: String,
    /// `3.2` when nothing is said, or `2.3`.
    release: Option<String>,
    /// What was delivered.
    #[schema(value_type = Vec<DeliveredRow>)]
    rows: Value,
}

/// A delivered volume, or with `vorig_referentie_nummer` a line that is taken back and needs nothing else.
struct DeliveredRow;

impl ToSchema for DeliveredRow {}

impl PartialSchema for DeliveredRow {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().description(Some(
            "A delivered volume, which needs toewijzing_nummer, begindatum, einddatum and volume; or a line that is taken back, \
             which needs vorig_referentie_nummer alone. Money in euro cents.",
        ));
        let object = object.additional_properties(Some(AdditionalProperties::FreeForm(false)));
        Column::ALL
            .into_iter()
            .fold(object, |object, column| object.property(column.member(), schema_of(column)))
            .into()
    }
}

fn schema_of(column: Column) -> ObjectBuilder {
    let text =
        |longest: usize| ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(longest));
    let figure = |largest: i32| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(largest));
    let percentage = || ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).maximum(Some(99.99));
    let date =
        || ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    let (schema, description) = match column {
        Column::ToewijzingNummer => (figure(999_999_999), "The toewijzing that it was delivered under"),
        Column::Begindatum => (date(), "First day"),
        Column::Einddatum => (date(), "Last day"),
        Column::Volume => (figure(99_999_999), "How much, in units of eenheid"),
        Column::Minuten => (
            figure(99_999_999),
            "Instead of volume, of a toewijzing in hours or minutes. Rows for one toewijzing, product and period are one line: \
             their minutes are added up before they become hours, rounded once",
        ),
        Column::Eenheid => (text(2), "WJ756; else as in the toewijzing"),
        Column::ProductCategorie => (text(2), "WMO020; else as in the toewijzing"),
        Column::ProductCode => (text(5), "Else as in the toewijzing"),
        Column::Tarief => (figure(99_999_999), "Per unit; else as in the contract"),
        Column::TariefPerUur => (
            figure(99_999_999),
            "Instead of tarief: per hour, also where minutes are declared; each then costs a sixtieth",
        ),
        Column::Bedrag => (figure(99_999_999), "What is asked; else volume times tarief"),
        Column::BtwPercentage => (
            percentage(),
            "Only of a factuur (release 2.3): the percentage of VAT that tarief and bedrag include, as 21 or 21.5; exempt is 0 \
             or nothing. Needs the setting btw_id_nummer",
        ),
        Column::ReferentieNummer => (
            text(20),
            "The name of the line, used once for ever; else made of the number of the declaratie and its place",
        ),
        Column::VorigReferentieNummer => (text(20), "The line that it takes back"),
        Column::Bsn => (text(9), "Checked against the toewijzing; need not be told"),
    };
    schema.description(Some(description))
}

/// What became of a declaratie.
#[derive(Serialize, ToSchema)]
pub struct SentJson {
    berichten: Vec<PartJson>,
}

/// A bericht of a declaratie.
#[derive(Serialize, ToSchema)]
struct PartJson {
    #[serde(flatten)]
    part: PartReport,
    /// The bericht as it would be sent; only with `preview`.
    #[serde(skip_serializing_if = "Option::is_none")]
    xml: Option<String>,
}

/// Declares what was delivered: makes a WMO323 (or WMO303), checks it and sends it.
///
/// As a JSON object, or as a JSON list of rows or a table (CSV) with what else is to be told behind the question mark. What a row leaves out comes from the
/// toewijzing, the contract or the credited line. A declaratie that is too large for the network becomes several berichten. All
/// are checked on the own history first; where the gemeente would surely reject one, none is sent. The same again on the same
/// day gets the first receipts.
#[utoipa::path(
    post,
    path = "/v1/declaraties",
    tag = "declaraties",
    params(DeclareQuery),
    request_body(
        content(
            (ToDeclare = "application/json", example = json!(example_asked())),
            (String = "text/csv", example = json!(EXAMPLE_CSV)),
        ),
        description = "What was delivered, not larger than http.max_bericht_bytes",
    ),
    responses(
        (status = 202, description = "Sent: every bericht was taken in as if posted", body = SentJson),
        (
            status = 200,
            description = "Sent before, with the receipts of then; or with preview: what would be sent",
            body = SentJson,
            example = json!({"berichten": [example_part()]})
        ),
        BadDeclaratie
    )
)]
pub async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(query): Parameters<DeclareQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let partij = caller.partij()?;
    let aanbieder = Some(partij).filter(|partij| !partij.is_gemeente()).ok_or(Problem::NotAnAanbieder)?;
    let read = match media_type(&headers, WANTED)?.as_str() {
        "application/json" => of_json,
        "text/csv" => of_table,
        _ => return Err(Problem::MediaType(WANTED.to_owned())),
    };
    let whole = body::read(body, &headers, (server.max_bericht_bytes, HUGE_TABLE_BYTES), &server.turns).await?;
    let releases = server.gateway.releases.choice(server.gateway.clock.today());
    let mut asked = read(&whole.bytes, &query, aanbieder, releases)?;
    caller.keeper().name.clone_into(&mut asked.by);
    if query.preview {
        let proofs = prove(&asked, &server.gateway).await.map_err(|why| match why {
            NotMade::Rows(problems) => declined(problems),
            NotMade::Store(error) => Problem::Store(error),
        })?;
        let shown = proofs.into_iter().map(|proof| PartJson {
            xml: Some(String::from_utf8_lossy(&proof.bytes).into_owned()),
            part: linked_part(proof.report.into()),
        });
        return Ok(Json(SentJson { berichten: shown.collect() }).into_response());
    }
    let declared = declare(&asked, query.force, &server.gateway).await?;
    let status = if declared.is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    let parts = declared.parts.into_iter().map(|part| PartJson { part: linked_part(part.into()), xml: None });
    Ok((status, Json(SentJson { berichten: parts.collect() })).into_response())
}

const WANTED: &str = "Stuur de regels als text/csv of application/json.";

const EXPECTED: &str = "Stuur JSON als {\"gemeente\": \"0384\", \"periode\": \"2026-03\", \"declaratie_nummer\": \"202603\", \"rows\": \
    [{\"toewijzing_nummer\": 700101, \"begindatum\": \"2026-03-03\", \"einddatum\": \"2026-03-31\", \"volume\": 12}]}; release mag erbij.";

const EXAMPLE_CSV: &str = "ToewijzingNummer;Begindatum;Einddatum;Volume\n700101;2026-03-03;2026-03-31;12\n";

fn example_asked() -> Value {
    let row =
        json!({"toewijzing_nummer": 700_101, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": 12});
    json!({"gemeente": "0384", "periode": "2026-03", "declaratie_nummer": "202603", "rows": [row]})
}

fn of_json(bytes: &[u8], query: &DeclareQuery, aanbieder: &Partij, releases: Choice) -> Result<Asked, Problem> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return of_rows(rows::read(bytes).map_err(declined)?, query, aanbieder, releases);
    }
    let Object(to_declare): Object<ToDeclare> =
        serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Data => Problem::Body(EXPECTED.to_owned()),
            Category::Io | Category::Syntax | Category::Eof => Problem::NotJson(error.line(), error.column()),
        })?;
    let rows = rows::from_json(&to_declare.rows).map_err(declined)?;
    let given = [&to_declare.gemeente, &to_declare.periode, &to_declare.declaratie_nummer].map(String::as_str);
    asked(given, (to_declare.release.as_deref(), releases), aanbieder, rows).map_err(Problem::Body)
}

fn of_table(bytes: &[u8], query: &DeclareQuery, aanbieder: &Partij, releases: Choice) -> Result<Asked, Problem> {
    of_rows(rows::from_csv(bytes).map_err(declined)?, query, aanbieder, releases)
}

/// Rows, with what else is to be told behind the question mark.
fn of_rows(rows: rows::Rows, query: &DeclareQuery, aanbieder: &Partij, releases: Choice) -> Result<Asked, Problem> {
    let given =
        [&query.gemeente, &query.periode, &query.declaratie_nummer].map(|text| text.as_deref().unwrap_or_default());
    asked(given, (query.release.as_deref(), releases), aanbieder, rows).map_err(|what| {
        let (name, text) = what.split_once(": ").unwrap_or(("", &what));
        unfit(if name == "declaratie_nummer" { "declaratieNummer" } else { name }, text)
    })
}

fn declined(problems: Vec<RowProblem>) -> Problem {
    Problem::Declined(Declined::Rows(problems))
}

/// What is asked, by gemeente, periode and number.
fn asked(
    given: [&str; 3],
    (release, releases): (Option<&str>, Choice),
    aanbieder: &Partij,
    rows: rows::Rows,
) -> Result<Asked, String> {
    let [gemeente, periode, of_declaratie] = given;
    Ok(Asked {
        by: String::new(),
        gemeente: Partij::from_text(gemeente)
            .filter(Partij::is_gemeente)
            .ok_or("gemeente: verwacht wordt de CBS-code van een gemeente, als 0384.")?,
        aanbieder: aanbieder.clone(),
        periode: periode::from_text(periode).ok_or(
            "periode: verwacht wordt een maand als 2026-03, of de eerste dag van een CAK-periode, een maandag als 2019-05-20.",
        )?,
        nummer: nummer(of_declaratie).ok_or("declaratie_nummer: verwacht worden 1 tot en met 12 letters en cijfers.")?,
        release: releases
            .named(release)
            .ok_or_else(|| format!("release: verwacht wordt {}.", releases.names()))?,
        rows,
    })
}
