//! One contract, two databases: every case runs on SQLite and on PostgreSQL, on a fresh database each.
//!
//! A world has its database opened twice, as two gateway processes would.

mod ahead;
mod audit;
pub mod betaling;
pub mod clocks;
pub mod data;
pub mod deadline;
mod declaratie;
mod ledger;
mod levels;
mod outbox;
mod parties;
mod plans;
mod postgres_only;
mod record;
mod schema;
mod sqlite_only;
pub mod waiting;

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream;
use iwmo_gateway::store::{IfOlder, Store};

use crate::database::Database;

/// Two stores on one database.
pub struct World {
    one: Arc<dyn Store>,
    two: Arc<dyn Store>,
    /// The database itself, past the store.
    raw: Database,
}

impl World {
    async fn sqlite() -> Option<Self> {
        Some(Self::on(Database::sqlite()).await)
    }

    async fn postgres() -> Option<Self> {
        Some(Self::on(Database::postgres().await?).await)
    }

    async fn on(raw: Database) -> Self {
        let one = raw.open(IfOlder::Upgrade).await.expect("a new database");
        let two = raw.open(IfOlder::Upgrade).await.expect("the same database");
        Self { one, two, raw }
    }

    /// One number out of the database.
    async fn number(&self, sql: &'static str) -> i64 {
        self.raw.number(sql).await
    }

    /// Changes the database behind the store's back.
    async fn tamper(&self, sql: &str) {
        self.raw.tamper(sql).await;
    }
}

/// How many cases are played at once where all are.
const AT_ONCE: usize = 8;

/// Runs each case on each database.
macro_rules! on_both_databases {
    ($($file:ident: $($case:ident)*;)*) => {
        mod on_sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                super::$file::$case(super::World::sqlite().await.expect("SQLite is built in")).await;
            }
        )*)*}

        mod on_postgres {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                if let Some(world) = super::World::postgres().await {
                    super::$file::$case(world).await;
                }
            }
        )*)*}

        /// All cases.
        async fn play_all_on_sqlite() {
            let all: Vec<BoxFuture<'static, ()>> = vec![$($(Box::pin(async {
                $file::$case(World::sqlite().await.expect("SQLite is built in")).await;
            })),*),*];
            stream::iter(all).buffer_unordered(AT_ONCE).collect::<()>().await;
        }

        /// The same on PostgreSQL.
        async fn play_all_on_postgres() {
            let all: Vec<BoxFuture<'static, ()>> = vec![$($(Box::pin(async {
                if let Some(world) = World::postgres().await {
                    $file::$case(world).await;
                }
            })),*),*];
            stream::iter(all).buffer_unordered(AT_ONCE).collect::<()>().await;
        }
    };
}

on_both_databases! {
    record: kept_byte_exact a_finding_is_a_row_and_says_what_its_rule_says stale_revision_leaves_nothing one_of_two_with_an_identity one_of_two_on_a_revision
        same_bytes_get_the_first_receipt what_xml_was_made_of_is_found_by_its_bytes_alone
        refused_leaves_its_identity_free a_retour_uses_its_own_identity an_envelope_is_seen_once
        one_accepted_retour_per_heenbericht one_of_two_retours a_composed_retour_answers
        unreadable_row_is_named closed_store_says_so;
    ledger: versions_of_toewijzingen starts_come_and_go refused_heenbericht_leaves_the_ledger
        a_removal_that_is_refused_is_undone a_version_outlives_its_refused_twin years_out_of_the_ordinary
        a_toewijzing_as_it_is_shown the_waiting_list_is_kept_with_each_change
        what_may_be_declared support_is_what_live_starts_began;
    outbox: workers_never_share_a_parcel a_dead_worker_loses_its_parcel unclear_stays_unclear
        a_lapsed_attempt_may_have_arrived refusal_voids_the_deadline refusal_afterwards a_fault_voids_nothing
        handed_over_waits_for_a_person held_from_the_start every_attempt_is_kept room_is_kept_for_others
        a_pause_of_a_clock_that_was_ahead_is_mended an_operator_steers one_worker_at_a_time_fetches
        the_network_tells_how_far_a_bericht_came what_is_let_go_leaves_in_its_order_and_not_all_at_once
        a_clock_that_a_written_order_stopped_stays_stopped
        a_refusal_on_a_resend_leaves_the_clock_of_what_may_have_arrived;
    deadline: raised_once_by_two_processes closed_in_time_or_late retour_stops_only_its_own_clock
        far_deadline_never_passes listed_by_due_in_pages opened_at_once_under_one_name_it_is_one
        done_once_and_taken_on_until_then a_stop_ends_what_was_opened_on_its_toewijzing
        a_written_order_is_told_once_and_makes_a_verdict_stale
        a_clock_stands_where_it_would_once_its_order_is_taken_back;
    levels: what_stands_where_is_kept_with_each_change how_they_were_kept_is_told_by_the_day_in_amsterdam;
    clocks: each_step_is_taken_once_with_a_row_for_each_who_is_told
        what_was_not_told_yet_is_forgotten_and_what_was_told_is_resolved waived_for_good_or_until_a_day
        a_clock_far_ahead_is_taken_back_and_a_little_is_not many_are_raised_in_portions
        counted_again_it_moves_from_where_it_stood who_is_told_next_is_written_down_with_the_step;
    parties: every_read_keeps_parties_apart postbus_in_order_and_pages pickup_confirmed_twice
        newest_first_in_pages overview_counts errors_hold_no_bsn;
    waiting: found_by_what_it_waits_for released_once no_retour_answers_one_that_waits
        its_identificatie_is_used_and_a_verdict_beside_it_is_stale;
    schema: a_later_one_is_refused_by_the_name_of_its_program the_program_that_used_it_last_is_known
        one_that_was_edited_is_refused;
    ahead: a_large_bericht_is_there_whole_or_not_at_all one_stale_subject_of_many
        what_was_abandoned_is_not_seen_and_taken_away;
    declaratie: pages_of_lines_are_all_lines_and_totals_their_sum
        lines_are_for_their_parties_and_there_with_their_declaratie findings_are_those_of_the_lines_asked_for
        sums_say_what_each_rule_rejects_and_what_each_toewijzing_is_granted
        an_antwoord_grants_of_each_line_what_it_says what_others_were_granted_is_seen_without_a_start
        a_line_that_comes_again_ends_the_deadline_on_the_rejected_one
        when_a_line_was_granted_is_known_once_its_antwoord_came;
    audit: the_last_proposal_counts_and_one_approval a_proposal_comes_after_the_one_that_was_seen;
    betaling: two_batches_at_once_pay_nothing_twice the_same_batch_asked_at_once_is_made_once
        a_credit_waits_for_the_answer_on_what_it_takes_back what_no_transfer_can_be_stays_unpaid
        a_batch_is_of_its_gemeente_and_paid_once what_was_withdrawn_is_payable_again_in_another_batch
        a_batch_is_paid_or_withdrawn_whoever_asks_at_once;
}
