//! Partners: who has most to do, and of each whom to call, how what it sends fares, how it keeps its terms and what is open.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{redirect, rendered};
use super::rows::Party;
use super::today::GroupRow;
use super::visitor::{Frame, Sent, Visitor};
use super::words;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::deadlines::kinds;
use crate::domain::deadlines::levels::Tally;
use crate::domain::{Berichtsoort, Partij};
use crate::exchange::end_of_day;
use crate::exchange::levels::{KindLevel, ServiceLevels, service_levels};
use crate::http::Server;
use crate::http::deadlines::{LONG, SHORT, note};
use crate::http::error::Problem;
use crate::http::openapi::{ForOperators, NotThere};
use crate::http::partners::{Named, in_time};
use crate::http::uitleg::page_of;
use crate::store::{Contact, Frequent, Outcome, Outcomes, PartnerStand};

/// How many partners the list shows.
const PARTNERS: u32 = 200;

/// How many of the last berichten are counted.
const LAST: u32 = 2_000;

#[derive(Template)]
#[template(path = "partners.html")]
struct ListPage {
    f: Frame,
    rows: Vec<StandRow>,
    is_full: bool,
}

struct StandRow {
    who: Party,
    overdue: i64,
    open: i64,
    work: String,
}

/// Partners, who let the most pass first.
#[utoipa::path(get, path = "/partners", tag = "dashboard", responses(ForOperators))]
pub(in crate::http) async fn list(State(server): State<Arc<Server>>, visitor: Visitor) -> Result<Response, Problem> {
    visitor.caller.operator()?;
    let found = server.gateway.store.partners(PARTNERS).await?;
    let row = |stand: &PartnerStand| StandRow {
        who: Party::of(&stand.code, &|code: &str| server.naam(code)),
        overdue: stand.overdue,
        open: stand.open,
        work: format!("/termijnen?wie={}", stand.code),
    };
    let page = ListPage {
        f: server.frame(&visitor, "/partners"),
        is_full: found.len() == PARTNERS as usize,
        rows: found.iter().map(row).collect(),
    };
    Ok(rendered(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "partner.html")]
struct Page {
    f: Frame,
    code: String,
    naam: String,
    kind: &'static str,
    contact: Contact,
    may_act: bool,
    work: Vec<GroupRow>,
    /// How many of the last berichten were right at once.
    right: Option<Share>,
    by_kind: Vec<KindRow>,
    frequent: Vec<FrequentRow>,
    levels: Vec<LevelRow>,
}

/// How many of how many.
struct Share {
    right: i64,
    all: i64,
    per_cent: i64,
}

impl Share {
    fn of(right: i64, all: i64) -> Self {
        Self { right, all, per_cent: right * 100 / all.max(1) }
    }
}

struct KindRow {
    berichtsoort: String,
    share: Share,
    /// The list of those that were not.
    link: String,
}

struct FrequentRow {
    retourcode: String,
    rule: Option<(String, String)>,
    berichten: i64,
    /// The berichten with this code.
    link: String,
}

struct LevelRow {
    what: &'static str,
    whose: &'static str,
    other: Party,
    met: i64,
    late: i64,
    missing: i64,
    in_time: String,
    median: String,
    /// Drawn, as a text of our own.
    chart: String,
}

/// Everything about one partner.
#[utoipa::path(get, path = "/partners/{code}", tag = "dashboard", params(Named), responses(ForOperators, NotThere))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Named { code }): Path<Named>,
) -> Result<Response, Problem> {
    let partner = Partij::from_text(&code).ok_or(Problem::NotFound)?;
    let (store, scope, today) = (&server.gateway.store, visitor.scope(), server.gateway.clock.today());
    let other = scope.filter(|partij| **partij != partner);
    let outcomes = store.partner_outcomes(&code, other, LAST).await?;
    let frequent = store.partner_retourcodes(&code, other, LAST).await?;
    let levels = service_levels(&partner, other, &server.gateway).await?;
    let whose = visitor.caller.scope().unwrap_or(&partner);
    let mut groups = store.work_groups(Some(whose), end_of_day(today)).await?;
    groups.retain(|group| group.responsible == code);
    // Of a party that it has nothing to do with, no party is told that it is here.
    let is_known = whose == &partner || !(outcomes.is_empty() && levels.kinds.is_empty() && groups.is_empty());
    if !is_known {
        return Err(Problem::NotFound);
    }
    let by_kind = by_kind(&outcomes, &code);
    let (right, all) = by_kind.iter().fold((0, 0), |(right, all), row| (right + row.share.right, all + row.share.all));
    // Whom to call, and what is remarked of it, is of who runs this.
    let contact =
        if visitor.is_operator() { store.contact(&code).await?.unwrap_or_default() } else { Contact::default() };
    let page = Page {
        naam: if contact.naam.is_empty() { server.naam(&code) } else { format!("{} ({code})", contact.naam) },
        kind: if partner.is_gemeente() { "Gemeente" } else { "Aanbieder" },
        may_act: visitor.may_act() && visitor.is_operator(),
        work: groups.iter().map(|group| server.group_row(group, today)).collect(),
        right: (all > 0).then(|| Share::of(right, all)),
        by_kind,
        frequent: frequent.into_iter().map(|one| FrequentRow::of(one, &code)).collect(),
        levels: server.level_rows(&code, &levels),
        f: server.frame(&visitor, "/partners"),
        contact,
        code,
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// Heenberichten by kind: a retour is no work of its sender in the header.
fn by_kind(outcomes: &[Outcomes], code: &str) -> Vec<KindRow> {
    let mut kinds: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let heen = |one: &&Outcomes| Berichtsoort::from_name(&one.berichtsoort).is_some_and(|soort| !soort.is_retour());
    for one in outcomes.iter().filter(heen) {
        let (right, all) = kinds.entry(&one.berichtsoort).or_default();
        *right += if one.outcome == Outcome::Accepted { one.count } else { 0 };
        *all += one.count;
    }
    let row = |(berichtsoort, (right, all)): (&str, (i64, i64))| KindRow {
        berichtsoort: berichtsoort.to_owned(),
        share: Share::of(right, all),
        link: format!("/berichten?berichtsoort={berichtsoort}&partner={code}"),
    };
    kinds.into_iter().map(row).collect()
}

impl FrequentRow {
    fn of(one: Frequent, code: &str) -> Self {
        Self {
            link: format!("/berichten?retourcode={}&partner={code}", one.retourcode),
            rule: one.rule.and_then(|rule| Some((page_of(&rule)?, rule))),
            retourcode: one.retourcode,
            berichten: one.berichten,
        }
    }
}

impl Server {
    fn level_rows(&self, code: &str, levels: &ServiceLevels) -> Vec<LevelRow> {
        let row = |kind: &KindLevel| {
            let total = kind.total();
            let what = kinds::title(&kind.clock);
            let title = format!("{what}: op tijd per maand");
            LevelRow {
                what,
                whose: if kind.is_theirs { "zij" } else { "wij" },
                other: Party::of(&kind.partij, &|code: &str| self.naam(code)),
                met: total.met(),
                late: total.late(),
                missing: total.missing(),
                in_time: in_time_text(&total),
                median: total.median_days().map(words::beside).unwrap_or_default(),
                chart: in_time(&title, levels.months.iter().map(String::as_str).zip(&kind.months)),
            }
        };
        levels.kinds.iter().filter(|kind| kind.partij != code).map(row).collect()
    }
}

fn in_time_text(total: &Tally) -> String {
    let per_mille = total.in_time_per_mille();
    per_mille.map(|per_mille| format!("{},{}%", per_mille / 10, per_mille % 10)).unwrap_or_default()
}

/// Keeps whom people call there.
#[utoipa::path(
    post,
    path = "/partners/{code}",
    tag = "dashboard",
    params(Named),
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the page of the partner"),
        (status = 403, description = "Not from this session; a page"),
        (status = 422, description = "A text is too long, or may hold a Bsn; a page"),
        NotThere
    )
)]
pub(in crate::http) async fn keep_contact(
    State(server): State<Arc<Server>>,
    Path(Named { code }): Path<Named>,
    sent: Sent,
) -> Result<Response, Problem> {
    let by = sent.visitor.keeper()?.name;
    sent.visitor.caller.operator()?;
    Partij::from_text(&code).ok_or(Problem::NotFound)?;
    let field = |name: &str, longest: usize| match sent.field(name) {
        "" => Ok(String::new()),
        text => note(name, text, longest),
    };
    let contact = Contact {
        naam: field("naam", SHORT)?,
        person: field("persoon", SHORT)?,
        telephone: field("telefoon", SHORT)?,
        mail: field("mail", SHORT)?,
        remark: field("opmerking", LONG)?,
    };
    server.gateway.store.keep_contact(&code, &contact, (server.gateway.clock.now(), by)).await?;
    Ok(redirect(&format!("/partners/{code}")))
}
