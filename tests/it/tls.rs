//! TLS of the network link, of API and pages: who is let in and who is not, told by the certificate that the other side saw.

mod peers;
mod pki;

use std::path::Path;

use base64::Engine as _;
use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::new_referentienummer;
use iwmo_gateway::store::ParcelState;
use rcgen::SanType;
use serde_json::json;
use tempfile::TempDir;

use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};
use peers::{Caller, Network};
use pki::{Issued, OTHERS, OURS, Root, Says, THEIRS, of};

/// What a gateway and its network trust and show.
struct Trust {
    folder: TempDir,
    root: Root,
    ours: Issued,
}

impl Trust {
    /// A root that both trust, and a certificate of ours.
    fn new() -> Self {
        Self::of(Root::new("Stamcertificaat"))
    }

    fn of(root: Root) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ours = root.issue(&of(OURS));
        ours.write(folder.path(), "ours");
        std::fs::write(folder.path().join("root.pem"), root.pem()).expect("a root is written");
        Self { folder, root, ours }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Section `[ggk]` with these files, and what else is said of them.
    fn settings(&self, more: &str) -> String {
        format!(
            "[ggk]\ntls = {{ ca_file = {:?}, certificate_file = {:?}, key_file = {:?}, oin = [\"{THEIRS}\"]{more} }}\n",
            self.path("root.pem"),
            self.path("ours.pem"),
            self.path("ours.key")
        )
    }

    /// Settings with this list of revoked certificates.
    fn settings_with_crl(&self, list: &str) -> String {
        std::fs::write(self.path("crl.pem"), list).expect("a list is written");
        self.settings(&format!(", crl_file = {:?}", self.path("crl.pem")))
    }
}

fn di01(zender: &str) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(WMO305);
    include_str!("../../fixtures/verhaal/di01.xml")
        .replace("ZENDER", zender)
        .replace("NUMMER", &new_referentienummer())
        .replace("BASE64", &base64)
}

fn port(world: &World) -> u16 {
    world.running.network_address.expect("a listener for the network").port()
}

/// Posts an envelope as somebody with this certificate; the answer, or why there was none.
async fn hand_over(world: &World, shows: Option<&Issued>, trusts: &Root) -> Result<String, String> {
    let mut caller = Caller::connect(port(world), shows, trusts).await?;
    caller.post(&di01(AANBIEDER)).await.map(|(status, text)| format!("{status} {text}"))
}

