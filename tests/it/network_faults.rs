//! What goes wrong on the way to the network and back, each by itself, judged by what the mock wrote down.

use iwmo_gateway::clock::Clock as _;
use iwmo_gateway::hub::mock::config::{Damage, FaultOrder, Misbehaviour, Writing};
use iwmo_gateway::hub::mock::journal::Direction;
use iwmo_gateway::store::{OutboxQuery, ParcelView};

use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};

const AT_ONCE: &str = "[[parties]]\ncode = \"41005001\"\n";
const SILENT: &str = "[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n";

fn misbehave(world: &World, fault: Misbehaviour, times: u32) {
    world.mock.as_ref().expect("a mock").misbehave([FaultOrder::of(fault, times)]);
}

async fn parcels(world: &World) -> Vec<ParcelView> {
    world.store().outbox(&OutboxQuery::default(), None, 500).await.expect("parcels")
}

async fn kinds(world: &World) -> Vec<String> {
    let berichten = world.berichten().await;
    berichten.iter().map(|line| line.split(' ').step_by(2).take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn the_same_envelope_twice_and_at_once_is_one_bericht_with_one_confirmation() {
    for fault in [Misbehaviour::SendTwice, Misbehaviour::SendTwiceAtOnce] {
        let world = World::with_network(AT_ONCE).await;
        misbehave(&world, fault, 1);
        world.post(GEMEENTE, WMO301).await;
        world.rest().await;
        let out: Vec<_> = world.journal().into_iter().filter(|line| line.direction == Direction::Out).collect();
        assert_eq!(out.iter().map(|line| line.outcome.as_str()).collect::<Vec<_>>(), ["accepted", "again: accepted"]);
        assert!(out[0].bytes_sha256 == out[1].bytes_sha256 && out[0].referentienummer == out[1].referentienummer);
        assert_eq!(kinds(&world).await, ["WMO301 accepted", "WMO302 accepted"]);
        world.at("2026-03-06T09:00:00+01:00");
        misbehave(&world, Misbehaviour::SendTwice, 1);
        world.rest().await;
        assert_eq!(kinds(&world).await.len(), 2, "days later as well");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_number_that_comes_again_with_other_content_is_not_unique() {
    let world = World::with_network(AT_ONCE).await;
    misbehave(&world, Misbehaviour::SendOtherContent, 1);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let last = world.journal().pop().expect("a line");
    assert!(last.outcome.starts_with("other content: refused: StUF016"), "{last:?}");
    assert_eq!(kinds(&world).await, ["WMO301 accepted", "WMO302 accepted"]);
    let audit = world.store().audit(0, 10).await.expect("the audit log");
    let refused: Vec<_> = audit.iter().filter(|row| row.what == "envelope.refused").collect();
    assert!(refused.len() == 1 && refused[0].detail.contains("StUF016"), "{audit:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_envelope_that_its_schema_refuses_is_told_so_and_what_came_with_it_is_taken() {
    let world = World::with_network(AT_ONCE).await;
    misbehave(&world, Misbehaviour::SendBroken, 1);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let journal = world.journal();
    let last = journal.last().expect("a line");
    assert!(last.outcome.starts_with("broken: refused: StUF055"), "{last:?}");
    let sent = world.mock.as_ref().expect("a mock").bytes(last.nr).expect("its bytes are kept");
    let number = last.referentienummer.as_deref().expect("its number");
    assert!(String::from_utf8(sent).is_ok_and(|sent| sent.contains(&format!(">{number}<"))), "in capitals: {number}");
    assert_eq!(kinds(&world).await, ["WMO301 accepted", "WMO302 accepted"]);
    world.stop().await;
}

#[tokio::test]
async fn a_retour_before_the_confirmation_of_its_heenbericht_finds_it_and_a_fault_after_it_does_nothing() {
    let world = World::with_network(AT_ONCE).await;
    misbehave(&world, Misbehaviour::AnswerFirst, 1);
    misbehave(&world, Misbehaviour::FaultAfterRetour, 1);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let parcel = parcels(&world).await.remove(0);
    assert_eq!(parcel.state.word(), "delivered", "{parcel:?}");
    assert!(world.deadlines().await[0].ends_with("met"), "{:?}", world.deadlines().await);
    let bericht = world.store().bericht(&parcel.bericht_id, None).await.expect("read").expect("there");
    assert!(bericht.retour_id.is_some(), "{bericht:?}");
    let faults = world.store().faults(None, 9).await.expect("faults");
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(
        (fault.about.as_str(), fault.why.as_deref()),
        (parcel.referentienummer.as_str(), Some("Op het bericht kwam al een antwoord."))
    );
    world.stop().await;
}

#[tokio::test]
async fn what_is_not_unique_on_a_resend_had_arrived() {
    for code in ["StUF016", "IB016", "BRS114"] {
        let world = World::with_network(SILENT).await;
        misbehave(&world, Misbehaviour::NotUnique(code.to_owned()), 1);
        world.post(GEMEENTE, WMO301).await;
        world.rest().await;
        assert_eq!(parcels(&world).await[0].state.word(), "unclear", "{code}");
        world.at("2026-03-04T09:10:00+01:00");
        world.rest().await;
        let parcel = parcels(&world).await.remove(0);
        assert_eq!((parcel.state.word(), parcel.attempts), ("delivered", 2), "{code}: {parcel:?}");
        assert_eq!(world.wire(), ["→ WMO301 1 accepted", "→ WMO301 2 duplicate, said to be not unique"], "{code}");
        assert!(world.deadlines().await[0].ends_with("open"), "{code}: the clock runs on");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_answer_as_large_as_the_network_takes_leaves_and_one_byte_more_does_not() {
    let size = {
        let world = World::with_network(SILENT).await;
        let number = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1b01";
        world.envelope(crate::network::envelope(WMO305, number, AANBIEDER)).await;
        let parcel = parcels(&world).await.remove(0);
        let kept = world.store().parcel(&parcel.referentienummer).await.expect("read").expect("there");
        world.stop().await;
        kept.envelope.len()
    };
    for (limit, state) in [(size, "delivered"), (size - 1, "stuck")] {
        let settings = format!("[ggk]\nmax_envelope_bytes = {limit}");
        let world =
            World::start(&[GEMEENTE], &settings, Some(&format!("check_cross_refnummer = false\n{SILENT}"))).await;
        let number = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1b02";
        world.envelope(crate::network::envelope(WMO305, number, AANBIEDER)).await;
        world.rest().await;
        let parcel = parcels(&world).await.remove(0);
        assert_eq!((parcel.functie.as_str(), parcel.state.word()), ("WMO306", state), "{limit}: {parcel:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_fault_larger_than_any_bericht_is_taken() {
    let world = World::with_network(SILENT).await;
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let number = parcels(&world).await.remove(0).referentienummer;
    let fault =
        String::from_utf8(crate::outbox::fo01("groot-1", ("VECOZO", GEMEENTE), &number, "IB014")).expect("text");
    let original = "x".repeat(26_500_000);
    let large = fault
        .replace("</StUF:details>", &format!("</StUF:details><StUF:detailsXML><o>{original}</o></StUF:detailsXML>"));
    assert!(large.len() > 26_214_400, "larger than a bericht may be");
    let taken = world.envelope(large).await;
    assert!(taken.status == 200 && taken.text.contains("Bv03"), "{}", taken.text);
    assert_eq!(parcels(&world).await[0].state.word(), "refused");
    world.stop().await;
}

#[tokio::test]
async fn a_network_that_is_overloaded_for_hours_is_asked_now_and_then_and_gets_each_bericht_once() {
    let world = World::with_network(SILENT).await;
    misbehave(&world, Misbehaviour::Unavailable { retry_after: Some(600) }, 12);
    misbehave(&world, Misbehaviour::Status(429), 12);
    for nr in 0..60 {
        let bericht = WMO301.replace("700101", &format!("{}", 720_000 + nr)).replace("TOEW-1", &format!("T{nr}"));
        assert_eq!(world.post(GEMEENTE, bericht).await.status, 202);
    }
    world.rest_at_network().await;
    assert!(world.journal().len() <= 4, "not one attempt for each: {}", world.journal().len());
    let start = crate::world::instant("2026-03-04T09:00:00+01:00");
    for round in 1..=60 {
        let (before, open) = (world.journal().len(), parcels(&world).await);
        if open.iter().all(|parcel| parcel.state.word() == "delivered") {
            break;
        }
        world.at(&(start + chrono::TimeDelta::minutes(20) * round).to_rfc3339());
        crate::outbox::until("a probe", async || world.journal().len() > before).await;
        world.rest_at_network().await;
    }
    let states: Vec<_> = parcels(&world).await.iter().map(|parcel| parcel.state.word()).collect();
    assert_eq!(states, ["delivered"; 60]);
    let journal = world.journal();
    let taken = journal.iter().filter(|line| line.outcome == "accepted").count();
    assert_eq!((taken, journal.len()), (60, 84), "each once, and one attempt for each time that it was asked to wait");
    world.stop().await;
}

#[tokio::test]
async fn an_adapter_that_loses_what_it_confirmed_is_seen_by_the_clock() {
    let cpa =
        "mode = \"adapter\"\ncpa = { service = \"wmo\", di01 = \"ggk_Di01\", du01 = \"ggk_Du01\", fo01 = \"Fo01\" }";
    let parties = format!("face = \"adapter\"\n{AT_ONCE}");
    let world = World::start(&[GEMEENTE], &format!("[ggk]\n{cpa}"), Some(&parties)).await;
    misbehave(&world, Misbehaviour::Lose, 1);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let stage = async || {
        let bericht = world.store().berichten(None, None, 9).await.expect("berichten").pop().expect("there");
        bericht.transport.expect("on its way").stage.word()
    };
    assert_eq!(stage().await, "handed-over", "that is all that an adapter says");
    world.at("2026-03-08T00:00:00+01:00");
    world.rest().await;
    assert_eq!(world.deadlines().await[0], "retour WMO302 2026-03-07 overdue");
    let other = WMO301.replace("700101", "700102").replace("TOEW-1", "TOEW-2");
    world.post(GEMEENTE, other).await;
    world.rest().await;
    assert_eq!(world.wire(), ["→ WMO301 1 accepted", "→ WMO301 1 accepted", "← WMO302 1 accepted"]);
    world.stop().await;
}

#[tokio::test]
async fn an_envelope_that_nobody_may_take_is_refused_noted_and_keeps_nothing() {
    for damage in [
        Damage::NotWellFormed,
        Damage::Truncated,
        Damage::Dtd,
        Damage::Entities,
        Damage::Utf16,
        Damage::Base64,
        Damage::NoFunctie,
        Damage::ExtraElement,
        Damage::TwoPayloads,
    ] {
        let world = World::with_network(AT_ONCE).await;
        misbehave(&world, Misbehaviour::SendDamaged(damage), 1);
        world.post(GEMEENTE, WMO301).await;
        world.rest().await;
        let last = world.journal().pop().expect("a line");
        assert!(last.outcome.starts_with("damaged: refused: StUF055"), "{damage:?}: {last:?}");
        assert_eq!(kinds(&world).await, ["WMO301 accepted", "WMO302 accepted"], "{damage:?}");
        let audit = world.store().audit(0, 10).await.expect("the audit log");
        let refused: Vec<_> = audit.iter().filter(|row| row.what == "envelope.refused").collect();
        assert!(refused.len() == 1 && refused[0].detail.contains("StUF055"), "{damage:?}: {audit:?}");
        assert!(!last.outcome.contains("root:"), "nothing of a file stands in an answer: {last:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_payload_in_another_encoding_is_confirmed_kept_and_answered_with_a_fault() {
    let world = World::start(&[GEMEENTE], "", Some(&format!("check_cross_refnummer = false\n{AT_ONCE}"))).await;
    misbehave(&world, Misbehaviour::SendDamaged(Damage::PayloadUtf16), 1);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let wire = world.wire();
    assert_eq!(wire[..3], ["→ WMO301 1 accepted", "← WMO302 1 accepted", "← WMO302 1 damaged: accepted"], "{wire:?}");
    let fault = world.journal().into_iter().find(|line| line.berichtcode == Some("Fo01")).expect("a fault goes back");
    assert_eq!((fault.direction, fault.outcome.as_str()), (Direction::In, "accepted"));
    assert_eq!(kinds(&world).await, ["WMO301 accepted", "WMO302 accepted", "? refused"]);
    world.stop().await;
}

#[tokio::test]
async fn a_byte_order_mark_and_base64_in_lines_are_taken_and_the_bytes_are_those_that_came() {
    for (writing, begins) in [(Writing::Bom, &b"\xef\xbb\xbf<?xml"[..]), (Writing::Lines, b"<?xml")] {
        let world = World::start(&[GEMEENTE], "", Some(&format!("check_cross_refnummer = false\n{SILENT}"))).await;
        misbehave(&world, Misbehaviour::SendWritten(writing), 1);
        world.mock.as_ref().expect("a mock").send(WMO305.into()).expect("a heenbericht");
        world.rest().await;
        let sent = world.journal().into_iter().find(|line| line.direction == Direction::Out).expect("a line");
        assert_eq!(sent.outcome, "accepted", "{writing:?}");
        let envelope = world.mock.as_ref().expect("a mock").bytes(sent.nr).expect("its bytes are kept");
        assert_eq!(envelope.contains(&b'\r'), writing == Writing::Lines, "{writing:?}");
        let start = world.store().berichten(None, None, 9).await.expect("berichten").pop().expect("the start");
        let kept = world.store().payload(&start.id, None).await.expect("read").expect("its bytes");
        assert!(kept.starts_with(begins) && kept.ends_with(WMO305.as_bytes()), "{writing:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_the_network_says_of_the_time_changes_no_term() {
    for (digits, minutes, stands) in [(17, 10, "20260304091"), (14, -10, "2026030408"), (8, 0, "20260304<")] {
        let world = World::with_network(AT_ONCE).await;
        misbehave(&world, Misbehaviour::SendTijdstip { digits, minutes }, 1);
        world.post(GEMEENTE, WMO301).await;
        world.rest().await;
        assert_eq!(world.wire()[1], "← WMO302 1 accepted", "{digits} {minutes}");
        let line = world.journal().into_iter().find(|line| line.direction == Direction::Out).expect("a line");
        let bytes = world.mock.as_ref().expect("a mock").bytes(line.nr).expect("its bytes are kept");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains(&format!("<StUF:tijdstipBericht>{stands}")), "{digits} {minutes}: {text}");
        let retour = world.store().berichten(None, None, 9).await.expect("berichten").remove(0);
        assert_eq!(retour.received_at, world.clock.now(), "by our clock: {digits} {minutes}");
        assert!(world.deadlines().await[0].ends_with("met"), "{digits} {minutes}: {:?}", world.deadlines().await);
        world.stop().await;
    }
}

#[tokio::test]
async fn in_the_hour_that_comes_twice_each_bericht_goes_out_once_under_its_own_number() {
    let world = World::with_network(AT_ONCE).await;
    let mut moments = Vec::new();
    for (nr, moment) in ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"].into_iter().enumerate() {
        world.at(moment);
        let bericht = WMO301.replace("700101", &format!("{}", 720_000 + nr)).replace("TOEW-1", &format!("T{nr}"));
        assert_eq!(world.post(GEMEENTE, bericht).await.status, 202);
        world.rest().await;
        let mut journal = world.journal().into_iter().rev();
        let line = journal.find(|line| line.direction == Direction::In).expect("a line");
        let bytes = world.mock.as_ref().expect("a mock").bytes(line.nr).expect("its bytes are kept");
        let text = String::from_utf8(bytes).expect("text");
        let moment = text.split("tijdstipBericht>").nth(1).expect("a moment").trim_end_matches("</StUF:").to_owned();
        moments.push((moment, line.referentienummer, line.outcome));
    }
    assert_eq!(moments[0].0, "20261025023000000");
    assert!(moments[0].0 == moments[1].0 && moments[0].1 != moments[1].1, "{moments:?}");
    assert!(moments.iter().all(|(.., outcome)| outcome == "accepted"), "{moments:?}");
    let mut deadlines = world.deadlines().await;
    deadlines.retain(|line| line.starts_with("retour "));
    assert!(deadlines.len() == 2 && deadlines.iter().all(|line| line.ends_with("met")), "{deadlines:?}");
    world.stop().await;
}
