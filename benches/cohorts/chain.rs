//! The berichten of a cohort: clients that one gemeente gives support by one aanbieder from one day on, with all that follows
//! in the years after it. And who and what stands in a copy of them.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use iwmo_gateway::domain::Timestamp;
use serde_json::{Value, json};

use crate::maker::{prestatie, toewijzing, wmo301, wmo305, wmo307, wmo315, wmo317, wmo319, wmo323_of};
use crate::world::BSN;

/// How many clients a cohort has. Support of three of them ends after a year, as that of three in five.
pub const CLIENTS: u64 = 5;
/// How many numbers of toewijzingen a cohort may use.
const NUMMERS: u64 = 8;
/// The first of them in a pattern.
const FIRST_NUMMER: u64 = 700_000_001;
/// What stands in each name of a pattern, and in a copy the number of its cohort.
pub const MARK: &str = "QQQQQQQ";
/// For how many months each toewijzing is declared.
const DECLARED: u32 = 12;
/// For how many months support lasts that goes on.
const GOES_ON: u32 = 240;

const GEMEENTEN: [&str; 10] = ["0384", "0363", "0344", "0518", "0599", "0772", "0014", "0080", "0193", "0153"];
const AANBIEDERS: u64 = 400;
const FIRST_AANBIEDER: u64 = 41_005_001;
/// How many people there are in all.
const PEOPLE: u64 = 200_000;

/// Who and what stands in one copy.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Which one, counted from the first.
    pub nr: u64,
    /// CBS code.
    pub gemeente: &'static str,
    /// AGB code.
    pub aanbieder: String,
    clients: [String; 5],
}

impl Cohort {
    /// The cohort with this number, of so many. Who comes back does so at another aanbieder.
    pub fn of(nr: u64, cohorts: u64) -> Self {
        let people = PEOPLE.min(cohorts * CLIENTS);
        let round = nr * CLIENTS / people;
        let client = |client: u64| bsn((nr * CLIENTS + client) % people);
        Self {
            nr,
            gemeente: GEMEENTEN[usize::try_from((nr + round) % 10).expect("few")],
            aanbieder: (FIRST_AANBIEDER + (nr + round) % AANBIEDERS).to_string(),
            clients: std::array::from_fn(|nr| client(u64::try_from(nr).expect("few"))),
        }
    }

    /// The Bsn of one of its clients.
    pub fn bsn(&self, client: usize) -> &str {
        &self.clients[client]
    }

    /// The ToewijzingNummer that is called so in a pattern.
    pub fn nummer(&self, of_pattern: u64) -> u64 {
        100_000_000 + self.nr * NUMMERS + of_pattern - FIRST_NUMMER
    }

    /// What stands in its names where a pattern has [`MARK`].
    pub fn mark(&self) -> String {
        format!("{:07}", self.nr)
    }
}

/// The Bsn of a client of a pattern: test numbers that satisfy the elfproef.
pub fn bsn_of_pattern(client: u64) -> String {
    bsn(950_000 + client)
}

/// The ToewijzingNummer of the nth toewijzing of a pattern.
pub fn nummer(nth: u64) -> u64 {
    FIRST_NUMMER + nth
}

/// Nine digits that satisfy the elfproef, other ones for each number below a million.
pub fn bsn(number: u64) -> String {
    let eight = 10_000_000 + number;
    let digit = |place: u32| eight / 10_u64.pow(place) % 10;
    let sum: u64 = (0..8).map(|place| (u64::from(place) + 2) * digit(place)).sum();
    match sum % 11 {
        // No digit makes it right: the next number over a million further on does, or the one after that.
        10 => bsn(number + 1_000_000),
        last => format!("{eight}{last}"),
    }
}

/// One bericht of a pattern, and when it comes in.
pub struct Coming {
    pub at: Timestamp,
    pub bytes: Vec<u8>,
}

/// All that came in up to and with `today` of a cohort that began on `first`, in the order of time.
pub fn berichten(first: NaiveDate, today: NaiveDate) -> Vec<Coming> {
    let mut chain = Chain { first, today, coming: Vec::new() };
    chain.begin();
    chain.ask();
    chain.declare();
    chain.end();
    chain.coming.sort_by_key(|coming| coming.at);
    chain.coming
}

struct Chain {
    first: NaiveDate,
    today: NaiveDate,
    coming: Vec<Coming>,
}

impl Chain {
    fn day(&self, after: u64) -> NaiveDate {
        self.first + Days::new(after)
    }

    /// A bericht about this client, under a name of its own, if it is that far.
    fn comes(&mut self, after: u64, client: u64, make: impl FnOnce(&str, &str) -> Vec<u8>) {
        let day = self.day(after);
        if day > self.today {
            return;
        }
        let name = name('B', self.coming.len());
        let xml = String::from_utf8(make(&name, &day.to_string())).expect("XML").replace(BSN, &bsn_of_pattern(client));
        // One bericht a minute, so that their order is that of their moments.
        let minute = i64::try_from(self.coming.len()).expect("few");
        let morning = day.and_hms_opt(8, 0, 0).expect("a moment").and_utc() + chrono::TimeDelta::minutes(minute);
        self.coming.push(Coming { at: morning, bytes: xml.into_bytes() });
    }

