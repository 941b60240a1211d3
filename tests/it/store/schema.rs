//! Which schemas are taken: ours, and none that a later program made.

use std::error::Error;

use iwmo_gateway::store::{IfOlder, StoreError};

use super::World;

/// As if a later program had been here.
const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        SELECT 9999, 'later', TRUE, checksum, 0 FROM _sqlx_migrations WHERE version = 1;
    INSERT INTO program (schema, version) VALUES (9999, '9.8.7')";

pub async fn a_later_one_is_refused_by_the_name_of_its_program(world: World) {
    world.one.close().await;
    world.two.close().await;
    world.tamper(LATER).await;
    for if_older in [IfOlder::Upgrade, IfOlder::Refuse] {
        let error = world.raw.open(if_older).await.err().expect("refused");
        let StoreError::LaterSchema { found: 9999, program: Some(program), .. } = &error else { panic!("{error:?}") };
        assert_eq!(program, "9.8.7");
        let text = error.to_string();
        assert!(text.contains("made by iwmo-gateway 9.8.7; this is iwmo-gateway "), "{text}");
    }
    assert_eq!(world.number("SELECT count(*) FROM program WHERE schema <> 9999").await, 1, "nothing was changed");
}

pub async fn the_program_that_used_it_last_is_known(world: World) {
    world.tamper("UPDATE program SET version = '0.0.1'").await;
    world.raw.open(IfOlder::Refuse).await.expect("ours").close().await;
    assert_eq!(world.number("SELECT count(*) FROM program WHERE version = '0.0.1'").await, 1, "it only looked");
    world.raw.open(IfOlder::Upgrade).await.expect("ours").close().await;
    assert_eq!(world.number("SELECT count(*) FROM program WHERE version <> '0.0.1'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM program").await, 1);
}

pub async fn one_that_was_edited_is_refused(world: World) {
    world.tamper("UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2) WHERE version = 1").await;
    let error = world.raw.open(IfOlder::Upgrade).await.err().expect("refused");
    let cause = error.source().expect("a cause").to_string();
    assert!(cause.contains("migration 1 was previously applied but has been modified"), "{cause}");
}
