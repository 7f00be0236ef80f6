//! Failures of one user in a row lock, whatever is tried in between.

use std::time::Duration;

use crate::{
    channel::Channel,
    conformance::{
        person::{Counted, LOCKS, Person, counted, generous, granted},
        suite::{Suite, race},
    },
    lock::{Lock, LockRule},
    store::{AttemptReservation, SendReservation},
    token::ChallengeId,
};

/// 30 minutes at the tenth, 1, 2 and 4 hours at the next, and after the fiftieth only the app helps. Exact to the
/// millisecond.
pub async fn every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables(suite: &Suite) {
    let person = Person::new(suite);
    for (failures, minutes) in [(10, 30), (20, 60), (30, 120), (40, 240)] {
        let ninth = person.fail(&LOCKS, 9).await;
        assert_eq!(ninth.lock, Lock::Open, "{} failures lock nobody", failures - 1);
        let tenth = person.fail(&LOCKS, 1).await;
        let end = suite.now().plus(Duration::from_mins(minutes));
        let seen = (tenth.failures, tenth.lock);
        assert_eq!(seen, (failures, Lock::Until(end)), "{failures} failures lock for {minutes} minutes");
        suite.pass_until_just_before(end);
        assert_locked(&person, Lock::Until(end)).await;
        suite.pass_until(end);
        assert_eq!(person.user_state().await.lock, Lock::Open, "a lock ends at its instant");
    }
    let last = person.fail(&LOCKS, 10).await;
    assert_eq!((last.failures, last.lock), (50, Lock::Disabled), "the fiftieth failure disables");
    assert_locked(&person, Lock::Disabled).await;
}

/// Doubling stops at the longest lock there is.
pub async fn no_lock_outlasts_the_longest(suite: &Suite) {
    let rule = LockRule { lock_after: 2, lock_for: Duration::from_hours(6), ..LOCKS };
    let person = Person::new(suite);
    for (failures, hours) in [(2, 6), (4, 12), (6, 24), (8, 24), (10, 24)] {
        let last = person.fail(&rule, 2).await;
        let end = suite.now().plus(Duration::from_hours(hours));
        assert_eq!(last.lock, Lock::Until(end), "{failures} failures lock for {hours} hours");
        suite.pass_until(end);
    }
}

/// Of 200 attempts at once on a challenge that would take them all, ten are counted.
pub async fn attempts_at_the_same_time_stop_at_the_lock(suite: &Suite) {
    let person = Person::new(suite);
    let mut open = Vec::new();
    for scope in ["a", "b"] {
        let person = person.wants(scope);
        let challenge = person.start_with(|it| crate::challenge::Challenge { attempts: 200, ..it }).await;
        open.push((person, challenge.id));
    }
    let answers = race(200, |number| {
        let at = open.get(number % 2).cloned();
        async move {
            match at {
                Some((person, challenge)) => person.attempt(&challenge).await,
                None => panic!("there are two challenges"),
            }
        }
    })
    .await;
    let counted = answers.iter().filter(|answer| matches!(answer, AttemptReservation::Reserved { .. }));
    assert_eq!(counted.count(), 10, "ten of 200 attempts at once are counted, over all scopes");
    let end = Lock::Until(suite.now().plus(LOCKS.lock_for));
    for answer in answers {
        match answer {
            AttemptReservation::Reserved { failures, lock, .. } => {
                let expected = if failures == 10 { end } else { Lock::Open };
                assert_eq!(lock, expected, "the lock that {failures} failures bring");
            }
            AttemptReservation::Locked(lock) => assert_eq!(lock, end, "the others hear of the lock"),
            AttemptReservation::Over => panic!("both challenges had attempts left"),
            AttemptReservation::Rejected { .. } | AttemptReservation::Repeated(_) => {
                panic!("a challenge that no code has redeemed is not spent: {answer:?}")
            }
        }
    }
    assert_eq!(person.user_state().await.failures, 10, "who is locked fails no more");
}

