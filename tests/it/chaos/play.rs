//! One run: what its seed makes happen, until all is at rest.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use iwmo_gateway::clock::{Clock, SetClock};
use iwmo_gateway::exchange::{new_referentienummer, sha256_hex};
use iwmo_gateway::hub::mock::config::{Damage, FaultOrder, Misbehaviour, MockConfig, Writing};
use iwmo_gateway::hub::mock::{Codec, Mock};
use iwmo_gateway::store::{OutboxQuery, ParcelState, ParcelView};
use iwmo_gateway::xml;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::side::Side;
use crate::database::Database;
use crate::maker::wmo305;
use crate::world::{AANBIEDER, GEMEENTE, WMO301, a_moment, instant};

/// Another aanbieder on the network.
pub const SECOND: &str = "41005002";

/// An aanbieder that is local and connected to VECOZO, and the gemeente that it reports to, which is on the network.
const CONNECTED: &str = "41005009";
const ELSEWHERE: &str = "1684";

/// How often the clock is set on at the end before a run counts as stuck.
const MOST_ROUNDS: usize = 120;

/// Within this a hundred looks are done, also where two thousand runs leave the machine to others.
const LONGEST_CALM: Duration = Duration::from_mins(15);

/// Numbers that follow from a seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let count = u64::try_from(of.len()).expect("few");
        &of[usize::try_from(self.below(count)).expect("few")]
    }
}

/// A toewijzing that was posted, or a start that goes to VECOZO.
#[derive(Clone)]
pub struct Posted {
    pub functie: &'static str,
    pub identificatie: String,
    bytes: String,
    /// Somebody answered that it is kept.
    pub promised: bool,
}

pub struct Run {
    pub seed: u64,
    pub mock: Mock,
    pub posted: Vec<Posted>,
    /// Identificatie of each start that a played aanbieder sends.
    pub reported: Vec<String>,
    /// Envelopes that nobody can take.
    pub garbage: usize,
    pub sides: Vec<Side>,
    dice: Dice,
    clock: Arc<SetClock>,
    database: Database,
    network: String,
    /// What the gateways are told besides.
    settings: String,
    client: reqwest::Client,
    serving: JoinHandle<()>,
}

impl Run {
    pub async fn start(seed: u64, database: Database, gateways: usize) -> Self {
        let mut dice = Dice(seed);
        let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let network = format!("http://{}/", listener.local_addr().expect("bound"));
        let is_adapter = dice.below(3) == 0;
        let mock = mock(&mut dice, is_adapter, &clock);
        let settings = settings(&mut dice, is_adapter, &network);
        let served = mock.clone();
        let serving = tokio::spawn(async move { served.serve(listener).await.expect("a network that serves") });
        let mut sides = Vec::new();
        for _ in 0..gateways {
            sides.push(Side::start(&database.url(), &network, &settings, clock.clone()).await);
        }
        mock.lead_to(&sides[0].network_url()).expect("an address");
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        let (posted, reported) = (Vec::new(), Vec::new());
        Self {
            seed,
            mock,
            posted,
            reported,
            garbage: 0,
            sides,
            dice,
            clock,
            database,
            network,
            settings,
            client,
            serving,
        }
    }

    /// What the seed makes happen, and then all that is needed to come to rest.
    pub async fn play(&mut self) {
        let steps = 5 + self.dice.below(6);
        for _ in 0..steps {
            match self.dice.below(12) {
                0..=2 => self.post(1).await,
                10 | 11 => self.hand_in().await,
                3 | 4 => self.report(),
                5 | 6 => self.spoil(),
                7 => self.kill().await,
                8 => self.garbage().await,
                _ => self.let_time_pass().await,
            }
            if self.dice.below(2) == 0 {
                self.act().await;
            }
        }
        if self.posted.is_empty() {
            self.post(2).await;
        }
        self.isolate().await;
        self.mock.behave();
        self.come_to_rest().await;
    }

    pub async fn end(self) {
        for side in self.sides {
            side.kill().await;
        }
        self.serving.abort();
    }

    fn toewijzing(&mut self) -> Posted {
        let number = 710_000 + self.posted.len();
        let aanbieder = *self.dice.one(&[AANBIEDER, SECOND]);
        let identificatie = format!("T{number}");
        let bytes = WMO301.replace("700101", &number.to_string()).replace(AANBIEDER, aanbieder);
        let bytes = bytes.replace("TOEW-1", &identificatie);
        Posted { functie: "WMO301", bytes, identificatie, promised: false }
    }

