//! Our validator against that of libxml2 on the same XSDs: whatever is done to a bericht, both say the same.
//!
//! Seeded, so that a failure comes back. Skipped where `xmllint` is absent, unless `IWMO_REQUIRE_XMLLINT=1`.
//! `IWMO_MUTANTS` sets how many; `IWMO_XSD_3_2` and `IWMO_XSD_2_3` name folders with other files of that release for
//! `xmllint` to judge by.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use iwmo_gateway::domain::Release;
use iwmo_gateway::xml;

use super::{files, fixtures};

const MUTANTS: usize = 1_500;

#[test]
fn libxml2_agrees_on_every_mutant() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        assert!(std::env::var("IWMO_REQUIRE_XMLLINT").is_err(), "xmllint is required and not installed");
        println!("skipped: xmllint is not installed");
        return;
    }
    let count = std::env::var("IWMO_MUTANTS").map_or(MUTANTS, |count| count.parse().expect("a number"));
    let fixtures =
        fixtures().into_iter().flat_map(|(release, folder)| files(folder).into_iter().map(move |file| (release, file)));
    let berichten: Vec<(PathBuf, Node)> = fixtures.map(|(release, file)| read(release, &file)).collect();
    let texts: Vec<String> = berichten.iter().flat_map(|(_, root)| root.texts()).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schemas = xml::Schemas::compiled_in();
    let mut dice = Dice(0x5eed_2026);
    let mut of_kind: BTreeMap<&Path, Vec<(PathBuf, bool)>> = BTreeMap::new();
    for number in 0..count {
        let (schema, root) = &berichten[number % berichten.len()];
        let mut root = root.clone();
        let mut text = String::new();
        for _ in 0..=dice.below(2) {
            change(&mut root, &texts, &mut dice);
        }
        root.write(&mut text);
        if dice.below(12) == 0 {
            damage(&mut text, &mut dice);
        }
        if is_misjudged_by_libxml2(&text) {
            continue;
        }
        let path = folder.path().join(format!("{number}.xml"));
        std::fs::write(&path, &text).expect("a mutant is written");
        of_kind.entry(schema).or_default().push((path, schemas.check(text.as_bytes()).is_ok()));
    }
    let mut valid = 0;
    let mut disagreements = String::new();
    for (schema, mutants) in &of_kind {
        let accepted = xmllint(schema, mutants);
        for (path, ours) in mutants {
            valid += usize::from(*ours);
            if accepted.contains(path) != *ours {
                let text = std::fs::read_to_string(path).expect("a mutant");
                writeln!(disagreements, "{}: we say {ours}\n{text}", schema.display()).expect("a text");
            }
        }
    }
    assert!(disagreements.is_empty(), "{disagreements}");
    // A mutator that breaks everything, or nothing, proves little.
    assert!((count / 20..count / 2).contains(&valid), "{valid} of {count} mutants are valid");
}

/// libxml2 takes the hyphen that ends the class in the pattern of LDT_Tijd, `[^Z+-]+`, for part of a range
/// and lets a time zone behind a hyphen pass. XML Schema 1.0 part 2, appendix F.1: a hyphen is a valid character
/// at the end of a positive character group, so it is excluded here.
fn is_misjudged_by_libxml2(text: &str) -> bool {
    text.split("Toewijzingstijd>").skip(1).any(|rest| rest.split('<').next().is_some_and(|time| time.contains('-')))
}

/// The XSD that xmllint judges berichten of this kind by, as in `wmo305`.
fn schema(release: Release, kind: &str) -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("xsd/iwmo-{}", release.name()));
    let other = std::env::var(format!("IWMO_XSD_{}", release.name().replace('.', "_")));
    let folder = other.map_or(ours, PathBuf::from);
    let names = [format!("{kind}.xsd"), format!("{}.xsd", kind.to_ascii_uppercase())];
    names.iter().map(|name| folder.join(name)).find(|path| path.exists()).expect("a schema of this kind")
}

