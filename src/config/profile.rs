//! Profiles: the terms and agreements that hold, and how they become a [`Profile`].

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::codelijsten::Codelijsten;
use crate::domain::afspraken::{Afspraken, ChangeOfProfile, LateInvoice, Mlw2018, PaymentTerms, Require305, Sap32};
use crate::domain::berichten::contract::Wijze;
use crate::domain::cak::Cak;
use crate::domain::deadlines::kinds::term_keys;
use crate::domain::deadlines::profile::{PlainTerm, Profile, Side};
use crate::domain::deadlines::term::{Term, Unit};
use crate::domain::deadlines::warn::Warn;

/// The profiles that are compiled in, by name.
pub(super) const PROFILES: [(&str, &str); 4] = [
    ("heusden-2022", include_str!("../../config/profiles/heusden-2022.toml")),
    ("landelijk-3.2", include_str!("../../config/profiles/landelijk-3.2.toml")),
    ("mlw-2018", include_str!("../../config/profiles/mlw-2018.toml")),
    ("sap-3.2", include_str!("../../config/profiles/sap-3.2.toml")),
];

#[derive(Deserialize)]
struct RawProfile {
    name: String,
    /// When deadlines are due soon whose term says nothing of it.
    warn: Vec<RawWarn>,
    #[serde(default)]
    plain: BTreeMap<String, RawPlainTerm>,
    afspraken: Option<RawAfspraken>,
    /// How long each kind of deadline runs, by the keys of its row.
    #[serde(flatten)]
    terms: BTreeMap<String, RawTerm>,
}

/// A term that no bericht starts, under its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlainTerm {
    afspraak: String,
    binds: RawBinds,
    awaits: String,
    count: u32,
    unit: RawUnit,
    warn: Vec<RawWarn>,
    #[serde(default)]
    ends_with_stop: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawBinds {
    Gemeente,
    Aanbieder,
}

/// What a profile agrees besides terms.
#[derive(Deserialize)]
#[serde(tag = "set", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
enum RawAfspraken {
    #[serde(rename = "mlw-2018")]
    Mlw2018 {
        valid_from: NaiveDate,
        wijze: RawWijze,
        invoice_due_days: u32,
        pays_start_period: bool,
        pays_start_and_end: bool,
        pays_first_day: bool,
        resume_is_start: bool,
        old_support_is_start: bool,
        cak: RawCak,
    },
    #[serde(rename = "heusden-2022")]
    Heusden2022 {},
    #[serde(rename = "sap-3.2")]
    Sap32 { credit_within_maanden: u32, vow_lead_weken: u32, correct_start_in_two: bool, free_text_check: bool },
}

/// What a profile agrees on the CAK.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCak {
    cost_price: i64,
    gemeente_from: NaiveDate,
    old_method_until: NaiveDate,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawWijze {
    Factuur,
    Declaratie,
}

/// What an operator chose of what a profile leaves open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOwnAfspraken {
    require_305: RawRequire305,
    late_invoice: RawLateInvoice,
    settle_first_period: bool,
    change_of_profile: RawChangeOfProfile,
    start_within_weeks: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawLateInvoice {
    Report,
    Refuse,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawChangeOfProfile {
    FirstDay,
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawRequire305 {
    Warn,
    Reject,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    count: u32,
    unit: RawUnit,
    warn: Option<Vec<RawWarn>>,
}

/// As in `50%` or `1 werkdag`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct RawWarn(Warn);

impl TryFrom<String> for RawWarn {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no moment before a due date; write it as in \"50%\" or \"1 werkdag\"");
        Warn::from_text(&text).map(Self).ok_or_else(wrong)
    }
}

