//! Which file imports which, read off from their text: every path that begins with `crate`, `super`, `self` or a module
//! that the file declares, in `use` and in code, through names that a file on the way hands on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// The way to a module, from the root of the crate on.
pub type Module = Vec<String>;

/// All modules that stand in a file of their own.
#[derive(Default)]
pub struct Sources(BTreeMap<Module, File>);

/// A module that stands in a file.
struct File {
    path: PathBuf,
    /// Without comments, texts and tests.
    code: String,
    /// The tests in it, likewise.
    tests: String,
    /// Whom a name stands for that the file imports.
    names: BTreeMap<String, Module>,
}

/// A path that leads to another file, as it is written.
pub struct Import {
    pub from: Module,
    /// The file in which it ends, through names that other files hand on.
    pub to: Module,
    /// What it names, wherever that stands.
    pub named: Module,
    pub written: String,
}

impl Sources {
    /// The crate whose root is this file.
    pub fn of_crate(root: &Path) -> Self {
        Self::read(root, &|path| fs::read_to_string(path).ok())
    }

    /// The same of files that `text` gives.
    pub fn read(root: &Path, text: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut sources = Self::default();
        sources.add(Vec::new(), root, text);
        for (module, path) in
            sources.0.iter().map(|(module, file)| (module.clone(), file.code.clone())).collect::<Vec<_>>()
        {
            let names =
                uses(&path).into_iter().filter_map(|used| Some((used.name, sources.absolute(&module, &used.path)?)));
            let names = names.collect();
            sources.0.get_mut(&module).expect("it was read").names = names;
        }
        sources
    }

    fn add(&mut self, module: Module, path: &Path, text: &dyn Fn(&Path) -> Option<String>) {
        let raw = text(path).unwrap_or_else(|| panic!("{} is not there", path.display()));
        let (code, tests) = without_tests(&without_scopes(&bare(&raw)));
        let folder = path.parent().expect("a file stands in a folder");
        let is_head = ["mod.rs", "lib.rs"].iter().any(|name| path.ends_with(name));
        let below = if is_head { folder.to_owned() } else { path.with_extension("") };
        for name in declared(&code) {
            let elsewhere = path_attribute(&raw, &name).map(|given| folder.join(given));
            let beside = below.join(format!("{name}.rs"));
            let file = elsewhere
                .unwrap_or_else(|| if text(&beside).is_some() { beside } else { below.join(&name).join("mod.rs") });
            let child = [module.clone(), vec![name]].concat();
            self.add(child, &file, text);
        }
        self.0.insert(module, File { path: path.to_owned(), code, tests, names: BTreeMap::new() });
    }

    /// Every module, with its file and its text without comments and texts.
    pub fn modules(&self) -> impl Iterator<Item = (&Module, &Path, String)> {
        self.0.iter().map(|(module, file)| (module, file.path.as_path(), format!("{}\n{}", file.code, file.tests)))
    }

    /// What every file imports of others; its tests too, if they are wanted.
    pub fn imports(&self, with_tests: bool) -> Vec<Import> {
        let mut found = Vec::new();
        for (module, file) in &self.0 {
            self.imports_in(module, module, &file.code, &mut found);
            if with_tests {
                self.imports_in(module, &[module.clone(), vec!["tests".to_owned()]].concat(), &file.tests, &mut found);
            }
        }
        found
    }

    fn imports_in(&self, from: &Module, within: &Module, code: &str, found: &mut Vec<Import>) {
        let used = uses(code);
        let rest = without_uses(code);
        let words: BTreeSet<&str> = rest.split(|letter: char| !is_part_of_a_name(letter)).collect();
        // What is only handed on is imported by whoever takes it.
        let used = used.into_iter().filter(|used| !used.is_handed_on || words.contains(used.name.as_str()));
        for path in used.map(|used| used.path).chain(paths(&rest)) {
            let Some(named) = self.absolute(within, &path) else { continue };
            let to = self.file_of(&named, 0);
            if to != *from && !found.iter().any(|import| import.from == *from && import.named == named) {
                found.push(Import { from: from.clone(), to, named, written: path.join("::") });
            }
        }
    }

