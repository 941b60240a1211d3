//! A text as tokens, by quick-xml, refusing what quick-xml lets pass.
//!
//! What comes out is well-formed up to where it came out. A DOCTYPE is never read: it is refused, even
//! a harmless one, so nothing can be expanded or fetched.

use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::malformed::{Malformed, shown};
use super::names::{is_all_blank, is_ncname, split};
use super::namespaces::{Attribute, LOOSE_AMPERSAND, Namespaces, resolve};
use super::prolog::Opened;

/// More than any bericht needs, and little enough for any stack.
const DEEPEST: usize = 64;

/// One step through the text.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// A start tag; an empty element gives its end as the next token.
    Start {
        /// As written, with prefix. Checked by [`Tokens::resolve`], not here.
        name: &'a str,
        /// Offset of the `<`.
        at: usize,
    },
    /// The end of the element opened last.
    End {
        /// Offset of the `<` of the end tag, or of an empty element's only tag.
        at: usize,
    },
    /// Text without references, as written.
    Text {
        /// May hold CR.
        raw: &'a str,
        at: usize,
    },
    /// A reference, resolved.
    Character { character: char, at: usize },
    /// Nothing follows.
    Done,
}

struct Open<'a> {
    name: &'a str,
    /// How many prefixes were bound before this element.
    bindings: usize,
}

