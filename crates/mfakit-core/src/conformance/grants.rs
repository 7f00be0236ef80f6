//! A challenge becomes at most one grant, and a grant is consumed at most once.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    channel::Channel,
    conformance::{
        suite::{Suite, race},
        test_user::{CODE_LIFETIME, GRANT_LIFETIME, TestUser, expect_granted},
    },
    grant::{Binding, GrantRecord},
    random::random,
    store::{ConsumeOutcome, RedeemOutcome},
    token::{ChallengeId, TokenHash},
};

/// Of a hundred right answers at once, one makes a grant, and that one stands.
pub async fn a_challenge_yields_exactly_one_grant(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let _ = user.attempt_counted(&challenge).await;
    let answers = race(100, |_| {
        let user = user.clone();
        async move { user.redeem(&challenge).await }
    })
    .await;
    let made: Vec<GrantRecord> = answers
        .into_iter()
        .filter_map(|answer| match answer {
            RedeemOutcome::Granted(grant) => Some(grant),
            RedeemOutcome::Over => None,
        })
        .collect();
    assert_eq!(made.len(), 1, "a challenge becomes one grant of a hundred times");
    assert_eq!(user.grant().await.as_ref(), made.first(), "the grant that was made is the one that stands");
    let again = user.redeem(&challenge).await;
    assert!(matches!(again, RedeemOutcome::Over), "a challenge that was met is over: {again:?}");
}

/// Both bindings, both channels, lifetimes from a second to a day; every bit of the token's hash.
pub async fn a_grant_is_read_back_as_written(suite: &Suite) {
    let tokens = [[0; 32], [0xff; 32], random()].map(|hash| Binding::Cookie(TokenHash::from_bytes(hash)));
    for binding in tokens.into_iter().chain([Binding::Bearer]) {
        for channel in [Channel::Messaging, Channel::Voice] {
            for lifetime in [Duration::from_millis(1), Duration::from_secs(601), Duration::from_hours(24)] {
                let user = TestUser::new(suite);
                let challenge = user.start_challenge_with(|it| Challenge { channel, ..it }).await;
                suite.pass(Duration::from_millis(1));
                let made = expect_granted(user.redeem_with(&challenge.id, binding, lifetime).await);
                let (verified_at, expires_at) = (suite.now(), suite.now().plus(lifetime));
                let expected = GrantRecord { binding, verified_at, expires_at, channel };
                assert_eq!(made, expected, "the grant is what was asked for");
                assert_eq!(user.grant().await, Some(expected), "and comes back as it was written");
            }
        }
    }
}

/// No prefix, no other log-in, no other user.
pub async fn a_grant_is_valid_only_for_its_user_session_and_scope(suite: &Suite) {
    let names = ["a", "aa", "a.b", "a-b", "a_b", "a.", "ab", "b", "0"];
    for name in names {
        let user = TestUser::new(suite).for_scope(name);
        let grant = user.obtain_grant().await;
        for other in names.into_iter().filter(|other| *other != name) {
            assert_eq!(user.for_scope(other).grant().await, None, "a grant for {name} is none for {other}");
        }
        assert_eq!(user.in_another_session().grant().await, None, "a grant is for its log-in alone");
        let stranger = TestUser { login: user.login, scope: user.scope, ..TestUser::new(suite) };
        assert_eq!(stranger.grant().await, None, "a grant is for its user alone");
        assert_eq!(user.grant().await, Some(grant));
    }
    // What a store puts together must come apart the same way.
    let user = TestUser::new(suite);
    let longer = TestUser { id: format!("{}:x", user.id.as_str()).into(), ..user.clone() };
    let _ = user.obtain_grant().await;
    assert_eq!(longer.grant().await, None, "a grant is for its user alone, whatever their name begins with");
}

/// Another user, log-in or scope gets nothing for a challenge, and takes nothing from its owner.
pub async fn a_challenge_is_redeemed_only_by_its_user_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let stranger = TestUser { login: user.login, ..TestUser::new(suite) };
    let _ = stranger.start_challenge().await;
    for (name, other, id) in [
        ("another user", &stranger, challenge),
        ("another log-in", &user.in_another_session(), challenge),
        ("another scope", &user.for_scope("transfer.x"), challenge),
        ("another challenge", &user, ChallengeId::random()),
    ] {
        let answer = other.redeem(&id).await;
        assert!(matches!(answer, RedeemOutcome::Over), "{name} gets nothing: {answer:?}");
        assert_eq!(other.grant().await, None, "{name} has no grant");
    }
    let _ = expect_granted(user.redeem(&challenge).await);
}

