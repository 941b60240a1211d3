//! What holds for every declaratie, whatever is in it: the judgement of lines as a pure function, on made-up ones.

use std::collections::HashMap;

use iwmo_gateway::config::Config;
use iwmo_gateway::domain::afspraken::Afspraken;
use iwmo_gateway::domain::berichten::toewijzing::{Omvang, Product};
use iwmo_gateway::domain::berichten::waarde::{Bsn, ToewijzingNummer, Value};
use iwmo_gateway::domain::facts::history::{History, PrestatieFact, ToewijzingFact};
use iwmo_gateway::domain::judging::judge::judge;
use iwmo_gateway::domain::judging::verdict::Verdict;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::domain::{Bericht, Heenbericht, Inhoud, Timestamp};
use iwmo_gateway::xml;
use proptest::prelude::*;
use serde_json::json;

use crate::maker::{credit, prestatie, wmo323};
use crate::world::{BSN, instant};

type Json = serde_json::Value;

/// Three toewijzingen: 20 hours in all, 10 hours a month from January to April, and 500 euros.
const IN_ALL: i64 = 700_101;
const A_MONTH: i64 = 700_102;
const BUDGET: i64 = 700_103;
const NUMMERS: [i64; 3] = [IN_ALL, A_MONTH, BUDGET];

fn value<V: Value>(text: &str) -> V {
    V::from_text(text).expect("a value")
}

fn given(nummer: i64) -> ToewijzingFact {
    let omvang = |volume, frequentie| Some(Omvang { volume, eenheid: value("04"), frequentie: value(frequentie) });
    let product = |code: Option<&str>| Product { categorie: value("02"), code: code.map(value) };
    let (product, omvang, budget) = match nummer {
        IN_ALL => (product(Some("02A01")), omvang(20, "6"), None),
        A_MONTH => (product(Some("02A02")), omvang(10, "4"), None),
        _ => (product(None), None, Some(50_000)),
    };
    ToewijzingFact {
        toewijzing_nummer: ToewijzingNummer(nummer),
        bsn: value(BSN),
        referentie_aanbieder: None,
        product: Some(product),
        toewijzingsdatum: value("2025-12-20"),
        toewijzingstijd: value("09:00:00"),
        ingangsdatum: value("2026-01-01"),
        einddatum: Some(value("2026-04-30")),
        omvang,
        budget,
        verwijderd: false,
        dagtekening: value("2025-12-20"),
        bericht_id: String::new(),
        received_at: Timestamp::default(),
    }
}

/// What is declared: on which toewijzing, over which month, how much.
#[derive(Clone, Debug)]
struct Debet {
    nummer: i64,
    month: usize,
    volume: i64,
}

fn debet() -> impl Strategy<Value = Debet> {
    (0_usize..3, 0_usize..4, 1_i64..14).prop_map(|(nummer, month, volume)| Debet {
        nummer: NUMMERS[nummer],
        month,
        volume,
    })
}

impl Debet {
    fn line(&self, referentie: &str) -> Json {
        const ENDS: [&str; 4] = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"];
        let end = ENDS[self.month];
        let code = ["02A01", "02A02", "02A03"][usize::try_from(self.nummer - IN_ALL).expect("one of three")];
        let other = json!({
            "ToewijzingNummer": self.nummer,
            "ProductCategorie": "02",
            "ProductCode": code,
            "ProductPeriode": {"Begindatum": format!("{}-01", &end[..7]), "Einddatum": end},
            "GeleverdVolume": self.volume,
            "IngediendBedrag": {"Bedrag": 2500 * self.volume, "DebetCredit": "D"},
        });
        prestatie(referentie, other)
    }

    fn key(&self) -> (i64, usize) {
        (self.nummer, self.month)
    }
}

/// A gemeente that remembers what it judged.
struct Gemeente {
    history: History,
    config: Config,
    count: usize,
}

impl Gemeente {
    fn new() -> Self {
        let clients = [value::<Bsn>(BSN)].into_iter().collect();
        let toewijzingen = NUMMERS.into_iter().map(given).collect();
        let history = History { toewijzingen, clients, ..History::default() };
        Self { history, config: Config::parse("").expect("the defaults"), count: 0 }
    }

