//! The line of a file that a finding is about, for who sits at a terminal. Nowhere else: it may hold a Bsn.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

use super::Checked;
use crate::domain::finding::Position;

/// How much of a line is shown: berichten come with all they hold in one.
const SHOWN: usize = 100;

/// How much of that stands before what is wrong.
const BEFORE: usize = 30;

/// The lines that something was found in, by number; none of what came through a pipe.
pub(super) fn lines(checked: &Checked) -> BTreeMap<usize, String> {
    let wanted: BTreeSet<usize> = checked.findings.iter().filter_map(|one| Some(one.position?.line)).collect();
    let (Some(last), Ok(file)) = (wanted.last(), File::open(&checked.file)) else { return BTreeMap::new() };
    let numbered = (1..=*last).zip(BufReader::new(file).split(b'\n'));
    let found = numbered.filter(|(number, _)| wanted.contains(number));
    found.filter_map(|(number, line)| Some((number, String::from_utf8_lossy(&line.ok()?).into_owned()))).collect()
}

/// Shows a line, and under it where in it.
pub(super) fn show(out: &mut impl Write, at: Position, line: &str) -> io::Result<()> {
    let from = at.column.saturating_sub(1 + BEFORE);
    // What is no text would do something to the terminal.
    let shown: String =
        line.chars().skip(from).take(SHOWN).map(|one| if one.is_control() { ' ' } else { one }).collect();
    let below = " ".repeat(at.column.saturating_sub(1 + from));
    let number = at.line.to_string();
    writeln!(out, "    {number} | {}\n    {} | {below}^", shown.trim_end(), " ".repeat(number.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, column: usize) -> String {
        let mut out = Vec::new();
        show(&mut out, Position { line: 7, column }, line).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_mark_stands_under_what_is_wrong_in_a_line_of_any_length() {
        assert_eq!(shown("  <Bsn>1</Bsn>", 3), "    7 |   <Bsn>1</Bsn>\n      |   ^\n");
        let long = format!("{}<Bsn>{}", "é".repeat(5_000), "x".repeat(5_000));
        let text = shown(&long, 5_001);
        let [line, mark] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
        assert_eq!(line.chars().count(), "    7 | ".len() + SHOWN);
        let place = mark.chars().position(|one| one == '^').expect("a mark");
        assert_eq!(line.chars().skip(place).take(5).collect::<String>(), "<Bsn>");
        assert!(!shown("a\u{1b}[31mb", 1).contains('\u{1b}'));
    }
}