    /// A start of an aanbieder that is connected to VECOZO, on a toewijzing that only the gemeente knows.
    async fn hand_in(&mut self) {
        let nr = self.posted.len();
        let identificatie = format!("V{nr}");
        let nummer = 720_000 + i64::try_from(nr).expect("few");
        let bytes = String::from_utf8(wmo305(&identificatie, "2026-03-04", nummer, json!({}))).expect("text");
        let bytes = bytes.replace(AANBIEDER, CONNECTED).replace(GEMEENTE, ELSEWHERE);
        let posted = Posted { functie: "WMO305", bytes, identificatie, promised: false };
        let under_way = vec![(nr, self.posting(&posted))];
        self.posted.push(posted);
        self.answered(under_way).await;
    }

    fn posting(&mut self, posted: &Posted) -> JoinHandle<Option<u16>> {
        let side = &self.sides[usize::try_from(self.dice.below(self.sides.len() as u64)).expect("few")];
        let (by, path) = match posted.functie {
            "WMO301" => (GEMEENTE, "/v1/berichten"),
            _ => (CONNECTED, "/v1/berichten?force=true"),
        };
        let request = self.client.post(side.url(path)).bearer_auth(by);
        let request = request.header("content-type", "application/xml").body(posted.bytes.clone());
        tokio::spawn(async move { request.send().await.ok().map(|answer| answer.status().as_u16()) })
    }

    async fn post(&mut self, count: usize) {
        let mut under_way = Vec::new();
        for _ in 0..count {
            let posted = self.toewijzing();
            under_way.push((self.posted.len(), self.posting(&posted)));
            self.posted.push(posted);
        }
        self.answered(under_way).await;
    }

    async fn answered(&mut self, under_way: Vec<(usize, JoinHandle<Option<u16>>)>) {
        for (nr, posting) in under_way {
            let status = posting.await.expect("no panic");
            assert!(matches!(status, None | Some(200 | 202 | 503)), "seed {}: {status:?}", self.seed);
            self.posted[nr].promised |= matches!(status, Some(200 | 202));
        }
    }

    /// An aanbieder on the network reports a start, on a toewijzing that it has or has not.
    fn report(&mut self) {
        let identificatie = format!("S{}", self.reported.len());
        let nummer = 710_000 + i64::try_from(self.dice.below(self.posted.len() as u64 + 1)).expect("few");
        let bytes = wmo305(&identificatie, "2026-03-04", nummer, json!({}));
        self.mock.send(bytes).expect("a heenbericht");
        self.reported.push(identificatie);
    }

    fn spoil(&mut self) {
        let answers = [
            Misbehaviour::Unavailable { retry_after: None },
            Misbehaviour::Unavailable { retry_after: Some(120) },
            Misbehaviour::ServerError,
            Misbehaviour::Fo03("StUF046".to_owned()),
            Misbehaviour::Fo03("StUF034".to_owned()),
            Misbehaviour::Fo01("IB014".to_owned()),
            Misbehaviour::Fo01("VECMELD999".to_owned()),
            Misbehaviour::CloseUnstored,
            Misbehaviour::CloseStored,
            Misbehaviour::CloseUnread,
            Misbehaviour::WrongCrossRefnummer,
            Misbehaviour::WebPage,
            Misbehaviour::Status(404),
            Misbehaviour::Status(301),
            Misbehaviour::Status(429),
            Misbehaviour::HalfAnswer,
            Misbehaviour::SoapFault,
            Misbehaviour::NotUnique("StUF016".to_owned()),
            Misbehaviour::NotUnique("IB016".to_owned()),
            Misbehaviour::WrongParties,
            Misbehaviour::OddPrefixes,
            Misbehaviour::TrailingGarbage,
            Misbehaviour::Entities,
            Misbehaviour::AnswerFirst,
            Misbehaviour::Drip,
            Misbehaviour::Hang,
        ];
        let sending = [
            Misbehaviour::SendTwice,
            Misbehaviour::SendTwiceAtOnce,
            Misbehaviour::SendOtherContent,
            Misbehaviour::FaultAfterRetour,
            Misbehaviour::SendBroken,
            Misbehaviour::SendDamaged(Damage::Truncated),
            Misbehaviour::SendDamaged(Damage::Entities),
            Misbehaviour::SendDamaged(Damage::TwoPayloads),
            Misbehaviour::SendDamaged(Damage::PayloadUtf16),
            Misbehaviour::SendWritten(Writing::Lines),
            Misbehaviour::SendTijdstip { digits: 8, minutes: 10 },
        ];
        for _ in 0..=self.dice.below(3) {
            let fault = if self.dice.below(3) == 0 { self.dice.one(&sending) } else { self.dice.one(&answers) };
            let times = if matches!(fault, Misbehaviour::Hang | Misbehaviour::Drip) {
                1
            } else {
                1 + u32::try_from(self.dice.below(3)).expect("few")
            };
            self.mock.misbehave([FaultOrder::of(fault.clone(), times)]);
        }
    }

