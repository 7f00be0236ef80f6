//! Conformance suite for every [`MfaStore`](crate::store::MfaStore).
//!
//! Run these functions in the tests of your store. Each function checks one guarantee, and panics with an
//! explanation if the store breaks it.
//!
//! 1. Each function creates new users, so the store may contain other users before and after.
//! 2. The clock is the [`ManualClock`](crate::testing::ManualClock) of the [`Suite`], and every request contains its
//!    time. A store that normally uses its own clock must read this one. The functions advance it, by years in total,
//!    so run those that share a store or a clock one after the other. Stores that share only a server can be tested at
//!    the same time.
//! 3. Races need a multi-threaded runtime. A [`Suite`] with several handles calls them in turn: give it two instances
//!    that share their records.
//! 4. [`model`] compares a store with the simplest possible one, over any sequence of operations.
//! 5. [`leftovers`] needs the number of records in the store: see [`Suite::record_count`]. These guarantees come first,
//!    because a store that sweeps while its records are counted would hide what was added.
//! 6. [`failure`] checks that a store that is down returns errors. It is not part of [`all`].
//!
//! ```
//! use std::sync::Arc;
//! use mfakit_core::{MemoryStore, conformance::{self, Suite}, testing::ManualClock};
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let suite = Suite::new(Arc::new(MemoryStore::new()), ManualClock::new());
//! conformance::grants::a_challenge_yields_exactly_one_grant(&suite).await;   // one guarantee,
//! conformance::all(&suite).await;                                     // or all of them
//! # })
//! ```
#![allow(clippy::panic, reason = "a broken guarantee fails the test that checks it")]

pub mod actions;
pub mod approvals;
pub mod attempts;
pub mod budgets;
pub mod challenges;
pub mod consumed;
pub mod failure;
pub mod grants;
mod guarantee;
pub mod leftovers;
pub mod locks;
pub mod model;
pub mod repeats;
pub mod revocations;
pub mod send_budgets;
pub mod sends;
mod suite;
mod test_action;
mod test_user;
pub mod user_state;

pub use guarantee::Guarantee;
pub use suite::Suite;

/// Lists the guarantees of the named modules, each under its path.
macro_rules! guarantees {
    ($($module:ident: $($name:ident),+;)+) => {
        &[$($(Guarantee {
            name: concat!(stringify!($module), "::", stringify!($name)),
            check: |suite| Box::pin($module::$name(suite)),
        },)+)+]
    };
}

