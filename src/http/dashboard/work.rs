//! The page of a group of deadlines: who has to do what, and what people do about it, for several at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use super::answer::{ROWS, redirect, rendered};
use super::rows::DeadlineRow;
use super::visitor::{Frame, Sent, Visitor};
use super::{texts, words};
use crate::domain::deadlines::kinds::awaited;
use crate::exchange::keep::{self, Taking};
use crate::http::Server;
use crate::http::deadlines::{LONG, SHORT, note};
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators};
use crate::http::query::{self, Parameters};
use crate::store::{DeadlineView, Owner, WorkQuery};

/// Which deadlines are looked at.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Filter {
    /// Whose turn it is, by its code.
    #[serde(default)]
    #[param(required = false, schema_with = query::partij)]
    wie: String,
    /// As in `retour`.
    #[serde(default)]
    #[param(required = false)]
    klok: String,
    /// What is awaited, as in `WMO306`.
    #[serde(default)]
    #[param(required = false)]
    antwoord: String,
    /// All that somebody waits for when nothing is said.
    #[serde(default)]
    #[param(required = false, schema_with = standen)]
    stand: String,
    /// Of whom; `vrij`: of nobody yet, `mij`: of who is logged in.
    #[serde(default)]
    #[param(required = false, schema_with = owners)]
    eigenaar: String,
    /// Due on or after this day.
    #[serde(default)]
    #[param(required = false, schema_with = query::day)]
    van: String,
    /// Due on or before this day.
    #[serde(default)]
    #[param(required = false, schema_with = query::day)]
    tot: String,
    /// The deadline before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    after: String,
    /// How many were changed by the form that was sent last.
    #[serde(default)]
    #[param(required = false, minimum = 0, maximum = 1000)]
    gedaan: String,
    /// How many stayed as they were.
    #[serde(default)]
    #[param(required = false, minimum = 0, maximum = 1000)]
    mislukt: String,
}

fn standen() -> RefOr<Schema> {
    query::one_of(&["te-laat", "open"])
}

fn owners() -> RefOr<Schema> {
    query::one_of(&["mij", "vrij"])
}

