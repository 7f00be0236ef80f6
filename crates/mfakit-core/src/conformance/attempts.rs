//! No code reaches the provider that was not counted before.

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

/// Of 200 attempts at once on one challenge, five are counted.
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
            AttemptReservation::Rejected { .. } | AttemptReservation::Repeated(_) => {
                panic!("a challenge that no code has redeemed is not spent: {answer:?}")
            }
            AttemptReservation::Locked(lock) => panic!("five failures lock nobody: {lock:?}"),
        }
    }
    used.sort_unstable();
    let each = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)];
    assert_eq!(used, each, "each of five attempts on a challenge, and of five failures, is told once");
    let user_state = user.user_state().await;
    assert_eq!(user_state.failures, 5, "what is over counts no failure");
    assert!(user_state.challenges.is_empty(), "a challenge without attempts left is not live");
}

/// Another user, log-in, scope or challenge: nothing is counted, and nothing is learnt.
pub async fn an_attempt_by_another_user_session_or_scope_counts_nothing(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let stranger = TestUser { login: user.login, number: user.number, ..TestUser::new(suite) };
    let strangers_own = stranger.for_scope("settings").start_challenge().await.id;
    for (whose, other, id) in [
        ("another user", stranger.clone(), challenge),
        ("another user, and a challenge of theirs for another scope", stranger.clone(), strangers_own),
        ("another log-in", user.in_another_session(), challenge),
        ("another scope", user.for_scope("transfe"), challenge),
        ("a longer scope", user.for_scope("transfer.x"), challenge),
        ("another challenge", user.clone(), strangers_own),
        ("no challenge", user.clone(), ChallengeId::random()),
    ] {
        let answer = other.attempt(&id).await;
        assert!(matches!(answer, AttemptReservation::Over), "{whose}: an attempt is over: {answer:?}");
        assert_eq!(other.user_state().await.failures, 0, "{whose}: no failure is counted");
    }
    assert_eq!(
        stranger.for_scope("settings").attempt_counted(&strangers_own).await.failures,
        1,
        "theirs is untouched"
    );
    let own = user.attempt_counted(&challenge).await;
    assert_eq!((own.challenge.attempts_used, own.failures), (1, 1), "the owner lost no attempt to others");
}

/// A challenge that went to another number than the one on file is over, and stays so.
pub async fn a_changed_number_ends_the_challenge(suite: &Suite) {
    for (now_on_file, name) in [(&[[7_u8; 32]] as &[[u8; 32]], "another number"), (&[], "no number")] {
        let user = TestUser::new(suite);
        let (challenge, beside) =
            (user.start_challenge().await.id, user.for_scope("settings").start_challenge().await.id);
        let answer = user.attempt_under(&LOCKS, &challenge, now_on_file).await;
        assert!(matches!(answer, AttemptReservation::Over), "{name}: the challenge is over: {answer:?}");
        let answer = user.attempt(&challenge).await;
        assert!(matches!(answer, AttemptReservation::Over), "{name}: it stays over: {answer:?}");
        let redeemed = user.redeem(&challenge).await;
        assert!(matches!(redeemed, RedeemOutcome::Over), "{name}: it becomes no grant: {redeemed:?}");
        assert_eq!(user.user_state().await.failures, 0, "{name}: no failure is counted");
        let _ = expect_counted(user.for_scope("settings").attempt(&beside).await);
    }
}

/// A number has one hash for each secret that still reads, and any of them is it.
pub async fn any_hash_of_the_number_on_file_is_accepted(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let hashes = [[7; 32], [8; 32], user.number];
    let attempt = expect_counted(user.attempt_under(&LOCKS, &challenge, &hashes).await);
    assert_eq!(attempt.challenge.number, user.number, "the challenge tells which number it went to");
}

/// A code is accepted in the last millisecond before the challenge ends, and no longer.
pub async fn a_challenge_ends_exactly_when_it_expires(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await;
    assert_eq!(challenge.expires_at, suite.now().plus(CODE_LIFETIME));
    suite.pass_until_just_before(challenge.expires_at);
    let _ = user.attempt_counted(&challenge.id).await;
    assert_eq!(user.user_state().await.challenges.len(), 1, "it is live in its last millisecond");
    suite.pass_until(challenge.expires_at);
    let answer = user.attempt(&challenge.id).await;
    assert!(matches!(answer, AttemptReservation::Over), "at its end a challenge is over: {answer:?}");
    let user_state = user.user_state().await;
    assert!(user_state.challenges.is_empty(), "what has ended is not told");
    assert_eq!(user_state.failures, 1, "an attempt on what is over is no failure");
}

/// A challenge whose send lies more than a minute in the future is over, whatever its end. Either the clock
/// was set back, or a server with a slow clock took over.
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
    assert!(user_state.challenges.is_empty(), "a challenge from the future is not told");
    assert_eq!(user_state.failures, 0, "an attempt on what is over is no failure");
    assert_eq!(expect_counted(corrected).failures, 1, "clocks may be corrected by a minute");
}

/// A user of whom nothing was ever heard has no challenge, and gets no record by asking.
pub async fn an_unknown_challenge_is_over(suite: &Suite) {
    let user = TestUser::new(suite);
    let id = ChallengeId::random();
    for _ in 0..20 {
        let answer = user.attempt(&id).await;
        assert!(matches!(answer, AttemptReservation::Over), "what nobody knows is over: {answer:?}");
    }
    let redeemed = user.redeem(&id).await;
    assert!(matches!(redeemed, RedeemOutcome::Over), "what nobody knows becomes no grant: {redeemed:?}");
    user.release_attempt(0).await;
    user.release_send(&id).await;
    user.unlock().await;
    assert_eq!(user.user_state().await.failures, 0, "asking counts no failure");
}

/// The fifth attempt may be the right one, however long the provider takes and whatever happens meanwhile.
pub async fn the_last_attempt_can_succeed(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    for _ in 0..5 {
        let _ = user.attempt_counted(&challenge).await;
    }
    // What a store sweeps while others write is not what somebody waits for.
    suite.pass(Duration::from_mins(2));
    let _ = user.for_scope("settings").start_challenge().await;
    let grant = expect_granted(user.redeem(&challenge).await);
    assert_eq!(user.grant().await, Some(grant), "the right code at the last attempt makes a grant");
}

/// What is given back to the user is not given back to the challenge.
pub async fn releasing_an_attempt_returns_nothing_to_the_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    for used in 1..=5 {
        let attempt = user.attempt_counted(&challenge).await;
        assert_eq!((attempt.challenge.attempts_used, attempt.failures), (used, 1), "attempts and failures");
        user.release_attempt(attempt.era).await;
        assert_eq!(user.user_state().await.failures, 0, "the user's failure is given back");
    }
    let answer = user.attempt(&challenge).await;
    assert!(matches!(answer, AttemptReservation::Over), "no attempt was left: {answer:?}");
}
