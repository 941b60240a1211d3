//! What no case of the store asks: every use case that is left, in the order of the source.

use std::time::Duration;

use chrono::TimeDelta;
use iwmo_gateway::domain::alerts::{Alerts, Escalation, Event, Receiver};
use iwmo_gateway::domain::berichten::waarde::Bsn;
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::domain::{Berichtsoort, Partij, Timestamp};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::store::{
    Acknowledged, Answering, BerichtQuery, ClientPlace, Closing, Contact, DeadlineQuery, DeadlineState, Effect, Ends,
    Entry, FaultEffect, Gather, Gone, Lease, NewDeadline, NewMessage, Notice, OPERATOR, Of, OutboxQuery, Outcome,
    Owner, ParcelGroup, Returned, Room, Search, SendOutcome, Session, Settlement, Stage, Step, Store, TakenUntil,
    WorkQuery,
};
use iwmo_gateway::xml::{self, Schemas};

use crate::store::World;
use crate::store::data::{
    BSN, aanbieder, at, day, entry, entry_305, fault, gemeente, morning, new_bericht, parcel, retour, retour_deadline,
    value,
};
use crate::store::{betaling, clocks, waiting};

const PAST: &str = "2026-03-05T23:00:00Z";

pub async fn take(world: &World) {
    let store = &*world.one;
    crate::rebuild::play(&world.one).await;
    verify(store, Schemas::compiled_in().as_ref()).await.expect("read");
    judge(store).await;
    alert(store).await;
    pay(store).await;
    pages(store).await;
    lists(store).await;
    send(store).await;
    waiting::wait_and_be_handed_over(store).await;
    let asked = [Search { id: "s1".to_owned(), at: morning(), who: "Anna".to_owned(), wanted: "700101".to_owned() }];
    store.keep_search(&asked[0]).await.expect("kept");
    store.search("s1", "Anna").await.expect("read");
    let session = Session { secret_sha256: "1".into(), token_sha256: "2".into(), form_key: "3".into(), ends: at(PAST) };
    store.open_session(&session, morning()).await.expect("kept");
    store.session("1", morning()).await.expect("read");
    store.end_session("1").await.expect("ended");
    store.beat("worker", morning(), Some(&[0; 9])).await.expect("kept");
    let turn = Lease { worker: "worker".to_owned(), until: at(PAST) };
    store.take_turn("41005001", &turn, morning(), at(PAST)).await.expect("taken");
    store.end_turn("41005001", "worker").await.expect("ended");
    store.figures().await.expect("read");
    clients(store).await;
    partners(store).await;
    notices(store).await;
    let_go(store).await;
}

/// All about a client, for an operator and for a party.
async fn clients(store: &dyn Store) {
    let bsn: Bsn = value(BSN);
    for partij in [None, Some(&gemeente())] {
        for line in [None, Some(1)] {
            let place = ClientPlace { bericht_id: "t2".to_owned(), line };
            store.client(&place, partij).await.expect("read");
        }
        store.client_place(&bsn, partij).await.expect("read");
        store.client_place(&value("999990123"), partij).await.expect("nowhere");
        store.client_toewijzingen(&bsn, partij, 10).await.expect("read");
        for after in [None, Some("t9")] {
            store.client_declaraties(&bsn, partij, after, 10).await.expect("read");
        }
    }
}

/// How it goes with partners, and whom people call there.
async fn partners(store: &dyn Store) {
    store.partners(10).await.expect("read");
    for partij in [None, Some(&gemeente())] {
        store.partner_outcomes("41005001", partij, 100).await.expect("read");
        store.partner_retourcodes("41005001", partij, 100).await.expect("read");
    }
    let naam = "Zorg".to_owned();
    let contact =
        Contact { naam, person: String::new(), telephone: String::new(), mail: String::new(), remark: String::new() };
    store.keep_contact("41005001", &contact, (morning(), "Anna")).await.expect("kept");
    store.contact("41005001").await.expect("read");
}

