//! A bericht as the standard wants it on the wire (OP192): UTF-8 without byte order mark, CR LF.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::domain::berichten::klasse::{Kind, Target};
use crate::domain::{Berichtsoort, Release};

use super::namespace::{basis_namespace, namespace, prefix};

const BASIS: &str = "iwmo";

/// Collects the elements of one bericht.
pub(super) struct Document {
    writer: Writer<Vec<u8>>,
    prefix: String,
    /// `xmlns:…` and its value, for the root element.
    declarations: [(String, String); 2],
    /// Whether what each open element holds belongs to the basisschema.
    open: Vec<bool>,
}

impl Document {
    pub(super) fn new(soort: Berichtsoort, release: Release) -> Self {
        let prefix = prefix(soort);
        let declarations = [
            (format!("xmlns:{prefix}"), namespace(soort, release)),
            (format!("xmlns:{BASIS}"), basis_namespace(release)),
        ];
        let mut document = Self { writer: Writer::new(Vec::new()), prefix, declarations, open: Vec::new() };
        document.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.new_line();
        self.writer.into_inner()
    }

    fn write(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory does not fail");
    }

    fn new_line(&mut self) {
        let indentation = "\t".repeat(self.open.len());
        self.write(Event::Text(BytesText::from_escaped(format!("\r\n{indentation}"))));
    }

    /// The name with the prefix of the schema that the open element takes its children from.
    fn qualified(&self, name: &str) -> String {
        let prefix = if self.open.last() == Some(&true) { BASIS } else { &self.prefix };
        format!("{prefix}:{name}")
    }
}

impl Target for Document {
    fn open(&mut self, name: &'static str, kind: Kind) {
        self.new_line();
        let mut tag = BytesStart::new(self.qualified(name));
        if self.open.is_empty() {
            for (declaration, namespace) in &self.declarations {
                tag.push_attribute((declaration.as_str(), namespace.as_str()));
            }
        }
        self.write(Event::Start(tag));
        self.open.push(kind.basis);
    }

    fn text(&mut self, name: &'static str, value: &str, _: bool) {
        self.new_line();
        let name = self.qualified(name);
        self.write(Event::Start(BytesStart::new(name.as_str())));
        self.write(Event::Text(BytesText::from_escaped(partial_escape(value))));
        self.write(Event::End(BytesEnd::new(name.as_str())));
    }

    fn close(&mut self, name: &'static str) {
        self.open.pop();
        self.new_line();
        let name = self.qualified(name);
        self.write(Event::End(BytesEnd::new(name)));
    }
}