    /// Judges these lines as one declaratie, and remembers.
    fn judge(&mut self, lines: &[Json]) -> Verdict {
        self.count += 1;
        let bytes = wmo323(&format!("D{}", self.count), "2026-06-01", lines);
        let bericht = xml::read(&bytes).expect("valid against its schema");
        let today = instant("2026-06-01T12:00:00Z").date_naive();
        let outside = Outside { today, gemeenten: &self.config.codelijsten.gemeenten, contract: None };
        let verdict = judge(&bericht, &self.history, &outside, &Afspraken::None);
        let granted = verdict.declaratie.clone().map(|verdicts| verdicts.granted).unwrap_or_default();
        let Bericht::Heen(Heenbericht { inhoud: Inhoud::Declaratie(declaratie), .. }) = bericht else {
            panic!("not a 323")
        };
        let stated = declaratie.clienten.into_iter().flat_map(|client| {
            let bsn = client.bsn;
            client.prestaties.into_iter().map(move |prestatie| (bsn.clone(), prestatie))
        });
        let facts =
            stated.zip(granted).map(|((bsn, prestatie), toegekend)| PrestatieFact { bsn, prestatie, toegekend });
        self.history.declaraties.prestaties.extend(facts);
        verdict
    }

    /// Grants this share of these lines, in percent, as an antwoord may of what was judged.
    fn lower(&mut self, lines: &[Json], percent: u32) {
        let is_one = |fact: &PrestatieFact| {
            let name = fact.prestatie.product_referentie.referentie_nummer.as_str();
            lines.iter().any(|line| line["ProductReferentie"]["ReferentieNummer"] == name)
        };
        let facts = self.history.declaraties.prestaties.iter_mut();
        for toegekend in facts.filter(|fact| is_one(fact)).filter_map(|fact| fact.toegekend.as_mut()) {
            *toegekend = (*toegekend * percent / 100).max(1);
        }
    }

    /// What is granted and not credited, by toewijzing and first day of the period: hours and cents.
    fn sums(&self) -> HashMap<(i64, String), (i128, i128)> {
        let mut sums: HashMap<_, (i128, i128)> = HashMap::new();
        for PrestatieFact { prestatie, toegekend, .. } in &self.history.declaraties.prestaties {
            let sign = if prestatie.is_debet() { 1 } else { -1 };
            let key =
                (prestatie.toewijzing_nummer.expect("a number").0, prestatie.product_periode.begindatum.to_string());
            if let Some(toegekend) = toegekend {
                let (volume, bedrag) = sums.entry(key).or_default();
                *volume += sign * i128::from(prestatie.geleverd_volume);
                *bedrag += sign * i128::from(*toegekend);
            }
        }
        sums.retain(|_, sum| *sum != (0, 0));
        sums
    }
}

/// Each product and month once: a second one breaks TR416, which rejects the whole.
fn once(debets: &[Debet]) -> Vec<Debet> {
    let mut seen = std::collections::HashSet::new();
    debets.iter().filter(|debet| seen.insert(debet.key())).cloned().collect()
}