    /// Toewijzingen and starts, one of which is on a toewijzing that nobody gave, and a toewijzing that is changed.
    fn begin(&mut self) {
        let (first, begins) = (self.first, self.day(1));
        for client in 0..CLIENTS {
            let given = self.given(client, &json!({}));
            self.comes(0, client, |name, day| wmo301(name, day, &[given]));
            let start = json!({"Begindatum": begins.to_string()});
            self.comes(3, client, |name, day| wmo305(name, day, number(client), start));
        }
        let start = json!({"Begindatum": begins.to_string()});
        self.comes(4, 0, |name, day| wmo305(name, day, number(7), start));
        let moved = json!({
            "Toewijzingsdatum": self.day(90).to_string(),
            "Einddatum": (first + Months::new(13)).to_string(),
            "RedenWijziging": "04",
        });
        let moved = self.given(2, &moved);
        self.comes(90, 2, |name, day| wmo301(name, day, &[moved]));
    }

    /// The ToegewezenProduct of a client, but for `other`.
    fn given(&self, client: u64, other: &Value) -> Value {
        let mut product = json!({
            "Toewijzingsdatum": self.first.to_string(),
            "Ingangsdatum": self.day(1).to_string(),
            "Einddatum": if client < 3 { self.last_day() } else { self.first + Months::new(GOES_ON) }.to_string(),
        });
        for (name, value) in other.as_object().expect("members") {
            product[name] = value.clone();
        }
        toewijzing(number(client), product)
    }

    fn last_day(&self) -> NaiveDate {
        self.first + Months::new(DECLARED)
    }

    /// Verzoeken: one that is looked into and honoured, one that is not.
    fn ask(&mut self) {
        let (asked, changed) = (name('V', 1), name('V', 2));
        let (from, again) = (self.day(40), asked.clone());
        self.comes(20, 0, |name, day| {
            let xml = String::from_utf8(wmo315(name, day, &asked)).expect("XML");
            let xml = xml.replace("01A03", "02A05").replace("2026-04-01", &from.to_string());
            xml.replace("Categorie>01<", "Categorie>02<").into_bytes()
        });
        self.comes(22, 0, |name, day| wmo319(name, day, &again, "2"));
        let honours = json!({
            "ToewijzingNummer": number(5),
            "ReferentieAanbieder": again,
            "Product": {"Categorie": "02", "Code": "02A05"},
            "Toewijzingsdatum": self.day(30).to_string(),
            "Ingangsdatum": from.to_string(),
        });
        let given = merged(self.given(0, &json!({})), &honours);
        self.comes(30, 0, |name, day| wmo301(name, day, &[given]));
        let verzoek = json!({
            "ReferentieAanbieder": changed,
            "RedenVerzoek": "1",
            "TeWijzigenProducten": {"TeWijzigenProduct": [
                {
                    "ToewijzingNummer": number(1),
                    "GewensteIngangsdatum": self.day(75).to_string(),
                    "Einddatum": self.last_day().to_string(),
                    "Omvang": {"Volume": 5, "Eenheid": "04", "Frequentie": "2"},
                }
            ]},
        });
        self.comes(60, 1, |name, day| wmo317(name, day, &verzoek));
        self.comes(62, 1, |name, day| wmo319(name, day, &changed, "1"));
    }

    /// A declaratie each month, of a line for each client.
    fn declare(&mut self) {
        for month in 0..DECLARED {
            let begin = self.first.with_day(1).expect("a first") + Months::new(month);
            let end = begin + Months::new(1) - Days::new(1);
            let from = begin.max(self.day(1));
            if from > end {
                continue;
            }
            let line = |client: u64| {
                let line = json!({
                    "Bsn": bsn_of_pattern(client),
                    "ToewijzingNummer": number(client),
                    "ProductPeriode": {"Begindatum": from.to_string(), "Einddatum": end.to_string()},
                });
                prestatie(&name('L', usize::try_from(u64::from(month) * CLIENTS + client).expect("few")), line)
            };
            let lines: Vec<Value> = (0..CLIENTS).map(line).collect();
            let after = u64::try_from((end - self.first).num_days() + 4).expect("later");
            let (first, last) = (begin.to_string(), end.to_string());
            self.comes(after, 0, |name, day| wmo323_of(name, day, (&first, &last), &lines));
        }
    }

    /// Support that ends.
    fn end(&mut self) {
        for client in 0..3 {
            let (begins, ends) = (self.day(1), self.last_day());
            let after = u64::try_from((ends - self.first).num_days() + 1).expect("later");
            let stop = json!({"Begindatum": begins.to_string(), "Einddatum": ends.to_string()});
            self.comes(after, client, |name, day| wmo307(name, day, number(client), stop));
        }
    }
}

/// A name of a pattern.
fn name(letter: char, nr: usize) -> String {
    format!("{letter}{nr:03}{MARK}")
}

fn number(nth: u64) -> i64 {
    i64::try_from(nummer(nth)).expect("nine digits")
}

fn merged(mut value: Value, other: &Value) -> Value {
    for (name, member) in other.as_object().expect("members") {
        value[name] = member.clone();
    }
    value
}

/// The moment at which the store stands as it does: the end of this day's work.
pub fn evening(today: NaiveDate) -> Timestamp {
    let moment = format!("{:04}-{:02}-{:02}T18:00:00Z", today.year(), today.month(), today.day());
    DateTime::parse_from_rfc3339(&moment).expect("a moment").to_utc()
}
