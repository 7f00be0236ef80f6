//! The suite for stores that are down accepts a store that returns an error for every verb, and no other.

use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use futures_util::FutureExt;
use mfakit::{
    MemoryStore,
    conformance::failure,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

const READS: [Verb; 3] = [Verb::Grant, Verb::UserState, Verb::ExhaustedUntil];

const WRITES: [Verb; 11] = [
    Verb::ReserveSend,
    Verb::ReleaseSend,
    Verb::OpenChallenge,
    Verb::ReserveAttempt,
    Verb::ReleaseAttempt,
    Verb::Redeem,
    Verb::Consume,
    Verb::Revoke,
    Verb::Unlock,
    Verb::ReserveBudget,
    Verb::SettleBudget,
];

/// A store that is down, except for these verbs.
struct Down(Vec<Verb>);

#[async_trait]
impl StoreHook for Down {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if self.0.contains(&verb) { Ok(()) } else { Err(StoreError::new("down for the test")) }
    }
}

/// Reports whether the suite accepts a store: with all verbs, and with its writes alone.
async fn found(answering: &[Verb]) -> (bool, bool) {
    let store = HookedStore::new(MemoryStore::new(), Down(answering.to_vec()));
    let verbs = AssertUnwindSafe(failure::every_verb_errs(&store)).catch_unwind().await;
    let writes = AssertUnwindSafe(failure::every_write_errs(&store)).catch_unwind().await;
    (verbs.is_ok(), writes.is_ok())
}

#[tokio::test]
async fn the_suite_reports_every_verb_that_answers_while_the_store_is_down() {
    assert_eq!(found(&[]).await, (true, true));
    assert_eq!(found(&READS).await, (false, true), "a store that can still be read");
    for verb in READS {
        assert_eq!(found(&[verb]).await, (false, true), "{verb:?}");
    }
    for verb in WRITES {
        assert_eq!(found(&[verb]).await, (false, false), "{verb:?}");
    }
}
