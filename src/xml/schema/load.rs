//! From XSD files to tables. What is not known makes loading fail, with file, line and construct:
//! nothing in a schema is ever passed over.

use std::collections::HashMap;

use super::document::{self, Document, LoadError, Node, XSD};
use super::facets;
use super::simple::{Primitive, Simple};
use super::tables::{Content, Particle, Symbol, SymbolId, Tables, Type, TypeId};

/// Types whose values say nothing about a person: versions and what kind of bericht it is.
const MAY_BE_SHOWN: [&str; 4] = ["LDT_BerichtCode", "LDT_BerichtSubversie", "LDT_BerichtVersie", "LDT_Versie"];

/// A `sequence` longer than this is not loaded: the validator keeps what it saw in 64 bits.
const LONGEST_SEQUENCE: usize = 64;

/// Adds files that may import each other, each given by name and text. After an error the schemas are not to be used.
///
/// # Errors
/// The first construct that is not supported, or a name that leads nowhere.
pub(in crate::xml) fn load(schemas: &mut Tables, files: &[(impl AsRef<str>, &str)]) -> Result<(), LoadError> {
    let mut documents = Vec::new();
    for (file, text) in files {
        let file = file.as_ref().to_owned();
        documents.push(Document { root: document::read(&file, text)?, file });
    }
    let mut loader = Loader { schemas, declared: HashMap::new() };
    for document in &documents {
        document.check_head(&documents)?;
        for node in &document.root.children {
            if matches!(node.local.as_str(), "simpleType" | "complexType") {
                let name = document.required(node, "name")?;
                let key = (document.target().to_owned(), name.to_owned());
                if loader.declared.insert(key, (document, node)).is_some() {
                    return Err(document.fail(node, format!("a second type {name}")));
                }
            }
        }
    }
    for document in &documents {
        for node in document.root.children.iter().filter(|node| node.local == "element") {
            let particle = loader.element(document, node, true)?;
            loader.schemas.roots.push((particle.symbol, particle.r#type));
        }
        // Also the types that nothing uses: a mistake in one must not stay hidden.
        for node in
            document.root.children.iter().filter(|node| matches!(node.local.as_str(), "simpleType" | "complexType"))
        {
            loader.named(
                document,
                node,
                &(document.target().to_owned(), document.required(node, "name")?.to_owned()),
            )?;
        }
    }
    Ok(())
}

struct Loader<'d> {
    schemas: &'d mut Tables,
    declared: HashMap<(String, String), (&'d Document, &'d Node)>,
}

impl<'d> Loader<'d> {
    /// The type that `type` or `base` names.
    fn reference(&mut self, document: &Document, node: &Node) -> Result<TypeId, LoadError> {
        let Some(key) = &node.named else { return Err(document.fail(node, format!("xs:{} without type", node.local))) };
        if key.0 == XSD {
            return self.built_in(document, node, key);
        }
        match self.declared.get(key).copied() {
            Some((owner, declaration)) if document.knows(&key.0) => self.named(owner, declaration, key),
            _ => Err(document.fail(node, format!("type {}, which is not declared or not imported", key.1))),
        }
    }

    fn built_in(&mut self, document: &Document, node: &Node, key: &(String, String)) -> Result<TypeId, LoadError> {
        if let Some(&known) = self.schemas.type_names.get(key) {
            return Ok(known);
        }
        let primitive = Primitive::of(&key.1).ok_or_else(|| document.fail(node, format!("type xs:{}", key.1)))?;
        let id = self.reserve(document, node)?;
        self.fill(id, Type { base: None, content: Content::Simple(Simple::of(primitive)) });
        self.schemas.type_names.insert(key.clone(), id);
        Ok(id)
    }

    /// The type of a global declaration, read at most once.
    fn named(&mut self, document: &'d Document, node: &'d Node, key: &(String, String)) -> Result<TypeId, LoadError> {
        if let Some(&known) = self.schemas.type_names.get(key) {
            return Ok(known);
        }
        let id = self.reserve(document, node)?;
        self.schemas.type_names.insert(key.clone(), id);
        let mut read = self.read_type(document, node)?;
        if let Content::Simple(simple) = &mut read.content {
            simple.may_be_shown |= MAY_BE_SHOWN.contains(&key.1.as_str());
        }
        self.fill(id, read);
        Ok(id)
    }

    fn reserve(&mut self, document: &Document, node: &Node) -> Result<TypeId, LoadError> {
        let id = TypeId::try_from(self.schemas.types.len()).map_err(|_| document.fail(node, "too many types"))?;
        self.schemas.types.push(Type { base: None, content: Content::Unread });
        Ok(id)
    }

    fn fill(&mut self, id: TypeId, read: Type) {
        if let Some(reserved) = self.schemas.types.get_mut(usize::from(id)) {
            *reserved = read;
        }
    }

    fn read_type(&mut self, document: &Document, node: &Node) -> Result<Type, LoadError> {
        match node.local.as_str() {
            "simpleType" => self.simple(document, node),
            _ => self.complex(document, node),
        }
    }

    fn simple(&mut self, document: &Document, node: &Node) -> Result<Type, LoadError> {
        document.only(node, &["name"], &["restriction"])?;
        let [restriction] = node.children.as_slice() else {
            return Err(document.fail(node, "xs:simpleType without exactly one xs:restriction"));
        };
        document.only(restriction, &["base"], &facets::KNOWN)?;
        let base = self.reference(document, restriction)?;
        let Content::Simple(from) = self.schemas.content(base) else {
            return Err(document.fail(restriction, "a base that is not a simple type, or is this type itself"));
        };
        let simple = facets::restrict(document, from, &restriction.children)?;
        Ok(Type { base: Some(base), content: Content::Simple(simple) })
    }

    fn complex(&mut self, document: &Document, node: &Node) -> Result<Type, LoadError> {
        document.only(node, &["name"], &["sequence"])?;
        let [sequence] = node.children.as_slice() else {
            return Err(document.fail(node, "xs:complexType without exactly one xs:sequence"));
        };
        document.only(sequence, &[], &["element"])?;
        let mut particles = Vec::new();
        for child in &sequence.children {
            particles.push(self.element(document, child, false)?);
        }
        if particles.len() > LONGEST_SEQUENCE {
            return Err(document.fail(sequence, format!("a sequence of more than {LONGEST_SEQUENCE} elements")));
        }
        if let Some(node) = repeated(&particles).and_then(|index| sequence.children.get(index)) {
            return Err(document.fail(node, "an element that stands in the sequence twice"));
        }
        Ok(Type { base: None, content: Content::Sequence(particles) })
    }

    fn element(&mut self, document: &Document, node: &Node, global: bool) -> Result<Particle, LoadError> {
        let attributes: &[&str] = if global { &["name", "type"] } else { &["name", "type", "minOccurs", "maxOccurs"] };
        document.only(node, attributes, &["simpleType", "complexType"])?;
        let name = document.required(node, "name")?;
        let r#type = match (node.children.as_slice(), &node.named) {
            ([], Some(_)) => self.reference(document, node)?,
            ([inline], None) => {
                document.only(inline, &[], &["restriction", "sequence"])?;
                let id = self.reserve(document, inline)?;
                let read = self.read_type(document, inline)?;
                self.fill(id, read);
                id
            }
            _ => return Err(document.fail(node, "an element without type, or with two")),
        };
        let occurs = |attribute: &str| match node.attribute(attribute) {
            None => Ok(1),
            Some("unbounded") if attribute == "maxOccurs" => Ok(u32::MAX),
            Some(number) => number.parse::<u32>().map_err(|_| document.fail(node, format!("{attribute}=\"{number}\""))),
        };
        let (least, most) = (occurs("minOccurs")?, occurs("maxOccurs")?);
        if least > most || most == 0 {
            return Err(document.fail(node, format!("minOccurs {least} with maxOccurs {most}")));
        }
        let symbol = self.symbol(document.target(), name).ok_or_else(|| document.fail(node, "too many names"))?;
        Ok(Particle { symbol, least, most, r#type })
    }

    fn symbol(&mut self, namespace: &str, local: &str) -> Option<SymbolId> {
        if let Some(known) = self.schemas.symbol(namespace, local) {
            return Some(known);
        }
        let id = SymbolId::try_from(self.schemas.symbols.len()).ok()?;
        let namespaces = &mut self.schemas.namespaces;
        let known = namespaces.iter().position(|known| known == namespace);
        if known.is_none() {
            namespaces.push(namespace.to_owned());
        }
        let index = known.unwrap_or(namespaces.len() - 1);
        self.schemas.symbols.push(Symbol { namespace: index, local: local.to_owned() });
        self.schemas.by_name.entry(namespace.to_owned()).or_default().insert(local.to_owned(), id);
        Some(id)
    }
}

/// The index of an element that stands in the sequence a second time. XML Schema allows some of those,
/// but a name that has one place is all that iWmo needs, and can never be ambiguous.
fn repeated(particles: &[Particle]) -> Option<usize> {
    let again = |&(index, particle): &(usize, &Particle)| {
        particles.iter().take(index).any(|earlier| earlier.symbol == particle.symbol)
    };
    particles.iter().enumerate().find(again).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">"#;

    fn load_body(body: &str) -> Result<(), LoadError> {
        load(&mut Tables::default(), &[("t.xsd", &format!("{HEAD}\n{body}\n</xs:schema>"))])
    }

    #[test]
    fn what_is_not_supported_is_named_with_its_place() {
        for (body, construct) in [
            (r#"<xs:complexType name="a"><xs:choice/></xs:complexType>"#, "xs:choice in xs:complexType"),
            (
                r#"<xs:complexType name="a"><xs:sequence><xs:any/></xs:sequence></xs:complexType>"#,
                "xs:any in xs:sequence",
            ),
            (
                r#"<xs:complexType name="a" mixed="true"><xs:sequence/></xs:complexType>"#,
                "attribute mixed on xs:complexType",
            ),
            (r#"<xs:element name="a" type="xs:string" nillable="true"/>"#, "attribute nillable on xs:element"),
            (r#"<xs:element name="a" type="xs:decimal"/>"#, "type xs:decimal"),
            (r#"<xs:element name="a" type="t:b"/>"#, "type b, which is not declared or not imported"),
            (r#"<xs:element name="a"/>"#, "an element without type, or with two"),
            (
                r#"<xs:simpleType name="a"><xs:restriction base="t:a"/></xs:simpleType>"#,
                "a base that is not a simple type, or is this type itself",
            ),
            (
                r#"<xs:simpleType name="a"><xs:restriction base="xs:string"><xs:whiteSpace value="collapse"/></xs:restriction></xs:simpleType>"#,
                "xs:whiteSpace in xs:restriction",
            ),
            (
                r#"<xs:simpleType name="a"><xs:restriction base="xs:string"><xs:minInclusive value="1"/></xs:restriction></xs:simpleType>"#,
                "xs:minInclusive value=\"1\" here",
            ),
            (
                r#"<xs:simpleType name="a"><xs:restriction base="xs:string"><xs:pattern value="[a-z-[b]]"/></xs:restriction></xs:simpleType>"#,
                "pattern [a-z-[b]]: class subtraction",
            ),
            (
                r#"<xs:simpleType name="a"><xs:union memberTypes="xs:string"/></xs:simpleType>"#,
                "xs:union in xs:simpleType",
            ),
            (r#"<xs:import namespace="urn:u" schemaLocation="http://elders/u.xsd"/>"#, "import of http://elders/u.xsd"),
            (r#"<xs:attribute name="a"/>"#, "xs:attribute in xs:schema"),
        ] {
            let error = load_body(body).expect_err(body);
            assert_eq!((error.file.as_str(), error.line, error.construct.as_str()), ("t.xsd", 2, construct));
        }
    }

    #[test]
    fn annotations_are_passed_over_and_types_may_come_later() {
        let body = r#"<xs:annotation><xs:appinfo><x xmlns="urn:x">1</x></xs:appinfo></xs:annotation>
            <xs:element name="a" type="t:b"><xs:annotation/></xs:element>
            <xs:complexType name="b"><xs:sequence><xs:element name="c" type="t:d" minOccurs="0" maxOccurs="7"/></xs:sequence></xs:complexType>
            <xs:simpleType name="d"><xs:restriction base="xs:integer"><xs:minExclusive value="3"/></xs:restriction></xs:simpleType>"#;
        assert_eq!(load_body(body), Ok(()));
    }
}
