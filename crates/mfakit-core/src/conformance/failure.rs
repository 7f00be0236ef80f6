//! What cannot be found out is an error, never a yes and never an absence.

use crate::{
    clock::{Clock, SystemClock},
    conformance::{
        Suite,
        person::{CODE_LIFETIME, LOCKS, Person, generous},
    },
    grant::Binding,
    random::random,
    store::{
        Budget, BudgetChange, FindRepeat, MfaStore, Redeem, ReserveAttempt, ReserveBudget, ReserveSend,
        Revocation,
    },
    testing::ManualClock,
    token::ChallengeId,
};

/// Every verb of a store that cannot work says so: of one whose server is down, hangs, is full of what cannot be read,
/// or takes no writes. Where reads still work, ask for [`every_write_errs`] instead.
pub async fn every_verb_errs(store: &dyn MfaStore) {
    let person = somebody();
    assert!(store.grant(person.key()).await.is_err(), "grant: what cannot be read is no absence");
    let user_state = store.user_state(&person.user, SystemClock.now()).await;
    assert!(user_state.is_err(), "standing: what cannot be read is no absence");
    let looked = store.exhausted_until(&Budget::Number(random()), &[], SystemClock.now()).await;
    assert!(looked.is_err(), "exhausted_until: what cannot be read is no room: {looked:?}");
    every_write_errs(store).await;
}

/// Every verb that writes says that it could not.
pub async fn every_write_errs(store: &dyn MfaStore) {
    let (person, now) = (somebody(), SystemClock.now());
    let (key, user, challenge, number) = (person.key(), &person.user, &ChallengeId::random(), &person.number);
    let rule = &generous();
    let answer = store.reserve_send(ReserveSend { key, challenge, rule, now }).await;
    assert!(answer.is_err(), "reserve_send: nothing is counted, so nothing may be sent: {answer:?}");
    assert!(store.release_send(user, challenge).await.is_err(), "release_send");
    let answer = store.open_challenge(user, &person.challenge(*challenge)).await;
    assert!(answer.is_err(), "open_challenge: {answer:?}");
    let numbers = &[*number];
    let (proofs, rule) = (&[person.proof], &LOCKS);
    let answer = store.reserve_attempt(ReserveAttempt { key, challenge, numbers, proofs, rule, now }).await;
    assert!(answer.is_err(), "reserve_attempt: nothing is counted, so nothing may be tried: {answer:?}");
    assert!(store.release_attempt(user, 0, &LOCKS).await.is_err(), "release_attempt");
    let (binding, lifetime, proof, nonce) = (Binding::Bearer, CODE_LIFETIME, &person.proof, &person.nonce);
    let redeem = Redeem { key, challenge, binding, lifetime, proof, nonce, now };
    let answer = store.redeem(redeem).await;
    assert!(answer.is_err(), "redeem: {answer:?}");
    let answer = store.find_repeat(FindRepeat { key, challenge, attempt: 1, proofs, now }).await;
    assert!(answer.is_err(), "find_repeat: {answer:?}");
    let expires_at = now.plus(CODE_LIFETIME);
    let channel = crate::channel::Channel::Messaging;
    let grant =
        &crate::grant::GrantRecord { binding: Binding::Bearer, verified_at: now, expires_at, channel };
    let answer = store.consume(key, grant).await;
    assert!(answer.is_err(), "consume: {answer:?}");
    assert!(
        store.revoke(user, Revocation::User).await.is_err(),
        "revoke: nobody may believe that it is done"
    );
    assert!(store.unlock(user).await.is_err(), "unlock");
    let budget = &Budget::Number(random());
    let answer = store.reserve_budget(ReserveBudget { budget, challenge, number, limits: &[], now }).await;
    assert!(answer.is_err(), "reserve_budget: {answer:?}");
    let answer = store.settle_budget(budget, BudgetChange::Forget, now).await;
    assert!(answer.is_err(), "settle_budget: {answer:?}");
}

fn somebody() -> Person {
    // Only its names are used: what is asked is the store under test, and never that of this suite.
    Person::new(&Suite::new(std::sync::Arc::new(crate::memory::MemoryStore::new()), ManualClock::new()))
}