/// Not a resend, not another channel, scope or log-in, not a revocation.
pub async fn only_a_success_or_unlock_begins_anew(suite: &Suite) {
    let person = Person::new(suite);
    let fail = async |person: &Person, times: u32| -> Counted {
        let challenge =
            person.start_with(|it| crate::challenge::Challenge { channel: Channel::Voice, ..it }).await;
        for _ in 1..times {
            let _ = person.try_code(&challenge.id).await;
        }
        person.try_code(&challenge.id).await
    };
    assert_eq!(person.fail(&LOCKS, 3).await.failures, 3);
    assert_eq!(person.fail(&LOCKS, 1).await.failures, 4, "a new challenge does not begin anew");
    assert_eq!(fail(&person, 1).await.failures, 5, "another channel does not begin anew");
    assert_eq!(fail(&person.wants("settings"), 1).await.failures, 6, "another scope does not begin anew");
    assert_eq!(fail(&person.elsewhere(), 1).await.failures, 7, "another log-in does not begin anew");
    person.revoke(crate::store::Revocation::User).await;
    assert_eq!(fail(&person.elsewhere(), 3).await.failures, 10, "a revocation does not begin anew");
    assert_locked(&person, Lock::Until(suite.now().plus(LOCKS.lock_for))).await;

    person.unlock().await;
    assert_eq!(
        (person.user_state().await.failures, person.user_state().await.lock),
        (0, Lock::Open),
        "unlock"
    );
    assert_eq!(person.fail(&LOCKS, 9).await.failures, 9, "unlock begins anew");
    let _ = person.elsewhere().elevate_at_the_tenth().await;
    assert_eq!(
        (person.user_state().await.failures, person.user_state().await.lock),
        (0, Lock::Open),
        "success"
    );
    assert_eq!(person.fail(&LOCKS, 1).await.failures, 1, "a success begins anew");

    person.unlock().await;
    assert_eq!(person.fail_through_locks(50).await.lock, Lock::Disabled);
    person.unlock().await;
    let first = person.fail(&LOCKS, 1).await;
    assert_eq!((first.failures, first.lock), (1, Lock::Open), "unlock helps who is disabled");
}

/// A locked user hears of the lock alone, whichever challenge they name, and whether they try or send.
pub async fn a_locked_user_learns_nothing_else(suite: &Suite) {
    let person = Person::new(suite);
    let live = person.wants("settings").start().await;
    let _ = person.fail(&LOCKS, 10).await;
    let lock = Lock::Until(suite.now().plus(LOCKS.lock_for));
    for (name, whose, id) in [
        ("a live challenge", person.wants("settings"), live.id),
        ("a challenge nobody knows", person.wants("settings"), ChallengeId::random()),
        ("a log-in nobody knows", person.elsewhere(), live.id),
    ] {
        for numbers in [&[whose.number] as &[[u8; 32]], &[[9_u8; 32]], &[]] {
            match whose.attempt_under(&LOCKS, &id, numbers).await {
                AttemptReservation::Locked(told) => assert_eq!(told, lock, "{name}: the lock is told"),
                answer @ (AttemptReservation::Reserved { .. }
                | AttemptReservation::Rejected { .. }
                | AttemptReservation::Repeated(_)
                | AttemptReservation::Over) => panic!("{name}: the lock is looked at first: {answer:?}"),
            }
        }
    }
    assert_eq!(person.user_state().await.failures, 10, "who is locked fails no more");
    person.unlock().await;
    let attempt = counted(person.wants("settings").attempt(&live.id).await);
    assert_eq!(attempt.challenge.attempts_used, 1, "attempts while locked cost the challenge nothing");
}

/// A failure that turned out to be none takes the lock with it that it brought, and no other.
pub async fn a_failure_is_given_back_with_its_lock(suite: &Suite) {
    for failures in [1, 9, 10, 11, 20, 50] {
        let person = Person::new(suite);
        let last = person.fail_through_locks(failures).await;
        assert_eq!(last.failures, failures);
        person.release_attempt(last.era).await;
        let user_state = person.user_state().await;
        let seen = (user_state.failures, user_state.lock);
        assert_eq!(seen, (failures - 1, Lock::Open), "failure {failures} is given back with its lock");
        let again = person.fail(&LOCKS, 1).await;
        assert_eq!((again.failures, again.lock), (failures, last.lock), "failure {failures}, once more");
    }
    // Of two that run at the same time either may be given back, and the lock goes with it.
    let person = Person::new(suite);
    let ninth = person.fail(&LOCKS, 9).await;
    let _tenth = person.fail(&LOCKS, 1).await;
    person.release_attempt(ninth.era).await;
    let user_state = person.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (9, Lock::Open), "nine failures lock nobody");
}