/// What the gateway made of sending one bericht to a network: the state of its parcel, and why.
async fn sent_to(network: &Network, settings: &str) -> (Option<ParcelState>, String) {
    let world = World::against(&network.url, &[GEMEENTE], settings).await;
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let parcel = world.store().undelivered(1).await.expect("parcels").into_iter().next();
    world.stop().await;
    (
        parcel.as_ref().map(|parcel| parcel.state.clone()),
        parcel.and_then(|parcel| parcel.last_reason).unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_network_is_sent_to_by_our_certificate_and_only_when_its_own_is_right() {
    let trust = Trust::new();
    let elsewhere = SanType::DnsName("elders.example".try_into().expect("a name"));
    let revoked = trust.root.issue(&Says::default());
    let list = trust.root.crl(&[&revoked], (2026, 12, 1));
    let other_root = Root::new("Een ander stamcertificaat");
    let settings = trust.settings_with_crl(&list);
    let shown = |says: &Says| trust.root.issue(says);
    let good = Network::listen(&shown(&Says::default()), &trust.root).await;
    let (state, reason) = sent_to(&good, &settings).await;
    assert_eq!((state, reason.as_str()), (None, ""), "delivered");
    let serials: Vec<String> = good.came().into_iter().map(|(serial, _)| serial).collect();
    assert_eq!(serials, [trust.ours.serial.as_str()]);

    for (what, shown, told) in [
        ("wrong name", shown(&Says { host: elsewhere, ..Says::default() }), "not valid for name"),
        ("expired", shown(&Says { until: (2026, 3, 1), ..Says::default() }), "expired"),
        ("not yet valid", shown(&Says { from: (2026, 4, 1), ..Says::default() }), "not valid"),
        ("unknown root", other_root.issue(&Says::default()), "UnknownIssuer"),
        ("revoked", revoked, "Revoked"),
        ("somebody else's", shown(&of(OTHERS)), "is not on the list"),
        ("nobody's", shown(&Says { oin: None, ..Says::default() }), "no OIN"),
        (
            "two OINs",
            shown(&Says { organization_identifier: Some("NTRNL-00000003123456780000"), ..Says::default() }),
            "different OINs",
        ),
    ] {
        let network = Network::listen(&shown, &trust.root).await;
        let (state, reason) = sent_to(&network, &settings).await;
        assert!(matches!(state, Some(ParcelState::Waiting { .. })), "{what}: {state:?}");
        assert!(reason.contains(told), "{what}: {reason}");
        assert_eq!(network.came(), [], "{what}: not a byte of it");
    }
}

#[tokio::test]
async fn a_network_whose_oin_stands_in_either_field_or_in_both_is_right() {
    let trust = Trust::new();
    for (oin, organization_identifier) in [
        (Some(THEIRS), None),
        (None, Some("NTRNL-00000004000000059000")),
        (Some(THEIRS), Some(THEIRS)),
        (Some(THEIRS), Some("NTRNL-30280353")),
    ] {
        let shown = trust.root.issue(&Says { oin, organization_identifier, ..Says::default() });
        let network = Network::listen(&shown, &trust.root).await;
        let (state, reason) = sent_to(&network, &trust.settings("")).await;
        assert_eq!((state, reason.as_str()), (None, ""), "{oin:?} {organization_identifier:?}");
        assert_eq!(network.came().len(), 1);
        let world = World::start(&[GEMEENTE], &trust.settings(""), None).await;
        let taken = hand_over(&world, Some(&shown), &trust.root).await.expect("an answer");
        assert!(taken.starts_with("200") && taken.contains("Bv03"), "{taken}");
        world.stop().await;
    }
}

#[tokio::test]
async fn certificates_that_are_signed_with_rsa_pss_are_right_both_ways() {
    let trust = Trust::of(Root::rsa("Stamcertificaat G4"));
    let theirs = trust.root.issue_pss(&Says::default());
    let ours = trust.root.issue_pss(&of(OURS));
    ours.write(trust.folder.path(), "ours");
    let network = Network::listen(&theirs, &trust.root).await;
    let (state, reason) = sent_to(&network, &trust.settings("")).await;
    assert_eq!((state, reason.as_str()), (None, ""));
    assert_eq!(network.came()[0].0, ours.serial);
    let world = World::start(&[GEMEENTE], &trust.settings(""), None).await;
    let mut caller = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
    assert_eq!(caller.sees(), ours.serial);
    assert_eq!(caller.post(&di01(AANBIEDER)).await.expect("an answer").0, 200);
    world.stop().await;
}

#[tokio::test]
async fn only_who_shows_the_certificate_of_the_network_hands_over_envelopes() {
    let trust = Trust::new();
    let (good, revoked) = (trust.root.issue(&Says::default()), trust.root.issue(&Says::default()));
    let other_root = Root::new("Een ander stamcertificaat");
    let settings = trust.settings_with_crl(&trust.root.crl(&[&revoked], (2026, 12, 1)));
    let world = World::start(&[GEMEENTE], &settings, None).await;
    let shown = |says: &Says| Some(trust.root.issue(says));
    for (what, shows) in [
        ("no certificate", None),
        ("expired", shown(&Says { until: (2026, 3, 1), ..Says::default() })),
        ("not yet valid", shown(&Says { from: (2026, 4, 1), ..Says::default() })),
        ("unknown root", Some(other_root.issue(&Says::default()))),
        ("revoked", Some(revoked.clone())),
        ("somebody else's", shown(&of(OTHERS))),
        ("nobody's", shown(&Says { oin: None, ..Says::default() })),
        ("two OINs", shown(&Says { organization_identifier: Some(OTHERS), ..Says::default() })),
    ] {
        let answer = hand_over(&world, shows.as_ref(), &trust.root).await;
        assert!(answer.is_err(), "{what}: {answer:?}");
    }
    assert!(world.berichten().await.is_empty(), "nothing was taken in");
    let mut caller = Caller::connect(port(&world), Some(&good), &trust.root).await.expect("let in");
    assert_eq!(caller.sees(), trust.ours.serial);
    assert_eq!(caller.post(&di01(AANBIEDER)).await.expect("an answer").0, 200);
    let mine = Caller::connect(port(&world), Some(&good), &other_root).await;
    assert!(mine.is_err(), "who trusts another root does not take us for the gateway");
    world.stop().await;
}

#[tokio::test]
async fn a_list_that_ended_or_is_missing_refuses_all_of_its_issuer() {
    let trust = Trust::new();
    let theirs = trust.root.issue(&Says::default());
    let settings = trust.settings_with_crl(&trust.root.crl(&[], (2026, 3, 10)));
    let world = World::start(&[GEMEENTE], &settings, None).await;
    assert!(hand_over(&world, Some(&theirs), &trust.root).await.is_ok(), "while it holds");
    world.at("2026-03-10T09:00:00+01:00");
    assert!(hand_over(&world, Some(&theirs), &trust.root).await.is_err(), "it ended on the 10th");
    world.stop().await;

    let ended = trust.settings_with_crl(&trust.root.crl(&[], (2026, 3, 1)));
    let network = Network::listen(&theirs, &trust.root).await;
    let (state, reason) = sent_to(&network, &ended).await;
    assert!(matches!(state, Some(ParcelState::Waiting { .. })), "{state:?}");
    assert!(reason.to_lowercase().contains("revocation list"), "{reason}");
    assert_eq!(network.came(), []);

    let of_others = Root::new("Een ander stamcertificaat").crl(&[], (2026, 12, 1));
    let strict = trust.settings_with_crl(&of_others);
    let (state, _) = sent_to(&network, &strict).await;
    assert!(matches!(state, Some(ParcelState::Waiting { .. })), "nobody can say whether it was revoked: {state:?}");
    let lenient = strict.replace(" }\n", ", crl_missing = \"accept\" }\n");
    assert_eq!(sent_to(&network, &lenient).await, (None, String::new()));
    assert_eq!(network.came().len(), 1);
}

#[tokio::test]
async fn a_certificate_that_speaks_for_one_party_does_not_speak_for_another() {
    let trust = Trust::new();
    let theirs = trust.root.issue(&Says::default());
    let settings = trust.settings(&format!(", speaks_for = {{ \"{THEIRS}\" = [\"41005002\"] }}"));
    let world = World::start(&[GEMEENTE], &settings, None).await;
    let refused = hand_over(&world, Some(&theirs), &trust.root).await.expect("an answer");
    assert!(refused.starts_with("500") && refused.contains("StUF013"), "{refused}");
    assert!(world.berichten().await.is_empty(), "nothing was taken in");
    let mut caller = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
    let (status, taken) = caller.post(&di01("41005002")).await.expect("an answer");
    assert!(status == 200 && taken.contains("Bv03"), "its own: {taken}");
    world.stop().await;
}

/// Settings with other files, as they are read again.
fn read_again(world: &World, url: &str, settings: &str) -> Config {
    crate::world::config(world.folder(), &[GEMEENTE], settings, url)
}

#[tokio::test]
async fn new_certificates_are_shown_from_the_next_handshake_on_and_no_bericht_fails_meanwhile() {
    const ROUNDS: usize = 3;
    const EACH: usize = 8;
    let trust = Trust::new();
    let theirs = trust.root.issue(&Says::default());
    let network = Network::listen(&theirs, &trust.root).await;
    let settings = trust.settings("");
    let world = World::against(&network.url, &[GEMEENTE], &settings).await;
    let mut staying = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
    let mut serials = vec![trust.ours.serial.clone()];
    let number = |round: usize, nr: usize| format!("{:012}", 100 * round + nr);
    for round in 0..ROUNDS {
        let renewed = trust.root.issue(&of(OURS));
        let posts = async {
            for nr in 0..EACH {
                let own = WMO301.replace(">TOEW-1<", &format!(">{}<", number(round, nr)));
                let taken = world.post(GEMEENTE, own).await;
                assert!(taken.status < 500, "{}", taken.text);
            }
        };
        let reload = async {
            tokio::task::yield_now().await;
            renewed.write(trust.folder.path(), "ours");
            world.running.reload(&read_again(&world, &network.url, &settings)).expect("read anew");
        };
        tokio::join!(posts, reload);
        serials.push(renewed.serial.clone());
        let (status, answer) = staying.post(&di01(AANBIEDER)).await.expect("an old connection ends with an answer");
        assert!(status == 200 && answer.contains("connection: close"), "and with that only: {answer}");
        staying = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
        assert_eq!(staying.sees(), renewed.serial, "the next handshake");
        world.rest().await;
    }
    world.post(GEMEENTE, WMO301.replace(">TOEW-1<", ">999999999999<")).await;
    world.rest().await;
    assert_eq!(world.store().undelivered(10).await.expect("parcels").len(), 0, "all were delivered");
    let came = network.came();
    let numbers: std::collections::BTreeSet<_> = came.iter().map(|(_, number)| number).collect();
    assert_eq!(numbers.len(), came.len(), "each at its first attempt");
    assert!(came.iter().all(|(serial, _)| serials.contains(serial)), "{came:?}");
    assert_eq!(came.last().map(|(serial, _)| serial), serials.last(), "the pool does not keep the old one");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_not_taken_over() {
    let trust = Trust::new();
    let theirs = trust.root.issue(&Says::default());
    let settings = trust.settings("");
    let world = World::start(&[GEMEENTE], &settings, None).await;
    let reload = |settings: &str| world.running.reload(&read_again(&world, "", settings));
    let expired = trust.root.issue(&Says { until: (2026, 3, 1), ..of(OURS) });
    expired.write(trust.folder.path(), "ours");
    let told = reload(&settings).expect_err("it expired").join("\n");
    assert!(told.contains("ggk.tls.certificate_file") && told.contains("expired on 2026-03-01"), "{told}");
    let told = reload("").expect_err("no TLS any more").join("\n");
    assert!(told.contains("takes a restart"), "{told}");
    let caller = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
    assert_eq!(caller.sees(), trust.ours.serial, "it goes on with what it had");
    let renewed = trust.root.issue(&of(OURS));
    renewed.write(trust.folder.path(), "ours");
    reload(&settings).expect("now it is right");
    let caller = Caller::connect(port(&world), Some(&theirs), &trust.root).await.expect("let in");
    assert_eq!(caller.sees(), renewed.serial);
    world.stop().await;
}

#[tokio::test]
async fn tokens_are_read_anew_as_well() {
    let world = World::start(&[GEMEENTE], "", None).await;
    assert_eq!(world.get(GEMEENTE, "/v1/postbus").await.status, 200);
    let without = Config::parse("[database]\nurl = \"sqlite:x\"").expect("settings");
    world.running.reload(&without).expect("read anew");
    assert_eq!(world.get(GEMEENTE, "/v1/postbus").await.status, 401, "its token was taken away");
    world.running.reload(&read_again(&world, "", "")).expect("read anew");
    assert_eq!(world.get(GEMEENTE, "/v1/postbus").await.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn api_and_pages_speak_tls_of_their_own() {
    let trust = Trust::new();
    let files = format!("certificate_file = {:?}, key_file = {:?}", trust.path("ours.pem"), trust.path("ours.key"));
    let world = World::start(&[GEMEENTE], &format!("tls = {{ {files} }}"), None).await;
    let port = world.running.address.port();
    let mut caller = Caller::connect(port, None, &trust.root).await.expect("anybody");
    assert_eq!(caller.sees(), trust.ours.serial);
    let form = "token=operator";
    let login = format!(
        "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let (status, answer) = caller.send(&login).await.expect("an answer");
    assert_eq!(status, 303, "{answer}");
    assert!(answer.contains("; Secure") && answer.contains("strict-transport-security: max-age="), "{answer}");
    world.stop().await;

    let closed = format!("tls = {{ {files}, client_ca_file = {:?} }}", trust.path("root.pem"));
    let world = World::start(&[GEMEENTE], &closed, None).await;
    let port = world.running.address.port();
    let live = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let nobody = match Caller::connect(port, None, &trust.root).await {
        Ok(mut caller) => caller.send(live).await,
        Err(error) => Err(error),
    };
    assert!(nobody.is_err(), "{nobody:?}");
    let somebody = trust.root.issue(&of(OTHERS));
    let mut caller = Caller::connect(port, Some(&somebody), &trust.root).await.expect("of these roots");
    assert_eq!(caller.send(live).await.expect("an answer").0, 200);
    world.stop().await;
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_told_of() {
    let trust = Trust::new();
    trust.root.issue(&Says { until: (2026, 3, 20), ..of(OURS) }).write(trust.folder.path(), "ours");
    let world = World::start(&[GEMEENTE], &trust.settings(""), None).await;
    let ready = world.get(GEMEENTE, "/health/ready").await.body;
    assert_eq!(
        ready["certificates_ending"],
        json!([{"setting": "ggk.tls.certificate_file", "ends_at": "2026-03-20T00:00:00Z"}]),
        "{ready}"
    );
    world.stop().await;
}

/// What is wrong with the files of `[ggk]`, in words.
fn told(folder: &Path, files: &str) -> String {
    let text = format!("[database]\nurl = \"sqlite:x\"\n[ggk]\ntls = {{ {files} }}\n");
    let config = Config::parse(&text).expect("settings");
    let now = crate::world::instant("2026-03-04T09:00:00+01:00");
    let clock: std::sync::Arc<dyn iwmo_gateway::clock::Clock> =
        std::sync::Arc::new(iwmo_gateway::clock::SetClock::at(now));
    let problems = iwmo_gateway::app::check_certificates(&config, &clock);
    let notes = problems.notes.clone();
    [problems.to_mend(), notes].concat().join("\n").replace(&folder.display().to_string(), "")
}

#[test]
fn each_fault_of_a_certificate_is_told_in_words() {
    let trust = Trust::new();
    let folder = trust.folder.path();
    let (stranger, between) = (Root::new("Niemand"), Root::new("Tussen").issue(&of(OURS)));
    stranger.issue(&of(OURS)).write(folder, "stranger");
    between.write(folder, "between");
    for (name, says) in [
        ("expired", Says { until: (2026, 3, 1), ..of(OURS) }),
        ("early", Says { from: (2026, 4, 1), ..of(OURS) }),
        ("nobody", Says { oin: None, ..of(OURS) }),
        ("two", Says { organization_identifier: Some(OTHERS), ..of(OURS) }),
    ] {
        trust.root.issue(&says).write(folder, name);
    }
    std::fs::write(folder.join("text.pem"), "geen certificaat").expect("a text");
    std::fs::write(folder.join("old.crl"), trust.root.crl(&[], (2026, 3, 1))).expect("a list");
    let files = |certificate: &str, key: &str, more: &str| {
        format!(
            "ca_file = {:?}, certificate_file = {:?}, key_file = {:?}, oin = [\"{THEIRS}\"]{more}",
            trust.path("root.pem"),
            trust.path(certificate),
            trust.path(key)
        )
    };
    assert_eq!(told(folder, &files("ours.pem", "ours.key", "")), "");
    let old = format!(", crl_file = {:?}", trust.path("old.crl"));
    for (files, wanted) in [
        (files("weg.pem", "ours.key", ""), "ggk.tls.certificate_file: /weg.pem: cannot be read: No such file"),
        (files("text.pem", "ours.key", ""), "ggk.tls.certificate_file: /text.pem: holds no certificate"),
        (files("ours.pem", "ours.pem", ""), "ggk.tls.key_file: /ours.pem: holds no private key"),
        (
            files("ours.pem", "stranger.key", ""),
            "ggk.tls.key_file: /stranger.key: does not fit the first certificate in /ours.pem",
        ),
        (files("expired.pem", "expired.key", ""), "ggk.tls.certificate_file: /expired.pem: expired on 2026-03-01"),
        (files("early.pem", "early.key", ""), "ggk.tls.certificate_file: /early.pem: is not valid before 2026-04-01"),
        (files("nobody.pem", "nobody.key", ""), "ggk.tls.certificate_file: /nobody.pem: has no OIN"),
        (files("two.pem", "two.key", ""), "ggk.tls.certificate_file: /two.pem: has different OINs"),
        (
            files("between.pem", "between.key", ""),
            "ggk.tls.certificate_file: /between.pem: the chain is incomplete, unless CN=Tussen is a root",
        ),
        (
            files("ours.pem", "ours.key", &old),
            "ggk.tls.crl_file: /old.crl: the list of CN=Stamcertificaat ended 2026-03-01",
        ),
        (format!("ca_file = {:?}, certificate_file = \"x\"", trust.path("root.pem")), "ggk.tls.key_file: is missing"),
    ] {
        let told = told(folder, &files);
        assert!(told.starts_with(wanted), "{wanted}\n{told}");
    }
}

/// A gateway of its own, ended with the test.
struct Process(std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that ended by itself is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_hangup_makes_a_process_read_its_certificates_anew_or_go_on_with_the_old_ones() {
    use std::io::{BufRead as _, BufReader};
    let trust = Trust::new();
    let issued = || trust.root.issue(&Says { until: (2039, 1, 1), ..of(OURS) });
    let (first, second) = (issued(), issued());
    first.write(trust.folder.path(), "ours");
    let settings = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\ntls = {{ certificate_file = {:?}, key_file = {:?} }}\n[database]\nurl = \"sqlite:{}\"\n\
         [[partij]]\ncode = \"0384\"\nnaam = \"x\"\n[[credential]]\nname = \"x\"\noperator = true\ntoken_sha256 = \"{}\"\n",
        trust.path("ours.pem"),
        trust.path("ours.key"),
        trust.path("test.db"),
        iwmo_gateway::exchange::sha256_hex(b"operator")
    );
    std::fs::write(trust.path("config.toml"), &settings).expect("settings are written");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(["serve", "--config", &trust.path("config.toml")])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program");
    let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let process = Process(child);
    let address = BufReader::new(stdout).lines().next().expect("an address").expect("text");
    let port = address.strip_prefix("https://127.0.0.1:").and_then(|rest| rest.trim_end_matches('/').parse().ok());
    let port: u16 = port.unwrap_or_else(|| panic!("no address of HTTPS: {address}"));
    let (log, mut hear) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        // Nobody listens any more once the test ended.
        BufReader::new(stderr).lines().map_while(Result::ok).all(|line| log.send(line).is_ok())
    });
    let mut heard = async |part: &str| {
        let listening = async { while !hear.recv().await.expect("a process that runs").contains(part) {} };
        let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), listening).await;
        in_time.unwrap_or_else(|_| panic!("not said: {part}"));
    };
    let pid = rustix::process::Pid::from_raw(process.0.id().try_into().expect("a pid")).expect("a pid");
    let hang_up = || rustix::process::kill_process(pid, rustix::process::Signal::HUP).expect("a signal");
    let seen = async || Caller::connect(port, None, &trust.root).await.expect("let in").sees();
    assert_eq!(seen().await, first.serial);
    second.write(trust.folder.path(), "ours");
    first.write(trust.folder.path(), "other");
    std::fs::copy(trust.path("other.key"), trust.path("ours.key")).expect("a key is copied");
    hang_up();
    heard("does not fit the first certificate").await;
    assert_eq!(seen().await, first.serial, "it goes on with what it had");
    second.write(trust.folder.path(), "ours");
    let other = format!("{settings}[deadlines]\nprofile = \"landelijk-3.2\"\n");
    std::fs::write(trust.path("config.toml"), other).expect("settings are written");
    hang_up();
    heard("were read anew").await;
    assert_eq!(seen().await, second.serial);
    heard("changed=\"[deadlines] profile\"").await;
}
