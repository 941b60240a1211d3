//! A text as tokens. Tags and text in the plainest notation are read here, everything else by quick-xml,
//! refusing what quick-xml lets pass.
//!
//! What comes out is well-formed up to where it came out. A DOCTYPE is never read: it is refused, even
//! a harmless one, so nothing can be expanded or fetched.

use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::malformed::{Malformed, shown};
use super::names::{is_all_blank, is_blank, is_ncname, split};
use super::namespaces::{Attribute, LOOSE_AMPERSAND, Namespaces, resolve};
use super::window::{Broken, Span, Window};

/// More than any bericht needs, and little enough for any stack.
const DEEPEST: usize = 64;

/// Room for the names of the elements that are open at once in nearly every bericht.
const USUAL_NAMES: usize = 256;

/// One step through the text.
#[derive(Debug)]
pub(super) enum Token {
    /// A start tag; an empty element gives its end as the next token.
    Start {
        /// As written, with prefix. Checked by [`Tokens::resolve`], not here.
        name: Span,
        /// Offset of the `<`.
        at: usize,
    },
    /// The end of the element opened last.
    End {
        /// Offset of the `<` of the end tag, or of an empty element's only tag.
        at: usize,
    },
    /// Text without references, as written. May hold CR.
    Text(Span),
    /// A reference, resolved.
    Character { character: char, at: usize },
    /// Nothing follows.
    Done,
}

/// A name as it is written: the prefix with its colon, or nothing, and the local name.
#[derive(Clone, Copy)]
pub(super) struct Name<'n> {
    pub(super) prefix: &'n str,
    pub(super) local: &'n str,
}

impl Name<'_> {
    fn len(self) -> usize {
        self.prefix.len() + self.local.len()
    }

    /// Whether this name and then `>` stand at the begin of a text.
    #[inline]
    fn begins(self, text: &[u8]) -> bool {
        let local = self.prefix.len()..self.len();
        text.get(self.len()) == Some(&b'>')
            && text.get(..self.prefix.len()) == Some(self.prefix.as_bytes())
            && text.get(local) == Some(self.local.as_bytes())
    }
}

/// An element that is open.
struct Open {
    /// Of its name, in [`Tokens::names`].
    name_len: usize,
    /// How many prefixes were bound before this element.
    bindings: usize,
}

/// The tokens of one text.
pub(super) struct Tokens<'a> {
    window: Window<'a>,
    /// Offset of the next token.
    at: usize,
    open: Vec<Open>,
    /// The names of the open elements, one behind the other.
    names: String,
    root_seen: bool,
    /// The start of an empty element whose end is still to be given.
    empty: Option<usize>,
    attributes: Vec<Attribute>,
    namespaces: Namespaces,
}

impl<'a> Tokens<'a> {
    /// Of a text, from this offset on: behind the XML declaration.
    pub(super) fn new((window, body): (Window<'a>, usize)) -> Self {
        Self {
            window,
            at: body,
            open: Vec::with_capacity(DEEPEST),
            names: String::with_capacity(USUAL_NAMES),
            root_seen: false,
            empty: None,
            attributes: Vec::new(),
            namespaces: Namespaces::default(),
        }
    }

    /// What is in memory of the text.
    pub(super) fn window(&self) -> &Window<'a> {
        &self.window
    }

    /// The stretch of text that a token names.
    pub(super) fn text(&self, span: Span) -> &str {
        self.window.get(span)
    }

    /// Whether the next token is not in memory: then [`Tokens::move_on`] comes first.
    #[inline]
    pub(super) fn is_at_end_of_window(&self) -> bool {
        self.empty.is_none() && self.at == self.window.end() && !self.window.is_last()
    }

    /// Takes the next part of the text into memory. What lies before `keep` is lost; without it, all that was
    /// given.
    pub(super) fn move_on(&mut self, keep: Option<usize>) -> Result<(), Broken> {
        self.window.move_on(keep.unwrap_or(self.at))
    }

    /// Passes over all that is in memory, to the next part of the text.
    pub(super) fn read_on(&mut self) -> Result<(), Broken> {
        self.window.move_on(self.window.end())
    }

    /// The attributes of the start tag given last, without namespace declarations.
    pub(super) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// A number that changes whenever a prefix may have got another meaning.
    pub(super) fn generation(&self) -> u32 {
        self.namespaces.generation
    }

