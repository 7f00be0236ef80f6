//! Failures of one user in a row lock, whatever is tried in between.

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

/// 30 minutes at the tenth, 1, 2 and 4 hours at the next, and after the fiftieth only the app helps. Exact to the
/// millisecond.
pub async fn every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables(suite: &Suite) {
    let user = TestUser::new(suite);
    for (failures, minutes) in [(10, 30), (20, 60), (30, 120), (40, 240)] {
        let ninth = user.fail(&LOCKS, 9).await;
        assert_eq!(ninth.lock, Lock::Open, "{} failures lock nobody", failures - 1);
        let tenth = user.fail(&LOCKS, 1).await;
        let end = suite.now().plus(Duration::from_mins(minutes));
        let seen = (tenth.failures, tenth.lock);
        assert_eq!(seen, (failures, Lock::Until(end)), "{failures} failures lock for {minutes} minutes");
        suite.pass_until_just_before(end);
        assert_locked(&user, Lock::Until(end)).await;
        suite.pass_until(end);
        assert_eq!(user.user_state().await.lock, Lock::Open, "a lock ends at its instant");
    }
    let last = user.fail(&LOCKS, 10).await;
    assert_eq!((last.failures, last.lock), (50, Lock::Disabled), "the fiftieth failure disables");
    assert_locked(&user, Lock::Disabled).await;
}

/// Doubling stops at the longest lock there is.
pub async fn no_lock_exceeds_the_longest_lock(suite: &Suite) {
    let rule = LockRule { lock_after: 2, lock_for: Duration::from_hours(6), ..LOCKS };
    let user = TestUser::new(suite);
    for (failures, hours) in [(2, 6), (4, 12), (6, 24), (8, 24), (10, 24)] {
        let last = user.fail(&rule, 2).await;
        let end = suite.now().plus(Duration::from_hours(hours));
        assert_eq!(last.lock, Lock::Until(end), "{failures} failures lock for {hours} hours");
        suite.pass_until(end);
    }
}

/// Of 200 attempts at once on a challenge that would take them all, ten are counted.
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
    assert_eq!(user.user_state().await.failures, 10, "who is locked fails no more");
}

/// Not a resend, not another channel, scope or log-in, not a revocation.
pub async fn only_a_success_or_an_unlock_resets_the_count(suite: &Suite) {
    let user = TestUser::new(suite);
    let fail = async |user: &TestUser, times: u32| -> CountedAttempt {
        let challenge = user
            .start_challenge_with(|it| crate::challenge::Challenge { channel: Channel::Voice, ..it })
            .await;
        for _ in 1..times {
            let _ = user.attempt_counted(&challenge.id).await;
        }
        user.attempt_counted(&challenge.id).await
    };
    assert_eq!(user.fail(&LOCKS, 3).await.failures, 3);
    assert_eq!(user.fail(&LOCKS, 1).await.failures, 4, "a new challenge does not begin anew");
    assert_eq!(fail(&user, 1).await.failures, 5, "another channel does not begin anew");
    assert_eq!(fail(&user.for_scope("settings"), 1).await.failures, 6, "another scope does not begin anew");
    assert_eq!(fail(&user.in_another_session(), 1).await.failures, 7, "another log-in does not begin anew");
    user.revoke(crate::store::Revocation::User).await;
    assert_eq!(fail(&user.in_another_session(), 3).await.failures, 10, "a revocation does not begin anew");
    assert_locked(&user, Lock::Until(suite.now().plus(LOCKS.lock_for))).await;

    user.unlock().await;
    assert_eq!((user.user_state().await.failures, user.user_state().await.lock), (0, Lock::Open), "unlock");
    assert_eq!(user.fail(&LOCKS, 9).await.failures, 9, "unlock begins anew");
    let _ = user.in_another_session().obtain_grant_at_the_tenth_attempt().await;
    assert_eq!((user.user_state().await.failures, user.user_state().await.lock), (0, Lock::Open), "success");
    assert_eq!(user.fail(&LOCKS, 1).await.failures, 1, "a success begins anew");

    user.unlock().await;
    assert_eq!(user.fail_through_locks(50).await.lock, Lock::Disabled);
    user.unlock().await;
    let first = user.fail(&LOCKS, 1).await;
    assert_eq!((first.failures, first.lock), (1, Lock::Open), "unlock helps who is disabled");
}

/// A locked user hears of the lock alone, whichever challenge they name, and whether they try or send.
pub async fn a_locked_user_learns_only_of_the_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let live = user.for_scope("settings").start_challenge().await;
    let _ = user.fail(&LOCKS, 10).await;
    let lock = Lock::Until(suite.now().plus(LOCKS.lock_for));
    for (name, whose, id) in [
        ("a live challenge", user.for_scope("settings"), live.id),
        ("a challenge nobody knows", user.for_scope("settings"), ChallengeId::random()),
        ("a log-in nobody knows", user.in_another_session(), live.id),
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
    assert_eq!(user.user_state().await.failures, 10, "who is locked fails no more");
    user.unlock().await;
    let attempt = expect_counted(user.for_scope("settings").attempt(&live.id).await);
    assert_eq!(attempt.challenge.attempts_used, 1, "attempts while locked cost the challenge nothing");
}

