//! Findings out of a kept receipt, one at a time: that of a large declaratie has many, and a page shows few.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, de};

use super::receipt::FindingReceipt;

/// The findings of a receipt, as JSON, that `is_wanted`. No other is kept in memory.
///
/// # Errors
/// It is no receipt.
pub fn findings_of(
    receipt: &str,
    is_wanted: impl Fn(&FindingReceipt) -> bool,
) -> Result<Vec<FindingReceipt>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(receipt);
    let found = json.deserialize_map(OfReceipt(is_wanted))?;
    json.end()?;
    Ok(found)
}

struct OfReceipt<F>(F);

impl<'de, F: Fn(&FindingReceipt) -> bool> Visitor<'de> for OfReceipt<F> {
    type Value = Vec<FindingReceipt>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a receipt")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = members.next_key::<String>()? {
            if name == "findings" {
                found = Some(members.next_value_seed(Matching(&self.0))?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| de::Error::missing_field("findings"))
    }
}

struct Matching<'a, F>(&'a F);

impl<'de, F: Fn(&FindingReceipt) -> bool> DeserializeSeed<'de> for Matching<'_, F> {
    type Value = Vec<FindingReceipt>;

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> Result<Self::Value, D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'de, F: Fn(&FindingReceipt) -> bool> Visitor<'de> for Matching<'_, F> {
    type Value = Vec<FindingReceipt>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(finding) = list.next_element()? {
            if (self.0)(&finding) {
                found.push(finding);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wanted_is_kept() {
        let finding = |path: &str| {
            format!(
                r#"{{"level":"history","rule":null,"retourcode":null,"path":"{path}","line":1,"column":2,"text":"x"}}"#
            )
        };
        let text =
            format!(r#"{{"id":"b1","findings":[{},{}],"sent_to":[{{"via":"ggk"}}]}}"#, finding("a"), finding("b"));
        let found = findings_of(&text, |finding| finding.path == "b").expect("a receipt");
        assert_eq!(found.iter().map(|one| (one.path.as_str(), one.column)).collect::<Vec<_>>(), [("b", Some(2))]);
        assert!(findings_of(r#"{"id":"b1"}"#, |_| true).is_err());
        assert!(findings_of(r#"{"findings":[{}]}"#, |_| true).is_err());
    }
}
