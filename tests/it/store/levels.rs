//! What is counted of deadlines: as they stand, and how they were kept.

use std::collections::BTreeMap;

use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::store::figures::DeadlineFigure;
use iwmo_gateway::store::levels::{Counted, LevelQuery};
use iwmo_gateway::store::{Closing, DeadlineState, Ends, Entry, NewDeadline, Of};

use super::World;
use super::data::{aanbieder, at, day, entry_305, gemeente, retour_deadline, stranger};

/// A clock of this bericht on a start, by the aanbieder.
fn start(id: &str, due: &str, state: DeadlineState) -> NewDeadline {
    NewDeadline {
        kind: DeadlineKind::StartNaToewijzing,
        due: day(due),
        responsible: aanbieder(),
        subject: Some(id.to_owned()),
        state,
        ..retour_deadline(id)
    }
}

/// Ends the clock of this bericht about this at this moment.
async fn answer(world: &World, id: &str, of: &str, subject: &str, moment: &str) {
    let mut entry = entry_305(id);
    entry.bericht.received_at = at(moment);
    entry.closes = vec![Closing {
        of: Of::Bericht(of.to_owned()),
        kind: DeadlineKind::StartNaToewijzing,
        subject: Some(subject.to_owned()),
        ends: Ends::Answered,
    }];
    world.one.record(&entry).await.expect("recorded");
}

pub async fn what_stands_where_is_kept_with_each_change(world: World) {
    let deadlines = vec![
        retour_deadline("d1"),
        retour_deadline("d2"),
        start("d3", "2026-03-05", DeadlineState::Open),
        start("d4", "2026-03-05", DeadlineState::Met),
    ];
    world.one.record(&Entry { deadlines, ..entry_305("b1") }).await.expect("recorded");
    world.two.raise_overdue(at("2026-03-05T23:00:00Z")).await.expect("raised");
    answer(&world, "b2", "b1", "d3", "2026-03-07T10:00:00Z").await;
    let figures = world.two.figures().await.expect("read");
    let of = |clock: &str, responsible: &str, state: &str, count| DeadlineFigure {
        clock: clock.to_owned(),
        responsible: responsible.to_owned(),
        state: state.to_owned(),
        count,
    };
    let them = aanbieder();
    assert_eq!(
        figures.deadlines,
        [
            of("retour", gemeente().code(), "overdue", 2),
            of("start-na-toewijzing", them.code(), "late", 1),
            of("start-na-toewijzing", them.code(), "met", 1),
        ]
    );
    let kept = "SELECT CAST(SUM(count) AS BIGINT) FROM deadline_stand WHERE state = 'overdue'";
    assert_eq!(world.number(kept).await, world.number("SELECT COUNT(*) FROM deadline WHERE state = 'overdue'").await);
    assert!(figures.database_bytes > 10_000 && figures.parked == 0);
}

pub async fn how_they_were_kept_is_told_by_the_day_in_amsterdam(world: World) {
    // The last moment of a day and the first of the next: in winter, and on the nights on which the clock changes.
    let answered = [
        ("2026-01-15", "2026-01-15T22:59:59.9Z", 0),
        ("2026-01-15", "2026-01-15T23:00:00Z", 1),
        ("2026-07-15", "2026-07-15T21:59:59Z", 0),
        ("2026-07-15", "2026-07-15T22:00:00Z", 1),
        ("2026-03-28", "2026-03-28T22:59:59Z", 0),
        ("2026-03-29", "2026-03-29T21:59:59Z", 0),
        ("2026-03-29", "2026-03-29T22:00:00.001Z", 1),
        ("2026-10-24", "2026-10-24T21:59:59Z", 0),
        ("2026-10-25", "2026-10-25T22:59:59Z", 0),
        ("2026-10-25", "2026-10-25T23:00:00Z", 1),
        ("2026-03-20", "2026-03-12T12:00:00Z", -8),
    ];
    let mut expected: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for (nr, (due, moment, days)) in answered.into_iter().enumerate() {
        let (bericht, id) = (format!("b{nr}"), format!("d{nr}"));
        let deadlines = vec![NewDeadline { bericht_id: bericht.clone(), ..start(&id, due, DeadlineState::Open) }];
        world.one.record(&Entry { deadlines, ..entry_305(&bericht) }).await.expect("recorded");
        answer(&world, &format!("a{nr}"), &bericht, &id, moment).await;
        *expected.entry((due[..7].to_owned(), days)).or_default() += 1;
    }
    let missing = NewDeadline { bericht_id: "m".to_owned(), ..start("m", "2026-10-01", DeadlineState::Open) };
    world.one.record(&Entry { deadlines: vec![missing], ..entry_305("m") }).await.expect("recorded");
    let query =
        |partner, partij, today: &str| LevelQuery { partner, partij, first: day("2026-01-01"), today: day(today) };
    let rows = world.two.levels(&query(aanbieder(), Some(gemeente()), "2026-10-02")).await.expect("read");
    let mut found: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let mut months_missing = Vec::new();
    for row in &rows {
        assert_eq!((row.responsible.as_str(), row.clock.as_str()), (aanbieder().code(), "start-na-toewijzing"));
        match row.counted {
            Counted::Answered { days, met, late } => {
                found.insert((row.month.clone(), days), met + late);
            }
            Counted::Missing(count) => months_missing.push((row.month.clone(), count)),
        }
    }
    assert_eq!(found, expected);
    assert_eq!(months_missing, [("2026-10".to_owned(), 1)]);
    let on_its_day = world.two.levels(&query(aanbieder(), None, "2026-10-01")).await.expect("read");
    assert!(!on_its_day.iter().any(|row| matches!(row.counted, Counted::Missing(_))), "its last day is not over");
    let as_gemeente = world.two.levels(&query(gemeente(), Some(aanbieder()), "2026-10-02")).await.expect("read");
    assert_eq!(as_gemeente.len(), rows.len(), "the same from the other end");
    for (partner, partij) in [(aanbieder(), Some(stranger())), (stranger(), None)] {
        assert_eq!(world.two.levels(&query(partner, partij, "2026-10-02")).await.expect("read"), []);
    }
}
