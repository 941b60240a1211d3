//! Why a text is not taken as a bericht.

use std::io;

use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Level, Position, Severity};
use crate::domain::{Berichtsoort, Release};

use super::malformed::Malformed;
use super::window::Broken;

/// How far a text came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Its reader failed.
    Unreadable,
    /// Not well-formed, not UTF-8, unsafe, or over a limit.
    NotXml,
    /// Well-formed, but not a bericht that this gateway knows.
    Unknown,
    /// A bericht that does not satisfy its schema.
    Invalid,
}

/// A text that is not taken. Holds no value of a person: it is shown, logged and mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// How far the text came.
    pub kind: RefusalKind,
    /// The kind of bericht, as far as the namespace of the root element tells.
    pub soort: Option<Berichtsoort>,
    /// The release of the standard, likewise.
    pub release: Option<Release>,
    /// At least one, in the order of the text.
    pub findings: Vec<Finding>,
}

impl Refusal {
    pub(super) fn not_xml(malformed: Malformed) -> Self {
        Self {
            kind: RefusalKind::NotXml,
            soort: None,
            release: None,
            findings: vec![finding(Level::Xml, ElementPath::document(), malformed)],
        }
    }

    /// A text that could not be read to its end.
    fn unreadable(error: &io::Error) -> Self {
        let text = format!("Het bestand is niet te lezen: {error}.");
        Self { kind: RefusalKind::Unreadable, ..Self::not_xml(Malformed { position: BEGIN, text }) }
    }

    /// A text that satisfies its schema and yet cannot be taken, at the first element that does not fit.
    pub(super) fn beyond_the_domain(soort: Berichtsoort, release: Release, element: &str) -> Self {
        let finding = Finding {
            level: Level::Xsd,
            severity: Severity::Error,
            regel: None,
            retour_code: None,
            klasse: None,
            path: ElementPath::root(),
            position: Some(BEGIN),
            text: format!(
                "Het bericht voldoet aan het ingestelde schema, maar dat wijkt bij {element} af van wat deze gateway \
                 kent. Vergelijk de XSD-bestanden met de release."
            )
            .into(),
        };
        Self { kind: RefusalKind::Invalid, soort: Some(soort), release: Some(release), findings: vec![finding] }
    }

    pub(super) fn unknown(path: ElementPath, soort: Option<Berichtsoort>, what: Malformed) -> Self {
        Self { kind: RefusalKind::Unknown, soort, release: None, findings: vec![finding(Level::Xsd, path, what)] }
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::not_xml(malformed)
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Malformed(malformed) => Self::not_xml(malformed),
            Broken::Unreadable(error) => Self::unreadable(&error),
        }
    }
}

/// Where something stands that has no place of its own.
const BEGIN: Position = Position { line: 1, column: 1 };

fn finding(level: Level, path: ElementPath, what: Malformed) -> Finding {
    Finding {
        level,
        severity: Severity::Error,
        regel: None,
        retour_code: None,
        klasse: None,
        path,
        position: Some(what.position),
        text: what.text.into(),
    }
}