/// What is noticed, and is so no more.
async fn notices(store: &dyn Store) {
    let opened = retour_deadline("tn1");
    let notice = Notice {
        id: opened.id,
        clock: "transport",
        key: "t7/accepted".to_owned(),
        bericht_id: Some("t7".to_owned()),
        gemeente: None,
        aanbieder: None,
        responsible: OPERATOR.to_owned(),
        answer: "een antwoord".to_owned(),
        subject: "accepted".to_owned(),
        due: opened.due,
        due_at: opened.due_at,
        moments: opened.moments,
        messages: Vec::new(),
    };
    store.notice(&[notice]).await.expect("opened");
    let keys = store.noticed("transport", "", 10).await.expect("read");
    store.standstills(Stage::Accepted, ("", "z"), 10).await.expect("read");
    store.came_further("", 10).await.expect("read");
    let message = NewMessage {
        id: "m5".into(),
        receiver: "a".into(),
        event: "network.free".into(),
        about: String::new(),
        at: morning(),
        data: "{}".into(),
    };
    for messages in [Vec::new(), vec![message]] {
        let gone: Vec<Gone> = keys.iter().map(|key| Gone { key: key.clone(), messages: messages.clone() }).collect();
        store.no_more("transport", &gone, morning()).await.expect("ended");
    }
    store.reusing_senders("", 2).await.expect("read");
    store.refused_envelopes(morning(), 10).await.expect("read");
    store.overslept(morning()).await.expect("read");
    store.unapproved(morning(), 10).await.expect("read");
    store.failing_receivers(morning()).await.expect("read");
    store.not_taking(morning()).await.expect("read");
}

/// What somebody took on until a day that is past.
async fn let_go(store: &dyn Store) {
    clocks::record_with(store, "t8", vec![clocks::clock_of("td8")]).await;
    let until = TakenUntil { day: day("2026-03-04"), free_at: at("2026-03-04T23:00:00Z") };
    let taken = Acknowledged { until: Some(until), ..taken_on(morning()) };
    store.acknowledge_deadline("td8", &taken).await.expect("taken");
    let escalation = Some(Escalation { after: Duration::from_hours(1), to: "chef".to_owned() });
    clocks::raise(store, PAST, &[Receiver { escalation, ..clocks::receiver("a", &Event::ALL) }]).await;
}

/// What every kind of bericht is judged against.
async fn judge(store: &dyn Store) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/berichten");
    let read = |name: &str| xml::read(&std::fs::read(format!("{folder}/{name}")).expect("a fixture")).expect("valid");
    let declaratie = read("wmo323-minimaal.xml");
    betaling::declare_as(store, "t323", &declaratie).await;
    for file in std::fs::read_dir(folder).expect("the fixtures") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        store.history(&read(&name)).await.expect("read");
    }
}

fn taken_on(at: Timestamp) -> Acknowledged {
    Acknowledged { until: None, owner: "Anna".into(), reason: "Ik bel".into(), at, by: "Anna".into() }
}