/// The files that xmllint finds valid.
fn xmllint(schema: &Path, mutants: &[(PathBuf, bool)]) -> HashSet<PathBuf> {
    const FILES_PER_CALL: usize = 400;
    let mut accepted = HashSet::new();
    for some in mutants.chunks(FILES_PER_CALL) {
        let mut command = Command::new("xmllint");
        command.args(["--nonet", "--noout", "--schema"]).arg(schema).args(some.iter().map(|(path, _)| path));
        let output = command.output().expect("xmllint runs");
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            accepted.extend(line.strip_suffix(" validates").map(PathBuf::from));
        }
    }
    accepted
}

/// An element as our fixtures have them: with a text or with elements.
#[derive(Clone)]
struct Node {
    name: String,
    attributes: String,
    text: String,
    children: Vec<Node>,
}

/// Schema and tree of a fixture, which has one element or tag on each line.
fn read(release: Release, file: &Path) -> (PathBuf, Node) {
    let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
    let schema = schema(release, &name[.."wmo301".len()]);
    let text = std::fs::read_to_string(file).expect("a fixture");
    let mut open: Vec<Node> = Vec::new();
    for line in text.split("\r\n").map(|line| line.trim_matches('\t')).filter(|line| !line.starts_with("<?")) {
        if line.starts_with("</") {
            let done = open.pop().expect("an open element");
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => return (schema, done),
            }
            continue;
        }
        let (tag, rest) = line.strip_prefix('<').and_then(|line| line.split_once('>')).expect("a start tag");
        let (name, attributes) = tag.split_once(' ').map_or((tag, ""), |(name, rest)| (name, rest));
        let mut node =
            Node { name: name.to_owned(), attributes: format!(" {attributes}"), text: String::new(), children: vec![] };
        match (rest.split_once("</"), open.last_mut()) {
            (Some((text, _)), Some(parent)) => {
                text.clone_into(&mut node.text);
                parent.children.push(node);
            }
            _ => open.push(node),
        }
    }
    panic!("{} does not end", file.display())
}

impl Node {
    fn write(&self, out: &mut String) {
        write!(out, "<{}{}>{}", self.name, self.attributes, self.text).expect("a text");
        for child in &self.children {
            child.write(out);
            out.push('\n');
        }
        write!(out, "</{}>", self.name).expect("a text");
    }

    fn texts(&self) -> Vec<String> {
        let below = self.children.iter().flat_map(Self::texts);
        std::iter::once(self.text.clone()).filter(|text| !text.is_empty()).chain(below).collect()
    }

    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// The node at this number in document order.
    fn nth(&mut self, mut number: usize) -> &mut Self {
        if number == 0 {
            return self;
        }
        number -= 1;
        for child in &mut self.children {
            let count = child.count();
            if number < count {
                return child.nth(number);
            }
            number -= count;
        }
        panic!("a number below the count")
    }

    fn any(&mut self, dice: &mut Dice) -> &mut Self {
        let number = dice.below(self.count());
        self.nth(number)
    }

    /// A node with children; the root is one.
    fn any_parent(&mut self, dice: &mut Dice) -> &mut Self {
        let parents: Vec<usize> = (0..self.count()).filter(|&number| !self.nth(number).children.is_empty()).collect();
        self.nth(dice.pick(&parents))
    }

    fn any_leaf(&mut self, dice: &mut Dice) -> &mut Self {
        let leaves: Vec<usize> = (0..self.count()).filter(|&number| self.nth(number).children.is_empty()).collect();
        self.nth(dice.pick(&leaves))
    }
}

