//! Tables as JSON Schema (2020-12), in the form in which [`crate::json`] writes a bericht: what may repeat is a list, an integer a
//! number, all else text, and what is absent is left out.
//!
//! Says what the tables say, but for two things that JSON Schema cannot tell: whether a day exists in its month, and
//! that the domain holds no integer beyond 64 bits.

use serde_json::{Map, Value, json};

use super::pattern::Pattern;
use super::simple::{Fit, Primitive, Simple};
use super::tables::{Content, Particle, SymbolId, Tables, TypeId};

/// A date without time zone, as the domain writes it.
const DATE: &str = "^-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
/// A time without time zone, as the domain writes it.
const TIME: &str = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?$";

/// Makes schemas of types, and keeps those that several share.
pub(in crate::xml) struct JsonSchemas<'t> {
    tables: &'t Tables,
    /// The namespace of shared types, and what comes before their names.
    shared_as: Vec<(String, String)>,
    /// The shared schemas that were needed so far, by name.
    pub(in crate::xml) shared: Map<String, Value>,
}

impl<'t> JsonSchemas<'t> {
    /// `shared_as`: the namespaces whose types are shared, and what to put in front of their names.
    pub(in crate::xml) fn new(tables: &'t Tables, shared_as: Vec<(String, String)>) -> Self {
        Self { tables, shared_as, shared: Map::new() }
    }

    /// The schema of a global element.
    pub(in crate::xml) fn of_root(&mut self, root: SymbolId) -> Value {
        let found = self.tables.roots.iter().find(|(symbol, _)| *symbol == root);
        found.map_or(Value::Bool(false), |(_, r#type)| self.of(*r#type))
    }

    fn of(&mut self, r#type: TypeId) -> Value {
        let Some(name) = self.shared_name(r#type) else { return self.in_place(r#type) };
        if !self.shared.contains_key(&name) {
            let schema = self.in_place(r#type);
            self.shared.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    fn shared_name(&self, r#type: TypeId) -> Option<String> {
        let ((namespace, local), _) = self.tables.type_names.iter().find(|(_, named)| **named == r#type)?;
        let (_, before) = self.shared_as.iter().find(|(shared, _)| shared == namespace)?;
        Some(format!("{before}{local}"))
    }

    fn in_place(&mut self, r#type: TypeId) -> Value {
        let tables = self.tables;
        match tables.content(r#type) {
            Content::Simple(simple) => simple.json_schema(),
            Content::Sequence(particles) => self.object(particles),
            Content::Unread => Value::Bool(false),
        }
    }

    fn object(&mut self, particles: &[Particle]) -> Value {
        let mut properties = Map::new();
        for particle in particles {
            properties.insert(self.tables.local(particle.symbol).to_owned(), self.member(particle));
        }
        let required = particles.iter().filter(|particle| particle.least > 0);
        let required: Vec<_> = required.map(|particle| self.tables.local(particle.symbol)).collect();
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    }

    fn member(&mut self, particle: &Particle) -> Value {
        let item = self.of(particle.r#type);
        if !particle.repeats() {
            return item;
        }
        let mut list = json!({"type": "array", "items": item, "minItems": particle.least.max(1)});
        if particle.most != u32::MAX {
            list["maxItems"] = json!(particle.most);
        }
        list
    }
}

impl Simple {
    fn json_schema(&self) -> Value {
        if let Some(codes) = &self.codes {
            let fitting: Vec<_> = codes.iter().filter(|code| self.judge(code) == Fit::Fits).collect();
            return json!({"type": "string", "enum": fitting});
        }
        match self.primitive {
            Primitive::String => self.json_string(),
            Primitive::Integer => self.json_integer(),
            Primitive::Date => json!({"type": "string", "format": "date", "pattern": DATE}),
            Primitive::Time => json!({"type": "string", "pattern": TIME}),
        }
    }

    fn json_string(&self) -> Value {
        if let Some(literal) = self.literal() {
            return json!({"const": literal});
        }
        let mut schema = json!({"type": "string"});
        if self.min_length > 0 {
            schema["minLength"] = json!(self.min_length);
        }
        if self.max_length < usize::MAX {
            schema["maxLength"] = json!(self.max_length);
        }
        match self.patterns.as_slice() {
            [] => {}
            [only] => schema["pattern"] = json!(only.ecma()),
            several => schema["allOf"] = several.iter().map(|one| json!({"pattern": one.ecma()})).collect(),
        }
        schema
    }

    /// A number with a pattern is a version: that number and no other.
    fn json_integer(&self) -> Value {
        if let Some(number) = self.literal().and_then(|literal| literal.parse::<i64>().ok()) {
            return json!({"const": number});
        }
        let mut schema = json!({"type": "integer"});
        if let Some(low) = self.low.and_then(|low| i64::try_from(low).ok()) {
            schema["minimum"] = json!(low);
        }
        if let Some(high) = self.high.and_then(|high| i64::try_from(high).ok()) {
            schema["maximum"] = json!(high);
        }
        schema
    }

    /// The only value that there is, where a pattern says so.
    fn literal(&self) -> Option<&str> {
        self.patterns.iter().find_map(|pattern| match &**pattern {
            Pattern::Literal(literal) => Some(literal.as_str()),
            Pattern::Digits { .. } | Pattern::Line | Pattern::Ink | Pattern::Without { .. } | Pattern::Regex(_) => None,
        })
    }
}
