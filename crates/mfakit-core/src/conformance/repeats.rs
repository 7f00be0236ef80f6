//! Guarantees that the code that redeemed a challenge is recognized when it is entered again, and that no
//! other code can be tried for free.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    conformance::{
        person::{CODE_LIFETIME, GRANT_LIFETIME, LOCKS, Person, all_of, counted, generous, granted},
        suite::{Suite, race},
    },
    grant::GrantRecord,
    lock::Lock,
    send_rule::SendRule,
    store::{AttemptReservation, RedeemOutcome, Repeat, RepeatLookup, Revocation, SendReservation},
    token::ChallengeId,
};

/// Starts a challenge and redeems it at once.
async fn spend(person: &Person) -> (Challenge, GrantRecord) {
    let challenge = person.start().await;
    let _ = person.try_code(&challenge.id).await;
    let grant = granted(person.redeem(&challenge.id).await);
    (challenge, grant)
}

fn repeated(answer: AttemptReservation) -> Repeat {
    match answer {
        AttemptReservation::Repeated(repeat) => *repeat,
        AttemptReservation::Reserved { .. }
        | AttemptReservation::Rejected { .. }
        | AttemptReservation::Over
        | AttemptReservation::Locked(_) => panic!("the code that was right is recognized: {answer:?}"),
    }
}

async fn assert_over(person: &Person, challenge: &ChallengeId, why: &str) {
    for (code, person) in [("the right code", person.clone()), ("another code", person.guesses())] {
        let before = person.user_state().await.failures;
        let answer = person.attempt(challenge).await;
        assert!(matches!(answer, AttemptReservation::Over), "{why}: {code} is over: {answer:?}");
        assert!(person.find_repeat(challenge).await.is_none(), "{why}: {code} finds nothing");
        assert_eq!(person.user_state().await.failures, before, "{why}: {code} counts for nothing");
    }
}

/// The right code returns challenge, grant and nonce, and counts for nothing: every time it is entered, to
/// the last millisecond, also under a former secret, and also if it was right at the last attempt.
pub async fn the_code_that_was_right_is_recognized_and_counts_for_nothing(suite: &Suite) {
    for attempts in 1..=5 {
        let person = Person::new(suite);
        let challenge =
            person.start_with(|it| Challenge { return_to: Some("sealed".to_owned()), ..it }).await;
        for _ in 1..attempts {
            let _ = person.guesses().try_code(&challenge.id).await;
        }
        let _ = person.try_code(&challenge.id).await;
        let grant = granted(person.redeem(&challenge.id).await);
        suite.pass_until_just_before(challenge.expires_at);
        let used = attempts - 1;
        for _ in 0..20 {
            let repeat = repeated(person.attempt(&challenge.id).await);
            let expected = Challenge { attempts_used: used, ..challenge.clone() };
            assert_eq!(all_of(&repeat.challenge), all_of(&expected), "right at attempt {attempts}");
            assert_eq!((repeat.grant, repeat.nonce), (grant.clone(), person.nonce), "the grant it made");
        }
        let user_state = person.user_state().await;
        assert_eq!((user_state.failures, user_state.lock), (0, Lock::Open), "nothing is counted");
        assert_eq!(person.grant().await, Some(grant), "the grant stands as it was");
        let answer = person.attempt_with(&challenge.id, &[person.guesses().proof, person.proof]).await;
        let _: Repeat = repeated(answer);
    }
}

/// A wrong code counts as an attempt on the spent challenge and as a failure of the user. Once the attempts
/// are consumed, the right code is over as well.
pub async fn another_code_for_a_spent_challenge_is_counted(suite: &Suite) {
    let person = Person::new(suite);
    let (challenge, grant) = spend(&person).await;
    for used in 1..=5 {
        let answer = person.guesses().attempt(&challenge.id).await;
        let AttemptReservation::Rejected { challenge, failures, lock } = answer else {
            panic!("a guess at a spent challenge is counted: {answer:?}")
        };
        let seen = (challenge.attempts_used, failures, lock);
        assert_eq!(seen, (used, used, Lock::Open), "attempts, failures and lock");
        assert_eq!(person.user_state().await.failures, used, "the failures stand");
    }
    for person in [person.clone(), person.guesses()] {
        let answer = person.attempt(&challenge.id).await;
        assert!(matches!(answer, AttemptReservation::Over), "no attempt is left: {answer:?}");
    }
    assert_eq!(person.user_state().await.failures, 5, "what is over counts for nothing");
    assert_eq!(person.grant().await, Some(grant), "wrong codes take no grant away");
}

