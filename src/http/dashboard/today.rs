//! The first page: what has to be done, by who must do it. It asks for groups and counts, never for the rows in them.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use url::form_urlencoded;

use super::answer::rendered;
use super::netwerk::{is_under_way, link};
use super::rows::{Party, RefusedRow};
use super::visitor::{Frame, Visitor};
use super::words;
use crate::domain::deadlines::kinds::awaited;
use crate::exchange::end_of_day;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::ForOperators;
use crate::store::{OPERATOR, ParcelGroup, WorkGroup};

/// How many days ahead something is due soon.
const SOON: Days = Days::new(7);

/// How many days the strip shows.
const DAYS: usize = 28;

/// How many refused toewijzingen stand here; all of them have a page.
const REFUSED: u32 = 10;

#[derive(Template)]
#[template(path = "vandaag.html")]
struct Page {
    f: Frame,
    /// What is overdue for ourselves: stands in the title.
    late: i64,
    ours: Vec<GroupRow>,
    theirs: Vec<PartnerRow>,
    network: Vec<NetworkRow>,
    /// What goes out by itself.
    under_way: i64,
    refused: Vec<RefusedRow>,
    days: Vec<DayBox>,
    /// The name of who is logged in.
    me: Option<String>,
}

/// Deadlines with which one party has to do one thing.
pub(super) struct GroupRow {
    /// The page with its deadlines.
    pub link: String,
    /// Whose turn it is.
    pub who: Party,
    pub awaited: String,
    pub late: i64,
    pub soon: i64,
    /// How many days the oldest is late, or until when there is time.
    pub since: String,
    pub taken: i64,
    pub free: i64,
}

/// What one party has to do.
struct PartnerRow {
    who: Party,
    late: i64,
    groups: Vec<GroupRow>,
}

/// Envelopes that stand still for one reason.
struct NetworkRow {
    link: String,
    state: &'static str,
    reason: String,
    count: i64,
}

/// A day of the strip.
struct DayBox {
    link: String,
    weekday: &'static str,
    date: String,
    is_today: bool,
    count: i64,
    /// Why it does not count.
    off: Option<String>,
}

/// What has to be done today, by who must do it.
#[utoipa::path(get, path = "/", tag = "dashboard", responses(ForOperators))]
pub(in crate::http) async fn page(State(server): State<Arc<Server>>, visitor: Visitor) -> Result<Response, Problem> {
    let (store, scope, today) = (&server.gateway.store, visitor.scope(), server.gateway.clock.today());
    let soon = today.checked_add_days(SOON).unwrap_or(today);
    let groups = store.work_groups(scope, end_of_day(soon)).await?;
    let (ours, theirs): (Vec<_>, Vec<_>) =
        groups.iter().partition(|group| server.acts_for(&visitor, &group.responsible));
    // Envelopes are counted for all parties together.
    let parcels = if visitor.is_operator() { store.parcel_groups().await? } else { Vec::new() };
    let (under_way, standing): (Vec<_>, Vec<_>) = parcels.iter().partition(|group| is_under_way(group));
    // Who refused has nothing left to do.
    let is_aanbieder = scope.is_some_and(|partij| !partij.is_gemeente());
    let refused = if is_aanbieder { Vec::new() } else { store.refused_toewijzingen(scope, None, REFUSED).await? };
    let naam = |code: &str| server.naam(code);
    let page = Page {
        late: ours.iter().map(|group| group.late).sum(),
        ours: ours.into_iter().map(|group| server.group_row(group, today)).collect(),
        theirs: server.partner_rows(theirs, today),
        network: standing.into_iter().map(network_row).collect(),
        under_way: under_way.iter().map(|group| group.count).sum(),
        refused: refused.iter().map(|view| RefusedRow::of(view, &naam)).collect(),
        days: server.days(&visitor, today).await?,
        me: visitor.may_act().then(|| visitor.name().to_owned()),
        f: server.frame(&visitor, "/"),
    };
    Ok(rendered(StatusCode::OK, &page))
}

fn network_row(group: &ParcelGroup) -> NetworkRow {
    NetworkRow {
        link: link(group),
        state: words::standing(&group.standing),
        reason: words::reason(group.reason.as_deref()),
        count: group.count,
    }
}

impl Server {
    /// Whether it is the turn of whoever looks: of the party that is looked at, or of any for whom we act, or of who runs this.
    pub(super) fn acts_for(&self, visitor: &Visitor, code: &str) -> bool {
        let is_ours = || code == OPERATOR || self.gateway.parties.naam(code).is_some();
        visitor.scope().map_or_else(is_ours, |partij| partij.code() == code)
    }

    pub(super) fn group_row(&self, group: &WorkGroup, today: NaiveDate) -> GroupRow {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("wie", &group.responsible)
            .append_pair("klok", &group.clock)
            .append_pair("antwoord", &group.answer)
            .finish();
        GroupRow {
            link: format!("/termijnen?{query}"),
            who: Party::of(&group.responsible, &|code: &str| self.naam(code)),
            awaited: awaited(&group.clock, &group.answer).to_owned(),
            late: group.late,
            soon: group.soon,
            since: words::since(group.first_due, today),
            taken: group.taken,
            free: group.late + group.soon - group.taken,
        }
    }

    /// One row for each party, the latest first.
    fn partner_rows(&self, groups: Vec<&WorkGroup>, today: NaiveDate) -> Vec<PartnerRow> {
        let mut rows: Vec<PartnerRow> = Vec::new();
        for group in groups {
            let row = self.group_row(group, today);
            match rows.iter_mut().find(|partner| partner.who == row.who) {
                Some(partner) => {
                    partner.late += row.late;
                    partner.groups.push(row);
                }
                None => rows.push(PartnerRow { who: row.who.clone(), late: row.late, groups: vec![row] }),
            }
        }
        rows
    }

    async fn days(&self, visitor: &Visitor, today: NaiveDate) -> Result<Vec<DayBox>, Problem> {
        let days: Vec<NaiveDate> = today.iter_days().take(DAYS).collect();
        let last = days.last().copied().unwrap_or(today);
        let counts = self.gateway.store.due_days(visitor.scope(), today, last).await?;
        let count = |day: NaiveDate| counts.iter().find(|(due, _)| *due == day).map_or(0, |(_, count)| *count);
        let day_box = |day: NaiveDate| DayBox {
            link: format!("/termijnen?van={day}&tot={day}"),
            weekday: weekday(day),
            date: day.format("%d-%m").to_string(),
            is_today: day == today,
            count: count(day),
            off: self.gateway.calendar.day_off(day).map(str::to_owned),
        };
        Ok(days.into_iter().map(day_box).collect())
    }
}

fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "ma",
        Weekday::Tue => "di",
        Weekday::Wed => "wo",
        Weekday::Thu => "do",
        Weekday::Fri => "vr",
        Weekday::Sat => "za",
        Weekday::Sun => "zo",
    }
}