/// A sequence that looks random and is the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).expect("below a usize")
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// Values at the edges of the types, references and white space included.
const VALUES: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "&#13;",
    "\u{a0}",
    "&#133;",
    "\u{3000}",
    "0",
    "1",
    "9",
    "00",
    "01",
    "13",
    "20",
    "99",
    "+5",
    "-0",
    "-1",
    "007",
    " 12 ",
    "1.0",
    "1e3",
    "１",
    "1_0",
    "99999",
    "100000",
    "99999999",
    "100000000",
    "999999999",
    "1000000000",
    "999999999999",
    "1000000000000",
    "x",
    "X",
    "é",
    "😀",
    "ỳ",
    "a b",
    "a\nb",
    "a&amp;b",
    "&#x41;",
    "<![CDATA[1]]>",
    "<!-- x -->",
    "1<!-- x -->2",
    "<?p?>",
    "1.0.0",
    "01.0.0",
    "1.0",
    "NL",
    "nl",
    "D",
    "C",
    "d",
    "0001",
    "0200",
    "8001",
    "9999",
    "2026-02-28",
    "2026-02-29",
    "2024-02-29",
    " 2026-01-01 ",
    "2026-1-1",
    "2026-13-01",
    "0000-01-01",
    "-0044-03-15",
    "12026-01-01",
    "2026-01-01Z",
    "2026-01-01+01:00",
    "2026-01-01T00:00:00",
    "20260101",
    "12:00:00",
    "24:00:00",
    "24:00:01",
    "12:00",
    "12:00:60",
    "12:00:00.5",
    "12:00:00.",
    "12:00:00Z",
    "12:00:00+01:00",
    "12345678",
    "123456789",
    "0384",
    "999940004",
    "1234567890123",
    "abcdefghijklmnopqrstuvwxyz",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// What is put into a start tag.
const ATTRIBUTES: &[&str] = &[
    r#" x="1""#,
    r#" xml:lang="nl""#,
    r#" xmlns:leeg="urn:leeg""#,
    r#" xmlns="urn:anders""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="iwmo:LDT_Nummer""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="iwmo:CDT_OpenPeriode""#,
];

/// Makes one change to the tree.
fn change(root: &mut Node, texts: &[String], dice: &mut Dice) {
    if root.children.is_empty() {
        return;
    }
    match dice.below(16) {
        0..=3 => root.any_leaf(dice).text = dice.pick(VALUES).to_owned(),
        4 | 5 => root.any_leaf(dice).text = dice.pick(texts),
        6 => edit(&mut root.any_leaf(dice).text, dice),
        7 => {
            let children = &mut root.any_parent(dice).children;
            children.remove(dice.below(children.len()));
        }
        8 => {
            let children = &mut root.any_parent(dice).children;
            let (from, to) = (dice.below(children.len()), dice.below(children.len() + 1));
            children.insert(to, children[from].clone());
        }
        9 => {
            let children = &mut root.any_parent(dice).children;
            let (one, other) = (dice.below(children.len()), dice.below(children.len()));
            children.swap(one, other);
        }
        10 => {
            let moved = root.any(dice).clone();
            let children = &mut root.any_parent(dice).children;
            children.insert(dice.below(children.len() + 1), moved);
        }
        11 => {
            let name = root.any(dice).name.clone();
            root.any(dice).name = name;
        }
        12 => {
            let node = root.any(dice);
            let local = node.name.split_once(':').map_or("", |(_, local)| local).to_owned();
            node.name = if dice.below(2) == 0 { format!("iwmo:{local}") } else { local };
        }
        13 => root.any(dice).attributes += dice.pick(ATTRIBUTES),
        14 => {
            root.any(dice).text.insert_str(0, dice.pick(&["los", " \n", "<!-- los -->", "<?los?>", "&#32;", "&#65;"]));
        }
        _ => {
            let node = root.any(dice);
            node.children.clear();
        }
    }
}

/// Makes a text a little longer, shorter or different.
fn edit(text: &mut String, dice: &mut Dice) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (one, other) = (dice.pick(&ends), dice.pick(&ends));
    match dice.below(4) {
        0 => text.replace_range(one.min(other)..one.max(other), ""),
        1 => text.insert(one, dice.pick(&['0', '9', 'a', ' ', '\n', 'é', '-', '.'])),
        2 => *text = text.repeat(2),
        _ => *text = text.to_uppercase(),
    }
}

/// Breaks the notation, or nearly so.
fn damage(text: &mut String, dice: &mut Dice) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = dice.pick(&ends);
    match dice.below(3) {
        0 => _ = text.remove(at),
        1 => text.insert_str(
            at,
            dice.pick(&["<", ">", "&", "\"", "'", "]]>", "--", "<!-- -->", "</", "/", "=", "&amp;", "\u{b}"]),
        ),
        _ => text.truncate(at),
    }
}
