//! What a rule or an agreement says today, of a finding that was kept: a better text reaches old berichten too.

use crate::domain::afspraken;
use crate::domain::berichten::bericht::Berichtsoort;
use crate::domain::berichten::release::Number;
use crate::domain::finding::Severity;
use crate::domain::regels::{REGELS, Regel};

/// What was found, as it is kept.
pub struct Kept<'a> {
    /// The rule or agreement.
    pub regel: &'a str,
    /// What went into the retour.
    pub retour_code: Option<&'a str>,
    /// Whether it rejects.
    pub severity: Severity,
    /// In a bericht of this kind, as in `WMO305`.
    pub berichtsoort: &'a str,
    /// Of this release, as in `3.2`.
    pub release: &'a str,
}

/// The text, in Dutch; `None` when there is no such rule any more, or it has several texts that this does not tell apart.
#[must_use]
pub fn text_of(kept: &Kept<'_>) -> Option<&'static str> {
    let of_rule = || REGELS.iter().filter(|regel| regel.code == kept.regel);
    let applying = of_rule().filter(|regel| applies(regel, kept.berichtsoort, kept.release));
    only(applying.map(|regel| regel.text)).or_else(|| only(of_rule().map(|regel| regel.text))).or_else(|| {
        let afspraak = afspraken::find(kept.regel)?;
        only(afspraak.messages_of(kept.retour_code, kept.severity))
    })
}

/// D and F of a 303 share their name.
fn applies(regel: &Regel, berichtsoort: &str, release: &str) -> bool {
    let mut soorten = Berichtsoort::ALL.into_iter().filter(|soort| soort.name() == berichtsoort);
    let is_in_force = Number::from_text(release).is_some_and(|number| regel.releases.holds(number));
    is_in_force && soorten.any(|soort| regel.berichten.contains(&soort))
}

fn only(mut texts: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let first = texts.next()?;
    texts.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept<'a>(regel: &'a str, retour_code: Option<&'a str>, severity: Severity) -> Kept<'a> {
        Kept { regel, retour_code, severity, berichtsoort: "WMO303", release: "2.3" }
    }

    #[test]
    fn every_rule_has_its_text_back() {
        for regel in REGELS {
            for (soort, release) in regel.berichten.iter().flat_map(|soort| ["2.3", "3.2"].map(|one| (soort, one))) {
                if regel.releases.holds(Number::from_text(release).expect("a number")) {
                    let found = text_of(&Kept {
                        berichtsoort: soort.name(),
                        release,
                        ..kept(regel.code, regel.retour_code, Severity::Error)
                    });
                    assert!(found.is_none_or(|text| text == regel.text), "{} {soort} {release}", regel.code);
                }
            }
        }
        let texts = REGELS.iter().filter_map(|regel| text_of(&kept(regel.code, None, Severity::Error))).count();
        assert!(texts > REGELS.len() / 2, "{texts}");
    }

    #[test]
    fn an_agreement_with_several_texts_keeps_the_one_that_was_told() {
        let rejected = kept("MLW-05", Some("0611"), Severity::Error);
        assert!(text_of(&rejected).is_some_and(|text| text.starts_with("Een periode wordt in haar geheel betaald.")));
        assert_eq!(text_of(&kept("MLW-04", None, Severity::Warning)), None, "too late or too early");
        assert_eq!(text_of(&kept("TR999", None, Severity::Error)), None);
    }
}
