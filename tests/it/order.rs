//! Order carries no meaning where it must not (property 4): whatever a network does to the order of what may wait, to the
//! order of versions, and by repeating, the same berichten end as accepted and in the same ledger.

use chrono::{Days, NaiveDate};
use iwmo_gateway::exchange::rebuild::verify;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::maker::{retour, toewijzing, wmo301, wmo305, wmo305_of, wmo307, wmo315, wmo319};
use crate::stage::Stage;

/// What happens to one toewijzing.
#[derive(Clone, Debug)]
struct Plan {
    /// A 315 asked for it.
    asked: Option<Asked>,
    /// How many later versions there are.
    versions: usize,
    /// What follows each start of support.
    deliveries: Vec<Delivery>,
}

/// How a verzoek fares.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// The gemeente looks into it first.
    looked_into: bool,
    /// No toewijzing comes of it.
    rejected: bool,
}

/// What follows a start of support.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    Runs,
    Paused,
    Stopped,
    PausedThenStopped,
    PauseTakenBackThenStopped,
    StopCorrected,
    TakenBack,
    CorrectedThenStopped,
}

/// One bericht of a history.
struct Act {
    soort: &'static str,
    bytes: Vec<u8>,
    /// The act without which this one waits.
    names: Option<usize>,
    /// It may come at any time: a version of a toewijzing.
    any_time: bool,
}

/// How the network mixes a history up.
#[derive(Clone, Debug)]
struct Mix {
    /// How many of those that name an act come before it; one number for each act that is named.
    early: Vec<Index>,
    /// Where an early one comes, one number for each act.
    places: Vec<Index>,
    /// Which acts come again, and after how many others.
    again: Vec<(Index, Index)>,
}

/// A history: acts in the order in which they were meant, one a day.
#[derive(Default)]
struct History {
    acts: Vec<Act>,
    retouren: bool,
}

/// Categorie and Code of the product of each toewijzing.
const PRODUCTS: [(&str, &str); 2] = [("01", "01A03"), ("02", "02A05")];

/// How far apart two acts are, so that others fit in between.
const APART: usize = 1_000_000;

fn day(number: usize) -> String {
    let first = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    (first + Days::new(number as u64)).to_string()
}

fn product(which: usize) -> Value {
    let (categorie, code) = PRODUCTS[which];
    json!({"Categorie": categorie, "Code": code})
}

impl History {
    fn of(plans: &[Plan], retouren: bool) -> Self {
        let mut history = Self { acts: Vec::new(), retouren };
        for (which, plan) in plans.iter().enumerate() {
            history.give(which, plan);
        }
        let given = |plan: &Plan| plan.asked.is_none_or(|asked| !asked.rejected);
        for (which, plan) in plans.iter().enumerate().filter(|(_, plan)| given(plan)) {
            let last = plan.deliveries.len().saturating_sub(1);
            for (at, delivery) in plan.deliveries.iter().enumerate() {
                // Only the last one may go on: a second start would be rejected.
                let delivery =
                    if at < last && matches!(delivery, Delivery::Runs) { Delivery::Stopped } else { *delivery };
                history.deliver(which, delivery);
            }
        }
        history
    }

    /// Adds a heenbericht and, when they are wanted, its retour; gives its number.
    fn add(&mut self, soort: &'static str, names: Option<usize>, make: impl FnOnce(&str, &str) -> Vec<u8>) -> usize {
        let number = self.acts.len();
        let (identificatie, dagtekening) = (format!("B{number}"), day(number));
        self.acts.push(Act { soort, bytes: make(&identificatie, &dagtekening), names, any_time: false });
        if self.retouren {
            let answer = match soort {
                "WMO301" => "WMO302",
                "WMO305" => "WMO306",
                "WMO307" => "WMO308",
                "WMO315" => "WMO316",
                _ => "WMO320",
            };
            let bytes = retour(answer, &identificatie, &dagtekening);
            self.acts.push(Act { soort: answer, bytes, names: Some(number), any_time: false });
        }
        number
    }

