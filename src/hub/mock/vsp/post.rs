//! One bericht that is handed in, and its answer.

use std::borrow::Cow;

use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;
use serde_json::{Value, json};

use crate::bundle::{self, Refusal};
use crate::domain::{Bericht, Heenbericht, Timestamp};
use crate::hub::envelope::digest;
use crate::hub::mock::besluit::Moment;
use crate::hub::mock::config::{Delay, Retour};
use crate::hub::mock::handed_in::{Pushed, Waiting};
use crate::hub::mock::journal::{Direction, Line};
use crate::hub::mock::{Mock, antwoord, berichten};

/// What VECOZO says of a bericht that its schema refuses.
const NOT_AS_ITS_SCHEMA: &str = "IB014";
/// What it says of a ZIP with more files than it takes here, which is one.
const TOO_MANY: &str = "BRS16";
/// What it says of a traceerId that was used for something else.
const NOT_UNIQUE: &str = "BRS114";

impl Mock {
    /// A line of the journal about what is handed in.
    pub(super) fn handed_in(&self, metadata: Option<&Value>, payload: Option<&[u8]>, body: &[u8]) -> Line {
        let text = |pointer: &str| metadata?.pointer(pointer)?.as_str().map(str::to_owned);
        Line {
            functie: text("/routeringgegevens/berichtstroom/berichtsubtype"),
            zender: text("/routeringgegevens/afzender/code"),
            ontvanger: text("/routeringgegevens/geadresseerden/0/code"),
            referentienummer: text("/referentiegegevens/traceerId"),
            cross_refnummer: text("/referentiegegevens/alsAntwoordOp"),
            identificatie: payload.and_then(|payload| self.identificatie(payload)),
            ..Line::unread(self.now(), Direction::In, digest::sha256(body))
        }
    }

    /// Writes down that somebody fetched one that waits, or said that it is kept.
    pub(super) fn note_fetched(&self, id: &str, payload: &[u8], outcome: &str) {
        let line = Line {
            referentienummer: Some(id.to_owned()),
            identificatie: self.identificatie(payload),
            ..Line::unread(self.now(), Direction::Out, digest::sha256(payload))
        };
        self.state().journal.write(line.outcome(outcome), payload);
    }

    /// Of the bericht in these bytes; of a retour that of its heenbericht.
    fn identificatie(&self, payload: &[u8]) -> Option<String> {
        let bericht = (self.0.codec.read)(&unpacked(payload).ok()?)?;
        Some(bericht.header().bericht_identificatie.identificatie.to_string())
    }

    /// Takes one bericht; `false`: it was taken before, and nothing is done.
    pub(super) fn take_push(&self, metadata: Value, payload: &[u8]) -> Result<bool, &'static str> {
        let references = &metadata["referentiegegevens"];
        let Some(id) = references["traceerId"].as_str().filter(|_| references["conversatieId"].is_string()) else {
            return Err("traceerId of conversatieId ontbreekt");
        };
        let (id, sha256, now) = (id.to_owned(), digest::sha256(payload), self.now());
        let payload = &*unpacked(payload)?;
        let mut state = self.state();
        if let Some(before) = state.vsp.pushed.get(&id) {
            return if before.sha256 == sha256 { Ok(false) } else { Err(NOT_UNIQUE) };
        }
        let (refused, answers) = match (self.0.codec.read)(payload) {
            None => (Some(NOT_AS_ITS_SCHEMA.to_owned()), Vec::new()),
            Some(Bericht::Heen(heen)) => self.answers(&heen, &metadata, now),
            Some(Bericht::Retour(_)) => (None, Vec::new()),
        };
        state.vsp.waiting.extend(answers);
        state.vsp.pushed.insert(id, Pushed { metadata, sha256, at: now, refused });
        Ok(true)
    }

    /// What the addressee makes of a heenbericht: a code that turns it back, or its retour and its antwoord on a declaratie.
    fn answers(&self, heen: &Heenbericht, metadata: &Value, now: Timestamp) -> (Option<String>, Vec<Waiting>) {
        let party = self.party(heen.header.ontvanger.code());
        if let Retour::Bounce(code) = &party.retour {
            return (Some(code.clone()), Vec::new());
        }
        let local = now.with_timezone(&Amsterdam);
        let waiting = |after: Delay, bericht: &Bericht| {
            let id = (self.0.ids)();
            Waiting {
                due: now + TimeDelta::from_std(after.0).unwrap_or_default(),
                metadata: answering(metadata, &id, bericht.header().soort.name()),
                payload: (self.0.codec.encode)(bericht),
                id,
            }
        };
        let retour = berichten::retour(heen, &party.retour, &(self.0.ids)(), local.date_naive());
        let mut answers: Vec<Waiting> = retour.iter().map(|retour| waiting(party.after, retour)).collect();
        if let Some(decides) = party.decides {
            let at = Moment { day: local.date_naive(), time: local.format("%H:%M:%S").to_string() };
            let antwoord = antwoord::answer(heen, decides.answer, &(self.0.ids)(), &at);
            answers.extend(antwoord.map(|antwoord| waiting(decides.after, &antwoord)));
        }
        (None, answers)
    }
}

/// The one bericht in a payload, packed or not; else the code of what is wrong with it.
fn unpacked(payload: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    if !bundle::is_zip(payload) {
        return Ok(Cow::Borrowed(payload));
    }
    let mut entries = bundle::read(payload).map_err(|refusal| match refusal {
        Refusal::TooMany => TOO_MANY,
        Refusal::Password => "BRS17",
        Refusal::TooLarge => "BRS19",
        Refusal::Empty => "BRS21",
        Refusal::NotAZip | Refusal::Path | Refusal::Twice | Refusal::Mixed => "BRS15",
    })?;
    if entries.len() > 1 {
        return Err(TOO_MANY);
    }
    Ok(Cow::Owned(entries.remove(0).bytes))
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
