//! JSON Schema for people: a table of members, each with its kind and what it may be.

use serde_json::Value;

/// What a value may be.
pub(super) struct Shape<'a> {
    /// In front: `list of`, or nothing.
    pub before: &'static str,
    /// The schema that says the rest, by name.
    pub link: Option<&'a str>,
    /// The rest, when no other schema says it.
    pub text: String,
}

/// A member of an object.
pub(super) struct Row<'a> {
    /// With the names of the members around it, as in `Bericht.Header.Afzender`.
    pub path: String,
    pub required: bool,
    pub shape: Shape<'a>,
    pub description: &'a str,
}

/// Every member of a schema, those of inner objects too. What is no object is one row.
pub(super) fn rows(schema: &Value) -> Vec<Row<'_>> {
    let mut found = Vec::new();
    add_members("", schema, &mut found);
    if found.is_empty() {
        let alternatives = items(&schema["oneOf"]).map(Shape::of);
        let shapes = alternatives.chain(schema.get("oneOf").is_none().then(|| Shape::of(schema)));
        found.extend(shapes.map(|shape| Row { path: String::new(), required: true, shape, description: "" }));
    }
    found
}

fn add_members<'a>(above: &str, schema: &'a Value, found: &mut Vec<Row<'a>>) {
    for (name, member) in members(&schema["properties"]) {
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        found.push(Row {
            path: path.clone(),
            required: items(&schema["required"]).any(|required| required == name),
            shape: Shape::of(member),
            description: text(&member["description"]),
        });
        add_members(&path, member.get("items").unwrap_or(member), found);
    }
}

impl<'a> Shape<'a> {
    pub(super) fn of(schema: &'a Value) -> Self {
        if let Some(item) = schema.get("items") {
            return Self { before: "list of ", ..Self::of(item) };
        }
        // One that may be null as well is that one, for people.
        let other = items(&schema["oneOf"]).find_map(|one| one.get("$ref"));
        let reference = schema.get("$ref").or(other).and_then(Value::as_str);
        let link = reference.and_then(|reference| reference.rsplit('/').next());
        Self { before: "", link, text: if link.is_some() { String::new() } else { described(schema) } }
    }
}

/// Kind and limits.
fn described(schema: &Value) -> String {
    if let Some(only) = schema.get("const") {
        return format!("only {only}");
    }
    if schema["enum"].is_array() {
        let codes: Vec<_> = items(&schema["enum"]).map(text).collect();
        return format!("one of {}", codes.join(", "));
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let limits = [
        ("format", ""),
        ("minLength", "at least this long: "),
        ("maxLength", "at most this long: "),
        ("minimum", "from "),
        ("maximum", "up to "),
        ("pattern", "pattern "),
    ];
    let limits = limits.into_iter().filter_map(|(name, before)| {
        let limit = schema.get(name)?;
        Some(format!("{before}{}", limit.as_str().map_or_else(|| limit.to_string(), str::to_owned)))
    });
    let patterns = items(&schema["allOf"]).map(|one| format!("pattern {}", text(&one["pattern"])));
    [kinds.join(" or ")].into_iter().chain(limits).chain(patterns).collect::<Vec<_>>().join(", ")
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

pub(super) fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