    fn give(&mut self, which: usize, plan: &Plan) {
        let nummer = nummer(which);
        let referentie = format!("VOT-{which}");
        let verzoek = plan.asked.map(|_| self.add("WMO315", None, |id, dag| wmo315(id, dag, &referentie)));
        if plan.asked.is_some_and(|asked| asked.looked_into) {
            self.add("WMO319", verzoek, |id, dag| wmo319(id, dag, &referentie, "2"));
        }
        if plan.asked.is_some_and(|asked| asked.rejected) {
            self.add("WMO319", verzoek, |id, dag| wmo319(id, dag, &referentie, "1"));
            return;
        }
        for version in 0..=plan.versions {
            let names = verzoek.filter(|_| version == 0);
            let added = self.add("WMO301", names, |id, dag| {
                let mut other =
                    json!({"Product": product(which), "Toewijzingsdatum": dag, "Ingangsdatum": "2026-03-02"});
                if names.is_some() {
                    other["ReferentieAanbieder"] = json!(referentie);
                }
                if version > 0 {
                    other["Einddatum"] = json!(format!("2027-0{version}-28"));
                    other["RedenWijziging"] = json!("04");
                }
                wmo301(id, dag, &[toewijzing(nummer, other)])
            });
            self.acts[added].any_time = version > 0;
        }
    }

    fn deliver(&mut self, which: usize, delivery: Delivery) {
        let nummer = nummer(which);
        let begindatum = day(self.acts.len());
        let mut started = json!({"Product": product(which), "Begindatum": begindatum});
        let start = self.add("WMO305", None, |id, dag| wmo305(id, dag, nummer, started.clone()));
        let corrected = matches!(delivery, Delivery::CorrectedThenStopped).then(|| {
            let mut wrong = started.clone();
            wrong["StatusAanlevering"] = json!("3");
            started["Begindatum"] = json!(day(self.acts.len()));
            let starts = vec![wrong, started.clone()];
            self.add("WMO305", Some(start), |id, dag| wmo305_of(id, dag, nummer, starts))
        });
        // A stop names the start as it stands by then.
        let start = corrected.unwrap_or(start);
        let stop = |history: &mut Self, reden: &str, status: &str, einddatum: String| {
            let mut stopped = started.clone();
            stopped["RedenBeeindiging"] = json!(reden);
            stopped["StatusAanlevering"] = json!(status);
            stopped["Einddatum"] = json!(einddatum);
            history.add("WMO307", Some(start), |id, dag| wmo307(id, dag, nummer, stopped));
        };
        let today = |history: &Self| day(history.acts.len());
        let paused_on = today(self);
        match delivery {
            Delivery::Runs => {}
            Delivery::Paused => stop(self, "20", "1", paused_on),
            Delivery::Stopped | Delivery::CorrectedThenStopped => stop(self, "19", "1", paused_on),
            Delivery::PausedThenStopped => {
                stop(self, "20", "1", paused_on);
                let end = today(self);
                stop(self, "19", "1", end);
            }
            Delivery::PauseTakenBackThenStopped => {
                stop(self, "20", "1", paused_on.clone());
                stop(self, "20", "3", paused_on);
                let end = today(self);
                stop(self, "19", "1", end);
            }
            Delivery::StopCorrected => {
                stop(self, "22", "1", paused_on.clone());
                stop(self, "22", "3", paused_on.clone());
                stop(self, "19", "1", paused_on);
            }
            Delivery::TakenBack => {
                let mut removed = started.clone();
                removed["StatusAanlevering"] = json!("3");
                self.add("WMO305", Some(start), |id, dag| wmo305(id, dag, nummer, removed));
            }
        }
    }

