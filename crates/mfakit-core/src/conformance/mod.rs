//! Conformance suite for every [`MfaStore`](crate::store::MfaStore).
//!
//! Run these functions in the tests of your store. Each function checks one guarantee, and panics with an
//! explanation if the store breaks it.
//!
//! 1. A function makes up users of its own, so the store may hold others before and after.
//! 2. Time is the [`ManualClock`](crate::testing::ManualClock) of the [`Suite`], and is in every request. A store with
//!    a clock of its own has to read this one. The functions move it, years in all, so those that share a store or a
//!    clock run one after the other; stores that share only a server may be asked at the same time.
//! 3. Races want a runtime with several threads. A [`Suite`] of several handles asks them in turn: give it two
//!    instances that share their records.
//! 4. [`model`] compares a store with the simplest one there could be, over any sequence of operations.
//! 5. [`leftovers`] needs the number of records that a store holds: see [`Suite::counted_by`]. It comes
//!    first, because a store that sweeps while its records are counted would hide what was added.
//! 6. [`failure`] checks that a store that cannot work reports an error. It is not part of [`all`].
//!
//! ```
//! use std::sync::Arc;
//! use mfakit_core::{MemoryStore, conformance::{self, Suite}, testing::ManualClock};
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let suite = Suite::new(Arc::new(MemoryStore::new()), ManualClock::new());
//! conformance::grants::a_challenge_becomes_one_grant(&suite).await;   // one guarantee,
//! conformance::all(&suite).await;                                     // or all of them
//! # })
//! ```
#![allow(clippy::panic, reason = "a broken guarantee stops the test that asked for it")]

pub mod attempts;
pub mod budgets;
pub mod challenges;
pub mod failure;
pub mod grants;
pub mod leftovers;
pub mod locks;
pub mod model;
mod person;
pub mod repeats;
pub mod revocations;
pub mod send_budgets;
pub mod sends;
mod suite;
pub mod user_state;

pub use suite::{Guarantee, Suite};

/// The guarantees of the modules named, each under its path.
macro_rules! guarantees {
    ($($module:ident: $($name:ident),+;)+) => {
        &[$($(Guarantee {
            name: concat!(stringify!($module), "::", stringify!($name)),
            ask: |suite| Box::pin($module::$name(suite)),
        },)+)+]
    };
}

/// Every guarantee, in the order in which [`all`] asks for them.
pub const GUARANTEES: &[Guarantee] = guarantees! {
    leftovers:
        a_user_who_did_nothing_has_no_record,
        what_is_rejected_adds_no_record,
        a_budget_that_counts_and_remembers_nothing_has_no_record;
    attempts:
        a_challenge_takes_its_attempts_and_no_more,
        an_attempt_by_anybody_else_counts_nothing,
        a_changed_number_ends_the_challenge,
        any_hash_of_the_number_on_file_will_do,
        a_challenge_ends_at_its_instant,
        a_clock_that_was_set_back_gives_a_challenge_no_more_time,
        what_nobody_knows_is_over,
        the_last_attempt_can_be_the_right_one,
        a_challenge_keeps_the_attempt_that_is_given_back;
    locks:
        every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables,
        no_lock_outlasts_the_longest,
        attempts_at_the_same_time_stop_at_the_lock,
        only_a_success_or_unlock_begins_anew,
        a_locked_user_learns_nothing_else,
        a_failure_is_given_back_with_its_lock,
        nothing_is_given_back_to_a_count_that_began_anew,
        failures_are_forgotten_at_their_instant,
        whoever_is_disabled_stays_so,
        a_right_code_at_the_lock_opens_it;
    sends:
        one_of_many_sends_at_once_is_made,
        each_send_waits_longer_than_the_one_before,
        sends_of_the_last_hour_count_for_the_wait,
        a_success_ends_the_wait,
        a_refused_start_names_the_live_challenge_of_its_login_and_scope,
        what_is_refused_changes_nothing,
        what_is_released_was_never_sent,
        what_was_opened_or_is_unknown_is_not_released,
        what_a_challenge_says_of_the_next_send_is_its_own_matter,
        a_rule_without_limits_refuses_nobody;
    send_budgets:
        a_login_and_scope_has_a_budget_of_its_own,
        a_user_has_one_budget_over_everything,
        a_success_restores_the_budget_of_the_login_and_scope_alone,
        a_budget_holds_when_all_come_at_once,
        an_unopened_send_stays_counted;
    challenges:
        a_challenge_is_opened_once,
        a_challenge_is_opened_only_by_a_reserved_send_of_its_user,
        a_revoked_send_opens_nothing,
        a_newer_challenge_replaces_the_one_of_its_login_and_scope,
        a_challenge_comes_back_as_it_was_written;
    grants:
        a_challenge_becomes_one_grant,
        a_grant_comes_back_as_it_was_written,
        a_grant_is_for_its_user_login_and_scope_alone,
        nobody_else_redeems_a_challenge,
        a_newer_grant_replaces_the_older,
        a_grant_is_consumed_once,
        only_the_grant_that_stands_is_consumed,
        an_expired_challenge_becomes_no_grant;
    repeats:
        the_code_that_was_right_is_recognized_and_counts_for_nothing,
        another_code_for_a_spent_challenge_is_counted,
        guesses_at_a_spent_challenge_end_with_its_attempts,
        a_locked_user_learns_nothing_of_a_spent_challenge,
        a_repeat_ends_with_its_grant,
        a_repeat_ends_with_its_challenge,
        a_code_is_repeated_for_its_user_login_and_scope_alone,
        what_was_counted_before_finds_the_grant_of_the_same_code,
        who_may_be_overtaken_by_the_same_code_is_told_to_wait,
        a_spent_challenge_is_not_live;
    revocations:
        what_is_revoked_is_gone_at_once_and_nothing_else,
        what_was_counted_stays_counted,
        what_is_asked_for_afterwards_is_new,
        no_grant_survives_a_revocation_that_races_it;
    budgets:
        a_budget_allows_exactly_its_limit,
        a_window_slides_to_the_millisecond,
        all_limits_of_a_budget_hold,
        budgets_are_apart_by_kind_and_hash,
        what_is_released_is_given_back,
        what_a_number_caused_is_given_back_when_it_completes,
        a_completed_number_is_remembered_for_as_long_as_asked,
        a_refused_event_counts_nothing,
        looking_at_a_budget_tells_its_wait_and_counts_nothing,
        an_exhausted_budget_tells_that_its_number_completed;
    user_state:
        a_stranger_stands_clean,
        the_standing_tells_all_there_is,
        what_has_ended_is_not_told;
};

/// Asks for every guarantee, one after the other.
///
/// # Panics
///
/// At the first one that the store breaks.
pub async fn all(suite: &Suite) {
    for guarantee in GUARANTEES {
        guarantee.ask(suite).await;
    }
}