/// The tokens of one text.
pub(super) struct Tokens<'a> {
    text: &'a str,
    body: usize,
    has_section_end: bool,
    reader: Reader<&'a [u8]>,
    open: Vec<Open<'a>>,
    root_seen: bool,
    /// The start of an empty element whose end is still to be given.
    empty: Option<usize>,
    attributes: Vec<Attribute<'a>>,
    namespaces: Namespaces<'a>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(opened: Opened<'a>) -> Self {
        let Opened { text, body, has_section_end } = opened;
        let mut reader = Reader::from_str(text.get(body..).unwrap_or_default());
        reader.config_mut().check_comments = true;
        Self {
            text,
            body,
            has_section_end,
            reader,
            open: Vec::with_capacity(DEEPEST),
            root_seen: false,
            empty: None,
            attributes: Vec::new(),
            namespaces: Namespaces::default(),
        }
    }

    /// The attributes of the start tag given last, without namespace declarations.
    pub(super) fn attributes(&self) -> &[Attribute<'a>] {
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
    pub(super) fn resolve(&self, name: &'a str, at: usize) -> Result<(&str, &'a str), Malformed> {
        let Some((prefix, local)) = split(name) else {
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

    /// The next token.
    ///
    /// # Errors
    /// The first thing that is not well-formed, unsafe or over a limit. Then reading must stop.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Malformed> {
        if let Some(at) = self.empty.take() {
            self.close();
            return Ok(Token::End { at });
        }
        loop {
            let at = self.offset();
            let event = self.reader.read_event().map_err(|error| self.syntax(at, &error))?;
            match event {
                Event::Start(tag) => return self.start(at, tag.name().as_ref().len(), false),
                Event::Empty(tag) => return self.start(at, tag.name().as_ref().len(), true),
                Event::End(_) => {
                    self.close();
                    return Ok(Token::End { at });
                }
                Event::Text(_) => return self.characters(at),
                Event::CData(cdata) => {
                    self.check_inside(at)?;
                    let start = at + "<![CDATA[".len();
                    let raw = self.text.get(start..start + cdata.len()).unwrap_or_default();
                    return Ok(Token::Text { raw, at: start });
                }
                Event::GeneralRef(reference) => {
                    self.check_inside(at)?;
                    let character = resolve(&reference).map_err(|finding| self.malformed(at, finding))?;
                    return Ok(Token::Character { character, at });
                }
                Event::Comment(_) => {}
                Event::PI(instruction) => self.check_instruction(at, instruction.target(), &instruction)?,
                Event::Decl(_) => return Err(self.malformed(at, INSTRUCTION_NAMED_XML)),
                Event::DocType(_) => return Err(self.malformed(at, DOCTYPE)),
                Event::Eof => return self.done(at),
            }
        }
    }

    fn offset(&self) -> usize {
        // The text is shorter than 2 GiB (`prolog::open`).
        self.body + usize::try_from(self.reader.buffer_position()).unwrap_or_default()
    }

    fn start(&mut self, at: usize, name_len: usize, empty: bool) -> Result<Token<'a>, Malformed> {
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
        let text = self.text;
        let name_end = at + 1 + name_len;
        let name = text.get(at + 1..name_end).unwrap_or_default();
        self.open.push(Open { name, bindings: self.namespaces.len() });
        self.attributes.clear();
        let end = self.offset() - if empty { 2 } else { 1 };
        if name_end < end {
            let raw = text.get(name_end..end).unwrap_or_default();
            self.attributes =
                self.namespaces.read_attributes(raw).map_err(|finding| Malformed::at(text, at, finding))?;
        }
        self.empty = empty.then_some(at);
        Ok(Token::Start { name, at })
    }

    fn close(&mut self) {
        if let Some(Open { bindings, .. }) = self.open.pop() {
            self.namespaces.truncate(bindings);
        }
    }

    fn characters(&mut self, at: usize) -> Result<Token<'a>, Malformed> {
        let text = self.text;
        let raw = text.get(at..self.offset()).unwrap_or_default();
        if self.open.is_empty() && !is_all_blank(raw) {
            return Err(self.malformed(at + first_ink(raw), OUTSIDE_ROOT));
        }
        if self.has_section_end
            && let Some(place) = raw.find("]]>")
        {
            return Err(self.malformed(at + place, "In de tekst staat ]]>. Schrijf ]]&gt;."));
        }
        Ok(Token::Text { raw, at })
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

    fn done(&self, at: usize) -> Result<Token<'a>, Malformed> {
        if let Some(Open { name, .. }) = self.open.last() {
            let name = shown(name);
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
        Malformed::at(self.text, at, finding)
    }

    fn syntax(&self, at: usize, error: &Error) -> Malformed {
        let place = self.body + usize::try_from(self.reader.error_position()).unwrap_or_default();
        let finding = match error {
            Error::Syntax(SyntaxError::UnclosedDoctype) | Error::IllFormed(IllFormedError::MissingDoctypeName) => {
                DOCTYPE.to_owned()
            }
            Error::Syntax(SyntaxError::UnclosedComment) => "Een commentaar (<!-- … -->) is niet afgesloten.".to_owned(),
            Error::Syntax(SyntaxError::UnclosedCData) => "Een CDATA-sectie is niet afgesloten.".to_owned(),
            Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
                "Een verwerkingsinstructie (<?…?>) is niet afgesloten of onjuist.".to_owned()
            }
            Error::Syntax(_) => "Een tag is onjuist geschreven of niet afgesloten.".to_owned(),
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                format!("De eindtag </{}> past niet bij de begintag <{}>.", shown(found), shown(expected))
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                format!("De eindtag </{}> hoort bij geen begintag.", shown(found))
            }
            Error::IllFormed(IllFormedError::DoubleHyphenInComment) => {
                "In een commentaar staat --. Dat is in XML niet toegestaan.".to_owned()
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => LOOSE_AMPERSAND.to_owned(),
            _ => "Dit is geen welgevormde XML.".to_owned(),
        };
        let place = if place < self.body + 1 { at } else { place };
        self.malformed(place, format!("{finding} Verbeter het bestand."))
    }
}

/// The first character that is not white space.
pub(super) fn first_ink(raw: &str) -> usize {
    raw.find(|character| !matches!(character, ' ' | '\t' | '\r' | '\n')).unwrap_or_default()
}

const DOCTYPE: &str = "Een DOCTYPE is niet toegestaan. Verwijder de DOCTYPE uit het bestand.";
const INSTRUCTION_NAMED_XML: &str = "Een XML-declaratie mag alleen helemaal vooraan in het bestand staan, in kleine letters. Verwijder of verplaats haar.";
const OUTSIDE_ROOT: &str = "Er staat tekst buiten het hoofdelement. Verwijder die tekst.";
