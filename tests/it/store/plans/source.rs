//! The statements that stand in the source of the store.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use regex::Regex;

/// A statement as it stands in the source, as far as the text there goes.
pub struct Literal {
    file: String,
    text: String,
    begins: Regex,
    stands_in: Regex,
}

impl Literal {
    fn of(file: &str, text: String) -> Self {
        let pattern = pattern(&text);
        let compiled = |pattern: &str| Regex::new(pattern).expect("a pattern");
        Self { file: file.to_owned(), text, begins: compiled(&format!("^{pattern}")), stands_in: compiled(&pattern) }
    }

    /// Whether a statement that was carried out begins so.
    pub fn begins(&self, sql: &str) -> bool {
        self.begins.is_match(sql)
    }

    /// Whether it is a part of one: a longer statement may be put together.
    pub fn stands_in(&self, sql: &str) -> bool {
        self.stands_in.is_match(sql)
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.text)
    }
}

/// Without line breaks and indents.
pub fn in_one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All statements of `src/store/sql`.
pub fn statements() -> &'static [Literal] {
    static ALL: OnceLock<Vec<Literal>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).expect("the folder of the SQL") {
            let path = entry.expect("a file").path();
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let file = path.file_name().expect("a name").to_string_lossy().into_owned();
            all.extend(literals(code).into_iter().map(|text| Literal::of(&file, text)));
        }
        all
    })
}

/// The texts between quotes that begin as a statement does.
fn literals(code: &str) -> Vec<String> {
    let quoted = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).expect("a pattern");
    // A quote in a comment or a character would begin a text where none is.
    let code: String =
        code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let is_statement = |text: &String| {
        ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "].iter().any(|verb| text.starts_with(verb))
    };
    quoted.captures_iter(&code).map(|found| in_one_line(&found[1])).filter(is_statement).collect()
}

/// What a statement that is carried out begins with: its placeholders are those of the database, what stands in braces is
/// filled in, and rows may be added.
fn pattern(text: &str) -> String {
    let end = text.find("VALUES (").map_or(text.len(), |at| at + "VALUES (".len());
    let head = &text[..end];
    let braces = Regex::new(r" ?\\\{[^}]*\\\}").expect("a pattern");
    let values = Regex::new(r"\\\$[0-9]+").expect("a pattern");
    let pattern = regex::escape(head);
    let pattern = braces.replace_all(&pattern, ".*?");
    let pattern = values.replace_all(&pattern, r"(?:\$[0-9]+|\?[0-9]*)");
    pattern.trim_end().to_owned()
}