/// The line with the amount that was granted of it.
fn lowered(line: &Json, percent: u32) -> Json {
    let mut line = line.clone();
    let asked = line["IngediendBedrag"]["Bedrag"].as_u64().expect("an amount");
    line["IngediendBedrag"]["Bedrag"] = json!((asked * u64::from(percent) / 100).max(1));
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_granted_never_exceeds_the_maxima(
        declaraties in prop::collection::vec(prop::collection::vec((debet(), any::<bool>()), 1..6), 1..5),
        percent in prop_oneof![Just(100_u32), 1_u32..100]
    ) {
        let mut gemeente = Gemeente::new();
        let mut earlier: Vec<Json> = Vec::new();
        for (nr, wanted) in declaraties.iter().enumerate() {
            let debets: Vec<Debet> = wanted.iter().map(|(debet, _)| debet.clone()).collect();
            // Some of what was declared before, granted or not, is credited.
            let credits: Vec<Json> = wanted.iter().zip(&earlier).enumerate()
                .filter(|(_, ((_, credits), _))| *credits)
                .map(|(place, (_, line))| credit(&format!("C{nr}-{place}"), line))
                .collect();
            let lines: Vec<Json> = once(&debets).iter().enumerate()
                .map(|(place, debet)| debet.line(&format!("R{nr}-{place}")))
                .collect();
            let verdict = gemeente.judge(&credits.iter().chain(&lines).cloned().collect::<Vec<_>>());
            prop_assert!(verdict.declaratie.is_some(), "{:?}", verdict.findings);
            gemeente.lower(&lines, percent);
            earlier = lines.iter().map(|line| lowered(line, percent)).collect();
            let sums = gemeente.sums();
            let total = |nummer| sums.iter().filter(|((one, _), _)| *one == nummer).fold((0, 0), |sum, (_, one)| {
                (sum.0 + one.0, sum.1 + one.1)
            });
            prop_assert!(total(IN_ALL).0 <= 20 && total(A_MONTH).0 <= 40 && total(BUDGET).1 <= 50_000, "{sums:?}");
            for ((nummer, _), (volume, bedrag)) in &sums {
                prop_assert!(*volume > 0 && *bedrag > 0 && *bedrag <= 2500 * volume && (*nummer != A_MONTH || *volume <= 10), "{sums:?}");
            }
        }
    }

    #[test]
    fn to_credit_and_to_declare_anew_changes_nothing(
        first in prop::collection::vec(debet(), 1..6), then in debet(), in_one in any::<bool>(),
        percent in prop_oneof![Just(100_u32), 1_u32..100]
    ) {
        let lines = |prefix: &str| -> Vec<Json> {
            once(&first).iter().enumerate().map(|(place, debet)| debet.line(&format!("{prefix}{place}"))).collect()
        };
        let (mut straight, mut detour) = (Gemeente::new(), Gemeente::new());
        straight.judge(&lines("R"));
        let granted = detour.judge(&lines("R")).declaratie.expect("judged").granted;
        straight.lower(&lines("R"), percent);
        detour.lower(&lines("R"), percent);
        let of_granted = |all: Vec<Json>| -> Vec<Json> {
            all.into_iter().zip(&granted).filter(|(_, granted)| granted.is_some()).map(|(line, _)| line).collect()
        };
        let credits: Vec<Json> = of_granted(lines("R")).iter().enumerate()
            .map(|(place, line)| credit(&format!("C{place}"), &lowered(line, percent)))
            .collect();
        let anew = of_granted(lines("N"));
        let steps = if in_one { vec![[anew, credits].concat()] } else { vec![credits, anew] };
        for step in steps.iter().filter(|step| !step.is_empty()) {
            prop_assert_eq!(detour.judge(step).findings, []);
        }
        detour.lower(&lines("N"), percent);
        prop_assert_eq!(straight.sums(), detour.sums());
        let last = [then.line("Z")];
        prop_assert_eq!(straight.judge(&last).findings, detour.judge(&last).findings);
    }

    #[test]
    fn toewijzingen_do_not_meddle_with_each_other(
        debets in prop::collection::vec(debet(), 1..10), order in Just(NUMMERS.to_vec()).prop_shuffle(), split in any::<bool>()
    ) {
        let verdicts = |gemeente: &mut Gemeente, named: &[(String, Debet)]| -> HashMap<String, bool> {
            let lines: Vec<Json> = named.iter().map(|(name, debet)| debet.line(name)).collect();
            let granted = gemeente.judge(&lines).declaratie.expect("judged").granted;
            named.iter().map(|(name, _)| name.clone()).zip(granted.iter().map(Option::is_some)).collect()
        };
        let named: Vec<(String, Debet)> =
            once(&debets).into_iter().enumerate().map(|(nr, debet)| (format!("R{nr}"), debet)).collect();
        let together = verdicts(&mut Gemeente::new(), &named);
        let mut apart = HashMap::new();
        let mut gemeente = Gemeente::new();
        let mut sorted = named.clone();
        sorted.sort_by_key(|(_, debet)| order.iter().position(|nummer| *nummer == debet.nummer));
        if split {
            for part in sorted.chunk_by(|(_, one), (_, other)| one.nummer == other.nummer) {
                apart.extend(verdicts(&mut gemeente, part));
            }
        } else {
            apart = verdicts(&mut gemeente, &sorted);
        }
        prop_assert_eq!(together, apart);
    }
}
