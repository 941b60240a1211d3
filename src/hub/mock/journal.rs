//! What went over the wire: a line for each envelope, and its bytes as long as there is room.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;

use crate::domain::Timestamp;
use crate::hub::envelope::Envelope;

/// Which way an envelope went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the gateway.
    In,
    /// To the gateway.
    Out,
}

/// How many bytes are kept: those that went last.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// One envelope on the wire. Holds no payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place in the journal, counted from 0.
    pub nr: usize,
    /// When the mock took it in, by its own clock.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// As in `Di01`; absent where the envelope could not be read.
    pub berichtcode: Option<&'static str>,
    /// As in `WMO301`; absent for a Fo01.
    pub functie: Option<String>,
    /// Sender on the envelope.
    pub zender: Option<String>,
    /// Receiver on the envelope.
    pub ontvanger: Option<String>,
    /// Of the envelope.
    pub referentienummer: Option<String>,
    /// Of the bericht inside; of a retour that of its heenbericht.
    pub identificatie: Option<String>,
    /// The envelope that it answers.
    pub cross_refnummer: Option<String>,
    /// How often this referentienummer went this way, this time included; 0 where it could not be read.
    pub attempt: u32,
    /// Of the bytes on the wire: attempts for one referentienummer have the same.
    pub bytes_sha256: String,
    /// What came of it: `accepted`, `duplicate`, a StUF code, or a fault on demand.
    pub outcome: String,
}

/// All lines, oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal {
    lines: Vec<Line>,
    /// How often each referentienummer went each way.
    attempts: HashMap<(bool, String), u32>,
    /// What went over the wire, by the place of its line.
    bytes: VecDeque<(usize, Vec<u8>)>,
    kept_bytes: usize,
}

impl Journal {
    pub fn write(&mut self, mut line: Line, bytes: &[u8]) {
        line.nr = self.lines.len();
        self.kept_bytes += bytes.len();
        self.bytes.push_back((line.nr, bytes.to_vec()));
        while self.kept_bytes > KEPT_BYTES
            && let Some((_, oldest)) = self.bytes.pop_front()
        {
            self.kept_bytes -= oldest.len();
        }
        if let Some(number) = &line.referentienummer {
            let attempts = self.attempts.entry((line.direction == Direction::In, number.clone())).or_default();
            *attempts += 1;
            line.attempt = *attempts;
        }
        self.lines.push(line);
    }

    pub fn bytes(&self, nr: usize) -> Option<Vec<u8>> {
        self.bytes.iter().find(|(kept, _)| *kept == nr).map(|(_, bytes)| bytes.clone())
    }

    pub fn lines(&self) -> Vec<Line> {
        self.lines.clone()
    }
}

impl Line {
    /// A line about an envelope that could be read; the attempt is counted when it is written.
    pub(super) fn of(at: Timestamp, direction: Direction, envelope: &Envelope, bytes_sha256: String) -> Self {
        let header = &envelope.stuurgegevens;
        Self {
            berichtcode: Some(envelope.kind().berichtcode()),
            functie: envelope.parameters().map(|parameters| parameters.functie.clone()),
            zender: Some(header.zender.organisatie.clone()),
            ontvanger: Some(header.ontvanger.organisatie.clone()),
            referentienummer: Some(header.referentienummer.clone()),
            cross_refnummer: envelope.cross_refnummer().map(str::to_owned),
            ..Self::unread(at, direction, bytes_sha256)
        }
    }

    /// A line about bytes that could not be read.
    pub(super) fn unread(at: Timestamp, direction: Direction, bytes_sha256: String) -> Self {
        Self {
            nr: 0,
            at,
            direction,
            berichtcode: None,
            functie: None,
            zender: None,
            ontvanger: None,
            referentienummer: None,
            identificatie: None,
            cross_refnummer: None,
            attempt: 0,
            bytes_sha256,
            outcome: String::new(),
        }
    }

    pub(super) fn outcome(mut self, outcome: impl Into<String>) -> Self {
        self.outcome = outcome.into();
        self
    }
}
