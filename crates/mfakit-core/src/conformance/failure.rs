//! Guarantees that a store that is down returns an error, never an absence and never a success.

use std::sync::Arc;

use crate::{
    channel::Channel,
    clock::{Clock, SystemClock},
    conformance::{
        suite::Suite,
        test_action::ACTIONS,
        test_user::{CODE_LIFETIME, LOCKS, TestUser, lenient},
    },
    grant::{Binding, GrantRecord},
    memory::MemoryStore,
    random::random,
    store::{
        Budget, BudgetChange, FindRepeat, KeepAction, MfaStore, Redeem, ReleaseAttempt, ReserveAttempt,
        ReserveBudget, ReserveSend, Revocation,
    },
    testing::ManualClock,
    token::ChallengeId,
};

/// Checks that every verb fails on a store whose server is down, hangs, accepts no writes, or holds only unreadable
/// records. If the server still answers reads, check [`every_write_errs`] instead.
///
/// # Panics
///
/// Panics if a verb does not fail.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{
///     MemoryStore, conformance::failure, store::StoreError, testing::{HookedStore, StoreHook, Verb},
/// };
///
/// struct Down;
///
/// #[async_trait]
/// impl StoreHook for Down {
///     async fn before(&self, _: Verb) -> Result<(), StoreError> {
///         Err(StoreError::new("the database is down"))
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// failure::every_verb_errs(&HookedStore::new(MemoryStore::new(), Down)).await;
/// # })
/// ```
pub async fn every_verb_errs(store: &dyn MfaStore) {
    let user = any_user();
    assert!(store.grant(user.key()).await.is_err(), "grant: a failed read is not an absent grant");
    let at_once = store.grant_at_once(user.key());
    assert!(at_once.is_none_or(|read| read.is_err()), "grant_at_once: a failed read is not an absent grant");
    let user_state = store.user_state(&user.id, SystemClock.now()).await;
    assert!(user_state.is_err(), "user_state: a failed read is not an unknown user");
    assert!(store.bound_grants(user.key()).await.is_err(), "bound_grants: a failed read is not an absence");
    let at_once = store.bound_grants_at_once(user.key());
    assert!(
        at_once.is_none_or(|read| read.is_err()),
        "bound_grants_at_once: a failed read is not an absence"
    );
    let actions = store.actions(user.key(), SystemClock.now()).await;
    assert!(actions.is_err(), "actions: a failed read is not an absence");
    let retry_at = store.exhausted_until(&Budget::Number(random()), &[], SystemClock.now()).await;
    assert!(
        retry_at.is_err(),
        "exhausted_until: a failed read does not mean that there is room: {retry_at:?}"
    );
    every_write_errs(store).await;
}

/// Checks that every verb that writes fails.
///
/// # Panics
///
/// Panics if a verb does not fail.
pub async fn every_write_errs(store: &dyn MfaStore) {
    let (user, now) = (any_user(), SystemClock.now());
    let (key, id, challenge, number) = (user.key(), &user.id, &ChallengeId::random(), &user.number);
    let (action, rule) = (&user.new_action("A"), &ACTIONS);
    let answer = store.keep_action(KeepAction { key, action, rule, now }).await;
    assert!(answer.is_err(), "keep_action: {answer:?}");
    let rule = &lenient();
    let answer = store.reserve_send(ReserveSend { key, challenge, rule, now }).await;
    assert!(answer.is_err(), "reserve_send: a send that was not counted must not be made: {answer:?}");
    assert!(store.release_send(id, challenge).await.is_err(), "release_send");
    let answer = store.open_challenge(id, &user.new_challenge(*challenge)).await;
    assert!(answer.is_err(), "open_challenge: {answer:?}");
    let numbers = Some(&[*number] as &[_]);
    let (proofs, rule) = (&[user.proof], &LOCKS);
    let answer = store.reserve_attempt(ReserveAttempt { key, challenge, numbers, proofs, rule, now }).await;
    assert!(answer.is_err(), "reserve_attempt: a code that was not counted must not be checked: {answer:?}");
    let released = ReleaseAttempt::new(key, challenge, 1, 0, rule, now);
    assert!(store.release_attempt(released).await.is_err(), "release_attempt");
    assert!(
        store.release_attempt(released.unsent()).await.is_err(),
        "release_attempt, of a code that was not sent"
    );
    let (binding, lifetime, proof, nonce) = (Binding::Bearer, CODE_LIFETIME, &user.proof, &user.nonce);
    let answer = store.redeem(Redeem { key, challenge, binding, lifetime, proof, nonce, now }).await;
    assert!(answer.is_err(), "redeem: {answer:?}");
    let answer = store.find_repeat(FindRepeat { key, challenge, attempt: 1, proofs, now }).await;
    assert!(answer.is_err(), "find_repeat: {answer:?}");
    let grant = &GrantRecord::new(binding, now, now.plus(CODE_LIFETIME), Channel::Messaging, None);
    let answer = store.consume(key, grant, now).await;
    assert!(answer.is_err(), "consume: {answer:?}");
    let answer = store.revoke(id, Revocation::User).await;
    assert!(answer.is_err(), "revoke: the caller must learn that nothing was revoked");
    assert!(store.unlock(id).await.is_err(), "unlock");
    let budget = &Budget::Number(random());
    let answer = store.reserve_budget(ReserveBudget { budget, challenge, number, limits: &[], now }).await;
    assert!(answer.is_err(), "reserve_budget: {answer:?}");
    let answer = store.settle_budget(budget, BudgetChange::Forget, now).await;
    assert!(answer.is_err(), "settle_budget: {answer:?}");
}

/// Returns a user for whom only the identifiers matter. The store of the user's suite is never called.
fn any_user() -> TestUser {
    TestUser::new(&Suite::new(Arc::new(MemoryStore::new()), ManualClock::new()))
}
