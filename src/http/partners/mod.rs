//! `/v1/partners/{code}/service-levels`: how well deadlines were kept, theirs and ours, over twelve months.

mod chart;
mod table;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::Problem;
use super::openapi::{BadQuery, ForCallers, NotThere};
use super::query::{self, Parameters};
use super::sheet::{WORKBOOK, download, workbook};
use super::{Caller, Server};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::deadlines::levels::Tally;
use crate::exchange::levels::{KindLevel, ServiceLevels, service_levels};
use crate::exchange::table::csv;

pub(super) use chart::in_time;
pub(super) use table::{HEADING, rows};

/// The calls.
pub(super) fn routes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(levels))
        .routes(routes!(levels_csv))
        .routes(routes!(levels_xlsx))
        .routes(routes!(levels_svg))
}

/// A partner.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Named {
    /// CBS code of a gemeente or AGB code of an aanbieder.
    #[param(example = "41005001")]
    pub code: String,
}

/// How well deadlines between a partner and us were kept, over twelve months.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceLevelsJson {
    /// The other end.
    partner: String,
    /// The first month, as in `2025-04`.
    from: String,
    /// The last month: this one.
    to: String,
    /// Each kind of deadline between each two parties, theirs and ours.
    items: Vec<ServiceLevelJson>,
}

/// How well one kind of deadlines was kept.
#[derive(Serialize, ToSchema)]
struct ServiceLevelJson {
    /// Our end.
    partij: String,
    /// Who has to keep them: `theirs` is the partner, `ours` this end.
    whose: &'static str,
    /// As in `retour`.
    clock: String,
    #[serde(flatten)]
    level: LevelJson,
    /// Each month by itself, by the last day in time.
    months: Vec<MonthJson>,
}

/// How well they were kept in one month.
#[derive(Serialize, ToSchema)]
struct MonthJson {
    /// As in `2026-03`.
    month: String,
    #[serde(flatten)]
    level: LevelJson,
}

/// How well deadlines were kept.
#[derive(Serialize, ToSchema)]
struct LevelJson {
    /// Answered in time.
    met: i64,
    /// Answered too late.
    late: i64,
    /// Too late, and not answered yet.
    missing: i64,
    /// In time, as a percentage of these three, to one decimal and rounded down; null where there were none.
    in_time: Option<f64>,
    /// How many days after the last day in time the one in the middle was answered; below zero: before it.
    median_days: Option<i64>,
    /// The same of the last one that was answered.
    slowest_days: Option<i64>,
}

impl From<&Tally> for LevelJson {
    fn from(tally: &Tally) -> Self {
        Self {
            met: tally.met(),
            late: tally.late(),
            missing: tally.missing(),
            in_time: tally.in_time_per_mille().and_then(|per_mille| i32::try_from(per_mille).ok()).map(percentage),
            median_days: tally.median_days(),
            slowest_days: tally.slowest_days(),
        }
    }
}

fn percentage(per_mille: i32) -> f64 {
    f64::from(per_mille) / 10.0
}

impl ServiceLevelsJson {
    fn of(partner: &Partij, levels: &ServiceLevels) -> Self {
        let month = |(month, tally): (&String, &Tally)| MonthJson { month: month.clone(), level: tally.into() };
        let item = |kind: &KindLevel| ServiceLevelJson {
            partij: kind.partij.clone(),
            whose: table::whose(kind),
            clock: kind.clock.clone(),
            level: (&kind.total()).into(),
            months: levels.months.iter().zip(&kind.months).map(month).collect(),
        };
        Self {
            partner: partner.code().to_owned(),
            from: levels.months.first().cloned().unwrap_or_default(),
            to: levels.months.last().cloned().unwrap_or_default(),
            items: levels.kinds.iter().map(item).collect(),
        }
    }
}

/// Tells how well deadlines between a partner and us were kept, over twelve months.
///
/// By kind and by who has to keep them: how many were answered in time and too late, what is still missing, and how long before
/// or after the last day in time. A month is that in which the last day in time lies. To a party about itself and this partner, to
/// an operator about all.
#[utoipa::path(
    get,
    path = "/v1/partners/{code}/service-levels",
    tag = "deadlines",
    params(Named),
    responses((status = 200, description = "By kind and month", body = ServiceLevelsJson), NotThere, ForCallers)
)]
pub(super) async fn levels(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { code }): Path<Named>,
) -> Result<Json<ServiceLevelsJson>, Problem> {
    let (partner, levels) = server.levels(&code, &caller).await?;
    Ok(Json(ServiceLevelsJson::of(&partner, &levels)))
}