fn warns(raw: Vec<RawWarn>) -> Vec<Warn> {
    raw.into_iter().map(|RawWarn(warn)| warn).collect()
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawUnit {
    Dagen,
    Werkdagen,
    Weken,
    Maanden,
}

/// One to look at the rest of the settings with, where that which they name was told to be unknown.
pub(super) fn any_profile(own: &RawOwnAfspraken, codelijsten: &Codelijsten) -> Option<Profile> {
    profile(PROFILES[0].0, own, codelijsten, &mut Vec::new())
}

/// The profile of this name, with what an operator chose of what it leaves open.
pub(super) fn profile(
    name: &str,
    own: &RawOwnAfspraken,
    codelijsten: &Codelijsten,
    problems: &mut Vec<String>,
) -> Option<Profile> {
    let Some((_, text)) = PROFILES.iter().find(|(known, _)| *known == name) else {
        let known = PROFILES.map(|(name, _)| name).join(", ");
        problems.push(format!("deadlines.profile: {name:?} is unknown; there are {known}"));
        return None;
    };
    let raw: RawProfile = toml::from_str(text).expect("the compiled-in profiles are checked by a test");
    let afspraken = raw.afspraken.map_or(Afspraken::None, |raw| raw.with(own, codelijsten));
    if !matches!(afspraken, Afspraken::Mlw2018(_)) {
        own.check_without_choices(name, problems);
    }
    let own_warns = raw.terms.iter().filter_map(|(key, term)| Some((key.clone(), warns(term.warn.clone()?))));
    let own_warns = own_warns.collect();
    let mut terms = terms(raw.terms).expect("the compiled-in profiles are checked by a test");
    match (&afspraken, own.start_within_weeks) {
        (_, 0) => {}
        (Afspraken::Sap32(_), count) => {
            terms.insert("start-na-ingangsdatum".to_owned(), Term { count, unit: Unit::Weken });
        }
        (Afspraken::None | Afspraken::Heusden2022 | Afspraken::Mlw2018(_), _) => problems.push(format!(
            "afspraken.start_within_weeks: profile {name} leaves this to nobody; leave this out, or use profile sap-3.2"
        )),
    }
    Some(Profile {
        name: raw.name,
        afspraken,
        terms,
        plain: raw.plain.into_iter().map(|(name, raw)| raw.named(name)).collect(),
        warns: own_warns,
        other_warns: warns(raw.warn),
    })
}

/// The terms of a profile, if it has every one that it needs and no other.
fn terms(raw: BTreeMap<String, RawTerm>) -> Result<BTreeMap<String, Term>, String> {
    let terms: BTreeMap<String, Term> = raw.into_iter().map(|(key, raw)| (key, raw.into())).collect();
    let missing = term_keys().find(|(key, row)| !row.is_optional && !terms.contains_key(*key));
    if let Some((key, _)) = missing {
        return Err(format!("{key} is missing"));
    }
    for (key, term) in &terms {
        let (_, row) =
            term_keys().find(|(known, _)| known == key).ok_or_else(|| format!("{key}: no deadline has this term"))?;
        if !row.units.contains(&term.unit) {
            return Err(format!("{key}: it cannot count in {:?}", term.unit));
        }
    }
    Ok(terms)
}

impl RawOwnAfspraken {
    /// Of a profile that agreed on none of this: only what changes nothing may be set.
    fn check_without_choices(&self, profile: &str, problems: &mut Vec<String>) {
        if self.require_305 == RawRequire305::Reject {
            problems.push(format!(
                "afspraken.require_305: profile {profile} holds for release 3.x, which does not allow \"reject\": no line may be \
                 rejected for want of a start (OP364, OP095); use \"warn\""
            ));
        }
        let set = [
            ("late_invoice", self.late_invoice != RawLateInvoice::Report),
            ("settle_first_period", self.settle_first_period),
            ("change_of_profile", self.change_of_profile != RawChangeOfProfile::FirstDay),
        ];
        let set = set.into_iter().filter(|(_, is_set)| *is_set);
        problems.extend(set.map(|(key, _)| {
            format!("afspraken.{key}: profile {profile} agrees on no periods of four weeks; leave this out, or use profile mlw-2018")
        }));
    }
}

impl RawPlainTerm {
    fn named(self, name: String) -> PlainTerm {
        PlainTerm {
            name,
            afspraak: self.afspraak,
            binds: match self.binds {
                RawBinds::Gemeente => Side::Gemeente,
                RawBinds::Aanbieder => Side::Aanbieder,
            },
            awaits: self.awaits,
            term: RawTerm { count: self.count, unit: self.unit, warn: None }.into(),
            warns: warns(self.warn),
            ends_with_stop: self.ends_with_stop,
        }
    }
}

impl RawAfspraken {
    fn with(self, own: &RawOwnAfspraken, codelijsten: &Codelijsten) -> Afspraken {
        match self {
            Self::Heusden2022 {} => Afspraken::Heusden2022,
            Self::Sap32 { credit_within_maanden, vow_lead_weken, correct_start_in_two, free_text_check } => {
                Afspraken::Sap32(Sap32 { credit_within_maanden, vow_lead_weken, correct_start_in_two, free_text_check })
            }
            Self::Mlw2018 {
                valid_from,
                wijze,
                invoice_due_days,
                pays_start_period,
                pays_start_and_end,
                pays_first_day,
                resume_is_start,
                old_support_is_start,
                cak,
            } => Afspraken::Mlw2018(Mlw2018 {
                wijze: match wijze {
                    RawWijze::Factuur => Wijze::Factuur,
                    RawWijze::Declaratie => Wijze::Declaratie,
                },
                invoice_due_days,
                late_invoice: match own.late_invoice {
                    RawLateInvoice::Report => LateInvoice::Report,
                    RawLateInvoice::Refuse => LateInvoice::Refuse,
                },
                change_of_profile: match own.change_of_profile {
                    RawChangeOfProfile::FirstDay => ChangeOfProfile::FirstDay,
                    RawChangeOfProfile::Any => ChangeOfProfile::Any,
                },
                require_305: match own.require_305 {
                    RawRequire305::Warn => Require305::Warn,
                    RawRequire305::Reject => Require305::Reject,
                },
                terms: PaymentTerms {
                    from: if old_support_is_start { NaiveDate::MIN } else { valid_from },
                    pays_start_period,
                    pays_start_and_end,
                    pays_first_day,
                    resume_is_start,
                    settles_first_period: own.settle_first_period,
                },
                cak: Cak {
                    codes: codelijsten.cak.clone(),
                    cost_price: cak.cost_price,
                    gemeente_from: cak.gemeente_from,
                    old_method_until: cak.old_method_until,
                },
            }),
        }
    }
}

impl From<RawTerm> for Term {
    fn from(raw: RawTerm) -> Self {
        let unit = match raw.unit {
            RawUnit::Dagen => Unit::Dagen,
            RawUnit::Werkdagen => Unit::Werkdagen,
            RawUnit::Weken => Unit::Weken,
            RawUnit::Maanden => Unit::Maanden,
        };
        Self { count: raw.count, unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_the_terms_that_it_needs_in_units_that_fit() {
        let (_, text) = PROFILES[1];
        let problem = |change: fn(&mut toml::Table)| {
            let mut table: toml::Table = text.parse().expect("a profile");
            change(&mut table);
            terms(table.try_into::<RawProfile>().expect("a profile").terms).err()
        };
        assert_eq!(problem(|_| {}), None);
        let missing = problem(|table| drop(table.remove("stop")));
        assert_eq!(missing.as_deref(), Some("stop is missing"));
        let unknown = problem(|table| drop(table.insert("stoppen".to_owned(), table["stop"].clone())));
        assert_eq!(unknown.as_deref(), Some("stoppen: no deadline has this term"));
        let counted_back = problem(|table| drop(table.insert("verlenging".to_owned(), table["stop"].clone())));
        assert_eq!(counted_back.as_deref(), Some("verlenging: it cannot count in Werkdagen"));
    }
}