/// Of two hundred concurrent guesses, five are compared and counted.
pub async fn guesses_at_a_spent_challenge_end_with_its_attempts(suite: &Suite) {
    let person = Person::new(suite);
    let (challenge, _) = spend(&person).await;
    let answers = race(200, |_| {
        let person = person.guesses();
        async move { person.attempt(&challenge.id).await }
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
            | AttemptReservation::Repeated(_)
            | AttemptReservation::Locked(_) => panic!("a guess is rejected or over: {answer:?}"),
        }
    }
    used.sort_unstable();
    assert_eq!(used, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)], "each guess is counted once");
}

/// Guesses at a spent challenge lead to the lock. A locked user cannot tell the right code from a wrong one.
pub async fn a_locked_user_learns_nothing_of_a_spent_challenge(suite: &Suite) {
    let person = Person::new(suite);
    let (challenge, _) = spend(&person).await;
    let _ = person.elsewhere().fail(&LOCKS, 9).await;
    let answer = person.guesses().attempt(&challenge.id).await;
    let AttemptReservation::Rejected { lock: lock @ Lock::Until(end), failures: 10, .. } = answer else {
        panic!("the tenth failure locks, on a spent challenge too: {answer:?}")
    };
    for person in [person.clone(), person.guesses()] {
        let answer = person.attempt(&challenge.id).await;
        let AttemptReservation::Locked(told) = answer else { panic!("the lock comes first: {answer:?}") };
        assert_eq!(told, lock);
    }
    assert_eq!(person.user_state().await.failures, 10, "who is locked counts no failure");
    suite.pass_until(end);
    assert_over(&person, &challenge.id, "the challenge has expired meanwhile").await;
}

/// A code is over once its grant is consumed, revoked, expired or replaced.
pub async fn a_repeat_ends_with_its_grant(suite: &Suite) {
    for (name, what) in [("user", 0), ("log-in", 1), ("scope", 2), ("elevation", 3)] {
        let person = Person::new(suite);
        let (challenge, _) = spend(&person).await;
        let _: Repeat = repeated(person.attempt(&challenge.id).await);
        person
            .revoke(match what {
                0 => Revocation::User,
                1 => Revocation::Login(person.login),
                2 => Revocation::Scope(person.scope),
                _ => Revocation::Elevation(person.login, person.scope),
            })
            .await;
        assert_over(&person, &challenge.id, &format!("the {name} was revoked")).await;
    }
    let person = Person::new(suite);
    let (challenge, grant) = spend(&person).await;
    let _: Repeat = repeated(person.attempt(&challenge.id).await);
    let _ = person.consume(&grant).await;
    assert_over(&person, &challenge.id, "the grant was consumed").await;
    let next = person.start().await;
    let _ = granted(person.redeem(&next.id).await);
    assert_over(&person, &challenge.id, "the challenge was replaced").await;

    let person = Person::new(suite);
    let challenge = person.start().await;
    let lifetime = Duration::from_secs(60);
    let grant = granted(person.redeem_with(&challenge.id, crate::grant::Binding::Bearer, lifetime).await);
    suite.pass_until_just_before(grant.expires_at);
    let _: Repeat = repeated(person.attempt(&challenge.id).await);
    suite.pass_until(grant.expires_at);
    assert_over(&person, &challenge.id, "the grant has expired").await;
}

/// A code is over when its challenge expires, when the number on file changes, and when a newer challenge is
/// opened.
pub async fn a_repeat_ends_with_its_challenge(suite: &Suite) {
    assert!(CODE_LIFETIME < GRANT_LIFETIME);
    let person = Person::new(suite);
    let (challenge, _) = spend(&person).await;
    suite.pass_until_just_before(challenge.expires_at);
    let _: Repeat = repeated(person.attempt(&challenge.id).await);
    suite.pass_until(challenge.expires_at);
    assert_over(&person, &challenge.id, "the challenge has expired").await;

    for numbers in [&[[7_u8; 32]] as &[[u8; 32]], &[]] {
        let person = Person::new(suite);
        let (challenge, _) = spend(&person).await;
        let answer = person.attempt_under(&LOCKS, &challenge.id, numbers).await;
        assert!(matches!(answer, AttemptReservation::Over), "another number is on file: {answer:?}");
        assert_over(&person, &challenge.id, "another number was on file").await;
    }

    let person = Person::new(suite);
    let (challenge, _) = spend(&person).await;
    let (beside, _) = spend(&person.wants("settings")).await;
    let newer = person.start().await;
    assert_over(&person, &challenge.id, "a newer challenge is live").await;
    let _: Repeat = repeated(person.wants("settings").attempt(&beside.id).await);
    let _ = counted(person.attempt(&newer.id).await);
}

