//! An XSD file as a tree of elements with line numbers: the input of loading.

use std::path::Path;

use thiserror::Error;

use crate::xml::names::is_all_blank;
use crate::xml::position::Lines;
use crate::xml::tokens::{Token, Tokens};
use crate::xml::window::Window;

pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// A schema that cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}: not supported or wrong: {construct}")]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// What is not supported or wrong.
    pub construct: String,
}

/// An element of an XSD.
#[derive(Debug)]
pub(super) struct Node {
    /// Local name; the namespace is that of XML Schema.
    pub(super) local: String,
    pub(super) line: usize,
    pub(super) attributes: Vec<(String, String)>,
    /// The type that attribute `type` or `base` names: namespace and local name.
    pub(super) named: Option<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(local, _)| local == name).map(|(_, value)| value.as_str())
    }
}

/// One XSD file.
pub(super) struct Document {
    pub(super) file: String,
    pub(super) root: Node,
}

impl Document {
    pub(super) fn fail(&self, node: &Node, construct: impl Into<String>) -> LoadError {
        LoadError { file: self.file.clone(), line: node.line, construct: construct.into() }
    }

    pub(super) fn target(&self) -> &str {
        self.root.attribute("targetNamespace").unwrap_or_default()
    }

    pub(super) fn required<'n>(&self, node: &'n Node, attribute: &str) -> Result<&'n str, LoadError> {
        node.attribute(attribute).ok_or_else(|| self.fail(node, format!("xs:{} without {attribute}", node.local)))
    }

    /// Refuses attributes and children that are not named here.
    pub(super) fn only(&self, node: &Node, attributes: &[&str], children: &[&str]) -> Result<(), LoadError> {
        if let Some((name, _)) = node.attributes.iter().find(|(name, _)| !attributes.contains(&name.as_str())) {
            return Err(self.fail(node, format!("attribute {name} on xs:{}", node.local)));
        }
        match node.children.iter().find(|child| !children.contains(&child.local.as_str())) {
            Some(child) => Err(self.fail(child, format!("xs:{} in xs:{}", child.local, node.local))),
            None => Ok(()),
        }
    }

    pub(super) fn check_head(&self, all: &[Self]) -> Result<(), LoadError> {
        let root = &self.root;
        if root.local != "schema" {
            return Err(self.fail(root, format!("xs:{}", root.local)));
        }
        let children = ["import", "element", "complexType", "simpleType"];
        self.only(root, &["targetNamespace", "elementFormDefault", "version"], &children)?;
        if root.attribute("elementFormDefault") != Some("qualified") {
            return Err(self.fail(root, "elementFormDefault other than qualified"));
        }
        self.required(root, "targetNamespace")?;
        for import in root.children.iter().filter(|child| child.local == "import") {
            self.only(import, &["namespace", "schemaLocation"], &[])?;
            let location = self.required(import, "schemaLocation")?;
            let namespace = self.required(import, "namespace")?;
            if !all.iter().any(|other| other.is_at(location) && other.target() == namespace) {
                return Err(self.fail(import, format!("import of {location}")));
            }
        }
        Ok(())
    }

    /// Whether a file beside this one may call it so. Files are told apart without case, as where the
    /// standard is written.
    pub(super) fn is_at(&self, location: &str) -> bool {
        Path::new(&self.file).file_name().is_some_and(|name| name.eq_ignore_ascii_case(location))
    }

    /// Whether this file may use names of a namespace.
    pub(super) fn knows(&self, namespace: &str) -> bool {
        let imports = self.root.children.iter().filter(|child| child.local == "import");
        namespace == self.target()
            || imports.map(|import| import.attribute("namespace")).any(|known| known == Some(namespace))
    }
}

/// Reads one file. Annotations are left out, whatever is in them.
pub(super) fn read(file: &str, text: &str) -> Result<Node, LoadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fail = |line: usize, construct: String| LoadError { file: file.to_owned(), line, construct };
    let opened = Window::whole(text.as_bytes()).map_err(|error| fail(error.position.line, error.text))?;
    let mut lines = Lines::new(text);
    let mut tokens = Tokens::new(opened);
    let mut open: Vec<Node> = Vec::new();
    let mut in_annotation = 0_usize;
    loop {
        match tokens.next().map_err(|error| fail(error.position.line, error.text))? {
            Token::Start { .. } if in_annotation > 0 => in_annotation += 1,
            Token::Start { name, at } => {
                let line = lines.at(at).line;
                let (namespace, local) = tokens.resolve(name, at).map_err(|error| fail(line, error.text))?;
                if namespace != XSD {
                    return Err(fail(line, format!("element {}", tokens.text(name))));
                }
                if local == "annotation" {
                    in_annotation = 1;
                    continue;
                }
                open.push(node(&tokens, local, line).map_err(|construct| fail(line, construct))?);
            }
            Token::End { .. } if in_annotation > 0 => in_annotation -= 1,
            Token::End { .. } => {
                let done = open.pop().ok_or_else(|| fail(1, "end tag".to_owned()))?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => return Ok(done),
                }
            }
            Token::Text(raw) if in_annotation == 0 && !is_all_blank(tokens.text(raw)) => {
                return Err(fail(lines.at(raw.at).line, "text".to_owned()));
            }
            Token::Character { at, .. } if in_annotation == 0 => {
                return Err(fail(lines.at(at).line, "text".to_owned()));
            }
            Token::Text(_) | Token::Character { .. } => {}
            Token::Done => return Err(fail(1, "no xs:schema".to_owned())),
        }
    }
}

fn node(tokens: &Tokens<'_>, local: &str, line: usize) -> Result<Node, String> {
    let mut named = None;
    let mut attributes = Vec::new();
    for attribute in tokens.attributes() {
        if !attribute.namespace.is_empty() {
            return Err(format!("attribute {} on xs:{local}", attribute.local));
        }
        if matches!(attribute.local.as_str(), "type" | "base") {
            let (prefix, name) = attribute.value.split_once(':').unwrap_or(("", &attribute.value));
            let namespace = tokens.lookup(prefix).ok_or_else(|| format!("prefix {prefix}"))?;
            named = Some((namespace.to_owned(), name.to_owned()));
        }
        attributes.push((attribute.local.clone(), attribute.value.clone()));
    }
    Ok(Node { local: local.to_owned(), line, attributes, named, children: Vec::new() })
}