/// A failure of before a success or unlock is not taken from those after it.
pub async fn nothing_is_given_back_to_a_count_that_began_anew(suite: &Suite) {
    let person = Person::new(suite);
    let before = person.fail(&LOCKS, 10).await;
    person.unlock().await;
    person.release_attempt(before.era).await;
    assert_eq!(person.user_state().await.failures, 0, "nothing is given back to nothing");
    let after = person.fail(&LOCKS, 10).await;
    person.release_attempt(before.era).await;
    let user_state = person.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, after.lock), "nor to failures after an unlock");

    person.unlock().await;
    let before = person.fail(&LOCKS, 2).await;
    let _ = person.elevate().await;
    assert_eq!(person.fail(&LOCKS, 3).await.failures, 3);
    person.release_attempt(before.era).await;
    assert_eq!(person.user_state().await.failures, 3, "nor to failures after a success");
}

/// Thirty days after the last failure the count begins anew; a millisecond earlier it goes on.
pub async fn failures_are_forgotten_at_their_instant(suite: &Suite) {
    let (forgotten, remembered) = (Person::new(suite), Person::new(suite));
    let _ = forgotten.fail(&LOCKS, 9).await;
    let _ = remembered.fail(&LOCKS, 9).await;
    let then = suite.now().plus(LOCKS.forget_after);
    suite.pass_until_just_before(then);
    assert_eq!(forgotten.user_state().await.failures, 9, "remembered in the last millisecond");
    let tenth = remembered.fail(&LOCKS, 1).await;
    assert_eq!(tenth.failures, 10, "failures go on in the last millisecond");
    assert!(matches!(tenth.lock, Lock::Until(_)), "and lock: {:?}", tenth.lock);
    suite.pass_until(then);
    assert_eq!(forgotten.user_state().await.failures, 0, "what is forgotten is not told");
    assert_eq!(forgotten.fail(&LOCKS, 1).await.failures, 1, "after thirty days failures begin anew");
    assert_eq!(remembered.user_state().await.failures, 10, "each failure counts from its own time");
}

/// No time helps who is disabled.
pub async fn whoever_is_disabled_stays_so(suite: &Suite) {
    let person = Person::new(suite);
    assert_eq!(person.fail_through_locks(50).await.lock, Lock::Disabled);
    for days in [1, 29, 31, 365] {
        suite.pass(Duration::from_hours(days * 24));
        // What somebody else writes sweeps, in a store that sweeps while it writes.
        let _ = Person::new(suite).start().await;
        assert_locked(&person, Lock::Disabled).await;
        assert_eq!(person.user_state().await.failures, 50, "the failures stand with the lock");
    }
}

/// The attempt that locks may be the right one.
pub async fn a_right_code_at_the_lock_opens_it(suite: &Suite) {
    let person = Person::new(suite);
    let _ = person.fail(&LOCKS, 9).await;
    let grant = person.elevate_at_the_tenth().await;
    assert_eq!(person.grant().await, Some(grant), "the tenth attempt makes a grant if it is right");
    let user_state = person.user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock),
        (0, Lock::Open),
        "and the lock that it brought is gone"
    );
}

impl Person {
    async fn elevate_at_the_tenth(&self) -> crate::grant::GrantRecord {
        let challenge = self.start().await;
        let tenth = self.try_code(&challenge.id).await;
        assert!(matches!(tenth.lock, Lock::Until(_)), "the tenth locks while it is looked at: {tenth:?}");
        granted(self.redeem(&challenge.id).await)
    }
}

async fn assert_locked(person: &Person, lock: Lock) {
    assert_eq!(person.user_state().await.lock, lock, "the standing tells the lock");
    let answer = person.attempt(&ChallengeId::random()).await;
    assert!(
        matches!(answer, AttemptReservation::Locked(told) if told == lock),
        "no code is tried while locked by {lock:?}: {answer:?}"
    );
    let (_, answer) = person.elsewhere().reserve_send(&generous()).await;
    assert!(
        matches!(answer, SendReservation::Locked(told) if told == lock),
        "nothing is sent while locked by {lock:?}: {answer:?}"
    );
}