/// For another user, session, scope or challenge the code is over, and nothing is counted.
pub async fn a_code_is_repeated_for_its_user_login_and_scope_alone(suite: &Suite) {
    let person = Person::new(suite);
    let (challenge, _) = spend(&person).await;
    let stranger = Person {
        login: person.login,
        number: person.number,
        proof: person.proof,
        nonce: person.nonce,
        ..Person::new(suite)
    };
    let _ = spend(&stranger.wants("settings")).await;
    for (name, other, id) in [
        ("another user", &stranger, challenge.id),
        ("another log-in", &person.elsewhere(), challenge.id),
        ("another scope", &person.wants("transfer.x"), challenge.id),
        ("another challenge", &person, ChallengeId::random()),
    ] {
        assert_over(other, &id, name).await;
    }
    let _: Repeat = repeated(person.attempt(&challenge.id).await);
    let answer = person.redeem(&challenge.id).await;
    assert!(matches!(answer, RedeemOutcome::Over), "a code makes one grant: {answer:?}");
}

/// Attempts with the same code that were counted before it was right all find the one grant, and give back
/// what they counted. A different code finds nothing, and nothing is found before a code was right.
pub async fn what_was_counted_before_finds_the_grant_of_the_same_code(suite: &Suite) {
    let person = Person::new(suite);
    let challenge = person.start().await;
    let guess = person.guesses();
    let _ = guess.try_code(&challenge.id).await;
    assert!(person.find_repeat(&challenge.id).await.is_none(), "no code was right yet");
    for _ in 0..4 {
        let _ = person.try_code(&challenge.id).await;
    }
    let answers = race(4, |_| {
        let person = person.clone();
        async move { person.redeem(&challenge.id).await }
    })
    .await;
    let made: Vec<_> =
        answers.into_iter().filter(|answer| matches!(answer, RedeemOutcome::Granted(_))).collect();
    assert_eq!(made.len(), 1, "one of them made the grant");
    let stands = person.grant().await;
    assert!(guess.find_repeat(&challenge.id).await.is_none(), "another code finds nothing");
    for left in [3, 2, 1] {
        let repeat = person.find_repeat(&challenge.id).await;
        let Some(repeat) = repeat else { panic!("the same code finds the grant") };
        assert_eq!((Some(repeat.grant), repeat.nonce), (stands.clone(), person.nonce));
        assert_eq!(repeat.challenge.attempts_used, left, "each gives one attempt back");
    }
    assert_eq!(person.user_state().await.failures, 0, "a right code is no failure");
    assert_eq!(person.grant().await, stands);
}

/// While another attempt with the same code is not settled, the outcome is pending. There is nothing to wait
/// for if the code differs, or if the other attempt was settled or released.
pub async fn who_may_be_overtaken_by_the_same_code_is_told_to_wait(suite: &Suite) {
    let person = Person::new(suite);
    let challenge = person.start().await.id;
    let guess = person.guesses();
    let [first, second, other] = [
        person.try_code(&challenge).await.challenge.attempts_used,
        person.try_code(&challenge).await.challenge.attempts_used,
        guess.try_code(&challenge).await.challenge.attempts_used,
    ];
    let answer = guess.settle(&challenge, other).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "another code has nothing to wait for: {answer:?}");
    for (name, stranger) in [("log-in", person.elsewhere()), ("scope", person.wants("transfer.x"))] {
        let answer = stranger.settle(&challenge, second).await;
        assert!(matches!(answer, RepeatLookup::Nothing), "another {name}: {answer:?}");
    }
    for _ in 0..2 {
        let answer = person.settle(&challenge, first).await;
        assert!(matches!(answer, RepeatLookup::Pending), "the second is not settled: {answer:?}");
    }
    let answer = person.settle(&challenge, second).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "both are settled: {answer:?}");
    let third = person.try_code(&challenge).await.challenge.attempts_used;
    let answer = person.settle(&challenge, third).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "it is the only one: {answer:?}");
    let fifth = person.try_code(&challenge).await.challenge.attempts_used;
    suite.pass(CODE_LIFETIME);
    let answer = person.settle(&challenge, fifth + 1).await;
    assert!(matches!(answer, RepeatLookup::Nothing), "an expired challenge is not redeemed: {answer:?}");
}

/// Neither the user's standing nor a start that comes too soon reports a spent challenge.
pub async fn a_spent_challenge_is_not_live(suite: &Suite) {
    let person = Person::new(suite);
    let _ = spend(&person).await;
    assert!(person.user_state().await.challenges.is_empty(), "what is spent is not told");
    let rule =
        SendRule { per_user: vec![crate::limit::Limit::new(1, Duration::from_hours(1))], ..generous() };
    let (_, answer) = person.reserve_send(&rule).await;
    assert!(
        matches!(answer, SendReservation::TooSoon { live: None, .. }),
        "no code can be entered on what is spent: {answer:?}"
    );
}
