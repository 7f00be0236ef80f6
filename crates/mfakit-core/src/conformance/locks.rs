//! Guarantees that consecutive failures of a user lock, whatever happens between them.

use std::time::Duration;

use crate::{
    channel::Channel,
    conformance::{
        suite::{Suite, race},
        test_user::{CountedAttempt, LOCKS, TestUser, expect_counted, expect_granted, lenient},
    },
    lock::{Lock, LockRule},
    store::{AttemptReservation, SendReservation},
    token::ChallengeId,
};

/// The tenth failure locks for 30 minutes, and every further ten failures lock for 1, 2 and 4 hours. The fiftieth
/// disables the user until the app unlocks them. All times are exact to the millisecond.
pub async fn every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables(suite: &Suite) {
    let user = TestUser::new(suite);
    for (failures, minutes) in [(10, 30), (20, 60), (30, 120), (40, 240)] {
        let ninth = user.fail(&LOCKS, 9).await;
        assert_eq!(ninth.lock, Lock::Unlocked, "{} failures must not lock the user", failures - 1);
        let tenth = user.fail(&LOCKS, 1).await;
        let end = suite.now().plus(Duration::from_secs(minutes * 60));
        let actual = (tenth.failures, tenth.lock);
        assert_eq!(actual, (failures, Lock::Until(end)), "{failures} failures lock for {minutes} minutes");
        suite.pass_until_just_before(end);
        assert_locked(&user, Lock::Until(end)).await;
        suite.pass_until(end);
        assert_eq!(user.user_state().await.lock, Lock::Unlocked, "a lock ends exactly on time");
    }
    let last = user.fail(&LOCKS, 10).await;
    assert_eq!((last.failures, last.lock), (50, Lock::Disabled), "the fiftieth failure disables");
    assert_locked(&user, Lock::Disabled).await;
}

/// Locks double up to the longest lock of the rule.
pub async fn no_lock_exceeds_the_longest_lock(suite: &Suite) {
    let rule = LockRule { lock_after: 2, lock_for: Duration::from_secs(6 * 60 * 60), ..LOCKS };
    let user = TestUser::new(suite);
    for (failures, hours) in [(2, 6), (4, 12), (6, 24), (8, 24), (10, 24)] {
        let last = user.fail(&rule, 2).await;
        let end = suite.now().plus(Duration::from_secs(hours * 60 * 60));
        assert_eq!(last.lock, Lock::Until(end), "{failures} failures lock for {hours} hours");
        suite.pass_until(end);
    }
}

/// Of 200 concurrent attempts on challenges that allow them all, ten are counted.
pub async fn concurrent_attempts_stop_at_the_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let mut open = Vec::new();
    for scope in ["a", "b"] {
        let user = user.for_scope(scope);
        let challenge =
            user.start_challenge_with(|it| crate::challenge::Challenge { attempts: 200, ..it }).await;
        open.push((user, challenge.id));
    }
    let answers = race(200, |number| {
        let at = open.get(number % 2).cloned();
        async move {
            match at {
                Some((user, challenge)) => user.attempt(&challenge).await,
                None => panic!("there are two challenges"),
            }
        }
    })
    .await;
    let counted = answers.iter().filter(|answer| matches!(answer, AttemptReservation::Reserved { .. }));
    assert_eq!(counted.count(), 10, "ten of 200 concurrent attempts are counted, across all scopes");
    let end = Lock::Until(suite.now().plus(LOCKS.lock_for));
    for answer in answers {
        match answer {
            AttemptReservation::Reserved { failures, lock, .. } => {
                let expected = if failures == 10 { end } else { Lock::Unlocked };
                assert_eq!(lock, expected, "the lock after {failures} failures");
            }
            AttemptReservation::Locked(lock) => assert_eq!(lock, end, "the other attempts return the lock"),
            AttemptReservation::NumberNeeded => panic!("every attempt names the number"),
            AttemptReservation::Over => panic!("both challenges had attempts left"),
            AttemptReservation::Rejected { .. } | AttemptReservation::Repeated(_) => {
                panic!("a challenge is not spent before a code has redeemed it: {answer:?}")
            }
        }
    }
    assert_eq!(user.user_state().await.failures, 10, "attempts of a locked user are not counted");
}

