//! `deadlines`: what is due and what is overdue, from the store of a gateway that may run meanwhile.

use std::error::Error;
use std::io::{self, Write};

use chrono::{Days, NaiveDate};
use clap::ValueEnum;
use serde::Serialize;

use super::{ConfigFile, Exit, block_on, complain, written};
use crate::api::DeadlineJson;
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Database};
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::deadlines::kinds;
use crate::exchange::table::{Cell, csv};
use crate::store::{DeadlineQuery, DeadlineState, DeadlineView, IfOlder, Origin, Store, StoreError};

/// What `deadlines` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Only what is overdue; exit status 1 when there is any, for a job that has to notice
    #[arg(long, conflicts_with = "due_within")]
    overdue: bool,
    /// Only what is due within so many days, what is overdue included; as in 3d
    #[arg(long, value_name = "DAYS", value_parser = days)]
    due_within: Option<Days>,
    /// Tell of each why it is due on its day: the term, from when it counts, and which days did not count
    #[arg(long)]
    explain: bool,
    /// How to print: for people, a JSON object per line, or a table for a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

fn days(text: &str) -> Result<Days, &'static str> {
    let count = text.strip_suffix('d').and_then(|count| count.parse::<u32>().ok());
    count.map(|count| Days::new(count.into())).ok_or("a number of days is written as 3d")
}

/// Lists the deadlines that somebody still waits for, the earliest due first.
pub(super) fn run(arguments: &Arguments) -> Exit {
    block_on(async {
        let today = SystemClock.today();
        match awaited(arguments, today).await {
            Ok(views) => {
                let exit = if arguments.overdue && !views.is_empty() { Exit::Findings } else { Exit::Fine };
                let mut out = io::BufWriter::new(io::stdout().lock());
                written(print(&mut out, (arguments.format, arguments.explain), views, today), exit)
            }
            Err(error) => {
                complain(error.as_ref());
                Exit::Environment
            }
        }
    })
}

async fn awaited(arguments: &Arguments, today: NaiveDate) -> Result<Vec<DeadlineView>, Box<dyn Error>> {
    let config = Config::load(arguments.file.config.as_deref())?;
    if let Database::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(format!("{}: there is no database (setting database.url)", path.display()).into());
    }
    let due_by = match (arguments.overdue, arguments.due_within) {
        (true, _) => today.pred_opt(),
        (false, Some(days)) => Some(today.checked_add_days(days).unwrap_or(NaiveDate::MAX)),
        (false, None) => None,
    };
    let states = vec![DeadlineState::Open, DeadlineState::DueSoon, DeadlineState::Overdue];
    let store = app::open(&config.database, IfOlder::Refuse).await?;
    let found = all(store.as_ref(), &DeadlineQuery { states, due_by, ..DeadlineQuery::default() }).await;
    store.close().await;
    Ok(found?)
}

