//! Guarantees that the code that redeemed a challenge is recognized when it is entered again, and that no
//! other code can be tried for free.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    conformance::{
        suite::{Suite, race},
        test_user::{
            CODE_LIFETIME, GRANT_LIFETIME, LOCKS, TestUser, describe_challenge, expect_counted,
            expect_granted, lenient,
        },
    },
    grant::GrantRecord,
    lock::Lock,
    send_rule::SendRule,
    store::{AttemptReservation, RedeemOutcome, Repeat, RepeatLookup, Revocation, SendReservation},
    token::ChallengeId,
};

/// Starts a challenge and redeems it at once.
async fn spend(user: &TestUser) -> (Challenge, GrantRecord) {
    let challenge = user.start_challenge().await;
    let _ = user.attempt_counted(&challenge.id).await;
    let grant = expect_granted(user.redeem(&challenge.id).await);
    (challenge, grant)
}

fn repeated(answer: AttemptReservation) -> Repeat {
    match answer {
        AttemptReservation::Repeated(repeat) => *repeat,
        AttemptReservation::Reserved { .. }
        | AttemptReservation::Rejected { .. }
        | AttemptReservation::NumberNeeded
        | AttemptReservation::Over
        | AttemptReservation::Locked(_) => {
            panic!("the code that redeemed the challenge is recognized: {answer:?}")
        }
    }
}

async fn assert_over(user: &TestUser, challenge: &ChallengeId, why: &str) {
    for (code, user) in [("the right code", user.clone()), ("another code", user.with_wrong_code())] {
        let before = user.user_state().await.failures;
        let answer = user.attempt(challenge).await;
        assert!(matches!(answer, AttemptReservation::Over), "{why}: {code} is over: {answer:?}");
        assert!(user.find_repeat(challenge).await.is_none(), "{why}: {code} finds nothing");
        assert_eq!(user.user_state().await.failures, before, "{why}: {code} is not counted");
    }
}

/// The right code returns the challenge, the grant and the nonce, and is not counted. This holds every time it is
/// entered, to the last millisecond, under a former secret, and even if it was right at the last attempt.
pub async fn a_repeated_right_code_is_recognized_and_not_counted(suite: &Suite) {
    for attempts in 1..=5 {
        let user = TestUser::new(suite);
        let challenge =
            user.start_challenge_with(|it| Challenge { return_to: Some("signed".to_owned()), ..it }).await;
        for _ in 1..attempts {
            let _ = user.with_wrong_code().attempt_counted(&challenge.id).await;
        }
        let _ = user.attempt_counted(&challenge.id).await;
        let grant = expect_granted(user.redeem(&challenge.id).await);
        suite.pass_until_just_before(challenge.expires_at);
        let used = attempts - 1;
        for _ in 0..20 {
            let repeat = repeated(user.attempt(&challenge.id).await);
            let expected = Challenge { attempts_used: used, ..challenge.clone() };
            assert_eq!(
                describe_challenge(&repeat.challenge),
                describe_challenge(&expected),
                "redeemed at attempt {attempts}"
            );
            assert_eq!(
                (repeat.grant, repeat.nonce),
                (grant.clone(), user.nonce),
                "the grant that the code made"
            );
        }
        let user_state = user.user_state().await;
        assert_eq!((user_state.failures, user_state.lock), (0, Lock::Unlocked), "nothing is counted");
        assert_eq!(user.grant().await, Some(grant), "the grant is unchanged");
        let answer = user.attempt_with(&challenge.id, &[user.with_wrong_code().proof, user.proof]).await;
        let _: Repeat = repeated(answer);
    }
}