/// Neither a resend, nor another channel, scope or session, nor a revocation resets the count of failures.
pub async fn only_a_success_or_an_unlock_resets_the_count(suite: &Suite) {
    let user = TestUser::new(suite);
    let fail = async |user: &TestUser, times: u32| -> CountedAttempt {
        let challenge = user
            .start_challenge_with(|it| crate::challenge::Challenge { method: Channel::Voice.into(), ..it })
            .await;
        for _ in 1..times {
            let _ = user.attempt_counted(&challenge.id).await;
        }
        user.attempt_counted(&challenge.id).await
    };
    assert_eq!(user.fail(&LOCKS, 3).await.failures, 3);
    assert_eq!(user.fail(&LOCKS, 1).await.failures, 4, "a new challenge does not reset the count");
    assert_eq!(fail(&user, 1).await.failures, 5, "another channel does not reset the count");
    assert_eq!(
        fail(&user.for_scope("settings"), 1).await.failures,
        6,
        "another scope does not reset the count"
    );
    assert_eq!(
        fail(&user.in_another_session(), 1).await.failures,
        7,
        "another session does not reset the count"
    );
    user.revoke(crate::store::Revocation::User).await;
    assert_eq!(
        fail(&user.in_another_session(), 3).await.failures,
        10,
        "a revocation does not reset the count"
    );
    assert_locked(&user, Lock::Until(suite.now().plus(LOCKS.lock_for))).await;

    user.unlock().await;
    assert_eq!(
        (user.user_state().await.failures, user.user_state().await.lock),
        (0, Lock::Unlocked),
        "after an unlock"
    );
    assert_eq!(user.fail(&LOCKS, 9).await.failures, 9, "an unlock resets the count");
    let _ = user.in_another_session().obtain_grant_at_the_tenth_attempt().await;
    assert_eq!(
        (user.user_state().await.failures, user.user_state().await.lock),
        (0, Lock::Unlocked),
        "after a success"
    );
    assert_eq!(user.fail(&LOCKS, 1).await.failures, 1, "a success resets the count");

    user.unlock().await;
    assert_eq!(user.fail_through_locks(50).await.lock, Lock::Disabled);
    user.unlock().await;
    let first = user.fail(&LOCKS, 1).await;
    assert_eq!((first.failures, first.lock), (1, Lock::Unlocked), "an unlock enables a disabled user");
}

/// While the user is locked, every attempt returns only the lock, whichever challenge it names and whatever number is on
/// file.
pub async fn a_locked_user_learns_only_of_the_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let live = user.for_scope("settings").start_challenge().await;
    let _ = user.fail(&LOCKS, 10).await;
    let lock = Lock::Until(suite.now().plus(LOCKS.lock_for));
    for (name, whose, id) in [
        ("a live challenge", user.for_scope("settings"), live.id),
        ("an unknown challenge", user.for_scope("settings"), ChallengeId::random()),
        ("an unknown session", user.in_another_session(), live.id),
    ] {
        for numbers in [&[whose.number] as &[[u8; 32]], &[[9_u8; 32]], &[]] {
            match whose.attempt_under(&LOCKS, &id, numbers).await {
                AttemptReservation::Locked(actual) => {
                    assert_eq!(actual, lock, "{name}: the lock is returned");
                }
                answer @ (AttemptReservation::Reserved { .. }
                | AttemptReservation::Rejected { .. }
                | AttemptReservation::Repeated(_)
                | AttemptReservation::NumberNeeded
                | AttemptReservation::Over) => panic!("{name}: the lock is checked first: {answer:?}"),
            }
        }
    }
    assert_eq!(user.user_state().await.failures, 10, "attempts of a locked user are not counted");
    user.unlock().await;
    let attempt = expect_counted(user.for_scope("settings").attempt(&live.id).await);
    assert_eq!(attempt.challenge.attempts_used, 1, "attempts of a locked user do not count on the challenge");
}

/// An attempt that would lock or disable the user is not counted if it names no number, because its code may never be
/// sent. It locks the user once it names the number.
pub async fn an_attempt_that_names_no_number_never_locks(suite: &Suite) {
    for failures in [10, 50] {
        let user = TestUser::new(suite);
        let _ = user.fail_through_locks(failures - 1).await;
        let user = user.for_scope("settings");
        let challenge = user.start_challenge().await.id;
        for _ in 0..2 {
            let answer = user.attempt_for_any_number(&LOCKS, &challenge).await;
            assert!(matches!(answer, AttemptReservation::NumberNeeded), "it is not counted: {answer:?}");
        }
        let state = user.user_state().await;
        assert_eq!((state.failures, state.lock), (failures - 1, Lock::Unlocked), "nothing is counted");
        let attempt = user.attempt_counted(&challenge).await;
        assert_eq!((attempt.failures, attempt.challenge.attempts_used), (failures, 1), "with the number");
        assert_locked(&user, attempt.lock).await;
    }
}

/// Releasing a failure also lifts the lock that it caused, and no other.
pub async fn releasing_a_failure_lifts_its_lock(suite: &Suite) {
    for failures in [1, 9, 10, 11, 20, 50] {
        let user = TestUser::new(suite);
        let last = user.fail_through_locks(failures).await;
        assert_eq!(last.failures, failures);
        user.release_attempt(last.era).await;
        let user_state = user.user_state().await;
        let actual = (user_state.failures, user_state.lock);
        assert_eq!(actual, (failures - 1, Lock::Unlocked), "releasing failure {failures} lifts its lock");
        let again = user.fail(&LOCKS, 1).await;
        assert_eq!((again.failures, again.lock), (failures, last.lock), "failure {failures} again");
    }
    // Either of two concurrent attempts may be released, and the lock is lifted with it.
    let user = TestUser::new(suite);
    let ninth = user.fail(&LOCKS, 9).await;
    let _tenth = user.fail(&LOCKS, 1).await;
    user.release_attempt(ninth.era).await;
    let user_state = user.user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock),
        (9, Lock::Unlocked),
        "nine failures must not lock the user"
    );
}

