//! What only PostgreSQL has: transactions that it breaks off.

use iwmo_gateway::store::{Store, StoreError};

use super::World;
use super::data::{entry_305, entry_at};

/// Two that wait for each other are not to be had at will, so the database says that it happened.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_broken_off_record_is_stale() {
    let Some(world) = World::postgres().await else { return };
    let store: &dyn Store = &*world.one;
    for (id, code, moment) in [
        ("b1", "40P01", "AFTER INSERT ON bericht"),
        ("b2", "40001", "AFTER INSERT ON bericht"),
        ("b3", "40P01", "AFTER INSERT ON bericht DEFERRABLE INITIALLY DEFERRED"),
    ] {
        world
            .tamper(&format!(
                "CREATE OR REPLACE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = '{code}'; END $$;
                 CREATE CONSTRAINT TRIGGER breaks_off {moment} FOR EACH ROW EXECUTE FUNCTION break_off()"
            ))
            .await;
        let done = store.record(&entry_at(id, 0)).await;
        assert!(matches!(done, Err(StoreError::Stale)), "{code} {moment}: {done:?}");
        world.tamper("DROP TRIGGER breaks_off ON bericht").await;
        store.record(&entry_305(id)).await.expect("nothing of it remained");
    }
}