    /// A gateway ends while berichten come in and go out; another begins in its place.
    async fn kill(&mut self) {
        let count = 1 + self.dice.below(3);
        let mut under_way = Vec::new();
        for _ in 0..count {
            let posted = self.toewijzing();
            under_way.push((self.posted.len(), self.posting(&posted)));
            self.posted.push(posted);
        }
        self.report();
        let mock = self.mock.clone();
        let acting = tokio::spawn(async move { mock.act().await });
        tokio::time::sleep(Duration::from_micros(500 * self.dice.below(40))).await;
        let which = usize::try_from(self.dice.below(self.sides.len() as u64)).expect("few");
        self.sides.swap_remove(which).kill().await;
        let side = Side::start(&self.database.url(), &self.network, &self.settings, self.clock.clone()).await;
        self.mock.lead_to(&side.network_url()).expect("an address");
        self.sides.push(side);
        self.answered(under_way).await;
        acting.await.expect("no panic");
    }

    /// Envelopes that nobody can take: an entity, an old namespace, half of one.
    async fn garbage(&mut self) {
        let envelope = crate::network::envelope(crate::world::WMO305, &new_referentienummer(), AANBIEDER);
        let broken = match self.dice.below(3) {
            0 => envelope.replacen("?>", "?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>", 1),
            1 => envelope.replace("StUF0301", "StUF0310"),
            _ => envelope[..envelope.len() / 2].to_owned(),
        };
        let url = self.sides[0].network_url();
        let request = self.client.post(url).header("content-type", "text/xml; charset=utf-8").body(broken);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 500, "seed {}", self.seed);
        assert!(answer.text().await.expect("a body").contains("Fo03"), "seed {}", self.seed);
        self.garbage += 1;
    }

    async fn let_time_pass(&mut self) {
        self.calm().await;
        let minutes = i64::try_from(self.dice.below(40)).expect("few");
        self.set_on(TimeDelta::minutes(minutes));
    }

    fn set_on(&mut self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
        self.sides.iter().for_each(Side::wake);
    }

    /// What the network has for the gateways goes out, to one of them.
    async fn act(&mut self) {
        let url = self.dice.one(&self.sides).network_url();
        self.mock.lead_to(&url).expect("an address");
        self.mock.act().await;
    }

    /// One receiver is down for good; the other gets what is for it.
    async fn isolate(&mut self) {
        if self.dice.below(4) > 0 {
            return;
        }
        self.mock.behave();
        let down = Misbehaviour::Unavailable { retry_after: None };
        self.mock.misbehave([FaultOrder::of(down, u32::MAX).with(SECOND)]);
        for _ in 0..MOST_ROUNDS {
            self.round().await;
            let parcels = self.parcels().await;
            if !parcels.iter().any(|parcel| parcel.ontvanger == AANBIEDER && goes_on(parcel)) {
                return;
            }
        }
        panic!("seed {}: one that is down holds up the other: {:?}", self.seed, self.parcels().await);
    }

    async fn come_to_rest(&mut self) {
        for _ in 0..MOST_ROUNDS {
            self.round().await;
            let goes_on = self.parcels().await.iter().any(goes_on);
            let all_came = self.mock.next_due().is_none() && self.mock.at_vecozo().1 == 0;
            if !goes_on && all_came && self.posted.iter().all(|posted| posted.promised) {
                return;
            }
        }
        panic!("seed {}: not at rest: {:?}, {:?}", self.seed, self.mock.at_vecozo(), self.parcels().await);
    }

    /// Time goes on; who got no answer asks again; what is due goes out.
    async fn round(&mut self) {
        self.set_on(TimeDelta::minutes(17));
        let unanswered: Vec<usize> = (0..self.posted.len()).filter(|nr| !self.posted[*nr].promised).collect();
        let mut under_way = Vec::new();
        for nr in unanswered {
            let posted = self.posted[nr].clone();
            under_way.push((nr, self.posting(&posted)));
        }
        self.answered(under_way).await;
        self.act().await;
        self.calm().await;
    }

    /// Until nothing goes over the wire any more; what a killed gateway had in hand waits for the clock.
    async fn calm(&self) {
        let calm = async {
            let (mut seen, mut same) = (0, 0);
            for _ in 0..100 {
                let count = self.mock.journal().len();
                same = if count == seen { same + 1 } else { 0 };
                seen = count;
                let sending = self.parcels().await.iter().any(|one| matches!(one.state, ParcelState::Sending { .. }));
                if same >= 3 && !sending {
                    return;
                }
                a_moment().await;
            }
        };
        // It ends by itself; how long that takes says how busy the machine is.
        let calmed = tokio::time::timeout(LONGEST_CALM, calm).await;
        assert!(calmed.is_ok(), "seed {}: not calm", self.seed);
    }

    pub async fn parcels(&self) -> Vec<ParcelView> {
        self.sides[0].store().outbox(&OutboxQuery::default(), None, 500).await.expect("parcels")
    }
}

