//! What every [`MfaStore`](crate::MfaStore) has to do, as functions that ask it.
//!
//! Whoever writes a store runs them in a test. Each function is one guarantee, and panics with a sentence where the
//! store breaks it.
//!
//! 1. A function makes up users of its own, so the store may hold others before and after.
//! 2. Time is the [`ManualClock`](crate::testing::ManualClock) of the [`Suite`], and is in every request. A store with
//!    a clock of its own has to read this one. The functions move it, years in all, so those that share a store or a
//!    clock run one after the other; stores that share only a server may be asked at the same time.
//! 3. Races want a runtime with several threads. A [`Suite`] of several handles asks them in turn: give it two
//!    instances that share their records.
//! 4. [`model`] compares a store with the simplest one there could be, over any sequence of operations.
//! 5. [`failure`] asks a store that cannot work whether it says so; it is not part of [`all`].
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
pub mod locks;
pub mod model;
mod person;
mod suite;

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
    attempts:
        a_challenge_takes_its_attempts_and_no_more,
        an_attempt_by_anybody_else_counts_nothing,
        a_changed_number_ends_the_challenge,
        any_hash_of_the_number_on_file_will_do,
        a_challenge_ends_at_its_instant,
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
