//! Whether a run kept what the gateway promises. The network's journal is the witness.
//!
//! | what is promised | where it is judged |
//! |---|---|
//! | nothing that got a yes is lost, killed or not | `what_was_promised_arrives_once`, `what_came_in_is_there_once`, `what_was_fetched_is_there_once_and_was_kept_first` |
//! | nothing is there twice | the same three |
//! | the same bytes at every attempt | `each_number_has_one_content` |
//! | a yes only after it was stored | the same three, as gateways are killed while they answer |
//! | what is unclear is shown as that | `is_shown_as_it_is` |
//! | an answer is about what it answers; what fits nothing is put apart | `answers_land_where_they_belong`, `a_fault_ends_it` |
//! | no fault answers a fault, and none makes us send again | `a_fault_ends_it` |
//! | who is down holds up nobody else | `Run::isolate` |
//! | what may not be taken is refused and in the audit log | `Run::garbage`, [`judge`] |
//! | all of it whatever is assumed of the network | `settings` in [`super::play`] draws it |
//! | nobody is named | `nobody_is_named` |

use std::collections::{BTreeMap, BTreeSet};

use iwmo_gateway::hub::mock::journal::{Direction, Line};
use iwmo_gateway::store::{BerichtView, FaultView, ParcelState, ParcelView, Stage, Via};

use super::play::Run;
use crate::world::BSN;

struct Case<'a> {
    run: &'a Run,
    lines: Vec<Line>,
    berichten: Vec<BerichtView>,
    faults: Vec<FaultView>,
}

pub async fn judge(run: &Run) {
    let store = run.sides[0].store();
    let berichten = store.berichten(None, None, 200).await.expect("berichten");
    let faults = store.faults(None, 200).await.expect("faults");
    let case = Case { run, lines: run.mock.journal(), berichten, faults };
    case.each_number_has_one_content();
    case.what_was_promised_arrives_once();
    case.what_came_in_is_there_once();
    case.answers_land_where_they_belong();
    case.a_fault_ends_it();
    case.what_was_fetched_is_there_once_and_was_kept_first();
    let audit = store.audit(0, 500).await.expect("the audit log");
    let refused = audit.iter().filter(|row| row.what == "envelope.refused").count();
    assert!(refused >= run.garbage, "{}: each refused envelope is in the audit log", case.seed());
    let told: Vec<String> = audit.iter().map(|row| row.detail.clone()).collect();
    case.nobody_is_named(&told);
}

