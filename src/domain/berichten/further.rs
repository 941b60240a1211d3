//! Elements that a release has and no type of ours.
//!
//! They are kept as text beside the bericht, by the place where they stand, and written back there: in XML, in JSON,
//! and in a retour that repeats what it stands in. No rule looks at them. Only elements that hold text can be kept so.

use smol_str::SmolStr;

use super::klasse::{Kind, Source, Target};
use super::soort::Berichtsoort;

/// An optional element, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Further {
    /// The kind of bericht.
    pub soort: Berichtsoort,
    /// The element that holds it.
    pub parent: &'static str,
    /// As the schema of the release spells it.
    pub name: &'static str,
    /// The elements in it that stand before this one.
    pub before: &'static [&'static str],
    /// It is a number, as JSON has them.
    pub is_number: bool,
}

/// Steps from the root: each name, and its position among its namesakes.
type Place = Vec<(&'static str, usize)>;

/// An element that was read: in which one it stands, its name and its text.
type One = (Place, &'static str, SmolStr);

/// What was read of such elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept(Box<[One]>);

impl Kept {
    /// The text of an element, if it was there.
    fn text(&self, place: &Place, name: &str) -> Option<&str> {
        self.0.iter().find(|(at, known, _)| at == place && *known == name).map(|(_, _, text)| text.as_str())
    }
}

/// Where one is on the way through a bericht.
#[derive(Default)]
struct Trail {
    place: Place,
    /// Of each open element, how many children of each name there were so far.
    children: Vec<Vec<(&'static str, usize)>>,
}

impl Trail {
    fn open(&mut self, name: &'static str) {
        let position = self.pass(name);
        self.place.push((name, position));
        self.children.push(Vec::new());
    }

    /// Goes past a child; gives its position among its namesakes.
    fn pass(&mut self, name: &'static str) -> usize {
        let Some(children) = self.children.last_mut() else { return 0 };
        if let Some((_, count)) = children.iter_mut().find(|(known, _)| *known == name) {
            *count += 1;
            return *count - 1;
        }
        children.push((name, 1));
        0
    }

    /// Whether a child of this name was passed.
    fn has_passed(&self, name: &str) -> bool {
        self.children.last().is_some_and(|children| children.iter().any(|(known, _)| *known == name))
    }

    fn close(&mut self) {
        self.place.pop();
        self.children.pop();
    }

    fn parent(&self) -> Option<&'static str> {
        self.place.last().map(|(name, _)| *name)
    }
}

/// A source that keeps the elements it is told of, and hands out all others.
pub(super) struct Keeping<'s, S> {
    source: &'s mut S,
    further: &'static [Further],
    soort: Berichtsoort,
    trail: Trail,
    kept: Vec<One>,
    broken: Option<&'static str>,
}

impl<'s, S: Source> Keeping<'s, S> {
    /// Stands where the source stands: in the header, after the code.
    pub(super) fn in_header(source: &'s mut S, soort: Berichtsoort, further: &'static [Further]) -> Self {
        let mut trail = Trail::default();
        trail.open("Bericht");
        trail.open("Header");
        Self { source, further, soort, trail, kept: Vec::new(), broken: None }
    }

    pub(super) fn into_kept(self) -> Kept {
        Kept(self.kept.into())
    }

    /// Takes what comes next, as long as it is to be kept.
    fn keep(&mut self) {
        let Some(parent) = self.trail.parent() else { return };
        let here = self.further.iter().filter(|one| one.soort == self.soort && one.parent == parent);
        for one in here {
            if !self.source.has(one.name) {
                continue;
            }
            let text = if one.is_number { self.source.number(one.name) } else { self.source.text(one.name) };
            match text {
                Ok(text) => self.kept.push((self.trail.place.clone(), one.name, text.into())),
                Err(_) => self.broken = Some(one.name),
            }
        }
    }

    fn sound(&self) -> Result<(), S::Error> {
        self.broken.map_or(Ok(()), |name| Err(self.source.unfit(name, "een tekst")))
    }
}

impl<S: Source> Source for Keeping<'_, S> {
    type Error = S::Error;

    fn has(&mut self, name: &'static str) -> bool {
        self.keep();
        self.source.has(name)
    }

    fn text(&mut self, name: &'static str) -> Result<&str, S::Error> {
        self.keep();
        self.sound()?;
        self.source.text(name)
    }

    fn number(&mut self, name: &'static str) -> Result<&str, S::Error> {
        self.keep();
        self.sound()?;
        self.source.number(name)
    }

    fn enter(&mut self, name: &'static str) -> Result<(), S::Error> {
        self.keep();
        self.sound()?;
        self.source.enter(name)?;
        self.trail.open(name);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), S::Error> {
        self.keep();
        self.sound()?;
        self.trail.close();
        self.source.leave()
    }

    fn unfit(&self, name: &'static str, expected: &'static str) -> S::Error {
        self.source.unfit(name, expected)
    }
}

/// A target that is handed what was kept as well, each where it stood.
pub(super) struct Returning<'t> {
    target: &'t mut dyn Target,
    further: &'static [Further],
    soort: Berichtsoort,
    trail: Trail,
    kept: &'t Kept,
}

impl<'t> Returning<'t> {
    pub(super) fn new(
        target: &'t mut dyn Target,
        soort: Berichtsoort,
        further: &'static [Further],
        kept: &'t Kept,
    ) -> Self {
        Self { target, further, soort, trail: Trail::default(), kept }
    }

    /// Writes what stands before this child, or before the end.
    fn put_back(&mut self, next: Option<&'static str>) {
        let Some(parent) = self.trail.parent() else { return };
        for one in self.further.iter().filter(|one| one.soort == self.soort && one.parent == parent) {
            let is_later = next.is_some_and(|next| one.before.contains(&next)) || self.trail.has_passed(one.name);
            let Some(text) = self.kept.text(&self.trail.place, one.name).filter(|_| !is_later) else { continue };
            if one.is_number {
                self.target.number(one.name, text, false);
            } else {
                self.target.text(one.name, text, false);
            }
            self.trail.pass(one.name);
        }
    }
}

impl Target for Returning<'_> {
    fn open(&mut self, name: &'static str, kind: Kind) {
        self.put_back(Some(name));
        self.trail.open(name);
        self.target.open(name, kind);
    }

    fn text(&mut self, name: &'static str, value: &str, repeats: bool) {
        self.put_back(Some(name));
        self.trail.pass(name);
        self.target.text(name, value, repeats);
    }

    fn number(&mut self, name: &'static str, value: &str, repeats: bool) {
        self.put_back(Some(name));
        self.trail.pass(name);
        self.target.number(name, value, repeats);
    }

    fn close(&mut self, name: &'static str) {
        self.put_back(None);
        self.trail.close();
        self.target.close(name);
    }
}
