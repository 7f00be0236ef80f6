//! Guarantees that every code is counted before it reaches the provider.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    conformance::{
        suite::{Suite, race},
        test_user::{CODE_LIFETIME, LOCKS, TestUser, expect_counted, expect_granted},
    },
    store::{AttemptReservation, RedeemOutcome},
    token::ChallengeId,
};

/// Of 200 concurrent attempts on one challenge, five are counted.
pub async fn a_challenge_accepts_exactly_its_attempts(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let answers = race(200, |_| {
        let user = user.clone();
        async move { user.attempt(&challenge).await }
    })
    .await;
    let mut used = Vec::new();
    for answer in answers {
        match answer {
            AttemptReservation::Reserved { challenge, failures, .. } => {
                used.push((challenge.attempts_used, failures));
            }
            AttemptReservation::Over => {}
            AttemptReservation::NumberNeeded => panic!("every attempt names the number"),
            AttemptReservation::Rejected { .. } | AttemptReservation::Repeated(_) => {
                panic!("a challenge is not spent before a code has redeemed it: {answer:?}")
            }
            AttemptReservation::Locked(lock) => panic!("five failures must not lock the user: {lock:?}"),
        }
    }
    used.sort_unstable();
    let each = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)];
    assert_eq!(used, each, "each of the five attempts and failures is returned once");
    let user_state = user.user_state().await;
    assert_eq!(user_state.failures, 5, "an attempt on a challenge that is over is not counted");
    assert!(user_state.challenges.is_empty(), "a challenge without attempts left is not live");
}

/// An attempt by another user, in another session, for another scope or on another challenge is not counted. Its answer
/// reveals nothing.
pub async fn an_attempt_by_another_user_session_or_scope_counts_nothing(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let stranger = TestUser { login: user.login, number: user.number, ..TestUser::new(suite) };
    let strangers_own = stranger.for_scope("settings").start_challenge().await.id;
    for (whose, other, id) in [
        ("another user", stranger.clone(), challenge),
        ("another user, on their own challenge for another scope", stranger.clone(), strangers_own),
        ("another session", user.in_another_session(), challenge),
        ("another scope", user.for_scope("transfe"), challenge),
        ("a longer scope", user.for_scope("transfer.x"), challenge),
        ("another challenge", user.clone(), strangers_own),
        ("no challenge", user.clone(), ChallengeId::random()),
    ] {
        let answer = other.attempt(&id).await;
        assert!(matches!(answer, AttemptReservation::Over), "{whose}: the attempt is over: {answer:?}");
        assert_eq!(other.user_state().await.failures, 0, "{whose}: no failure is counted");
    }
    assert_eq!(
        stranger.for_scope("settings").attempt_counted(&strangers_own).await.failures,
        1,
        "the other challenge is unchanged"
    );
    let own = user.attempt_counted(&challenge).await;
    assert_eq!(
        (own.challenge.attempts_used, own.failures),
        (1, 1),
        "attempts by others must not cost the owner any"
    );
}

/// A challenge whose number differs from the one on file is over, even if the number changes back.
pub async fn a_changed_number_ends_the_challenge(suite: &Suite) {
    for (on_file, name) in [(&[[7_u8; 32]] as &[[u8; 32]], "another number"), (&[], "no number")] {
        let user = TestUser::new(suite);
        let (challenge, beside) =
            (user.start_challenge().await.id, user.for_scope("settings").start_challenge().await.id);
        let answer = user.attempt_under(&LOCKS, &challenge, on_file).await;
        assert!(matches!(answer, AttemptReservation::Over), "{name}: the challenge is over: {answer:?}");
        let answer = user.attempt(&challenge).await;
        assert!(matches!(answer, AttemptReservation::Over), "{name}: it stays over: {answer:?}");
        let redeemed = user.redeem(&challenge).await;
        assert!(matches!(redeemed, RedeemOutcome::Over), "{name}: it yields no grant: {redeemed:?}");
        assert_eq!(user.user_state().await.failures, 0, "{name}: no failure is counted");
        let _ = expect_counted(user.for_scope("settings").attempt(&beside).await);
    }
}

/// A number has one hash for each secret of the key ring, and any of them matches.
pub async fn any_hash_of_the_number_on_file_is_accepted(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let hashes = [[7; 32], [8; 32], user.number];
    let attempt = expect_counted(user.attempt_under(&LOCKS, &challenge, &hashes).await);
    assert_eq!(
        attempt.challenge.number, user.number,
        "the challenge contains the number that it was sent to"
    );
}

/// An attempt that names no number is counted, and its answer contains the number for the caller to compare.
pub async fn an_attempt_for_any_number_is_counted_and_returns_it(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let attempt = expect_counted(user.attempt_for_any_number(&LOCKS, &challenge).await);
    assert_eq!((attempt.challenge.attempts_used, attempt.failures), (1, 1), "attempts and failures");
    assert_eq!(attempt.challenge.number, user.number, "the number that the challenge went to");
    let _ = expect_granted(user.redeem(&challenge).await);
    match user.attempt_for_any_number(&LOCKS, &challenge).await {
        AttemptReservation::Repeated(repeat) => {
            assert_eq!(repeat.challenge.number, user.number, "the number of a spent challenge");
        }
        answer => panic!("the right code is recognized again: {answer:?}"),
    }
    let guess = user.with_wrong_code().attempt_for_any_number(&LOCKS, &challenge).await;
    assert!(matches!(guess, AttemptReservation::Rejected { .. }), "another code is a guess: {guess:?}");
    let changed = user.attempt_under(&LOCKS, &challenge, &[[7; 32]]).await;
    assert!(matches!(changed, AttemptReservation::Over), "a changed number ends it: {changed:?}");
    let after = user.attempt_for_any_number(&LOCKS, &challenge).await;
    assert!(matches!(after, AttemptReservation::Over), "it is over for any number: {after:?}");
}

