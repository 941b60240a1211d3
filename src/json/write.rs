//! Domain to JSON.

use serde_json::{Map, Value};

use crate::domain::berichten::klasse::{Kind, Target};

/// Takes elements and builds objects and lists of them.
#[derive(Default)]
pub(super) struct JsonTarget {
    /// The objects that are open, the outermost first.
    open: Vec<Map<String, Value>>,
    /// Of each open object, whether its element may repeat.
    repeats: Vec<bool>,
    root: Map<String, Value>,
}

impl JsonTarget {
    pub fn finish(self) -> Map<String, Value> {
        self.root
    }

    fn put(&mut self, name: &str, value: Value, repeats: bool) {
        let object = self.open.last_mut().unwrap_or(&mut self.root);
        if !repeats {
            object.insert(name.to_owned(), value);
        } else if let Value::Array(list) = object.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            list.push(value);
        }
    }
}

impl Target for JsonTarget {
    fn open(&mut self, _: &'static str, kind: Kind) {
        self.open.push(Map::new());
        self.repeats.push(kind.repeats);
    }

    fn text(&mut self, name: &'static str, value: &str, repeats: bool) {
        self.put(name, Value::String(value.to_owned()), repeats);
    }

    fn number(&mut self, name: &'static str, value: &str, repeats: bool) {
        match value.parse::<i64>() {
            Ok(number) => self.put(name, Value::from(number), repeats),
            Err(_) => self.text(name, value, repeats),
        }
    }

    fn close(&mut self, name: &'static str) {
        let (object, repeats) = (self.open.pop().unwrap_or_default(), self.repeats.pop().unwrap_or_default());
        self.put(name, Value::Object(object), repeats);
    }
}