/// A wrong code counts as an attempt on the spent challenge and as a failure of the user. Once the attempts
/// are consumed, the right code is over as well.
pub async fn a_wrong_code_for_a_spent_challenge_is_counted(suite: &Suite) {
    let user = TestUser::new(suite);
    let (challenge, grant) = spend(&user).await;
    for used in 1..=5 {
        let answer = user.with_wrong_code().attempt(&challenge.id).await;
        let AttemptReservation::Rejected { challenge, failures, lock } = answer else {
            panic!("a guess at a spent challenge is counted: {answer:?}")
        };
        let actual = (challenge.attempts_used, failures, lock);
        assert_eq!(actual, (used, used, Lock::Unlocked), "attempts, failures and lock");
        assert_eq!(user.user_state().await.failures, used, "the failures are in the user state");
    }
    for user in [user.clone(), user.with_wrong_code()] {
        let answer = user.attempt(&challenge.id).await;
        assert!(matches!(answer, AttemptReservation::Over), "no attempt is left: {answer:?}");
    }
    assert_eq!(user.user_state().await.failures, 5, "an attempt on a challenge that is over is not counted");
    assert_eq!(user.grant().await, Some(grant), "wrong codes do not end the grant");
}

/// Of two hundred concurrent guesses, five are compared and counted.
pub async fn guesses_at_a_spent_challenge_are_limited_to_its_attempts(suite: &Suite) {
    let user = TestUser::new(suite);
    let (challenge, _) = spend(&user).await;
    let answers = race(200, |_| {
        let user = user.with_wrong_code();
        async move { user.attempt(&challenge.id).await }
    })
    .await;
    let mut used = Vec::new();
    for answer in answers {
        match answer {
            AttemptReservation::Rejected { challenge, failures, .. } => {
                used.push((challenge.attempts_used, failures));
            }
            AttemptReservation::Over => {}
            AttemptReservation::Reserved { .. }
            | AttemptReservation::NumberNeeded
            | AttemptReservation::Repeated(_)
            | AttemptReservation::Locked(_) => panic!("a guess is rejected or over: {answer:?}"),
        }
    }
    used.sort_unstable();
    assert_eq!(used, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)], "each guess is counted once");
}

/// Guesses at a spent challenge count toward the lock. While the user is locked, the right code and a wrong one get the
/// same answer.
pub async fn a_locked_user_learns_nothing_about_a_spent_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let (challenge, _) = spend(&user).await;
    let _ = user.in_another_session().fail(&LOCKS, 9).await;
    let answer = user.with_wrong_code().attempt(&challenge.id).await;
    let AttemptReservation::Rejected { lock: lock @ Lock::Until(end), failures: 10, .. } = answer else {
        panic!("the tenth failure locks on a spent challenge too: {answer:?}")
    };
    for user in [user.clone(), user.with_wrong_code()] {
        let answer = user.attempt(&challenge.id).await;
        let AttemptReservation::Locked(actual) = answer else {
            panic!("the lock is checked first: {answer:?}")
        };
        assert_eq!(actual, lock);
    }
    assert_eq!(user.user_state().await.failures, 10, "attempts of a locked user are not counted");
    suite.pass_until(end);
    assert_over(&user, &challenge.id, "the challenge has expired meanwhile").await;
}

/// A code is over once its grant is consumed, revoked, expired or replaced.
pub async fn a_repeat_is_recognized_only_while_its_grant_is_valid(suite: &Suite) {
    for (name, what) in [("user", 0), ("session", 1), ("scope", 2), ("elevation", 3)] {
        let user = TestUser::new(suite);
        let (challenge, _) = spend(&user).await;
        let _: Repeat = repeated(user.attempt(&challenge.id).await);
        user.revoke(match what {
            0 => Revocation::User,
            1 => Revocation::Login(user.login),
            2 => Revocation::Scope(user.scope),
            _ => Revocation::Elevation(user.login, user.scope),
        })
        .await;
        assert_over(&user, &challenge.id, &format!("the {name} was revoked")).await;
    }
    let user = TestUser::new(suite);
    let (challenge, grant) = spend(&user).await;
    let _: Repeat = repeated(user.attempt(&challenge.id).await);
    let _ = user.consume(&grant).await;
    assert_over(&user, &challenge.id, "the grant was consumed").await;
    let next = user.start_challenge().await;
    let _ = expect_granted(user.redeem(&next.id).await);
    assert_over(&user, &challenge.id, "the challenge was replaced").await;

    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await;
    let lifetime = Duration::from_secs(60);
    let grant =
        expect_granted(user.redeem_with(&challenge.id, crate::grant::Binding::Bearer, lifetime).await);
    suite.pass_until_just_before(grant.expires_at);
    let _: Repeat = repeated(user.attempt(&challenge.id).await);
    suite.pass_until(grant.expires_at);
    assert_over(&user, &challenge.id, "the grant has expired").await;
}

