//! What people propose and approve of: the last proposal counts, one approval, and nothing of it is lost.

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::domain::money::decision::LineDecision;
use iwmo_gateway::store::{Approval, Entry, LastSeen, NewBericht, Proposal, StoreError};

use super::World;
use super::data::{entry, entry_305, morning, new_bericht, retour};

fn proposal(id: &str) -> Proposal {
    let line = LineDecision {
        line: 2,
        granted: false,
        toegekend: None,
        retour_code: Some("9307".into()),
        reason: Some("Waarom".into()),
    };
    Proposal { id: id.to_owned(), at: morning(), by: "Anna".to_owned(), lines: vec![line] }
}

/// An answer to a bericht, that somebody approved of.
fn answer(id: &str, heen_id: &str, proposal: &str) -> Entry {
    let approval = Approval {
        proposal: proposal.to_owned(),
        declaratie_id: heen_id.to_owned(),
        at: morning(),
        by: "Bram".to_owned(),
    };
    let bericht = new_bericht(id, &retour(Berichtsoort::Wmo306, heen_id, id));
    let kept = NewBericht { heenbericht_id: Some(heen_id.to_owned()), ..bericht };
    Entry { approval: Some(approval), ..entry(kept) }
}

pub async fn the_last_proposal_counts_and_one_approval(World { one, two, raw: _raw }: World) {
    one.record(&entry_305("b1")).await.expect("recorded");
    one.propose("b1", &proposal("p1"), &LastSeen::Any).await.expect("proposed");
    two.propose("b1", &proposal("p2"), &LastSeen::Any).await.expect("proposed");
    let old = one.record(&answer("a1", "b1", "p1")).await;
    assert!(matches!(old, Err(StoreError::Overtaken)), "{old:?}");
    let (first, second) = (answer("a2", "b1", "p2"), answer("a3", "b1", "p2"));
    let (left, right) = tokio::join!(one.record(&first), two.record(&second));
    assert_eq!([left.is_ok(), right.is_ok()].iter().filter(|done| **done).count(), 1, "{left:?} {right:?}");
    let late = two.propose("b1", &proposal("p3"), &LastSeen::Any).await;
    assert!(matches!(late, Err(StoreError::Overtaken)), "{late:?}");

    let audit = one.audit(0, 10).await.expect("read");
    let told: Vec<_> = audit.iter().map(|one| (one.who.as_str(), one.what.as_str(), one.at)).collect();
    let by = |who, what| (who, what, morning());
    let (proposed, approved) = ("declaratie.proposed", "declaratie.approved");
    assert_eq!(told, [by("Anna", proposed), by("Anna", proposed), by("Bram", approved)]);
    assert!(audit[1].detail.contains("Waarom") && audit[2].detail.contains("p2"));
    assert_eq!(one.audit(audit[1].seq, 10).await.expect("read"), audit[2..]);
}

pub async fn a_proposal_comes_after_the_one_that_was_seen(World { one, two, raw: _raw }: World) {
    one.record(&entry_305("b1")).await.expect("recorded");
    let seen = |id: Option<&str>| LastSeen::This(id.map(str::to_owned));
    let early = one.propose("b1", &proposal("p0"), &seen(Some("p9"))).await;
    assert!(matches!(early, Err(StoreError::Overtaken)), "{early:?}");
    let (none, left, right) = (seen(None), proposal("p1"), proposal("p2"));
    let both = tokio::join!(one.propose("b1", &left, &none), two.propose("b1", &right, &none));
    assert!(both.0.is_ok() != both.1.is_ok(), "one of two on the same page: {both:?}");
    let last = if both.0.is_ok() { "p1" } else { "p2" };
    let late = one.propose("b1", &proposal("p3"), &none).await;
    assert!(matches!(late, Err(StoreError::Overtaken)), "{late:?}");
    two.propose("b1", &proposal("p4"), &seen(Some(last))).await.expect("proposed");
    assert_eq!(one.audit(0, 10).await.expect("read").len(), 2);
}
