//! Reading settings from TOML values: `serde`, with faults that say where and in words ([`super::fault`]).

use std::collections::BTreeSet;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Value;

use super::fault::{Fault, What, choices};

/// A value, where it stands, and which places below it are to be passed over.
#[derive(Clone)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: String,
    passed_over: &'a BTreeSet<String>,
}

impl<'a> Node<'a> {
    /// The value that holds all others.
    pub(super) fn root(value: &'a Value, passed_over: &'a BTreeSet<String>) -> Self {
        Self { value, path: String::new(), passed_over }
    }

    fn below(&self, value: &'a Value, path: String) -> Self {
        Self { value, path, passed_over: self.passed_over }
    }

    /// Reads it; what its type says of a value that was read all right is about this place too.
    fn read<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Fault> {
        let path = self.path.clone();
        seed.deserialize(self).map_err(|fault| fault.at(&path))
    }

    fn unexpected(&self) -> Unexpected<'a> {
        match self.value {
            Value::String(text) => Unexpected::Str(text),
            Value::Integer(number) => Unexpected::Signed(*number),
            Value::Float(number) => Unexpected::Float(*number),
            Value::Boolean(value) => Unexpected::Bool(*value),
            Value::Datetime(_) => Unexpected::Other("a date"),
            Value::Array(_) => Unexpected::Seq,
            Value::Table(_) => Unexpected::Map,
        }
    }
}

/// The place of a key below a table.
pub(super) fn key_path(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// The place of a value in a list; people count from one.
pub(super) fn index_path(list: &str, index: usize) -> String {
    format!("{list}[{}]", index + 1)
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let read = match self.value {
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(value) => visitor.visit_bool(*value),
            // TOML has dates of its own; ours are texts.
            Value::Datetime(date) => visitor.visit_string(date.to_string()),
            Value::Array(values) => visitor.visit_seq(List { list: &self, values: values.iter().enumerate() }),
            Value::Table(table) => visitor.visit_map(Entries { table: &self, rest: table.iter(), next: None }),
        };
        read.map_err(|fault| fault.at(&self.path))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let path = self.path.clone();
        let read = match self.value {
            Value::String(name) => visitor.visit_enum(name.as_str().into_deserializer()),
            Value::Table(table) if table.len() == 1 => visitor.visit_enum(Choice(self)),
            _ => {
                let found = Fault::invalid_type(self.unexpected(), &choices(known).as_str());
                Err(found)
            }
        };
        read.map_err(|fault| fault.at(&path))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The values of a list, with the places that they have in the file.
struct List<'n, 'de, I> {
    list: &'n Node<'de>,
    values: I,
}

impl<'de, I: Iterator<Item = (usize, &'de Value)>> SeqAccess<'de> for List<'_, 'de, I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let list = self.list;
        let placed = self.values.by_ref().map(|(index, value)| (index_path(&list.path, index), value));
        let mut kept = placed.skip_while(|(path, _)| list.passed_over.contains(path));
        kept.next().map(|(path, value)| list.below(value, path).read(seed)).transpose()
    }
}

/// The keys and values of a table.
struct Entries<'n, 'de, I> {
    table: &'n Node<'de>,
    rest: I,
    next: Option<Node<'de>>,
}

impl<'de, I: Iterator<Item = (&'de String, &'de Value)>> MapAccess<'de> for Entries<'_, 'de, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let table = self.table;
        let placed = self.rest.by_ref().map(|(key, value)| (key, key_path(&table.path, key), value));
        let mut kept = placed.skip_while(|(_, path, _)| table.passed_over.contains(path));
        let Some((key, path, value)) = kept.next() else { return Ok(None) };
        let key: StrDeserializer<'_, Fault> = key.as_str().into_deserializer();
        let read = seed.deserialize(key).map_err(|fault| fault.at(&path))?;
        self.next = Some(table.below(value, path));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        self.next.take().expect("a value is read after its key").read(seed)
    }
}

/// One of several things, written as a table of one key: `{ reject = ["9332"] }`.
struct Choice<'de>(Node<'de>);

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Fault;
    type Variant = Node<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node<'de>), Fault> {
        let (name, value) =
            self.0.value.as_table().and_then(|table| table.iter().next()).expect("a table of one key stands there");
        let read = seed.deserialize(IntoDeserializer::<Fault>::into_deserializer(name.as_str()))?;
        let path = key_path(&self.0.path, name);
        Ok((read, self.0.below(value, path)))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Err(Fault::from(What::Unfit("stands by itself: write its name between quotes".to_owned())).at(&self.path))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.read(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }
}