/// Receivers of alerts: one that takes, one that does not.
async fn alert(store: &dyn Store) {
    let escalation = Some(Escalation { after: Duration::from_hours(1), to: "chef".to_owned() });
    let forgets = Receiver { escalation, forgets: true, ..clocks::receiver("a", &Event::ALL) };
    let receivers = [forgets.clone(), clocks::receiver("chef", &Event::ALL)];
    clocks::record_with(store, "t1", vec![clocks::clock_of("td1"), clocks::clock_of("td2")]).await;
    clocks::raise(store, PAST, &receivers).await;
    let rules =
        Alerts { repeat: vec![Duration::from_hours(1)], receivers: receivers.to_vec().into(), ..Alerts::default() };
    let now = at(PAST) + TimeDelta::hours(2);
    store.escalate(now, &rules).await.expect("told");
    let mut group = store.groups_due("a", now, now).await.expect("read").remove(0);
    for (id, is_again, days) in [("m1", false, 0), ("m2", true, 30), ("m3", true, 60), ("m9", true, 60)] {
        group.is_again = is_again;
        let receiver = Receiver { forgets: days < 60, ..forgets.clone() };
        if id == "m3" {
            store.acknowledge_deadline("td1", &taken_on(now)).await.expect("taken");
        }
        let (group, rules) = (group.clone(), rules.clone());
        let now = now + TimeDelta::days(days);
        let gather = Gather {
            receiver,
            group,
            id: id.to_owned(),
            now,
            rules,
            limit: 10,
            compose: |_, _, _| "{}".to_owned(),
            link: String::new(),
        };
        store.gather(&gather).await.expect("gathered");
    }
    let later = now + TimeDelta::days(90);
    let failed = SendOutcome::Failed { error: "no answer".to_owned(), again_at: later, quiet_until: None };
    for telling in [failed, SendOutcome::Sent] {
        let claimed =
            store.claim_message("a", later, ("worker", later), later).await.expect("read").expect("a message");
        store.settle_message(("a", &claimed), later, &telling).await.expect("settled");
    }
    let message = NewMessage {
        id: "m4".into(),
        receiver: "a".into(),
        event: "digest".into(),
        about: String::new(),
        at: now,
        data: "{}".into(),
    };
    store.keep_digest(&message, day("2026-03-06")).await.expect("kept");
    store.has_digest("a", day("2026-03-06")).await.expect("read");
    store.report_failing("a", now, &[]).await.expect("told");
    store.standings().await.expect("read");
    for states in [&[][..], &["waiting"], &["sent"]] {
        store.alerts(states, Some(9), 10).await.expect("read");
    }
}

/// A declaratie whose payment is awaited is answered, and once more.
async fn pay(store: &dyn Store) {
    betaling::declare(store, "t2", vec![betaling::line("L1", None, 100)]).await;
    let awaited = NewDeadline { kind: DeadlineKind::Betaling, bericht_id: "t2".into(), ..retour_deadline("td3") };
    store.record(&Entry { deadlines: vec![awaited], ..entry_305("t3") }).await.expect("recorded");
    let line = betaling::line("L1", None, 100).fact;
    let none = Returned { bsn: value(BSN), referentie: line.prestatie.product_referentie, toegekend: None };
    for (id, returned) in [("t4", Vec::new()), ("t5", vec![none])] {
        let kept = new_bericht(id, &retour(Berichtsoort::Wmo306, id, id));
        let answers = Some(Answering { heenbericht_id: "t2".into(), effect: Effect::Returns(returned) });
        store.record(&Entry { answers, ..entry(kept) }).await.expect("recorded");
    }
    let verzoek =
        Closing { of: Of::Bericht("t3".into()), kind: DeadlineKind::Verzoek, subject: None, ends: Ends::Answered };
    store.record(&Entry { closes: vec![verzoek], ..entry_305("t6") }).await.expect("recorded");
}

/// Every way to ask for work, berichten and envelopes.
async fn pages(store: &dyn Store) {
    let (first, last) = (day("2026-03-01"), day("2026-03-31"));
    let ends: [Option<Partij>; 3] = [None, Some(gemeente()), Some(aanbieder())];
    for partij in &ends {
        store.work_groups(partij.as_ref(), morning()).await.expect("read");
        store.due_days(partij.as_ref(), first, last).await.expect("read");
        for owner in [Owner::Any, Owner::Nobody, Owner::Named("Anna".into())] {
            let any = WorkQuery {
                partij: partij.clone(),
                responsible: None,
                clock: None,
                answer: None,
                only_late: false,
                due_from: None,
                due_by: None,
                owner,
            };
            let group = WorkQuery {
                responsible: Some("0797".into()),
                clock: Some("retour".into()),
                answer: Some("WMO306".into()),
                ..any.clone()
            };
            let days = WorkQuery { due_from: Some(first), due_by: Some(last), ..any.clone() };
            let late = WorkQuery { only_late: true, ..group.clone() };
            for query in [any, group, days, late] {
                store.work(&query, Some("td1"), 10).await.expect("read");
            }
        }
    }
    for group in store.parcel_groups().await.expect("read") {
        store.parcels_of_group(&group, None, 10).await.expect("read");
    }
    let group = ParcelGroup { standing: "stuck".into(), reason: None, count: 1, receivers: 1 };
    store.parcels_of_group(&group, Some("tp1"), 10).await.expect("read");
    for about in [None, Some("t1")] {
        store.deeds(about, None, 10).await.expect("read");
    }
    for partij in &ends {
        store.berichten_giving("01A03", partij.as_ref(), 10).await.expect("read");
    }
    for query in queries() {
        for backwards in [false, true] {
            let query = BerichtQuery { backwards, ..query.clone() };
            store.find_berichten(&query, Some("t1"), 10).await.expect("read");
            store.list_berichten(&query, Some("t1"), 10).await.expect("read");
        }
    }
}