async fn all(store: &dyn Store, query: &DeadlineQuery) -> Result<Vec<DeadlineView>, StoreError> {
    const PAGE: u32 = 1_000;
    let mut all: Vec<DeadlineView> = Vec::new();
    loop {
        let after = all.last().map(|view| view.id.clone());
        let page = store.deadlines(query, after.as_deref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// Where a deadline stands today, whether or not a gateway ran to notice.
fn stand(view: &DeadlineView, today: NaiveDate) -> &'static str {
    if view.due < today {
        "overdue"
    } else if view.warn_from() <= today {
        "soon"
    } else {
        "open"
    }
}

/// How many days it is late today.
fn days_late(view: &DeadlineView, today: NaiveDate) -> Option<i64> {
    Some((today - view.due).num_days()).filter(|days| *days > 0)
}

/// The same for people.
fn stand_nl(view: &DeadlineView, today: NaiveDate) -> String {
    let days = |days: i64| if days == 1 { "1 dag".to_owned() } else { format!("{days} dagen") };
    match (view.due - today).num_days() {
        late if late < 0 => format!("te laat, {}", days(-late)),
        0 => "vandaag".to_owned(),
        left if view.warn_from() <= today => format!("bijna, nog {}", days(left)),
        left => format!("loopt, nog {}", days(left)),
    }
}

/// The two ends of it.
fn parties(view: &DeadlineView) -> (&str, &str) {
    match &view.origin {
        Origin::Bericht(bericht) => (&bericht.afzender, &bericht.ontvanger),
        Origin::Person(opened) => (&opened.asked.gemeente, opened.asked.aanbieder.as_deref().unwrap_or_default()),
        Origin::Gateway(between) => {
            (between.gemeente.as_deref().unwrap_or_default(), between.aanbieder.as_deref().unwrap_or_default())
        }
    }
}

/// What started it.
fn origin(view: &DeadlineView) -> String {
    match &view.origin {
        Origin::Bericht(bericht) => format!("{} {}", bericht.berichtsoort, without_bsn(&bericht.identificatie)),
        Origin::Person(opened) => format!("{} {}", opened.afspraak, opened.kenmerk),
        Origin::Gateway(_) => view.subject.clone().unwrap_or_default(),
    }
}

/// A deadline of `--format json`.
#[derive(Serialize)]
struct Line {
    /// `open`, `soon` or `overdue`, as of today.
    stand: &'static str,
    /// As of today; absent when it is not late.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_late: Option<i64>,
    #[serde(flatten)]
    deadline: DeadlineJson,
}

fn print(
    out: &mut impl Write,
    (format, explain): (Format, bool),
    views: Vec<DeadlineView>,
    today: NaiveDate,
) -> io::Result<()> {
    match format {
        Format::Text => text(out, &views, explain, today)?,
        Format::Json => {
            for view in views {
                let line =
                    Line { stand: stand(&view, today), days_late: days_late(&view, today), deadline: view.into() };
                writeln!(out, "{}", serde_json::to_string(&line).expect("a deadline has only texts"))?;
            }
        }
        Format::Csv => {
            let columns = if explain { HEADING.len() } else { HEADING.len() - 1 };
            let rows = views.iter().map(|view| row(view, today).into_iter().take(columns).collect());
            write!(out, "{}", csv(HEADING.get(..columns).unwrap_or(&HEADING), rows))?;
        }
    }
    out.flush()
}

fn text(out: &mut impl Write, views: &[DeadlineView], explain: bool, today: NaiveDate) -> io::Result<()> {
    for view in views {
        let (one, other) = parties(view);
        let about = view.subject.as_deref().map(|subject| format!(", {}", without_bsn(subject))).unwrap_or_default();
        let taken = view.acknowledged.as_ref().map(|taken| format!("; {}: {}", taken.owner, taken.reason));
        writeln!(
            out,
            "{}  {:<20}  {:<20}  {} van {} ({} {one} {other}{about}){}",
            view.due,
            stand_nl(view, today),
            view.clock,
            kinds::awaited(&view.clock, &view.answer),
            view.responsible,
            origin(view),
            taken.unwrap_or_default()
        )?;
        if explain {
            writeln!(out, "            {}", why(view))?;
        }
    }
    let termijnen = if views.len() == 1 { "termijn" } else { "termijnen" };
    writeln!(out, "{} {termijnen}, {} te laat", views.len(), views.iter().filter(|view| view.due < today).count())
}

/// Why it is due on its day. Of one that an earlier program opened that was not kept.
fn why(view: &DeadlineView) -> &str {
    if view.explanation.is_empty() { "waarom op deze dag is niet bewaard" } else { &view.explanation }
}

/// The last column only where an explanation is asked for.
const HEADING: [&str; 15] = [
    "due",
    "stand",
    "clock",
    "answer",
    "responsible",
    "party",
    "other_party",
    "subject",
    "origin",
    "id",
    "warn_from",
    "owner",
    "reason",
    "days_late",
    "explanation",
];

fn row(view: &DeadlineView, today: NaiveDate) -> Vec<Cell> {
    let (one, other) = parties(view);
    let taken = view.acknowledged.as_ref();
    let if_any = |text: Option<&String>| text.map_or(Cell::Empty, |text| Cell::Text(text.clone()));
    vec![
        Cell::Plain(view.due.to_string()),
        Cell::Plain(stand(view, today).to_owned()),
        Cell::Plain(view.clock.clone()),
        Cell::Text(view.answer.clone()),
        Cell::Plain(view.responsible.clone()),
        Cell::Plain(one.to_owned()),
        Cell::Plain(other.to_owned()),
        if_any(view.subject.as_deref().map(without_bsn).as_ref()),
        Cell::Text(origin(view)),
        Cell::Plain(view.id.clone()),
        Cell::Plain(view.warn_from().to_string()),
        if_any(taken.map(|taken| &taken.owner)),
        if_any(taken.map(|taken| &taken.reason)),
        days_late(view, today).map_or(Cell::Empty, Cell::Number),
        Cell::Text(why(view).to_owned()),
    ]
}
