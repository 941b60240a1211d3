//! XML to elements, within limits: the small and strict reader below [`super::parse()`].
//!
//! No DOCTYPE, no entity but the five, no processing of anything outside the file. What quick-xml lets pass
//! and a reader of this network must not take (unbound prefixes, two roots, text beside the root, a root
//! that never ends, double attributes, characters that XML forbids) is refused here.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

const MAX_DEPTH: usize = 64;
/// An envelope has about thirty; what stands below an opaque element is not counted.
const MAX_ELEMENTS: usize = 1000;
const MAX_ATTRIBUTES: usize = 32;

/// Why bytes are not a tree, in Dutch.
pub(super) type NotXml = &'static str;

/// One element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub namespace: String,
    pub name: String,
    /// Name and value; declarations of namespaces and `xsi:` are left out.
    pub attributes: Vec<(String, String)>,
    /// All text directly inside, together.
    pub text: String,
    pub children: Vec<Node>,
    /// `mustUnderstand="1"` of SOAP.
    pub must_understand: bool,
}

impl Node {
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The first child with this name, whatever else there is.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, name))
    }
}

/// Reads a whole document in UTF-8. Below an element whose local name is `opaque` all text is collected and no tree is built.
pub(super) fn read(bytes: &[u8], opaque: &str) -> Result<Node, NotXml> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is geen UTF-8")?;
    read_text(text.strip_prefix('\u{feff}').unwrap_or(text), opaque, Encoding::MustBeUtf8)
}

/// The same for text that was made of bytes in any encoding.
pub(super) fn read_decoded(text: &str, opaque: &str) -> Result<Node, NotXml> {
    read_text(text, opaque, Encoding::Any)
}

/// What the declaration of a document may say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    MustBeUtf8,
    Any,
}

fn read_text(text: &str, opaque: &str, encoding: Encoding) -> Result<Node, NotXml> {
    if text.chars().any(is_forbidden) {
        return Err("bevat tekens die XML niet toestaat");
    }
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.check_comments = true;
    config.expand_empty_elements = true;
    let mut builder = Builder { opaque, open: Vec::new(), opaque_depth: 0, elements: 0, root: None };
    let mut at_start = true;
    loop {
        let event = reader.read_event().map_err(|_| "is geen welgevormde XML")?;
        match event {
            Event::Eof => return builder.finish(),
            Event::DocType(_) => return Err("bevat een DOCTYPE"),
            Event::Decl(declaration) => check_declaration(&declaration, at_start, encoding)?,
            Event::PI(instruction) if instruction.target().eq_ignore_ascii_case("xml") => {
                return Err("is geen welgevormde XML");
            }
            Event::PI(_) | Event::Comment(_) => {}
            Event::Start(start) => {
                let (namespace, _) = reader.resolver().resolve_element(start.name());
                builder.start(&start, namespace_of(&namespace)?)?;
                check_prefixes(&start, &reader)?;
            }
            Event::Empty(_) => return Err("is geen welgevormde XML"),
            Event::End(_) => builder.end(),
            Event::Text(text) if text.contains("]]>") => return Err("is geen welgevormde XML"),
            Event::Text(text) => builder.text(&text.xml10_content())?,
            Event::CData(text) => builder.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => builder.text(&resolve(&reference)?)?,
        }
        at_start = false;
    }
}

struct Builder<'a> {
    opaque: &'a str,
    open: Vec<Node>,
    /// How many elements are open below the opaque one, itself included.
    opaque_depth: usize,
    elements: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    fn start(&mut self, start: &BytesStart<'_>, namespace: String) -> Result<(), NotXml> {
        if self.root.is_some() {
            return Err("heeft meer dan één hoofdelement");
        }
        if self.open.len() + self.opaque_depth >= MAX_DEPTH {
            return Err("is te diep genest");
        }
        let attributes = attributes(start)?;
        if self.opaque_depth > 0 {
            self.opaque_depth += 1;
            let opaque = self.open.last_mut().expect("an opaque element is open");
            // One character that text cannot hold unescaped keeps `<a/>b` apart from `ab`.
            opaque.text.push('<');
            opaque.text.push_str(start);
            return Ok(());
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err("bevat te veel elementen");
        }
        let name = start.local_name().as_ref().to_owned();
        if name == self.opaque {
            self.opaque_depth = 1;
        }
        let must_understand = start.attributes().flatten().any(|attribute| {
            attribute.key.local_name().as_ref() == "mustUnderstand" && matches!(attribute.value.trim(), "1" | "true")
        });
        self.open.push(Node { namespace, name, attributes, must_understand, ..Node::default() });
        Ok(())
    }

    fn end(&mut self) {
        if self.opaque_depth > 1 {
            self.opaque_depth -= 1;
            return;
        }
        self.opaque_depth = 0;
        let node = self.open.pop().expect("the reader reports no end without its start");
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), NotXml> {
        match self.open.last_mut() {
            Some(node) => node.text.push_str(text),
            None if is_blank(text) => {}
            None => return Err("heeft tekst buiten het hoofdelement"),
        }
        Ok(())
    }

    fn finish(self) -> Result<Node, NotXml> {
        if !self.open.is_empty() {
            return Err("is afgebroken");
        }
        self.root.ok_or("bevat geen element")
    }
}

/// XML white space and nothing else.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Not a character of XML 1.0.
const fn is_forbidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn check_declaration(declaration: &BytesDecl<'_>, at_start: bool, allowed: Encoding) -> Result<(), NotXml> {
    if !at_start {
        return Err("is geen welgevormde XML");
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(_)) if allowed == Encoding::Any => Ok(()),
        Some(Ok(_)) => Err("is niet in UTF-8"),
        Some(Err(_)) => Err("is geen welgevormde XML"),
    }
}

fn namespace_of(resolved: &ResolveResult<'_>) -> Result<String, NotXml> {
    match resolved {
        ResolveResult::Bound(namespace) => Ok(namespace.0.to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err("gebruikt een prefix zonder namespace"),
    }
}

/// Attributes that say something; `schemaLocation`, `mustUnderstand` and their like carry a prefix and are skipped.
fn attributes(start: &BytesStart<'_>) -> Result<Vec<(String, String)>, NotXml> {
    let mut attributes = Vec::new();
    for (index, attribute) in start.attributes().enumerate() {
        let attribute = attribute.map_err(|_| "is geen welgevormde XML")?;
        if index >= MAX_ATTRIBUTES {
            return Err("bevat te veel attributen");
        }
        if attribute.value.contains('<') {
            return Err("is geen welgevormde XML");
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| "gebruikt een entiteit die niet is toegestaan")?;
        if attribute.key.prefix().is_none() && attribute.key.as_namespace_binding().is_none() {
            attributes.push((attribute.key.0.to_owned(), value.into_owned()));
        }
    }
    Ok(attributes)
}

fn check_prefixes(start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<(), NotXml> {
    for attribute in start.attributes().flatten() {
        if attribute.key.as_namespace_binding().is_none() {
            namespace_of(&reader.resolver().resolve_attribute(attribute.key).0)?;
        }
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, NotXml> {
    let refused = "gebruikt een entiteit die niet is toegestaan";
    match reference.resolve_char_ref() {
        Ok(Some(character)) if !is_forbidden(character) => Ok(character.to_string()),
        Ok(None) => resolve_predefined_entity(&reference.xml10_content()).map(str::to_owned).ok_or(refused),
        Ok(Some(_)) | Err(_) => Err(refused),
    }
}