/// There is one grant for a log-in and scope: the newest.
pub async fn a_newer_grant_replaces_the_older_one(suite: &Suite) {
    let user = TestUser::new(suite);
    let older = user.obtain_grant().await;
    suite.pass(Duration::from_secs(1));
    let newer = user.obtain_grant().await;
    assert_ne!(older, newer);
    assert_eq!(user.grant().await.as_ref(), Some(&newer), "the newer grant stands");
    assert_eq!(user.user_state().await.grants.len(), 1, "and no other");
}

/// Of a hundred requests at once that want a grant for themselves, one has it.
pub async fn a_grant_is_consumed_only_once(suite: &Suite) {
    let user = TestUser::new(suite);
    let beside = user.in_another_session().obtain_grant().await;
    let grant = user.obtain_grant().await;
    let answers = race(100, |_| {
        let (user, grant) = (user.clone(), grant.clone());
        async move { user.consume(&grant).await }
    })
    .await;
    let consumed = answers.iter().filter(|answer| **answer == ConsumeOutcome::Consumed).count();
    assert_eq!(consumed, 1, "a grant is consumed once of a hundred times");
    assert_eq!(user.grant().await, None, "what was consumed is gone");
    let left: Vec<_> = user.user_state().await.grants.into_iter().map(|it| it.grant).collect();
    assert_eq!(left, [beside], "the grant of another log-in stands");
}

/// Whoever read a grant that another has replaced, or that differs in anything, consumes nothing.
pub async fn only_the_current_grant_is_consumed(suite: &Suite) {
    let user = TestUser::new(suite);
    let older = user.obtain_grant().await;
    suite.pass(Duration::from_secs(1));
    let stands = user.obtain_grant().await;
    let other_token = Binding::Cookie(TokenHash::from_bytes(random()));
    let a_moment_later = |moment: crate::clock::Timestamp| moment.plus(Duration::from_millis(1));
    for (name, other) in [
        ("the older grant", older),
        ("another token", GrantRecord { binding: other_token, ..stands.clone() }),
        ("no token", GrantRecord { binding: Binding::Bearer, ..stands.clone() }),
        ("another time", GrantRecord { verified_at: a_moment_later(stands.verified_at), ..stands.clone() }),
        ("another end", GrantRecord { expires_at: a_moment_later(stands.expires_at), ..stands.clone() }),
    ] {
        assert_eq!(user.consume(&other).await, ConsumeOutcome::Gone, "{name} consumes nothing");
    }
    for (name, other) in [("log-in", user.in_another_session()), ("scope", user.for_scope("transfer.x"))] {
        assert_eq!(other.consume(&stands).await, ConsumeOutcome::Gone, "another {name} consumes nothing");
    }
    assert_eq!(
        TestUser::new(suite).consume(&stands).await,
        ConsumeOutcome::Gone,
        "another user consumes nothing"
    );
    assert_eq!(user.grant().await.as_ref(), Some(&stands), "the grant stands");
    assert_eq!(user.consume(&stands).await, ConsumeOutcome::Consumed);
}

/// A right answer in the last millisecond makes a grant, one at the end does not; a grant lasts as long as it says.
pub async fn an_expired_challenge_yields_no_grant(suite: &Suite) {
    let (early, late) = (TestUser::new(suite), TestUser::new(suite));
    let (first, second) = (early.start_challenge().await.id, late.start_challenge().await.id);
    let end = suite.now().plus(CODE_LIFETIME);
    suite.pass_until_just_before(end);
    let grant = expect_granted(early.redeem(&first).await);
    suite.pass_until(end);
    let answer = late.redeem(&second).await;
    assert!(matches!(answer, RedeemOutcome::Over), "a challenge that has ended becomes no grant: {answer:?}");
    assert_eq!(late.grant().await, None);

    assert_eq!(grant.lifetime(), GRANT_LIFETIME);
    suite.pass_until_just_before(grant.expires_at);
    assert_eq!(early.grant().await.as_ref(), Some(&grant), "a grant lasts to its last millisecond");
    assert_eq!(early.user_state().await.grants.len(), 1);
    suite.pass_until(grant.expires_at);
    assert!(early.user_state().await.grants.is_empty(), "what has ended does not stand");
}