/// Releasing a failure from before a success or an unlock does not reduce the count after it.
pub async fn a_failure_from_before_a_reset_is_not_released_afterward(suite: &Suite) {
    let user = TestUser::new(suite);
    let before = user.fail(&LOCKS, 10).await;
    user.unlock().await;
    user.release_attempt(before.era).await;
    assert_eq!(user.user_state().await.failures, 0, "an empty count stays empty");
    let after = user.fail(&LOCKS, 10).await;
    user.release_attempt(before.era).await;
    let user_state = user.user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock),
        (10, after.lock),
        "failures after an unlock stay counted"
    );

    user.unlock().await;
    let before = user.fail(&LOCKS, 2).await;
    let _ = user.obtain_grant().await;
    assert_eq!(user.fail(&LOCKS, 3).await.failures, 3);
    user.release_attempt(before.era).await;
    assert_eq!(user.user_state().await.failures, 3, "failures after a success stay counted");
}

/// Thirty days after the last failure, the count starts again. A millisecond earlier, it continues.
pub async fn failures_are_forgotten_exactly_on_time(suite: &Suite) {
    let (forgotten, remembered) = (TestUser::new(suite), TestUser::new(suite));
    let _ = forgotten.fail(&LOCKS, 9).await;
    let _ = remembered.fail(&LOCKS, 9).await;
    let then = suite.now().plus(LOCKS.forget_after);
    suite.pass_until_just_before(then);
    assert_eq!(forgotten.user_state().await.failures, 9, "failures are remembered in the last millisecond");
    let tenth = remembered.fail(&LOCKS, 1).await;
    assert_eq!(tenth.failures, 10, "the count continues in the last millisecond");
    assert!(matches!(tenth.lock, Lock::Until(_)), "the tenth failure locks: {:?}", tenth.lock);
    suite.pass_until(then);
    assert_eq!(forgotten.user_state().await.failures, 0, "forgotten failures are not in the user state");
    assert_eq!(forgotten.fail(&LOCKS, 1).await.failures, 1, "after thirty days the count starts again");
    assert_eq!(remembered.user_state().await.failures, 10, "each failure extends the time");
}

/// A disabled user stays disabled, however much time passes.
pub async fn a_disabled_user_stays_disabled(suite: &Suite) {
    let user = TestUser::new(suite);
    assert_eq!(user.fail_through_locks(50).await.lock, Lock::Disabled);
    for days in [1, 29, 31, 365] {
        suite.pass(Duration::from_secs(days * 24 * 60 * 60));
        // Some stores sweep during writes, so another user writes here.
        let _ = TestUser::new(suite).start_challenge().await;
        assert_locked(&user, Lock::Disabled).await;
        assert_eq!(user.user_state().await.failures, 50, "the failures are kept with the lock");
    }
}

/// If the attempt that locks was the right one, its lock is lifted.
pub async fn a_right_code_at_the_locking_attempt_lifts_the_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let _ = user.fail(&LOCKS, 9).await;
    let grant = user.obtain_grant_at_the_tenth_attempt().await;
    assert_eq!(user.grant().await, Some(grant), "the tenth attempt yields a grant if it was right");
    let user_state = user.user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock),
        (0, Lock::Unlocked),
        "the lock that the attempt caused is lifted"
    );
}

impl TestUser {
    async fn obtain_grant_at_the_tenth_attempt(&self) -> crate::grant::GrantRecord {
        let challenge = self.start_challenge().await;
        let tenth = self.attempt_counted(&challenge.id).await;
        assert!(
            matches!(tenth.lock, Lock::Until(_)),
            "the tenth attempt locks while it is checked: {tenth:?}"
        );
        expect_granted(self.redeem(&challenge.id).await)
    }
}

async fn assert_locked(user: &TestUser, lock: Lock) {
    assert_eq!(user.user_state().await.lock, lock, "the user state contains the lock");
    let answer = user.attempt(&ChallengeId::random()).await;
    assert!(
        matches!(answer, AttemptReservation::Locked(actual) if actual == lock),
        "an attempt is rejected by {lock:?}: {answer:?}"
    );
    let (_, answer) = user.in_another_session().reserve_send(&lenient()).await;
    assert!(
        matches!(answer, SendReservation::Locked(actual) if actual == lock),
        "a send is rejected by {lock:?}: {answer:?}"
    );
}