    /// Namespace and local name of an element of the start tag given last.
    ///
    /// # Errors
    /// A name that is not one, or a prefix that is not declared.
    pub(super) fn resolve(&self, name: Span, at: usize) -> Result<(&str, &str), Malformed> {
        let Some((prefix, local)) = split(self.text(name)) else {
            return Err(self.malformed(at, "Een element heeft een ongeldige naam. Verbeter de naam."));
        };
        let Some(namespace) = self.namespaces.lookup(prefix) else {
            let prefix = shown(prefix);
            return Err(self.malformed(
                at,
                format!("De prefix {prefix}: is niet gedeclareerd. Declareer de namespace met xmlns:{prefix}."),
            ));
        };
        Ok((namespace, local))
    }

    /// The namespace that a prefix stands for here.
    pub(super) fn lookup(&self, prefix: &str) -> Option<&str> {
        self.namespaces.lookup(prefix)
    }

    /// Passes over white space inside the root element.
    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        self.at += self.window.from(self.at).bytes().take_while(|&byte| is_blank(byte)).count();
    }

    /// Takes the next token if it is the start tag of this name in the plainest notation. Gives where it stands.
    ///
    /// Only inside the root element.
    #[inline]
    pub(super) fn take_start(&mut self, name: Name<'_>) -> Option<usize> {
        let at = self.at;
        let is_next = self.is_start(name) && self.open.len() < DEEPEST;
        is_next.then(|| {
            self.at += name.len() + 2;
            self.open.push(Open { name_len: name.len(), bindings: self.namespaces.len() });
            self.names.push_str(name.prefix);
            self.names.push_str(name.local);
            self.attributes.clear();
            at
        })
    }

    /// Takes the end tag of the element opened last, if it is next and in the plainest notation.
    #[inline]
    pub(super) fn take_end(&mut self) -> bool {
        let Some(Open { name_len, .. }) = self.open.last() else { return false };
        let name = self.names.get(self.names.len() - name_len..).unwrap_or_default();
        let is_next = self.empty.is_none() && is_end(self.window.from(self.at), Name { prefix: "", local: name });
        if is_next {
            self.at += name_len + 3;
            self.close();
        }
        is_next
    }

    /// The value of an element, if the element is next and in the plainest notation: both tags, and no
    /// reference, section or CR in between. [`Tokens::skip_value`] takes it.
    #[inline]
    pub(super) fn plain_value(&self, name: Name<'_>) -> Option<Span> {
        if !self.is_start(name) || self.open.len() >= DEEPEST {
            return None;
        }
        let at = self.at + name.len() + 2;
        let rest = self.window.from(at);
        let len = rest.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
        let fits = !self.window.has_section_end() && rest.get(len..).is_some_and(|end| is_end(end, name));
        fits.then_some(Span { at, len })
    }

    /// Goes on behind the end tag that follows a plain value of an element of this name.
    #[inline]
    pub(super) fn skip_value(&mut self, value: Span, name: Name<'_>) {
        self.at = value.at + value.len + name.len() + 3;
        self.attributes.clear();
    }

    /// Whether the next token is the start tag of this name, without attributes.
    #[inline]
    pub(super) fn is_start(&self, name: Name<'_>) -> bool {
        let next = self.window.from(self.at).as_bytes();
        self.empty.is_none() && next.first() == Some(&b'<') && next.get(1..).is_some_and(|next| name.begins(next))
    }

    /// The next token.
    ///
    /// # Errors
    /// The first thing that is not well-formed, unsafe or over a limit. Then reading must stop.
    pub(super) fn next(&mut self) -> Result<Token, Malformed> {
        if let Some(at) = self.empty.take() {
            self.close();
            return Ok(Token::End { at });
        }
        let at = self.at;
        match self.window.from(at).as_bytes().first().copied() {
            None => self.done(at),
            Some(b'<') if self.take_end() => Ok(Token::End { at }),
            Some(b'<') => match self.plain_start(at) {
                Some(len) => self.start(at, len, at + len + 2),
                None => self.markup(at),
            },
            Some(b'&') => self.markup(at),
            Some(_) => self.characters(at),
        }
    }

    /// The length of the name when a start tag without anything else stands here.
    fn plain_start(&self, at: usize) -> Option<usize> {
        let name = self.window.from(at + 1).as_bytes();
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
        let len = name.iter().take_while(|byte| is_part(byte)).count();
        (len > 0 && name.get(len) == Some(&b'>')).then_some(len)
    }

    /// What begins with `<` or `&`, by quick-xml. What says nothing is a text without characters.
    fn markup(&mut self, at: usize) -> Result<Token, Malformed> {
        let mut reader = Reader::from_str(self.window.from(at));
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        let event = reader.read_event().map_err(|error| self.syntax(at, place(reader.error_position()), &error))?;
        let behind = at + place(reader.buffer_position());
        match event {
            Event::Start(tag) => {
                let len = tag.name().as_ref().len();
                return self.start(at, len, behind);
            }
            Event::Empty(tag) => {
                let len = tag.name().as_ref().len();
                let start = self.start(at, len, behind)?;
                self.empty = Some(at);
                return Ok(start);
            }
            Event::End(tag) => {
                let found = tag.name().as_ref().to_owned();
                self.check_end(at, &found)?;
                self.at = behind;
                self.close();
                return Ok(Token::End { at });
            }
            Event::CData(cdata) => {
                self.check_inside(at)?;
                let len = cdata.len();
                self.at = behind;
                return Ok(Token::Text(Span { at: at + "<![CDATA[".len(), len }));
            }
            Event::GeneralRef(reference) => {
                self.check_inside(at)?;
                let character = resolve(&reference).map_err(|finding| self.malformed(at, finding))?;
                self.at = behind;
                return Ok(Token::Character { character, at });
            }
            // Of these three, only a comment can stand where markup begins.
            Event::Comment(_) | Event::Text(_) | Event::Eof => {}
            Event::PI(instruction) => self.check_instruction(at, instruction.target(), &instruction)?,
            Event::Decl(_) => return Err(self.malformed(at, INSTRUCTION_NAMED_XML)),
            Event::DocType(_) => return Err(self.malformed(at, DOCTYPE)),
        }
        self.at = behind;
        Ok(Token::Text(Span { at: behind, len: 0 }))
    }

    /// A start tag that ends before `behind`.
    fn start(&mut self, at: usize, name_len: usize, behind: usize) -> Result<Token, Malformed> {
        if self.open.is_empty() && self.root_seen {
            return Err(self
                .malformed(at, "Er staat een tweede hoofdelement in het bestand. Lever één bericht per bestand aan."));
        }
        if self.open.len() >= DEEPEST {
            return Err(self.malformed(
                at,
                format!(
                    "De elementen zijn dieper dan {DEEPEST} niveaus genest. Lever een bericht volgens het schema aan."
                ),
            ));
        }
        if name_len == 0 {
            return Err(self.malformed(at, "Na een < volgt geen naam. Schrijf &lt; of verbeter de tag."));
        }
        self.root_seen = true;
        let name = Span { at: at + 1, len: name_len };
        self.open.push(Open { name_len, bindings: self.namespaces.len() });
        self.names.push_str(self.window.get(name));
        self.attributes.clear();
        let name_end = name.at + name_len;
        let tag = self.window.get(Span { at: name_end, len: behind - name_end });
        let raw = tag.strip_suffix("/>").or_else(|| tag.strip_suffix('>')).unwrap_or_default();
        if !raw.is_empty() {
            let read = self.namespaces.read_attributes(raw);
            self.attributes = read.map_err(|finding| self.window.malformed(at, finding))?;
        }
        self.at = behind;
        Ok(Token::Start { name, at })
    }

    fn close(&mut self) {
        if let Some(Open { name_len, bindings }) = self.open.pop() {
            self.names.truncate(self.names.len() - name_len);
            self.namespaces.truncate(bindings);
        }
    }

    fn check_end(&self, at: usize, found: &str) -> Result<(), Malformed> {
        let Some(Open { name_len, .. }) = self.open.last() else {
            let found = shown(found);
            let finding = format!("De eindtag </{found}> hoort bij geen begintag. Verbeter het bestand.");
            return Err(self.malformed(at, finding));
        };
        let expected = self.names.get(self.names.len() - name_len..).unwrap_or_default();
        if expected == found {
            return Ok(());
        }
        let (found, expected) = (shown(found), shown(expected));
        let finding = format!("De eindtag </{found}> past niet bij de begintag <{expected}>. Verbeter het bestand.");
        Err(self.malformed(at, finding))
    }

    fn characters(&mut self, at: usize) -> Result<Token, Malformed> {
        let rest = self.window.from(at);
        let len = rest.bytes().take_while(|byte| !matches!(byte, b'<' | b'&')).count();
        let raw = rest.get(..len).unwrap_or_default();
        if self.open.is_empty() && !is_all_blank(raw) {
            return Err(self.malformed(at + first_ink(raw), OUTSIDE_ROOT));
        }
        if self.window.has_section_end()
            && let Some(place) = raw.find("]]>")
        {
            return Err(self.malformed(at + place, "In de tekst staat ]]>. Schrijf ]]&gt;."));
        }
        self.at = at + len;
        Ok(Token::Text(Span { at, len }))
    }

    fn check_inside(&self, at: usize) -> Result<(), Malformed> {
        if self.open.is_empty() { Err(self.malformed(at, OUTSIDE_ROOT)) } else { Ok(()) }
    }

    fn check_instruction(&self, at: usize, target: &str, whole: &str) -> Result<(), Malformed> {
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.malformed(at, INSTRUCTION_NAMED_XML));
        }
        if !is_ncname(target) || whole.is_empty() {
            return Err(self.malformed(
                at,
                "Een verwerkingsinstructie (<?…?>) heeft een ongeldige naam. Verwijder de instructie.",
            ));
        }
        Ok(())
    }

    fn done(&self, at: usize) -> Result<Token, Malformed> {
        if let Some(Open { name_len, .. }) = self.open.last() {
            let name = shown(self.names.get(self.names.len() - name_len..).unwrap_or_default());
            return Err(self.malformed(
                at,
                format!("Het bestand houdt op terwijl {name} nog niet is afgesloten. Lever het volledige bericht aan."),
            ));
        }
        if !self.root_seen {
            return Err(self.malformed(at, "Het bestand bevat geen XML. Lever een bericht in XML aan."));
        }
        Ok(Token::Done)
    }

    fn malformed(&self, at: usize, finding: impl Into<String>) -> Malformed {
        self.window.malformed(at, finding)
    }

    /// What quick-xml found wrong, so far behind `at`.
    fn syntax(&self, at: usize, place: usize, error: &Error) -> Malformed {
        let finding = match error {
            Error::Syntax(SyntaxError::UnclosedDoctype) | Error::IllFormed(IllFormedError::MissingDoctypeName) => {
                return self.malformed(at, DOCTYPE);
            }
            Error::Syntax(SyntaxError::UnclosedComment) => "Een commentaar (<!-- … -->) is niet afgesloten.".to_owned(),
            Error::Syntax(SyntaxError::UnclosedCData) => "Een CDATA-sectie is niet afgesloten.".to_owned(),
            Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
                "Een verwerkingsinstructie (<?…?>) is niet afgesloten of onjuist.".to_owned()
            }
            Error::Syntax(_) => "Een tag is onjuist geschreven of niet afgesloten.".to_owned(),
            Error::IllFormed(IllFormedError::DoubleHyphenInComment) => {
                "In een commentaar staat --. Dat is in XML niet toegestaan.".to_owned()
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => LOOSE_AMPERSAND.to_owned(),
            _ => "Dit is geen welgevormde XML.".to_owned(),
        };
        self.malformed(at + place, format!("{finding} Verbeter het bestand."))
    }
}

/// The first character that is not white space.
pub(super) fn first_ink(raw: &str) -> usize {
    raw.find(|character| !matches!(character, ' ' | '\t' | '\r' | '\n')).unwrap_or_default()
}

/// An offset of quick-xml, which reads what is in memory.
fn place(position: u64) -> usize {
    usize::try_from(position).expect("what is in memory has a usize for each of its bytes")
}

/// Whether a text begins with the end tag of this name.
#[inline]
fn is_end(text: &str, name: Name<'_>) -> bool {
    text.as_bytes().split_at_checked(2).is_some_and(|(tag, text)| tag == b"</" && name.begins(text))
}

const DOCTYPE: &str = "Een DOCTYPE is niet toegestaan. Verwijder de DOCTYPE uit het bestand.";
const INSTRUCTION_NAMED_XML: &str = "Een XML-declaratie mag alleen helemaal vooraan in het bestand staan, in kleine letters. Verwijder of verplaats haar.";
const OUTSIDE_ROOT: &str = "Er staat tekst buiten het hoofdelement. Verwijder die tekst.";