/// By each of what berichten are found by.
fn queries() -> Vec<BerichtQuery> {
    let any = BerichtQuery::default;
    let text = |text: &str| Some(text.to_owned());
    vec![
        any(),
        BerichtQuery { partij: Some(gemeente()), ..any() },
        BerichtQuery { partner: Some(aanbieder()), ..any() },
        BerichtQuery { berichtsoort: text("WMO305"), ..any() },
        BerichtQuery { outcome: Some(Outcome::Rejected), ..any() },
        BerichtQuery { outcome: Some(Outcome::Accepted), ..any() },
        BerichtQuery { transport: Some(Stage::Stored), ..any() },
        BerichtQuery { identificatie: text("b1"), ..any() },
        BerichtQuery { afzender: text("0797"), ..any() },
        BerichtQuery { ontvanger: text("0797"), ..any() },
        BerichtQuery { retourcode: text("0001"), ..any() },
        BerichtQuery { rule: text("TR019"), ..any() },
        BerichtQuery { declaratie_nummer: text("D1"), ..any() },
        BerichtQuery { toewijzing_nummer: Some(700_101), ..any() },
        BerichtQuery { bsn: Some(value(BSN)), ..any() },
        BerichtQuery { from_id: text("a"), before_id: text("z"), ..any() },
    ]
}

/// Lists and exports, for each end.
async fn lists(store: &dyn Store) {
    let (first, last) = (day("2026-03-01"), day("2026-03-31"));
    for partij in [gemeente(), aanbieder()] {
        store.leveringen(&partij, first, last).await.expect("read");
        let awaited =
            DeadlineQuery { partij: Some(partij), states: vec![DeadlineState::Overdue], ..DeadlineQuery::default() };
        store.deadlines(&awaited, Some("td1"), 10).await.expect("read");
    }
    for gemeente in [None, Some(&gemeente())] {
        for after in [None, Some("0797/B1")] {
            store.betalingen(gemeente, after, 10).await.expect("read");
        }
    }
    store.refused_toewijzingen(None, Some(("b1", 7)), 10).await.expect("read");
    store.support(&gemeente(), first, last).await.expect("read");
    for states in [Vec::new(), vec!["delivered".to_owned()], vec!["stuck".to_owned()]] {
        for (functie, partij) in [(None, None), (Some("WMO305".to_owned()), Some(gemeente()))] {
            let query = OutboxQuery { functie, partij, states: states.clone() };
            store.outbox(&query, Some("tp1"), 10).await.expect("read");
        }
    }
}

/// An envelope that leaves, and of which the network tells afterwards.
async fn send(store: &dyn Store) {
    store.record(&Entry { parcels: vec![parcel("tp1", "t7")], ..entry_305("t7") }).await.expect("recorded");
    let lease = Lease { worker: "worker".to_owned(), until: at(PAST) };
    let claimed = store.claim_due(morning(), &lease, Room::of(10, 10)).await.expect("claimed");
    let delivered = Settlement::Delivered { receipt: "ontvangen".to_owned() };
    store.settle(&claimed[0], morning(), &delivered).await.expect("settled");
    store
        .record_step("tp1", &Step { stage: Stage::Accepted, at: morning(), evidence: "x".into() })
        .await
        .expect("kept");
    store.accepted_of(&["12345678".to_owned()], morning(), "", 10).await.expect("read");
    store.take_fault(&fault("tp1", "tf1", FaultEffect::HandOver("kijk".to_owned()))).await.expect("kept");
}