impl Filter {
    /// The address of this page with other values for some parameters.
    fn path(&self, changes: &[(&str, &str)]) -> String {
        let own = [
            ("wie", &self.wie),
            ("klok", &self.klok),
            ("antwoord", &self.antwoord),
            ("stand", &self.stand),
            ("eigenaar", &self.eigenaar),
            ("van", &self.van),
            ("tot", &self.tot),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in own {
            let value = changes.iter().find(|(changed, _)| *changed == name).map_or(value.as_str(), |(_, value)| value);
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let others = changes.iter().filter(|(name, _)| own.iter().all(|(known, _)| known != name));
        query.extend_pairs(others);
        format!("/termijnen?{}", query.finish())
    }

    pub(super) fn query(&self, visitor: &Visitor) -> WorkQuery {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        WorkQuery {
            partij: visitor.scope().cloned(),
            responsible: filled(&self.wie),
            clock: filled(&self.klok),
            answer: filled(&self.antwoord),
            only_late: self.stand == "te-laat",
            due_from: day(&self.van),
            due_by: day(&self.tot),
            owner: match self.eigenaar.as_str() {
                "mij" => Owner::Named(visitor.name().to_owned()),
                "vrij" => Owner::Nobody,
                _ => Owner::Any,
            },
        }
    }
}

#[derive(Template)]
#[template(path = "termijnen.html")]
struct Page {
    f: Frame,
    title: String,
    filters: Vec<(String, &'static str, bool)>,
    /// How many are overdue for ourselves: stands in the title.
    late: i64,
    /// Those of who looks, and those that only others can act on.
    sides: Vec<(&'static str, Vec<DeadlineRow>)>,
    /// What stands behind the address of a download of this list.
    query: String,
    first: Option<String>,
    next: Option<String>,
    /// What became of the form that was sent last.
    notice: Option<String>,
    /// What went wrong with it.
    problem: Option<String>,
    /// Who is logged in and may change something.
    me: Option<String>,
    back: String,
}

/// The deadlines of a group, with the form to take them on.
#[utoipa::path(get, path = "/termijnen", tag = "dashboard", params(Filter), responses(ForOperators, BadQuery))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(filter): Parameters<Filter>,
) -> Result<Response, Problem> {
    let after = Some(filter.after.as_str()).filter(|after| !after.is_empty());
    let found = server.gateway.store.work(&filter.query(&visitor), after, ROWS).await?;
    let naam = |code: &str| server.naam(code);
    let today = server.gateway.clock.today();
    let is_full = found.len() == ROWS as usize;
    let next = found.last().filter(|_| is_full).map(|last| filter.path(&[("after", &last.id)]));
    let back = filter.path(&[]);
    let choice = |name: &'static str, value: &'static str, text: &'static str| {
        let now = if name == "stand" { &filter.stand } else { &filter.eigenaar };
        (filter.path(&[(name, value)]), text, now == value)
    };
    let filters = [
        ("stand", "", "alle"),
        ("stand", "te-laat", "te laat"),
        ("eigenaar", "", "van iedereen"),
        ("eigenaar", "mij", "van mij"),
        ("eigenaar", "vrij", "nog vrij"),
    ];
    let page = Page {
        title: title(&filter, &naam),
        filters: filters.into_iter().map(|(name, value, text)| choice(name, value, text)).collect(),
        late: server.late(&visitor).await?,
        sides: sides(
            &found,
            |view| server.acts_for(&visitor, &view.responsible),
            |view| DeadlineRow::of(view, &naam, today),
        ),
        query: back.trim_start_matches("/termijnen").to_owned(),
        first: after.map(|_| back.clone()),
        next,
        notice: words::done(&filter.gedaan),
        problem: words::not_done(&filter.mislukt),
        me: visitor.may_act().then(|| visitor.name().to_owned()),
        f: server.frame(&visitor, "/"),
        back,
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// What is ours to do, and what others have to do; a side without any is left out.
fn sides<'v>(
    found: &'v [DeadlineView],
    is_ours: impl Fn(&DeadlineView) -> bool,
    row: impl Fn(&'v DeadlineView) -> DeadlineRow,
) -> Vec<(&'static str, Vec<DeadlineRow>)> {
    let (ours, theirs): (Vec<_>, Vec<_>) = found.iter().partition(|view| is_ours(view));
    let sides = [("Aan ons", ours), ("Aan anderen", theirs)].into_iter().filter(|(_, views)| !views.is_empty());
    sides.map(|(side, views)| (side, views.into_iter().map(&row).collect())).collect()
}

impl Server {
    /// How many deadlines are overdue that whoever looks has to act on.
    async fn late(&self, visitor: &Visitor) -> Result<i64, Problem> {
        let all = self.gateway.store.standings().await?.into_iter();
        let late = all.filter(|one| one.state == "overdue" && self.acts_for(visitor, &one.responsible));
        Ok(late.map(|one| one.count).sum())
    }
}

fn title(filter: &Filter, naam: &impl Fn(&str) -> String) -> String {
    let mut parts = Vec::new();
    if !filter.wie.is_empty() {
        parts.push(naam(&filter.wie));
    }
    if !filter.antwoord.is_empty() {
        parts.push(awaited(&filter.klok, &filter.antwoord).to_owned());
    }
    match (filter.van.parse::<NaiveDate>(), filter.tot.parse::<NaiveDate>()) {
        (Ok(first), Ok(last)) if first == last => parts.push(texts::date(first)),
        (Ok(first), Ok(last)) => parts.push(format!("{} – {}", texts::date(first), texts::date(last))),
        _ => {}
    }
    if parts.is_empty() { "Termijnen".to_owned() } else { parts.join(": ") }
}

/// Takes deadlines on, or tells that what people opened was done.
#[utoipa::path(
    post,
    path = "/termijnen",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the group, which tells how many were changed"),
        (status = 403, description = "Not from this session; a page"),
        (status = 422, description = "Who or why is not as it should be; a page"),
    )
)]
pub(in crate::http) async fn act(State(server): State<Arc<Server>>, sent: Sent) -> Result<Response, Problem> {
    let keeper = sent.visitor.keeper()?;
    let (mut done, mut failed) = (0, 0);
    let wish = Wish::of(&sent)?;
    let today = server.gateway.clock.today();
    for id in sent.all("id") {
        let kept = match &wish {
            Wish::Take(taking) => keep::acknowledge(id, taking.clone(), keeper, &server.gateway).await,
            Wish::Close(reason, until) => keep::waive(id, (reason.clone(), *until), keeper, &server.gateway).await,
            Wish::Done(what) => keep::finish(id, (today, what.clone()), keeper, &server.gateway).await,
        };
        match kept {
            Ok(_) => done += 1,
            Err(keep::KeepError::Store(error)) => return Err(error.into()),
            Err(_) => failed += 1,
        }
    }
    let back = sent.back();
    let join = if back.contains('?') { '&' } else { '?' };
    Ok(redirect(&format!("{back}{join}gedaan={done}&mislukt={failed}")))
}

/// What a form wants with the deadlines that are ticked.
enum Wish {
    /// Somebody looks after them, why, and until when.
    Take(Taking),
    /// Nobody needs to wait, for this reason, for good or until a day.
    Close(String, Option<NaiveDate>),
    /// It was done today; what, where that was said.
    Done(Option<String>),
}

impl Wish {
    fn of(sent: &Sent) -> Result<Self, Problem> {
        let reason = || note("waarom", sent.field("waarom"), LONG);
        let until = sent.field("tot").parse().ok();
        Ok(match sent.field("doe") {
            "gereed" if sent.field("waarom").is_empty() => Self::Done(None),
            "gereed" => Self::Done(Some(reason()?)),
            "sluiten" => Self::Close(reason()?, until),
            _ => Self::Take(Taking { owner: note("wie", sent.field("wie"), SHORT)?, reason: reason()?, until }),
        })
    }
}