impl Case<'_> {
    fn seed(&self) -> String {
        format!("seed {}", self.run.seed)
    }

    /// All that went to the network.
    fn came(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.direction == Direction::In)
    }

    fn each_number_has_one_content(&self) {
        let mut contents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for line in self.came() {
            if let Some(number) = &line.referentienummer {
                contents.entry(number).or_default().insert(&line.bytes_sha256);
            }
        }
        for (number, contents) in contents {
            assert_eq!(contents.len(), 1, "{}: {number} went out in other bytes", self.seed());
        }
    }

    /// Everything that got a 202 reaches the network once, or stands in front of a person; and what is shown of it is so.
    fn what_was_promised_arrives_once(&self) {
        for posted in &self.run.posted {
            let kept = self.came().filter(|line| {
                line.functie.as_deref() == Some(posted.functie)
                    && line.identificatie.as_deref() == Some(&posted.identificatie)
                    && line.outcome == "accepted"
            });
            let kept = kept.count();
            let views: Vec<_> = self.of(posted.functie, &posted.identificatie).collect();
            let [view] = views.as_slice() else {
                panic!("{}: {} is there {} times", self.seed(), posted.identificatie, views.len())
            };
            let [parcel] = view.parcels.as_slice() else { panic!("{}: {:?}", self.seed(), view.parcels) };
            assert!(kept <= 1, "{}: {} arrived {kept} times", self.seed(), posted.identificatie);
            self.is_shown_as_it_is(view, parcel, kept == 1);
        }
    }

    fn is_shown_as_it_is(&self, view: &BerichtView, parcel: &ParcelView, is_kept: bool) {
        let what =
            format!("{}: {:?} of {:?}, kept by the network: {is_kept}", self.seed(), parcel.state, view.identificatie);
        let turned_back = self.turned_back(&parcel.referentienummer);
        match parcel.state {
            ParcelState::Delivered { .. } => assert!(is_kept, "{what}"),
            ParcelState::Refused { .. } => assert!(!is_kept || turned_back || parcel.maybe_arrived, "{what}"),
            ParcelState::Stuck => assert!(!is_kept, "{what}"),
            ParcelState::Unclear { due_at: None } => assert!(parcel.maybe_arrived, "{what}"),
            _ => panic!("{what}"),
        }
        let stage = view.transport.as_ref().expect("it goes somewhere").stage;
        let fits = match parcel.state {
            ParcelState::Delivered { .. } => {
                matches!(stage, Stage::HandedOver | Stage::Accepted | Stage::Fetched | Stage::Retour | Stage::Refused)
            }
            ParcelState::Refused { .. } => matches!(stage, Stage::Refused | Stage::Retour),
            _ => matches!(stage, Stage::Stored | Stage::Unclear | Stage::Retour | Stage::Refused),
        };
        assert!(fits, "{what}, shown as {stage:?}");
    }

    /// Whether the network told afterwards that it did not take this number.
    fn turned_back(&self, number: &str) -> bool {
        self.lines.iter().any(|line| {
            line.direction == Direction::Out
                && line.berichtcode == Some("Fo01")
                && line.cross_refnummer.as_deref() == Some(number)
                && line.outcome.ends_with("accepted")
        })
    }

    fn of<'a>(&'a self, soort: &'a str, identificatie: &'a str) -> impl Iterator<Item = &'a BerichtView> {
        self.berichten.iter().filter(move |view| {
            view.berichtsoort.as_deref() == Some(soort) && view.identificatie.as_deref() == Some(identificatie)
        })
    }

    /// What the gateway confirmed is there, once, and was answered once; what it did not confirm comes again until it is.
    fn what_came_in_is_there_once(&self) {
        for identificatie in &self.run.reported {
            let confirmed = self.lines.iter().any(|line| {
                line.direction == Direction::Out
                    && line.identificatie.as_ref() == Some(identificatie)
                    && line.outcome.ends_with("accepted")
            });
            let views: Vec<_> = self.of("WMO305", identificatie).filter(|view| view.via == Via::Ggk).collect();
            assert!(
                confirmed && views.len() == 1,
                "{}: {identificatie}: {confirmed}, {} times",
                self.seed(),
                views.len()
            );
            let retouren = self.of("WMO306", identificatie).count();
            let kept = self.came().filter(|line| {
                line.functie.as_deref() == Some("WMO306")
                    && line.identificatie.as_ref() == Some(identificatie)
                    && line.outcome == "accepted"
            });
            assert!(retouren == 1 && kept.count() <= 1, "{}: {identificatie} has {retouren} retouren", self.seed());
        }
    }

    fn answers_land_where_they_belong(&self) {
        for line in self.lines.iter().filter(|line| line.direction == Direction::Out && line.outcome == "accepted") {
            let (Some("WMO302"), Some(about)) = (line.functie.as_deref(), &line.cross_refnummer) else { continue };
            let heen = self.berichten.iter().find(|view| view.parcels.iter().any(|one| one.referentienummer == *about));
            let heen = heen.unwrap_or_else(|| panic!("{}: an answer to {about}", self.seed()));
            assert_eq!(heen.identificatie, line.identificatie, "{}: {about}", self.seed());
            assert!(heen.retour_id.is_some(), "{}: {about} is not answered", self.seed());
            let retour = heen.deadlines.iter().find(|deadline| deadline.clock == "retour").expect("it was awaited");
            let is_ended = ["met", "late"].contains(&retour.state.name()) || self.turned_back(about);
            assert!(is_ended, "{}: {:?}", self.seed(), retour.state);
        }
    }

    /// Of what was fetched at VECOZO all is there once, and none was asked for again once it was confirmed.
    fn what_was_fetched_is_there_once_and_was_kept_first(&self) {
        for (nr, line) in self.lines.iter().enumerate().filter(|(_, line)| line.outcome == "confirmed") {
            let number = line.referentienummer.as_ref();
            let again = self.lines[nr + 1..]
                .iter()
                .filter(|later| later.referentienummer.as_ref() == number && later.outcome == "downloaded");
            assert_eq!(again.count(), 0, "{}: {number:?} was fetched again", self.seed());
            let identificatie = line.identificatie.as_deref().expect("a retour");
            let kept: Vec<_> = self.of("WMO306", identificatie).filter(|view| view.via == Via::Vecozo).collect();
            assert_eq!(kept.len(), 1, "{}: the retour on {identificatie}", self.seed());
            let heen = self.of("WMO305", identificatie).next().expect("it was handed in");
            assert!(heen.retour_id.is_some(), "{}: {identificatie} is not answered", self.seed());
        }
        let (handed_in, waits) = self.run.mock.at_vecozo();
        let confirmed = self.lines.iter().filter(|line| line.outcome == "confirmed").count();
        assert_eq!(
            (confirmed, waits),
            (handed_in, 0),
            "{}: each is answered, and each answer was fetched",
            self.seed()
        );
    }

    /// A Fo01 that fits ends its parcel; one that comes after the answer is put apart; none is answered by another.
    fn a_fault_ends_it(&self) {
        for (nr, line) in self.lines.iter().enumerate() {
            let is_fault = line.direction == Direction::Out && line.berichtcode == Some("Fo01");
            let (true, Some(about)) = (is_fault && line.outcome.ends_with("accepted"), &line.cross_refnummer) else {
                continue;
            };
            let again = self.lines[nr + 1..].iter().filter(|later| {
                later.direction == Direction::In
                    && later.referentienummer.as_ref() == Some(about)
                    && later.outcome == "accepted"
            });
            assert_eq!(again.count(), 0, "{}: {about} was sent again after its fault", self.seed());
            let answered = self.lines[..nr].iter().any(|earlier| {
                earlier.direction == Direction::Out
                    && earlier.functie.as_deref() == Some("WMO302")
                    && earlier.cross_refnummer.as_ref() == Some(about)
                    && earlier.outcome == "accepted"
            });
            if answered {
                let apart = self.faults.iter().any(|fault| fault.about == *about && fault.why.is_some());
                assert!(apart, "{}: a fault about {about}, which was answered", self.seed());
            }
        }
        let faults =
            self.lines.iter().filter(|line| line.direction == Direction::Out && line.berichtcode == Some("Fo01"));
        let faults: BTreeSet<&String> = faults.filter_map(|line| line.referentienummer.as_ref()).collect();
        let loops =
            self.came().filter(|line| line.cross_refnummer.as_ref().is_some_and(|about| faults.contains(about)));
        assert_eq!(loops.count(), 0, "{}: a fault was answered", self.seed());
    }

    fn nobody_is_named(&self, audit: &[String]) {
        let reasons = self.berichten.iter().flat_map(|view| &view.parcels).filter_map(|one| one.last_reason.clone());
        let faults = self.faults.iter().map(|fault| fault.text.clone());
        for text in reasons.chain(faults).chain(audit.iter().cloned()) {
            assert!(!text.contains(BSN) && !text.contains("Verhoeven"), "{}: a person in {text}", self.seed());
        }
    }
}