/// Whether it is still to be sent.
fn goes_on(parcel: &ParcelView) -> bool {
    matches!(
        parcel.state,
        ParcelState::Waiting { .. } | ParcelState::Sending { .. } | ParcelState::Unclear { due_at: Some(_) }
    )
}

/// What is assumed of the network, one way or the other.
fn settings(dice: &mut Dice, is_adapter: bool, network: &str) -> String {
    let mode = if is_adapter {
        "mode = \"adapter\"\ncpa = { service = \"wmo\", di01 = \"ggk_Di01\", du01 = \"ggk_Du01\", fo01 = \"Fo01\" }\n"
    } else {
        ""
    };
    let (codes, payload) = (*dice.one(&["2018", "2025"]), *dice.one(&["zip", "xml"]));
    let token = sha256_hex(CONNECTED.as_bytes());
    format!(
        "{mode}fault_codes = \"{codes}\"\n\
         [vecozo]\nurl = \"{network}berichtenservice\"\ntimeout = \"500ms\"\npoll = \"100ms\"\nstatus_poll = \"1s\"\n\
         partijen = [\"{CONNECTED}\"]\nactie = \"ONBEKEND\"\npayload = \"{payload}\"\n\
         [[partij]]\ncode = \"{CONNECTED}\"\nnaam = \"Aanbieder\"\n\
         [[credential]]\nname = \"aanbieder\"\npartij = \"{CONNECTED}\"\ntoken_sha256 = \"{token}\"\n"
    )
}

fn mock(dice: &mut Dice, is_adapter: bool, clock: &Arc<SetClock>) -> Mock {
    let retour =
        *dice.one(&["\"accept\"", "\"accept\"", "{ reject = [\"9332\"] }", "\"never\"", "{ bounce = \"IB010\" }"]);
    let after = *dice.one(&["0s", "0s", "10m"]);
    let face = if is_adapter { "adapter" } else { "ggk" };
    let text = format!(
        "face = \"{face}\"\nlisten = \"\"\ngateway_url = \"http://127.0.0.1:9/\"\n[retry]\nattempts = 1000\nevery = \"30s\"\n\
         [[parties]]\ncode = \"{AANBIEDER}\"\nafter = \"{after}\"\n[[parties]]\ncode = \"{SECOND}\"\nretour = {retour}\n"
    );
    let config: MockConfig = toml::from_str(&text).expect("settings of a mock");
    let clock = Arc::clone(clock);
    let codec = Codec::of(xml::Schemas::compiled_in());
    Mock::new(config, codec, Arc::new(move || clock.now()), Arc::new(new_referentienummer)).expect("a mock")
}