    /// The order in which a network brings the acts, repetitions included.
    ///
    /// Of those that name one act, other than its retour, the first few come before it: to bring a later one and not an
    /// earlier one would be to change what was meant, since nothing says that the earlier one is missing.
    fn mixed(&self, mix: &Mix) -> Vec<usize> {
        let mut places: Vec<usize> = (1..=self.acts.len()).map(|number| number * APART).collect();
        for (number, act) in self.acts.iter().enumerate() {
            let place = &mix.places[number % mix.places.len()];
            if act.any_time && place.index(2) == 0 {
                places[number] = place.index(self.acts.len() * APART);
            }
            let Some(named) = act.names else { continue };
            let followers: Vec<usize> = (0..self.acts.len())
                .filter(|other| {
                    self.acts[*other].names == Some(named) && is_retour(&self.acts[*other]) == is_retour(act)
                })
                .collect();
            let early = mix.early[named % mix.early.len()].index(followers.len() + 1);
            if followers.iter().position(|other| *other == number) < Some(early) {
                places[number] = place.index(places[named]);
            }
        }
        let mut order: Vec<usize> = (0..self.acts.len()).collect();
        order.sort_by_key(|number| places[*number]);
        for (which, after) in &mix.again {
            let first = which.index(order.len());
            let place = first + 1 + after.index(order.len() - first);
            order.insert(place, order[first]);
        }
        order
    }
}

fn is_retour(act: &Act) -> bool {
    matches!(act.soort, "WMO302" | "WMO306" | "WMO308" | "WMO316" | "WMO320")
}

fn nummer(which: usize) -> i64 {
    700_101 + i64::try_from(which).expect("a few")
}

async fn play(history: &History, order: &[usize]) -> Stage {
    let stage = Stage::new().await.replayed();
    for number in order {
        stage.take(history.acts[*number].bytes.clone()).await;
        stage.release().await;
    }
    stage
}

fn plan() -> impl Strategy<Value = Plan> {
    let delivery = prop_oneof![
        Just(Delivery::Runs),
        Just(Delivery::Paused),
        Just(Delivery::Stopped),
        Just(Delivery::PausedThenStopped),
        Just(Delivery::PauseTakenBackThenStopped),
        Just(Delivery::StopCorrected),
        Just(Delivery::TakenBack),
        Just(Delivery::CorrectedThenStopped),
    ];
    let asked = (any::<bool>(), any::<bool>()).prop_map(|(looked_into, rejected)| Asked { looked_into, rejected });
    (proptest::option::of(asked), 0..3_usize, proptest::collection::vec(delivery, 0..3))
        .prop_map(|(asked, versions, deliveries)| Plan { asked, versions, deliveries })
}

fn mix() -> impl Strategy<Value = Mix> {
    let indexes = || proptest::collection::vec(any::<Index>(), 7);
    let again = proptest::collection::vec((any::<Index>(), any::<Index>()), 0..3);
    (indexes(), indexes(), again).prop_map(|(early, places, again)| Mix { early, places, again })
}

/// How many histories each property gets: 50, or as many as `IWMO_HISTORIES` says.
fn histories() -> ProptestConfig {
    let cases = std::env::var("IWMO_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(histories())]

    #[test]
    fn order_changes_nothing_where_it_carries_no_meaning(
        plans in proptest::collection::vec(plan(), 1..3),
        mix in mix(),
    ) {
        ends_the_same(&History::of(&plans, false), &mix)?;
    }

    #[test]
    fn nor_does_the_order_of_retouren(plan in plan(), mix in mix()) {
        ends_the_same(&History::of(&[plan], true), &mix)?;
    }
}

/// However the network mixes this history up.
fn ends_the_same(history: &History, mix: &Mix) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let meant = play(history, &(0..history.acts.len()).collect::<Vec<_>>()).await.end().await;
        prop_assert!(meant.berichten.iter().all(|one| one.ends_with(" accepted")), "{:#?}", meant.berichten);
        let order = history.mixed(mix);
        let stage = play(history, &order).await;
        let names = |number: &usize| format!("{} B{number}", history.acts[*number].soort);
        prop_assert_eq!(stage.end().await, meant, "{:?}", order.iter().map(names).collect::<Vec<_>>());
        let compared = verify(stage.store().as_ref(), &stage.gateway.schemas).await.expect("read");
        prop_assert_eq!(compared.differences, Vec::<String>::new());
        Ok(())
    })
}