/// Every guarantee, in the order in which [`all`] checks them.
pub const GUARANTEES: &[Guarantee] = guarantees! {
    leftovers:
        a_user_who_did_nothing_has_no_record,
        a_rejected_operation_adds_no_record,
        an_empty_budget_has_no_record,
        an_action_that_is_gone_has_no_record;
    attempts:
        a_challenge_accepts_exactly_its_attempts,
        an_attempt_by_another_user_session_or_scope_counts_nothing,
        a_changed_number_ends_the_challenge,
        any_hash_of_the_number_on_file_is_accepted,
        an_attempt_for_any_number_is_counted_and_returns_it,
        a_challenge_ends_exactly_when_it_expires,
        setting_the_clock_back_does_not_extend_a_challenge,
        an_unknown_challenge_is_over,
        the_last_attempt_can_succeed,
        releasing_an_attempt_returns_nothing_to_the_challenge,
        releasing_an_unsent_attempt_returns_it_to_the_challenge;
    locks:
        every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables,
        no_lock_exceeds_the_longest_lock,
        concurrent_attempts_stop_at_the_lock,
        only_a_success_or_an_unlock_resets_the_count,
        a_locked_user_learns_only_of_the_lock,
        an_attempt_that_names_no_number_never_locks,
        releasing_a_failure_lifts_its_lock,
        a_failure_from_before_a_reset_is_not_released_afterward,
        failures_are_forgotten_exactly_on_time,
        a_disabled_user_stays_disabled,
        a_right_code_at_the_locking_attempt_lifts_the_lock;
    sends:
        only_one_of_many_concurrent_sends_is_reserved,
        each_send_waits_longer_than_the_one_before,
        sends_of_the_last_hour_count_toward_the_wait,
        a_success_ends_the_wait,
        a_rejected_start_returns_the_live_challenge_of_its_session_and_scope,
        a_rejected_send_changes_nothing,
        a_released_send_is_not_counted,
        an_opened_or_unknown_send_is_not_released,
        the_resend_time_of_a_challenge_does_not_delay_other_sends,
        a_rule_without_limits_rejects_no_send;
    send_budgets:
        each_session_and_scope_has_its_own_budget,
        a_user_has_one_budget_across_sessions_and_scopes,
        a_success_restores_the_session_budget_but_not_the_user_budget,
        a_budget_holds_under_concurrent_sends,
        an_unopened_send_stays_counted;
    challenges:
        a_challenge_is_opened_once,
        a_challenge_is_opened_only_by_a_reserved_send_of_its_user,
        a_revoked_send_opens_no_challenge,
        a_newer_challenge_replaces_the_older_one_of_its_session_and_scope,
        a_challenge_is_read_back_as_written;
    grants:
        a_challenge_yields_exactly_one_grant,
        a_grant_is_read_back_as_written,
        a_grant_is_valid_only_for_its_user_session_and_scope,
        a_challenge_is_redeemed_only_by_its_user_session_and_scope,
        a_newer_grant_replaces_the_older_one,
        a_grant_is_consumed_only_once,
        only_the_current_grant_is_consumed,
        an_expired_challenge_yields_no_grant;
    actions:
        an_action_is_read_back_as_written,
        the_same_action_is_kept_once,
        concurrent_requests_keep_an_action_once,
        a_fourth_action_replaces_the_oldest_that_waits,
        an_action_whose_code_was_entered_is_not_replaced,
        a_replaced_action_takes_everything_with_it,
        a_user_keeps_at_most_twelve_actions,
        an_action_lasts_as_long_as_its_challenge_and_its_grant,
        an_action_lasts_while_a_code_is_being_sent,
        a_revocation_ends_the_actions_that_it_covers,
        a_revocation_ends_one_approval_and_no_other,
        a_send_without_its_action_is_not_counted;
    approvals:
        challenges_of_several_actions_are_live_at_once,
        a_code_for_one_action_confirms_no_other,
        a_grant_is_for_one_action_or_for_none,
        a_resend_is_for_the_same_action,
        sends_for_different_actions_share_their_budgets,
        a_challenge_is_opened_only_for_the_action_that_is_kept,
        a_consumed_grant_takes_its_action_with_it,
        a_consumed_approval_is_remembered_until_it_would_have_expired,
        no_grant_survives_its_action;
    consumed:
        the_same_action_names_the_approval_that_was_consumed,
        a_consumed_approval_is_remembered_as_long_as_its_action,
        a_cancellation_forgets_no_consumed_approval,
        a_request_beside_the_consuming_one_finds_its_approval;
    repeats:
        a_repeated_right_code_is_recognized_and_not_counted,
        a_wrong_code_for_a_spent_challenge_is_counted,
        guesses_at_a_spent_challenge_are_limited_to_its_attempts,
        a_locked_user_learns_nothing_about_a_spent_challenge,
        a_repeat_is_recognized_only_while_its_grant_is_valid,
        a_repeat_is_recognized_only_while_its_challenge_is_valid,
        a_repeat_is_recognized_only_for_its_user_session_and_scope,
        attempts_with_the_same_code_find_its_grant,
        an_attempt_waits_for_an_unsettled_one_with_the_same_code,
        two_attempts_on_a_challenge_have_different_numbers,
        a_spent_challenge_is_not_live;
    revocations:
        a_revocation_ends_exactly_what_it_covers_at_once,
        a_revocation_keeps_failures_and_lock,
        a_revocation_does_not_affect_later_grants,
        no_grant_survives_a_concurrent_revocation;
    budgets:
        a_budget_allows_exactly_its_limit,
        a_window_slides_to_the_millisecond,
        all_limits_of_a_budget_hold,
        budgets_are_separate_by_kind_and_hash,
        a_released_event_is_given_back,
        the_events_of_a_completed_number_are_given_back,
        a_completed_number_is_remembered_as_long_as_requested,
        a_rejected_event_is_not_counted,
        reading_a_budget_returns_its_wait_and_counts_nothing,
        an_exhausted_budget_reports_a_completed_number;
    user_state:
        an_unknown_user_has_a_clean_state,
        users_with_similar_identifiers_are_different,
        the_user_state_is_complete,
        the_user_state_omits_what_has_ended;
};

/// Checks every guarantee, one after the other.
///
/// # Panics
///
/// Panics with an explanation at the first guarantee that the store breaks.
pub async fn all(suite: &Suite) {
    for guarantee in GUARANTEES {
        guarantee.check(suite).await;
    }
}
