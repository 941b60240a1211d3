//! A pass over a text as a source of elements: checked and decoded at once.

use crate::domain::berichten::klasse::Source;

use super::schema::{Pass, Root, Step, Tables};
use super::window::Broken;

/// An element that is not where the domain expects it: either the text has findings, or files that took the
/// place of our schemas allow more than the domain has. Says only which element.
#[derive(Debug)]
pub(super) struct Disagreement(pub(super) &'static str);

/// The elements of a text, as the pass comes by them.
pub(super) struct Elements<'s, 'a> {
    pass: Pass<'s, 'a>,
    tables: &'s Tables,
    /// The step that was looked at and not taken.
    ahead: Option<Step>,
    broken: Option<Broken>,
}

impl<'s, 'a> Elements<'s, 'a> {
    pub(super) fn new(pass: Pass<'s, 'a>, tables: &'s Tables) -> Self {
        Self { pass, tables, ahead: None, broken: None }
    }

    /// What the text begins with.
    pub(super) fn root(&mut self) -> &Root {
        self.peek();
        self.pass.root()
    }

    /// The pass, gone on to the end of the text.
    pub(super) fn finish(mut self) -> Result<Pass<'s, 'a>, Broken> {
        while self.peek() != Step::Done {
            self.ahead = None;
        }
        match self.broken {
            // What is no text at all outranks what is no XML, as when all of it is in memory from the start.
            Some(broken) => self.pass.read_to_end().and(Err(broken)),
            None => Ok(self.pass),
        }
    }

    fn peek(&mut self) -> Step {
        if let Some(step) = self.ahead {
            return step;
        }
        let step = self.pass.step().unwrap_or_else(|broken| {
            self.broken = Some(broken);
            Step::Done
        });
        self.ahead = Some(step);
        step
    }
}

impl Source for Elements<'_, '_> {
    type Error = Disagreement;

    fn has(&mut self, name: &'static str) -> bool {
        match self.peek() {
            Step::Open(symbol) | Step::Text(symbol) => self.tables.local(symbol) == name,
            Step::Close | Step::Done => false,
        }
    }

    fn text(&mut self, name: &'static str) -> Result<&str, Disagreement> {
        match self.peek() {
            Step::Text(symbol) if self.tables.local(symbol) == name => {
                self.ahead = None;
                Ok(self.pass.value())
            }
            _ => Err(Disagreement(name)),
        }
    }

    fn enter(&mut self, name: &'static str) -> Result<(), Disagreement> {
        match self.peek() {
            Step::Open(symbol) if self.tables.local(symbol) == name => {
                self.ahead = None;
                Ok(())
            }
            _ => Err(Disagreement(name)),
        }
    }

    fn leave(&mut self) -> Result<(), Disagreement> {
        match self.peek() {
            Step::Close => {
                self.ahead = None;
                Ok(())
            }
            _ => Err(Disagreement("the end of an element")),
        }
    }

    fn unfit(&self, name: &'static str, _: &'static str) -> Disagreement {
        Disagreement(name)
    }
}
