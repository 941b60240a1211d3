//! What was found wrong, and where: plain data, which rules, schema and agreements fill.
//!
//! Imports `berichten`.

use std::borrow::Cow;

use smol_str::SmolStr;

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

    /// The level with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        const ALL: [Level; 6] = [Level::Xml, Level::Xsd, Level::Message, Level::External, Level::History, Level::Local];
        ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Whether a finding rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The bericht is rejected for it, or the line.
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

    /// The severity with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Error, Self::Warning].into_iter().find(|severity| severity.name() == name)
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
    pub regel: Option<SmolStr>,
    /// The retourcode that the standard gives it.
    pub retour_code: Option<SmolStr>,
    /// The berichtklasse that carries the retourcode; `None` where no rule spoke.
    pub klasse: Option<ElementPath>,
    /// The element.
    pub path: ElementPath,
    /// Where the element stands in the file, once somebody has looked.
    pub position: Option<Position>,
    /// What is wrong and what to do, in Dutch.
    pub text: Cow<'static, str>,
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

    /// The client of a declaratie that it is about, or the line; `None` when it is about neither.
    #[must_use]
    pub fn client_line(&self) -> Option<ClientLine> {
        let mut steps = self.path.steps().skip(1).peekable();
        steps.next_if(|(name, _)| *name == "Declaratie");
        let mut below = |list: &str, name: &str| {
            steps.next_if(|(step, _)| *step == list)?;
            steps.next().filter(|(step, _)| *step == name)?.1
        };
        Some(ClientLine { client: below("Clienten", "Client")?, line: below("Prestaties", "Prestatie") })
    }
}

/// A client of a declaratie and which line of that, both counted from 0; no line: the client as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientLine {
    /// Among the clients of the declaratie.
    pub client: usize,
    /// Among the lines of this client.
    pub line: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_declaratie_names_a_client_and_a_line() {
        let spot = |path: &str| {
            let path = path.parse().expect("a path");
            let (level, severity, text) = (Level::History, Severity::Error, Cow::default());
            Finding { level, severity, regel: None, retour_code: None, klasse: None, path, position: None, text }
                .client_line()
        };
        let client = "/Bericht/Declaratie/Clienten/Client[2]";
        assert_eq!(spot(&format!("{client}/Bsn")), Some(ClientLine { client: 1, line: None }));
        let in_line = Some(ClientLine { client: 1, line: Some(12) });
        assert_eq!(spot(&format!("{client}/Prestaties/Prestatie[13]/Eenheid")), in_line);
        let of_a_factuur = "/Bericht/Clienten/Client[1]/Prestaties/Prestatie[1]";
        assert_eq!(spot(of_a_factuur), Some(ClientLine { client: 0, line: Some(0) }));
        assert_eq!(spot("/Bericht/Declaratie/DeclaratieNummer"), None);
        assert_eq!(spot("/Bericht/Client/Bsn"), None);
        assert_eq!(spot("/"), None);
    }
}