/// Tells the same as a table: a row for each month of each kind.
#[utoipa::path(
    get,
    path = "/v1/partners/{code}/service-levels/csv",
    tag = "deadlines",
    params(Named),
    responses(
        (status = 200, description = "By kind and month", body = String, content_type = "text/csv"),
        NotThere,
        ForCallers
    )
)]
pub(super) async fn levels_csv(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { code }): Path<Named>,
) -> Result<Response, Problem> {
    let (partner, levels) = server.levels(&code, &caller).await?;
    let table = csv(&table::HEADING, table::rows(&partner, &levels));
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attached(&partner, "csv"))];
    Ok((headers, table).into_response())
}

/// Tells the same as a workbook.
#[utoipa::path(
    get,
    path = "/v1/partners/{code}/service-levels/xlsx",
    tag = "deadlines",
    params(Named),
    responses(
        (
            status = 200,
            description = "By kind and month",
            body = Vec<u8>,
            content_type = WORKBOOK
        ),
        NotThere,
        ForCallers
    )
)]
pub(super) async fn levels_xlsx(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { code }): Path<Named>,
) -> Result<Response, Problem> {
    let (partner, levels) = server.levels(&code, &caller).await?;
    let workbook = workbook("Termijnen", &table::HEADING, table::rows(&partner, &levels));
    download(workbook, attached(&partner, "xlsx"))
}

/// Which kind is drawn.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Drawn {
    /// As in `retour`.
    #[param(schema_with = kind)]
    clock: String,
    /// Who has to keep them.
    #[param(schema_with = who)]
    whose: String,
    /// Our end, where there are several; else all of them together.
    #[param(schema_with = query::partij)]
    partij: Option<String>,
}

fn kind() -> RefOr<Schema> {
    query::text("^[a-z0-9-]{1,40}$", "retour")
}

fn who() -> RefOr<Schema> {
    query::one_of(&["theirs", "ours"])
}

/// Draws one kind: what was in time in each month.
#[utoipa::path(
    get,
    path = "/v1/partners/{code}/service-levels/svg",
    tag = "deadlines",
    params(Named, Drawn),
    responses(
        (status = 200, description = "A drawing", body = String, content_type = "image/svg+xml"),
        NotThere,
        BadQuery,
        ForCallers
    )
)]
pub(super) async fn levels_svg(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Named { code }): Path<Named>,
    Parameters(drawn): Parameters<Drawn>,
) -> Result<Response, Problem> {
    let (partner, levels) = server.levels(&code, &caller).await?;
    let is_it = |kind: &&KindLevel| {
        kind.clock == drawn.clock
            && table::whose(kind) == drawn.whose
            && drawn.partij.as_ref().is_none_or(|partij| *partij == kind.partij)
    };
    let mut months = vec![Tally::default(); levels.months.len()];
    for kind in levels.kinds.iter().filter(is_it) {
        months.iter_mut().zip(&kind.months).for_each(|(all, one)| all.add(one));
    }
    let title = format!("{}: {}", partner.code(), drawn.clock);
    let drawing = chart::in_time(&title, levels.months.iter().map(String::as_str).zip(&months));
    Ok(([(CONTENT_TYPE, "image/svg+xml")], drawing).into_response())
}

impl Server {
    /// How well deadlines between this partner and the caller were kept; to an operator between it and everybody.
    async fn levels(&self, code: &str, caller: &Caller) -> Result<(Partij, ServiceLevels), Problem> {
        let partner = Partij::from_text(code).ok_or(Problem::NotFound)?;
        let levels = service_levels(&partner, caller.scope(), &self.gateway).await?;
        Ok((partner, levels))
    }
}

fn attached(partner: &Partij, extension: &str) -> String {
    format!("attachment; filename=\"termijnen-{}.{extension}\"", partner.code())
}
