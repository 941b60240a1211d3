//! Texts that stand for something else: days and addresses, with words for what they should be.

use std::fmt;
use std::net::SocketAddr;

use chrono::NaiveDate;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A day as people write it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let day = Parsed { wanted: "a day, as in \"2026-05-15\"", parse: |text| text.parse().ok() };
        deserializer.deserialize_str(day).map(Self)
    }
}

/// An address as people write it.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let wanted = "an address and a port, as in \"127.0.0.1:8080\"";
    deserializer.deserialize_str(Parsed { wanted, parse: |text| text.parse().ok() })
}

/// A text that stands for something else.
pub(super) struct Parsed<T> {
    pub(super) wanted: &'static str,
    pub(super) parse: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.wanted)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