    /// The path from the root of the crate on; `None` for one that leads out of the crate, or nowhere further.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut place = module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => {
                place.clear();
                rest = &rest[1..];
            }
            "super" | "self" => {
                while let Some(step) = rest.first().filter(|step| ["super", "self"].contains(&step.as_str())) {
                    if step == "super" {
                        place.pop();
                    }
                    rest = &rest[1..];
                }
            }
            child => {
                self.0.get(&[place.clone(), vec![child.to_owned()]].concat())?;
            }
        }
        place.extend(rest.iter().cloned());
        Some(place)
    }

    /// The file in which this path ends.
    fn file_of(&self, path: &Module, steps: usize) -> Module {
        let known =
            (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length])).expect("the root is there");
        let (module, rest) = path.split_at(known);
        let handed_on = rest.first().and_then(|name| self.0[module].names.get(name));
        match handed_on {
            Some(other) if steps < 8 => self.file_of(&[other.clone(), rest[1..].to_vec()].concat(), steps + 1),
            _ => module.to_vec(),
        }
    }
}

/// For each file that lies on a circle, a shortest one through it; each circle once.
pub fn circles(imports: &[Import]) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&Module, Vec<&Import>> = BTreeMap::new();
    for import in imports {
        next.entry(&import.from).or_default().push(import);
    }
    let mut seen: BTreeSet<BTreeSet<&Module>> = BTreeSet::new();
    let mut found = Vec::new();
    for start in next.keys() {
        let Some(circle) = circle_through(start, &next) else { continue };
        if seen.insert(circle.iter().map(|import| &import.from).collect()) {
            let shown = circle.iter().map(|import| format!("{} imports {}", import.from.join("::"), import.written));
            found.push(shown.collect());
        }
    }
    found
}

fn circle_through<'i>(start: &Module, next: &BTreeMap<&Module, Vec<&'i Import>>) -> Option<Vec<&'i Import>> {
    let mut came_by: BTreeMap<&Module, &Import> = BTreeMap::new();
    let mut waiting: VecDeque<&Module> = VecDeque::from([start]);
    while let Some(module) = waiting.pop_front() {
        for import in next.get(module).into_iter().flatten() {
            if came_by.contains_key(&import.to) {
                continue;
            }
            came_by.insert(&import.to, import);
            if import.to == *start {
                let mut way = vec![*import];
                while way.last().is_some_and(|last| last.from != *start) {
                    way.push(came_by[&way[way.len() - 1].from]);
                }
                way.reverse();
                return Some(way);
            }
            waiting.push_back(&import.to);
        }
    }
    None
}

/// One name that a `use` brings.
struct Used {
    is_handed_on: bool,
    name: String,
    path: Vec<String>,
}

fn is_part_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where each `use …;` begins and ends, and whether it hands on.
fn use_items(code: &str) -> Vec<(usize, usize, bool)> {
    let mut items = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        let is_handed_on = before.ends_with("pub");
        let begins = is_handed_on || before.is_empty() || before.ends_with([';', '}', '{', ']']);
        if let Some(end) = code[at..].find(';').filter(|_| begins) {
            items.push((at, at + end, is_handed_on));
        }
    }
    items
}

fn uses(code: &str) -> Vec<Used> {
    let mut found = Vec::new();
    for (begin, end, is_handed_on) in use_items(code) {
        let mut paths = Vec::new();
        branches(&[], &code[begin + "use ".len()..end], &mut paths);
        found.extend(paths.into_iter().map(|(name, path)| Used { is_handed_on, name, path }));
    }
    found
}

fn without_uses(code: &str) -> String {
    let mut rest = String::new();
    let mut from = 0;
    for (begin, end, _) in use_items(code) {
        if begin >= from {
            rest.push_str(&code[from..begin]);
            from = end;
        }
    }
    rest + &code[from..]
}