/// A code is over when its challenge expires, when the number on file changes, and when a newer challenge is
/// opened.
pub async fn a_repeat_is_recognized_only_while_its_challenge_is_valid(suite: &Suite) {
    assert!(CODE_LIFETIME < GRANT_LIFETIME);
    let user = TestUser::new(suite);
    let (challenge, _) = spend(&user).await;
    suite.pass_until_just_before(challenge.expires_at);
    let _: Repeat = repeated(user.attempt(&challenge.id).await);
    suite.pass_until(challenge.expires_at);
    assert_over(&user, &challenge.id, "the challenge has expired").await;

    for numbers in [&[[7_u8; 32]] as &[[u8; 32]], &[]] {
        let user = TestUser::new(suite);
        let (challenge, _) = spend(&user).await;
        let answer = user.attempt_under(&LOCKS, &challenge.id, numbers).await;
        assert!(matches!(answer, AttemptReservation::Over), "another number is on file: {answer:?}");
        assert_over(&user, &challenge.id, "another number was on file").await;
    }

    let user = TestUser::new(suite);
    let (challenge, _) = spend(&user).await;
    let (beside, _) = spend(&user.for_scope("settings")).await;
    let newer = user.start_challenge().await;
    assert_over(&user, &challenge.id, "a newer challenge is live").await;
    let _: Repeat = repeated(user.for_scope("settings").attempt(&beside.id).await);
    let _ = expect_counted(user.attempt(&newer.id).await);
}

/// For another user, session, scope or challenge the code is over, and nothing is counted.
pub async fn a_repeat_is_recognized_only_for_its_user_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let (challenge, _) = spend(&user).await;
    let stranger = TestUser {
        login: user.login,
        number: user.number,
        proof: user.proof,
        nonce: user.nonce,
        ..TestUser::new(suite)
    };
    let _ = spend(&stranger.for_scope("settings")).await;
    for (name, other, id) in [
        ("another user", &stranger, challenge.id),
        ("another session", &user.in_another_session(), challenge.id),
        ("another scope", &user.for_scope("transfer.x"), challenge.id),
        ("another challenge", &user, ChallengeId::random()),
    ] {
        assert_over(other, &id, name).await;
    }
    let _: Repeat = repeated(user.attempt(&challenge.id).await);
    let answer = user.redeem(&challenge.id).await;
    assert!(matches!(answer, RedeemOutcome::Over), "a code yields one grant: {answer:?}");
}

/// Attempts with the same code that were counted before it redeemed the challenge all find the one grant, and return
/// their attempt to the challenge. A different code finds nothing, and nothing is found before a code has redeemed the
/// challenge.
pub async fn attempts_with_the_same_code_find_its_grant(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await;
    let guess = user.with_wrong_code();
    let _ = guess.attempt_counted(&challenge.id).await;
    assert!(user.find_repeat(&challenge.id).await.is_none(), "no code has redeemed the challenge yet");
    for _ in 0..4 {
        let _ = user.attempt_counted(&challenge.id).await;
    }
    let answers = race(4, |_| {
        let user = user.clone();
        async move { user.redeem(&challenge.id).await }
    })
    .await;
    let made: Vec<_> =
        answers.into_iter().filter(|answer| matches!(answer, RedeemOutcome::Granted(_))).collect();
    assert_eq!(made.len(), 1, "one of them yields the grant");
    let current = user.grant().await;
    assert!(guess.find_repeat(&challenge.id).await.is_none(), "another code finds nothing");
    for left in [3, 2, 1] {
        let repeat = user.find_repeat(&challenge.id).await;
        let Some(repeat) = repeat else { panic!("the same code finds the grant") };
        assert_eq!((Some(repeat.grant), repeat.nonce), (current.clone(), user.nonce));
        assert_eq!(repeat.challenge.attempts_used, left, "each gives one attempt back");
    }
    assert_eq!(user.user_state().await.failures, 0, "a right code is not a failure");
    assert_eq!(user.grant().await, current);
}

