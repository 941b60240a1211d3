//! What was found wrong, and where: plain data, which rules, schema and agreements fill.
//!
//! Imports `berichten`.

use super::berichten::klasse::ElementPath;

/// How deep a check looks. A failing level stops the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Not well-formed, or unsafe.
    Xml,
    /// Against the XSD.
    Xsd,
    /// Inside one bericht.
    Message,
    /// Against facts outside the traffic: date, code lists, contracts.
    External,
    /// Against earlier berichten.
    History,
    /// A rule of the profile, not of the standard.
    Local,
}

impl Level {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Xsd => "xsd",
            Self::Message => "message",
            Self::External => "external",
            Self::History => "history",
            Self::Local => "local",
        }
    }
}

/// Whether a finding rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Rejects.
    Error,
    /// Is told, and nothing more.
    Warning,
}

impl Severity {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in a file, both counted from 1; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One thing that is wrong with a bericht. Holds no value of a person: it is shown, logged and mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How deep the check was.
    pub level: Level,
    /// Whether it rejects.
    pub severity: Severity,
    /// The rule of the standard; `None` for levels xml and xsd, and for an answer to nothing.
    pub regel: Option<&'static str>,
    /// The retourcode that the standard gives it.
    pub retour_code: Option<&'static str>,
    /// The berichtklasse that carries the retourcode; `None` where no rule spoke.
    pub klasse: Option<ElementPath>,
    /// The element, as in `/Bericht/Client/Bsn`.
    pub path: String,
    /// Where the element stands in the file, once somebody has looked.
    pub position: Option<Position>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
}

/// Where a rule is broken: the berichtklasse that carries the code, and the element in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Carries the retourcode.
    pub klasse: ElementPath,
    /// The element to look at: the klasse or something in it.
    pub element: ElementPath,
}

impl Place {
    /// The klasse as a whole.
    #[must_use]
    pub fn klasse(klasse: ElementPath) -> Self {
        Self { element: klasse.clone(), klasse }
    }

    /// One element of the klasse.
    #[must_use]
    pub fn element(klasse: ElementPath, name: &'static str) -> Self {
        Self::within(klasse, &[name])
    }

    /// An element deeper in the klasse, by the names on the way.
    #[must_use]
    pub fn within(klasse: ElementPath, names: &[&'static str]) -> Self {
        Self { element: names.iter().fold(klasse.clone(), |path, name| path.child(name)), klasse }
    }
}

impl Finding {
    /// Whether it rejects.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