/// The paths of a `use`, each with the name that it then has here.
fn branches(before: &[String], tree: &str, found: &mut Vec<(String, Vec<String>)>) {
    let segments = |text: &str| -> Vec<String> {
        text.split("::").map(str::trim).filter(|step| !step.is_empty() && *step != "*").map(str::to_owned).collect()
    };
    if let Some((head, list)) = tree.split_once('{') {
        let before = [before, &segments(head)].concat();
        let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
        for item in items_of(list) {
            branches(&before, &item, found);
        }
        return;
    }
    let (path, alias) =
        tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias.trim().to_owned())));
    let mut path = [before, &segments(path)].concat();
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name =
        if tree.trim_end().ends_with('*') { Some("*".to_owned()) } else { alias.or_else(|| path.last().cloned()) };
    found.extend(name.map(|name| (name, path)));
}

/// What stands between the commas of a list, lists inside it kept whole.
fn items_of(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut items = vec![String::new()];
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match letter {
            ',' if depth == 0 => items.push(String::new()),
            _ => items.last_mut().expect("there is a last one").push(letter),
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

/// Every path of two names or more.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut rest = code;
    let mut before = ' ';
    while let Some(letter) = rest.chars().next() {
        if !is_part_of_a_name(letter) || before == ':' {
            before = letter;
            rest = &rest[letter.len_utf8()..];
            continue;
        }
        let mut path = Vec::new();
        loop {
            let length = rest.find(|letter| !is_part_of_a_name(letter)).unwrap_or(rest.len());
            path.push(rest[..length].to_owned());
            rest = &rest[length..];
            match rest.strip_prefix("::").filter(|more| more.chars().next().is_some_and(is_part_of_a_name)) {
                Some(more) => rest = more,
                None => break,
            }
        }
        before = ' ';
        if path.len() > 1 {
            found.insert(path);
        }
    }
    found.into_iter().collect()
}

/// The modules that stand in files of their own: `mod name;`.
fn declared(code: &str) -> Vec<String> {
    let ends =
        code.match_indices("mod ").filter(|(at, _)| !code[..*at].chars().next_back().is_some_and(is_part_of_a_name));
    ends.filter_map(|(at, start)| {
        let (name, _) = code[at + start.len()..].split_once(';')?;
        (!name.is_empty() && name.chars().all(is_part_of_a_name)).then(|| name.to_owned())
    })
    .collect()
}

/// The file that `#[path]` names for a module.
fn path_attribute(raw: &str, module: &str) -> Option<String> {
    let (before, _) = raw.split_once(&format!("\nmod {module};"))?;
    let line = before.lines().next_back()?.trim();
    Some(line.strip_prefix("#[path = \"")?.strip_suffix("\"]")?.to_owned())
}

/// The code without comments and texts.
fn bare(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if letter == '"' {
            end_of_text(rest)
        } else if letter == '\'' && rest[1..].starts_with('\\') {
            rest[3..].find('\'').map_or(rest.len(), |end| end + 4)
        } else if letter == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.char_indices().nth(3).map_or(rest.len(), |(end, _)| end)
        } else {
            0
        };
        if skipped == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            rest = &rest[skipped..];
        }
    }
    code
}

/// The code without the scopes of `pub(in …)`, which are paths but import nothing.
fn without_scopes(code: &str) -> String {
    let mut parts = code.split("pub(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| before + "pub" + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// Where the text ends that this begins with.
fn end_of_text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The code, and the tests that stand in it.
fn without_tests(code: &str) -> (String, String) {
    let opening = code.match_indices("#[cfg(").find_map(|(at, _)| {
        let (condition, after) = code[at..].split_once(']')?;
        let begins = after.trim_start().starts_with("mod ") && condition.contains("test");
        let open = after.find(['{', ';']).filter(|open| begins && after[*open..].starts_with('{'))?;
        Some((at, at + condition.len() + 1 + open))
    });
    let Some((begin, open)) = opening else { return (code.to_owned(), String::new()) };
    let mut depth = 0_usize;
    let end = code[open..].char_indices().find_map(|(at, letter)| {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(open + at)
    });
    let end = end.expect("braces are closed");
    (format!("{}{}", &code[..begin], &code[end + 1..]), code[open + 1..end].to_owned())
}
