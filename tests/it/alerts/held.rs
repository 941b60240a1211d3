//! What is told at once: that something is held, and that it goes on; and of certificates, before they end.

use chrono::TimeDelta;
use iwmo_gateway::clock::Clock as _;
use iwmo_gateway::exchange::notice::{Looked, look};
use iwmo_gateway::store::{Hold, Scope};
use iwmo_gateway::tls::Named;

use super::engine::both;
use super::listener::Listener;
use super::stage::{Stage, webhook};

/// Looks at what stands still, and lets everybody tell.
async fn happen(stage: &Stage) {
    look(&stage.gateway, &mut Looked::default()).await.expect("looked");
    stage.raise().await;
    stage.pass(TimeDelta::seconds(30));
    stage.tell().await;
}

/// What a listener took about what is held: type, what, which one.
fn told(listener: &Listener) -> Vec<String> {
    let of_network = |text: &&str| text.starts_with("nl.iwmo-gateway.network.");
    let line = |call: &super::listener::Call| {
        let (kind, data) = (call.body["type"].as_str().filter(of_network)?, &call.body["data"]);
        Some(format!("{} {} {} {}", &kind[16..], data["state"], data["scope"], data["name"]))
    };
    listener.taken().iter().filter_map(line).collect()
}

#[tokio::test]
async fn what_is_held_is_told_once_and_that_it_goes_on_too() {
    let (team, retours) = (Listener::start().await, Listener::start().await);
    let settings = || {
        let retours = webhook("retours", &retours, "clocks = [\"retour\"]");
        format!("[alerts]\ndigest = \"\"\n{}{retours}", webhook("team", &team, "on = [\"resolved\"]"))
    };
    for stage in both(settings).await {
        let begun = told(&team).len();
        let since = stage.clock.now();
        let functie = Scope::Functie("WMO305".to_owned());
        for scope in [functie.clone(), Scope::Netwerk, Scope::Zender("0384".to_owned())] {
            let hold = Hold { scope, since, reason: "een naam uit een fout".to_owned() };
            stage.gateway.store.hold(&hold).await.expect("held");
        }
        happen(&stage).await;
        happen(&stage).await;
        let mut at_once = told(&team).split_off(begun);
        at_once.sort();
        let wanted =
            [r#"network.held "held" "functie" "WMO305""#, r#"network.held "held" "zender" "0384""#].map(str::to_owned);
        assert_eq!(at_once, wanted, "the network comes back by itself; each once");
        stage.pass(TimeDelta::hours(1));
        happen(&stage).await;
        assert_eq!(told(&team).split_off(begun + 2), [r#"network.held "held" "netwerk" """#]);
        stage.gateway.store.free(&functie).await.expect("released");
        happen(&stage).await;
        happen(&stage).await;
        assert_eq!(told(&team).split_off(begun + 3), [r#"network.released "released" "functie" "WMO305""#]);
        let all: Vec<Vec<u8>> = team.taken().into_iter().map(|call| call.raw).collect();
        assert!(all.iter().all(|raw| !String::from_utf8_lossy(raw).contains("een naam")), "no words of others");
    }
    assert_eq!(told(&retours), [""; 0], "who hears of retours alone hears of them alone");
}

#[tokio::test]
async fn of_two_that_see_it_go_on_one_tells() {
    let team = Listener::start().await;
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &team, ""))).await {
        let begun = told(&team).len();
        let scope = Scope::Functie("WMO305".to_owned());
        let hold = Hold { scope: scope.clone(), since: stage.clock.now(), reason: String::new() };
        stage.gateway.store.hold(&hold).await.expect("held");
        happen(&stage).await;
        stage.gateway.store.free(&scope).await.expect("released");
        let (mut one, mut other) = (Looked::default(), Looked::default());
        let both = tokio::join!(look(&stage.gateway, &mut one), look(&stage.gateway, &mut other));
        assert!(both.0.is_ok() && both.1.is_ok());
        stage.pass(TimeDelta::seconds(30));
        stage.tell().await;
        assert_eq!(told(&team).split_off(begun + 1), [r#"network.released "released" "functie" "WMO305""#]);
    }
}

#[tokio::test]
async fn a_certificate_is_told_of_before_it_ends_unless_somebody_said_otherwise() {
    let (team, late) = (Listener::start().await, Listener::start().await);
    let settings = || {
        let late = webhook("late", &late, "on = [\"overdue\"]");
        format!("[alerts]\ndigest = \"\"\n{}{late}", webhook("team", &team, ""))
    };
    for stage in both(settings).await {
        let begun = team.taken().len();
        let ends_at = stage.clock.now() + TimeDelta::days(31);
        stage.gateway.certificates.replace(vec![Named { setting: "ggk.tls.certificate_file".to_owned(), ends_at }]);
        happen(&stage).await;
        let calls = team.taken().split_off(begun);
        let told: Vec<_> =
            calls.iter().map(|call| (&call.body["data"]["state"], &call.body["data"]["clock"])).collect();
        assert_eq!(told, [(&"due-soon".into(), &"certificaat".into())]);
        stage.open("b1", &["d1"]).await;
        happen(&stage).await;
        assert_eq!(team.taken().len(), begun + 1, "of nothing else that is due soon");
        assert_eq!(late.taken().len(), 0, "it said what it wants to hear");
    }
}