/// A failure that turned out to be none takes the lock with it that it brought, and no other.
pub async fn releasing_a_failure_lifts_its_lock(suite: &Suite) {
    for failures in [1, 9, 10, 11, 20, 50] {
        let user = TestUser::new(suite);
        let last = user.fail_through_locks(failures).await;
        assert_eq!(last.failures, failures);
        user.release_attempt(last.era).await;
        let user_state = user.user_state().await;
        let seen = (user_state.failures, user_state.lock);
        assert_eq!(seen, (failures - 1, Lock::Open), "failure {failures} is given back with its lock");
        let again = user.fail(&LOCKS, 1).await;
        assert_eq!((again.failures, again.lock), (failures, last.lock), "failure {failures}, once more");
    }
    // Of two that run at the same time either may be given back, and the lock goes with it.
    let user = TestUser::new(suite);
    let ninth = user.fail(&LOCKS, 9).await;
    let _tenth = user.fail(&LOCKS, 1).await;
    user.release_attempt(ninth.era).await;
    let user_state = user.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (9, Lock::Open), "nine failures lock nobody");
}

/// A failure of before a success or unlock is not taken from those after it.
pub async fn a_failure_from_before_a_reset_is_not_released_afterward(suite: &Suite) {
    let user = TestUser::new(suite);
    let before = user.fail(&LOCKS, 10).await;
    user.unlock().await;
    user.release_attempt(before.era).await;
    assert_eq!(user.user_state().await.failures, 0, "nothing is given back to nothing");
    let after = user.fail(&LOCKS, 10).await;
    user.release_attempt(before.era).await;
    let user_state = user.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, after.lock), "nor to failures after an unlock");

    user.unlock().await;
    let before = user.fail(&LOCKS, 2).await;
    let _ = user.obtain_grant().await;
    assert_eq!(user.fail(&LOCKS, 3).await.failures, 3);
    user.release_attempt(before.era).await;
    assert_eq!(user.user_state().await.failures, 3, "nor to failures after a success");
}

/// Thirty days after the last failure the count begins anew; a millisecond earlier it goes on.
pub async fn failures_are_forgotten_exactly_on_time(suite: &Suite) {
    let (forgotten, remembered) = (TestUser::new(suite), TestUser::new(suite));
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
pub async fn a_disabled_user_stays_disabled(suite: &Suite) {
    let user = TestUser::new(suite);
    assert_eq!(user.fail_through_locks(50).await.lock, Lock::Disabled);
    for days in [1, 29, 31, 365] {
        suite.pass(Duration::from_hours(days * 24));
        // What somebody else writes sweeps, in a store that sweeps while it writes.
        let _ = TestUser::new(suite).start_challenge().await;
        assert_locked(&user, Lock::Disabled).await;
        assert_eq!(user.user_state().await.failures, 50, "the failures stand with the lock");
    }
}

/// The attempt that locks may be the right one.
pub async fn a_right_code_at_the_locking_attempt_lifts_the_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let _ = user.fail(&LOCKS, 9).await;
    let grant = user.obtain_grant_at_the_tenth_attempt().await;
    assert_eq!(user.grant().await, Some(grant), "the tenth attempt makes a grant if it is right");
    let user_state = user.user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock),
        (0, Lock::Open),
        "and the lock that it brought is gone"
    );
}

impl TestUser {
    async fn obtain_grant_at_the_tenth_attempt(&self) -> crate::grant::GrantRecord {
        let challenge = self.start_challenge().await;
        let tenth = self.attempt_counted(&challenge.id).await;
        assert!(matches!(tenth.lock, Lock::Until(_)), "the tenth locks while it is looked at: {tenth:?}");
        expect_granted(self.redeem(&challenge.id).await)
    }
}

async fn assert_locked(user: &TestUser, lock: Lock) {
    assert_eq!(user.user_state().await.lock, lock, "the standing tells the lock");
    let answer = user.attempt(&ChallengeId::random()).await;
    assert!(
        matches!(answer, AttemptReservation::Locked(told) if told == lock),
        "no code is tried while locked by {lock:?}: {answer:?}"
    );
    let (_, answer) = user.in_another_session().reserve_send(&lenient()).await;
    assert!(
        matches!(answer, SendReservation::Locked(told) if told == lock),
        "nothing is sent while locked by {lock:?}: {answer:?}"
    );
}
