//! Starts and stops, as an export needs them.

use chrono::NaiveDate;
use sqlx::QueryBuilder;

use super::super::{Connection, Row};
use super::Result;
use super::row::{Fields, day_in_order};
use crate::domain::Partij;
use crate::domain::waarde::Value;
use crate::store::LeveringView;

/// A table, and the day in it that counts.
type Table = (&'static str, &'static str);

const TABLES: [Table; 2] = [("start", "begindatum"), ("stop", "einddatum")];

/// See [`crate::store::Store::leveringen`].
pub async fn leveringen_of(
    conn: &mut Connection,
    partij: &Partij,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<LeveringView>> {
    let side = if partij.is_gemeente() { "gemeente" } else { "aanbieder" };
    let mut found = Vec::new();
    for table in TABLES {
        let (name, day) = table;
        let mut query = QueryBuilder::new(format!(
            "SELECT s.*, {} AS assigned_code, {} AS assigned_categorie FROM {name} s
            WHERE NOT s.refused AND s.removed_by IS NULL AND s.{side} = ",
            assigned("code"),
            assigned("categorie")
        ));
        query.push_bind(partij.code().to_owned());
        query.push(format!(" AND s.{day} >= ")).push_bind(day_in_order(first).to_text());
        query.push(format!(" AND s.{day} <= ")).push_bind(day_in_order(last).to_text());
        query.push(" ORDER BY s.bericht_id, s.nr");
        for row in query.build().fetch_all(&mut *conn).await? {
            found.push(view(&row, table)?);
        }
    }
    found.sort_by(|one: &LeveringView, other| {
        let key = |view: &LeveringView| (view.day, view.reden_beeindiging.is_some(), view.toewijzing_nummer);
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// What the last version of the toewijzing says, by the text of its day and time: those of this century sort.
fn assigned(column: &str) -> String {
    format!(
        "(SELECT t.{column} FROM toewijzing t WHERE t.gemeente = s.gemeente AND t.aanbieder = s.aanbieder
            AND t.toewijzing_nummer = s.toewijzing_nummer AND NOT t.refused
            ORDER BY t.toewijzingsdatum DESC, t.toewijzingstijd DESC LIMIT 1)"
    )
}

fn view(row: &Row, (table, day): Table) -> Result<LeveringView> {
    let fields = Fields::of(table, "bericht_id", row)?;
    let reported = |column: &'static str, assigned: &'static str| -> Result<Option<String>> {
        Ok(fields.get::<Option<String>>(column)?.or(fields.get(assigned)?))
    };
    Ok(LeveringView {
        bsn: fields.parse("bsn", Value::from_text)?,
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        toewijzing_nummer: fields.get("toewijzing_nummer")?,
        product_categorie: reported("categorie", "assigned_categorie")?,
        product_code: reported("code", "assigned_code")?,
        day: fields.parse(day, Value::from_text)?,
        reden_beeindiging: if table == "stop" { Some(fields.get("reden_beeindiging")?) } else { None },
    })
}
