//! One bericht that is handed in, and its answer.

use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;
use serde_json::{Value, json};

use crate::domain::{Bericht, Heenbericht, Timestamp};
use crate::hub::envelope::digest;
use crate::hub::mock::config::Retour;
use crate::hub::mock::handed_in::{Pushed, Waiting};
use crate::hub::mock::{Mock, berichten};

/// What VECOZO says of a bericht that its schema refuses.
const NOT_AS_ITS_SCHEMA: &str = "IB014";
/// What it says of a traceerId that was used for something else.
const NOT_UNIQUE: &str = "BRS114";

impl Mock {
    /// Takes one bericht; the same again is taken and does nothing.
    pub(super) fn take_push(&self, metadata: Value, payload: &[u8]) -> Result<(), &'static str> {
        let references = &metadata["referentiegegevens"];
        let Some(id) = references["traceerId"].as_str().filter(|_| references["conversatieId"].is_string()) else {
            return Err("traceerId of conversatieId ontbreekt");
        };
        let (id, sha256, now) = (id.to_owned(), digest::sha256(payload), self.now());
        let mut state = self.state();
        if let Some(before) = state.vsp.pushed.get(&id) {
            return if before.sha256 == sha256 { Ok(()) } else { Err(NOT_UNIQUE) };
        }
        let (refused, answer) = match (self.0.codec.read)(payload) {
            None => (Some(NOT_AS_ITS_SCHEMA.to_owned()), None),
            Some(Bericht::Heen(heen)) => self.answer(&heen, &metadata, now),
            Some(Bericht::Retour(_)) => (None, None),
        };
        state.vsp.waiting.extend(answer);
        state.vsp.pushed.insert(id, Pushed { metadata, sha256, at: now, refused });
        Ok(())
    }

    /// What the addressee makes of a heenbericht: a code that turns it back, or its retour.
    fn answer(&self, heen: &Heenbericht, metadata: &Value, now: Timestamp) -> (Option<String>, Option<Waiting>) {
        let party = self.party(heen.header.ontvanger.code());
        if let Retour::Bounce(code) = &party.retour {
            return (Some(code.clone()), None);
        }
        let id = (self.0.ids)();
        let today = now.with_timezone(&Amsterdam).date_naive();
        let retour = berichten::retour(heen, &party.retour, &(self.0.ids)(), today).map(|retour| Waiting {
            due: now + TimeDelta::from_std(party.after.0).unwrap_or_default(),
            metadata: answering(metadata, &id, retour.header().soort.name()),
            payload: (self.0.codec.encode)(&retour),
            id,
        });
        (None, retour)
    }
}

/// What is said of the answer to a bericht: the parties the other way round, and which one it answers.
fn answering(metadata: &Value, id: &str, soort: &str) -> Value {
    let (routing, references) = (&metadata["routeringgegevens"], &metadata["referentiegegevens"]);
    let mut stream = routing["berichtstroom"].clone();
    stream["berichtsubtype"] = json!(soort);
    json!({
        "routeringgegevens": {
            "afzender": routing["geadresseerden"][0],
            "geadresseerden": [routing["afzender"]],
            "berichtstroom": stream,
        },
        "referentiegegevens": {
            "conversatieId": references["conversatieId"],
            "traceerId": id,
            "alsAntwoordOp": references["traceerId"],
        },
    })
}
