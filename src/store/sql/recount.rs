//! Deadlines that are counted again, because the terms or the days off changed.

use chrono::NaiveDate;
use serde_json::json;

use super::super::{Connection, Row};
use super::row::{Fields, day_in_order, in_order};
use super::{Result, audit};
use crate::domain::Timestamp;
use crate::domain::deadlines::counted::{Counted, Direction};
use crate::store::{CountedBy, Recount, Standing};

const RECOUNTED: &str = "deadline.recounted";
/// Who counts, in the audit log.
const GATEWAY: &str = "iwmo-gateway";

/// See [`crate::store::ClockStore::counted_by`].
pub async fn counted_by(conn: &mut Connection) -> Result<Option<CountedBy>> {
    let row = sqlx::query("SELECT profile, sha256 FROM counting WHERE id = 1").fetch_optional(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("counting", "profile", row);
        Ok(CountedBy { profile: fields.get("profile")?, sha256: fields.get("sha256")? })
    };
    row.as_ref().map(read).transpose()
}

/// See [`crate::store::ClockStore::keep_counted_by`].
pub async fn keep_counted_by(conn: &mut Connection, by: &CountedBy) -> Result<()> {
    const KEEP: &str = "INSERT INTO counting (id, profile, sha256) VALUES (1, $1, $2)
        ON CONFLICT (id) DO UPDATE SET profile = $1, sha256 = $2";
    sqlx::query(KEEP).bind(&by.profile).bind(&by.sha256).execute(conn).await?;
    Ok(())
}

/// See [`crate::store::ClockStore::standing`].
pub async fn standing(conn: &mut Connection, after: &str, limit: u32) -> Result<Vec<Standing>> {
    const STANDING: &str = "SELECT id, due, warns, term, day_0, way FROM deadline
        WHERE id > $1 AND state IN ('open', 'due-soon', 'overdue') AND term IS NOT NULL ORDER BY id LIMIT $2";
    let rows = sqlx::query(STANDING).bind(after).bind(i64::from(limit)).fetch_all(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("deadline", "id", row);
        let (term, day_0) = (fields.get("term")?, fields.get("day_0")?);
        let direction = fields.parse("way", Direction::from_word)?;
        Ok(Standing {
            id: fields.get("id")?,
            due: fields.get("due")?,
            warns: fields.parse("warns", warns)?,
            counted: Counted { term, day_0, direction },
        })
    };
    rows.iter().map(read).collect()
}

/// See [`crate::store::ClockStore::recount`].
pub async fn recount(conn: &mut Connection, recounts: &[Recount], at: Timestamp, by: &CountedBy) -> Result<usize> {
    // The next look at the clocks finds where it stands now.
    const MOVE: &str = "UPDATE deadline SET due = $2, due_at = $3, warns = $4, explanation = $5, next_at = $6,
            state = CASE WHEN state = 'overdue' AND $3 <= $6 THEN state ELSE 'open' END,
            changed_at = CASE WHEN state = 'open' OR state = 'overdue' AND $3 <= $6 THEN changed_at ELSE $6 END
        WHERE id = $1 AND due = $7 AND state IN ('open', 'due-soon', 'overdue')";
    let mut moved = 0;
    for one in recounts {
        let done = sqlx::query(MOVE)
            .bind(&one.was.id)
            .bind(day_in_order(one.due))
            .bind(in_order(one.due_at))
            .bind(warns_text(&one.warns))
            .bind(&one.explanation)
            .bind(at)
            .bind(day_in_order(one.was.due))
            .execute(&mut *conn)
            .await?;
        if done.rows_affected() == 1 && one.due != one.was.due {
            moved += 1;
            let detail = json!({"deadline": one.was.id, "was": one.was.due, "due": one.due, "profile": by.profile});
            audit::append(conn, (at, GATEWAY), RECOUNTED, None, &detail.to_string()).await?;
        }
    }
    Ok(moved)
}

/// The days as they stand in the store.
pub fn warns_text(days: &[NaiveDate]) -> String {
    days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The days that a text stands for.
pub fn warns(text: &str) -> Option<Vec<NaiveDate>> {
    text.split(',').filter(|day| !day.is_empty()).map(|day| day.parse().ok()).collect()
}
