//! Why a rule that is checked is there, in our own words: `uitleg.txt`, in Dutch and English.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Why a rule is there, and how it is broken and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uitleg {
    /// In Dutch.
    pub nl: Explained,
    /// In English.
    pub en: Explained,
}

/// An explanation in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Why the rule is there.
    pub why: &'static str,
    /// What breaks it.
    pub wrong: &'static str,
    /// What keeps it.
    pub right: &'static str,
}

/// What is explained of this rule.
#[must_use]
pub fn of(code: &str) -> Option<&'static Uitleg> {
    UITLEG.get(code)
}

const TEXT: &str = include_str!("uitleg.txt");

static UITLEG: LazyLock<HashMap<&str, Uitleg>> = LazyLock::new(|| read(TEXT));

/// The explanations of a compiled-in file, by what they explain.
#[must_use]
pub fn read(text: &'static str) -> HashMap<&'static str, Uitleg> {
    let blocks = text.trim_end().split("\n\n");
    blocks.map(|block| parse(block).expect("the compiled-in explanations are checked by a test")).collect()
}

fn parse(block: &'static str) -> Option<(&'static str, Uitleg)> {
    let mut lines = block.lines();
    let code = lines.next()?;
    let mut value = |key| lines.next()?.strip_prefix(key);
    let nl = Explained { why: value("waarom: ")?, wrong: value("fout: ")?, right: value("goed: ")? };
    let en = Explained { why: value("why: ")?, wrong: value("wrong: ")?, right: value("right: ")? };
    lines.next().is_none().then_some((code, Uitleg { nl, en }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::regels::REGELS;

    #[test]
    fn what_is_checked_is_explained_in_two_languages_and_nothing_else_is() {
        let explained: BTreeSet<&str> = UITLEG.keys().copied().collect();
        assert_eq!(explained, REGELS.iter().map(|regel| regel.code).collect());
        assert_eq!(TEXT.trim_end().split("\n\n").count(), explained.len(), "a rule is explained twice");
        for (code, Uitleg { nl, en }) in &*UITLEG {
            let texts = [nl.why, nl.wrong, nl.right, en.why, en.wrong, en.right];
            assert!(texts.iter().all(|text| text.ends_with('.')), "{code}: {texts:?}");
            assert!(nl.why != en.why && nl.wrong != nl.right && en.wrong != en.right, "{code}");
        }
    }
}