/// While another attempt with the same code is not settled, the outcome is pending. There is nothing to wait
/// for if the code differs, or if the other attempt was settled or released.
pub async fn an_attempt_waits_for_an_unsettled_one_with_the_same_code(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let guess = user.with_wrong_code();
    let [first, second, other] = [
        user.attempt_counted(&challenge).await.attempt,
        user.attempt_counted(&challenge).await.attempt,
        guess.attempt_counted(&challenge).await.attempt,
    ];
    let answer = guess.settle(&challenge, other).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "another code has nothing to wait for: {answer:?}");
    for (name, stranger) in [("session", user.in_another_session()), ("scope", user.for_scope("transfer.x"))]
    {
        let answer = stranger.settle(&challenge, second).await;
        assert!(matches!(answer, RepeatLookup::Nothing), "another {name}: {answer:?}");
    }
    for _ in 0..2 {
        let answer = user.settle(&challenge, first).await;
        assert!(matches!(answer, RepeatLookup::Pending), "the second attempt is not settled: {answer:?}");
    }
    let answer = user.settle(&challenge, second).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "both attempts are settled: {answer:?}");
    let third = user.attempt_counted(&challenge).await.attempt;
    let answer = user.settle(&challenge, third).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "there is no other attempt: {answer:?}");
    let fifth = user.attempt_counted(&challenge).await.attempt;
    suite.pass(CODE_LIFETIME);
    let answer = user.settle(&challenge, fifth + 1).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "an expired challenge cannot be redeemed: {answer:?}");
}

/// No attempt on a challenge has the number of another one, even after an attempt was released. Otherwise, settling one
/// would settle the other.
pub async fn two_attempts_on_a_challenge_have_different_numbers(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let guess = user.with_wrong_code();
    let (unsent, rejected) =
        (guess.attempt_counted(&challenge).await, guess.attempt_counted(&challenge).await);
    user.release(&unsent, true).await;
    let right = user.attempt_counted(&challenge).await;
    let mut numbers = vec![unsent.attempt, rejected.attempt, right.attempt];
    let _ = guess.settle(&challenge, rejected.attempt).await;
    for _ in 0..3 {
        let again = user.attempt_counted(&challenge).await;
        let answer = user.settle(&challenge, again.attempt).await;
        assert!(matches!(answer, RepeatLookup::Pending), "the same code is still in flight: {answer:?}");
        assert!(!numbers.contains(&again.attempt), "{} is not among {numbers:?}", again.attempt);
        numbers.push(again.attempt);
        user.release(&again, true).await;
    }
    let answer = user.settle(&challenge, right.attempt).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "every attempt is settled: {answer:?}");
}

/// Neither the user state nor a start that comes too soon contains a spent challenge.
pub async fn a_spent_challenge_is_not_live(suite: &Suite) {
    let user = TestUser::new(suite);
    let _ = spend(&user).await;
    assert!(user.user_state().await.challenges.is_empty(), "the user state omits a spent challenge");
    let rule =
        SendRule { per_user: vec![crate::limit::Limit::new(1, Duration::from_secs(60 * 60))], ..lenient() };
    let (_, answer) = user.reserve_send(&rule).await;
    assert!(
        matches!(answer, SendReservation::TooSoon { live: None, .. }),
        "a spent challenge is not live: {answer:?}"
    );
}