/// A code is accepted until the last millisecond before the challenge expires, and not after it.
pub async fn a_challenge_ends_exactly_when_it_expires(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await;
    assert_eq!(challenge.expires_at, suite.now().plus(CODE_LIFETIME));
    suite.pass_until_just_before(challenge.expires_at);
    let _ = user.attempt_counted(&challenge.id).await;
    assert_eq!(user.user_state().await.challenges.len(), 1, "a challenge is live in its last millisecond");
    suite.pass_until(challenge.expires_at);
    let answer = user.attempt(&challenge.id).await;
    assert!(matches!(answer, AttemptReservation::Over), "a challenge is over when it expires: {answer:?}");
    let user_state = user.user_state().await;
    assert!(user_state.challenges.is_empty(), "the user state omits an expired challenge");
    assert_eq!(user_state.failures, 1, "an attempt on a challenge that is over is not a failure");
}

/// A challenge that was sent more than a minute in the future is over, whenever it expires. Either the clock was set
/// back, or a server with a slow clock took over.
pub async fn setting_the_clock_back_does_not_extend_a_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let sent_at = suite.now();
    let challenge = user.start_challenge().await.id;
    let back = |millis| Timestamp::from_millis(sent_at.as_millis().saturating_sub(millis));
    suite.set(back(60_001));
    let answer = user.attempt(&challenge).await;
    let user_state = user.user_state().await;
    suite.set(back(60_000));
    let corrected = user.attempt(&challenge).await;
    suite.set(sent_at);
    assert!(matches!(answer, AttemptReservation::Over), "a challenge from the future is over: {answer:?}");
    assert!(user_state.challenges.is_empty(), "the user state omits a challenge from the future");
    assert_eq!(user_state.failures, 0, "an attempt on a challenge that is over is not a failure");
    assert_eq!(expect_counted(corrected).failures, 1, "a clock may be corrected by a minute");
}

/// An unknown user has no challenge, and attempts create no record.
pub async fn an_unknown_challenge_is_over(suite: &Suite) {
    let user = TestUser::new(suite);
    let id = ChallengeId::random();
    for _ in 0..20 {
        let answer = user.attempt(&id).await;
        assert!(matches!(answer, AttemptReservation::Over), "an unknown challenge is over: {answer:?}");
    }
    let redeemed = user.redeem(&id).await;
    assert!(matches!(redeemed, RedeemOutcome::Over), "an unknown challenge yields no grant: {redeemed:?}");
    user.release_attempt(0).await;
    user.release_send(&id).await;
    user.unlock().await;
    assert_eq!(user.user_state().await.failures, 0, "calls about an unknown challenge count no failure");
}

/// The fifth attempt may be the right one, however long the provider takes and whatever is written in the meantime.
pub async fn the_last_attempt_can_succeed(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    for _ in 0..5 {
        let _ = user.attempt_counted(&challenge).await;
    }
    // A sweep must not remove a challenge whose last attempt is still being checked.
    suite.pass(Duration::from_secs(2 * 60));
    let _ = user.for_scope("settings").start_challenge().await;
    let grant = expect_granted(user.redeem(&challenge).await);
    assert_eq!(user.grant().await, Some(grant), "the right code at the last attempt yields a grant");
}

/// Releasing an attempt removes the failure from the user's count, and changes nothing on the challenge.
pub async fn releasing_an_attempt_returns_nothing_to_the_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    for used in 1..=5 {
        let attempt = user.attempt_counted(&challenge).await;
        assert_eq!((attempt.challenge.attempts_used, attempt.failures), (used, 1), "attempts and failures");
        user.release_attempt(attempt.era).await;
        assert_eq!(user.user_state().await.failures, 0, "the failure is given back to the user");
    }
    let answer = user.attempt(&challenge).await;
    assert!(matches!(answer, AttemptReservation::Over), "no attempt is left: {answer:?}");
}

/// Releasing an attempt whose code did not reach the provider returns it to its challenge as well, live or spent.
pub async fn releasing_an_unsent_attempt_returns_it_to_the_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let kept = user.attempt_counted(&challenge).await;
    user.release(&kept, false).await;
    for _ in 0..10 {
        let attempt = user.attempt_counted(&challenge).await;
        let counted = (attempt.challenge.attempts_used, attempt.failures);
        assert_eq!(counted, (2, 1), "the attempt before was returned, and the first was not");
        user.release(&attempt, true).await;
        assert_eq!(user.user_state().await.failures, 0, "the failure is given back to the user");
    }
    // Nothing is returned to another challenge, or on behalf of another session.
    let last = user.attempt_counted(&challenge).await;
    user.in_another_session().release(&last, true).await;
    user.for_scope("settings").release(&last, true).await;
    let next = user.attempt_counted(&challenge).await;
    assert_eq!(next.challenge.attempts_used, 3, "an attempt is returned only by its owner");
    // Of two attempts in flight, one is right.
    let _ = expect_granted(user.redeem(&challenge).await);
    user.release(&next, true).await;
    let guess = user.with_wrong_code().attempt(&challenge).await;
    let AttemptReservation::Rejected { challenge: spent, .. } = guess else {
        panic!("another code is a guess: {guess:?}")
    };
    assert_eq!(spent.attempts_used, 2, "neither the right attempt nor the unsent one is a guess");
}
