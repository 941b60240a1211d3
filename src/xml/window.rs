//! What of a text is in memory: all of it, or a part that moves on through a reader.
//!
//! A part always ends where a tag begins, so that nothing in it is cut in two. Offsets count from the
//! begin of the text, whatever part is in memory.

use std::borrow::Cow;
use std::io::{self, Read};

use quick_xml::parser::{ElementParser, Parser};

use crate::domain::finding::Position;

use super::malformed::Malformed;
use super::position::Lines;
use super::prolog::{self, Opened};

/// How much is read at a time.
pub(super) const PIECE: usize = 128 << 10;

/// A stretch of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) at: usize,
    pub(super) len: usize,
}

/// The part that is in memory. Has no `Debug`: it holds the values.
pub(super) struct Window<'a> {
    text: Cow<'a, str>,
    /// The offset of the first byte in memory, and where it stands.
    base: usize,
    start: Position,
    /// Nothing of `]]>` occurs in what is in memory: most texts need not be searched for it again.
    has_section_end: bool,
    /// The text declares itself to be ASCII.
    is_ascii: bool,
    rest: Option<Rest<'a>>,
}

/// What was not read yet.
struct Rest<'a> {
    reader: Box<dyn Read + 'a>,
    /// How much is read at a time.
    piece: usize,
    /// Read, and not yet part of the window: it may end in the middle of anything.
    tail: Vec<u8>,
    is_exhausted: bool,
}

/// Why a text cannot be read on.
#[derive(Debug)]
pub(super) enum Broken {
    /// What stands there is not XML.
    Malformed(Malformed),
    /// The reader failed.
    Unreadable(io::Error),
}

impl From<Malformed> for Broken {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl<'a> Window<'a> {
    /// All of a text. Gives with it where what follows the XML declaration begins.
    pub(super) fn whole(bytes: &'a [u8]) -> Result<(Self, usize), Malformed> {
        let opened = prolog::open(bytes)?;
        Ok((Self::of(Cow::Borrowed(opened.text), &opened, None), opened.body))
    }

    /// The first part of what a reader gives, of about `piece` bytes. Gives with it where what follows the XML
    /// declaration begins.
    pub(super) fn stream(reader: impl Read + 'a, piece: usize) -> Result<(Self, usize), Broken> {
        let mut rest = Rest { reader: Box::new(reader), piece, tail: Vec::new(), is_exhausted: false };
        let piece = rest.piece().map_err(Broken::Unreadable)?;
        let opened = prolog::open(&piece)?;
        Ok((Self::of(Cow::Owned(opened.text.to_owned()), &opened, Some(rest)), opened.body))
    }

    fn of(text: Cow<'a, str>, opened: &Opened<'_>, rest: Option<Rest<'a>>) -> Self {
        let has_section_end = text.contains("]]>");
        let start = Position { line: 1, column: 1 };
        Self { text, base: 0, start, has_section_end, is_ascii: opened.is_ascii, rest }
    }

    /// The text in memory from this offset on.
    #[inline]
    pub(super) fn from(&self, at: usize) -> &str {
        self.text.get(at - self.base..).unwrap_or_default()
    }

    /// The stretch of text, which must be in memory.
    #[inline]
    pub(super) fn get(&self, span: Span) -> &str {
        let at = span.at - self.base;
        self.text.get(at..at + span.len).unwrap_or_default()
    }

    /// The offset behind what is in memory.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.base + self.text.len()
    }

    /// Whether nothing lies behind what is in memory.
    #[inline]
    pub(super) fn is_last(&self) -> bool {
        self.rest.as_ref().is_none_or(|rest| rest.is_exhausted)
    }

    #[inline]
    pub(super) fn has_section_end(&self) -> bool {
        self.has_section_end
    }

    /// Where an offset in memory stands. Several are asked in one pass when they come in order.
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines::from(&self.text, self.base, self.start)
    }

    /// A finding at an offset in memory.
    pub(super) fn malformed(&self, at: usize, finding: impl Into<String>) -> Malformed {
        Malformed { position: self.lines().at(at), text: finding.into() }
    }

    /// Forgets what lies before `keep` and reads the next part.
    pub(super) fn move_on(&mut self, keep: usize) -> Result<(), Broken> {
        let Some(rest) = &mut self.rest else { return Ok(()) };
        let piece = rest.piece().map_err(Broken::Unreadable)?;
        self.start = self.lines().at(keep);
        let text = self.text.to_mut();
        text.drain(..keep - self.base);
        self.base = keep;
        let end = self.lines().at(self.end());
        let more = match prolog::text(&piece, self.is_ascii) {
            Ok(more) => more,
            Err(malformed) => {
                self.rest = None;
                return Err(malformed.behind(end).into());
            }
        };
        let text = self.text.to_mut();
        text.push_str(more);
        self.has_section_end = text.contains("]]>");
        Ok(())
    }
}

impl Rest<'_> {
    /// What follows, up to a place where a tag begins, or to the end.
    fn piece(&mut self) -> io::Result<Vec<u8>> {
        loop {
            // Ever more at a time, else a text without tags would be looked at again and again.
            let wanted = self.piece.max(self.tail.len());
            let read = self.reader.by_ref().take(wanted as u64).read_to_end(&mut self.tail)?;
            if read < wanted {
                self.is_exhausted = true;
                return Ok(std::mem::take(&mut self.tail));
            }
            if let Some(cut) = last_tag(&self.tail) {
                let tail = self.tail.split_off(cut);
                return Ok(std::mem::replace(&mut self.tail, tail));
            }
        }
    }
}

/// What tells the encoding is not cut in two.
const SHORTEST: usize = 4;

/// Where the last markup begins before which all other has ended; `None` when too little stands before it.
fn last_tag(bytes: &[u8]) -> Option<usize> {
    let mut last = 0;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == b'<') {
        let (_, markup) = rest.split_at(at);
        last = bytes.len() - markup.len();
        match markup_end(markup) {
            Some(end) => (_, rest) = markup.split_at(end),
            None => break,
        }
    }
    (last >= SHORTEST).then_some(last)
}

/// Where the markup ends that stands at the begin of these bytes.
fn markup_end(bytes: &[u8]) -> Option<usize> {
    let enclosed = [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
    match enclosed.into_iter().find(|(begin, _)| bytes.starts_with(begin)) {
        Some((begin, end)) => {
            let inside = bytes.get(begin.len()..).unwrap_or_default();
            inside.windows(end.len()).position(|found| found == end).map(|at| begin.len() + at + end.len())
        }
        None => ElementParser::default().feed(bytes).map(|at| at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_where_a_tag_begins() {
        for (text, expected) in [
            ("<a>\n<b", Some("<a>\n")),
            ("<a>tekst", None),
            ("<a>tekst</a", Some("<a>tekst")),
            ("<a>\n<!-- <b> ", Some("<a>\n")),
            ("<a>\n<!-- <b> --><c", Some("<a>\n<!-- <b> -->")),
            ("<a>\n<![CDATA[ <b> ]] <c>", Some("<a>\n")),
            ("<a>\n<b c='<d>' <e", Some("<a>\n")),
            ("\u{feff}<?xml", None),
            ("<?p <a> ", None),
            ("tekst", None),
        ] {
            assert_eq!(last_tag(text.as_bytes()).map(|cut| &text[..cut]), expected, "{text}");
        }
    }
}
