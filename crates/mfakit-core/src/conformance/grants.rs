//! Guarantees that a challenge yields at most one grant, and that a grant is consumed at most once.

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

/// Of a hundred concurrent redemptions, one yields a grant, which is the current one.
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
    assert_eq!(made.len(), 1, "one of a hundred concurrent redemptions yields a grant");
    assert_eq!(user.grant().await.as_ref(), made.first(), "the grant that was made is the current one");
    let again = user.redeem(&challenge).await;
    assert!(matches!(again, RedeemOutcome::Over), "a redeemed challenge is over: {again:?}");
}

/// Every field of a grant is read back unchanged: both bindings, both channels, lifetimes from a millisecond to a day,
/// and every bit of the token's hash.
pub async fn a_grant_is_read_back_as_written(suite: &Suite) {
    let tokens = [[0; 32], [0xff; 32], random()].map(|hash| Binding::Cookie(TokenHash::from_bytes(hash)));
    for binding in tokens.into_iter().chain([Binding::Bearer]) {
        for channel in [Channel::Messaging, Channel::Voice] {
            for lifetime in
                [Duration::from_millis(1), Duration::from_secs(601), Duration::from_secs(24 * 60 * 60)]
            {
                let user = TestUser::new(suite);
                let challenge =
                    user.start_challenge_with(|it| Challenge { method: channel.into(), ..it }).await;
                suite.pass(Duration::from_millis(1));
                let made = expect_granted(user.redeem_with(&challenge.id, binding, lifetime).await);
                let (verified_at, expires_at) = (suite.now(), suite.now().plus(lifetime));
                let expected = GrantRecord::new(binding, verified_at, expires_at, channel, None);
                assert_eq!(made, expected, "the grant is as requested");
                assert_eq!(user.grant().await, Some(expected), "the grant is read back as it was written");
            }
        }
    }
}

/// A grant is not valid for another scope with a similar name, in another session or for another user.
pub async fn a_grant_is_valid_only_for_its_user_session_and_scope(suite: &Suite) {
    let names = ["a", "aa", "a.b", "a-b", "a_b", "a.", "ab", "b", "0"];
    for name in names {
        let user = TestUser::new(suite).for_scope(name);
        let grant = user.obtain_grant().await;
        for other in names.into_iter().filter(|other| *other != name) {
            assert_eq!(
                user.for_scope(other).grant().await,
                None,
                "a grant for {name} is not valid for {other}"
            );
        }
        assert_eq!(user.in_another_session().grant().await, None, "a grant is valid only in its session");
        let stranger = TestUser { login: user.login, scope: user.scope, ..TestUser::new(suite) };
        assert_eq!(stranger.grant().await, None, "a grant is valid only for its user");
        assert_eq!(user.grant().await, Some(grant));
    }
    // A key that joins several identifiers must be unambiguous.
    let user = TestUser::new(suite);
    let longer = TestUser { id: format!("{}:x", user.id.as_str()).into(), ..user.clone() };
    let _ = user.obtain_grant().await;
    assert_eq!(
        longer.grant().await,
        None,
        "a grant is not valid for a user whose ID begins like its owner's"
    );
}

/// Another user, session or scope cannot redeem a challenge, and an attempt to do so leaves it to its owner.
pub async fn a_challenge_is_redeemed_only_by_its_user_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.start_challenge().await.id;
    let stranger = TestUser { login: user.login, ..TestUser::new(suite) };
    let _ = stranger.start_challenge().await;
    for (name, other, id) in [
        ("another user", &stranger, challenge),
        ("another session", &user.in_another_session(), challenge),
        ("another scope", &user.for_scope("transfer.x"), challenge),
        ("another challenge", &user, ChallengeId::random()),
    ] {
        let answer = other.redeem(&id).await;
        assert!(matches!(answer, RedeemOutcome::Over), "{name} does not redeem it: {answer:?}");
        assert_eq!(other.grant().await, None, "{name} has no grant");
    }
    let _ = expect_granted(user.redeem(&challenge).await);
}

/// Each session and scope has one grant: the newest.
pub async fn a_newer_grant_replaces_the_older_one(suite: &Suite) {
    let user = TestUser::new(suite);
    let older = user.obtain_grant().await;
    suite.pass(Duration::from_secs(1));
    let newer = user.obtain_grant().await;
    assert_ne!(older, newer);
    assert_eq!(user.grant().await.as_ref(), Some(&newer), "the newer grant is the current one");
    assert_eq!(user.user_state().await.grants.len(), 1, "the user has no other grant");
}

/// Of a hundred concurrent requests that consume a grant, one succeeds.
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
    assert_eq!(consumed, 1, "one of a hundred concurrent requests consumes a grant");
    assert_eq!(user.grant().await, None, "a consumed grant is gone");
    let left: Vec<_> = user.user_state().await.grants.into_iter().map(|it| it.grant).collect();
    assert_eq!(left, [beside], "the grant of another session stays valid");
}

/// A grant that has been replaced, or that differs in any field, consumes nothing.
pub async fn only_the_current_grant_is_consumed(suite: &Suite) {
    let user = TestUser::new(suite);
    let older = user.obtain_grant().await;
    suite.pass(Duration::from_secs(1));
    let current = user.obtain_grant().await;
    let other_token = Binding::Cookie(TokenHash::from_bytes(random()));
    let a_moment_later = |moment: crate::clock::Timestamp| moment.plus(Duration::from_millis(1));
    for (name, other) in [
        ("the older grant", older),
        ("another token", GrantRecord { binding: other_token, ..current.clone() }),
        ("no token", GrantRecord { binding: Binding::Bearer, ..current.clone() }),
        ("another time", GrantRecord { verified_at: a_moment_later(current.verified_at), ..current.clone() }),
        ("another end", GrantRecord { expires_at: a_moment_later(current.expires_at), ..current.clone() }),
    ] {
        assert_eq!(user.consume(&other).await, ConsumeOutcome::Gone, "{name} consumes nothing");
    }
    for (name, other) in [("session", user.in_another_session()), ("scope", user.for_scope("transfer.x"))] {
        assert_eq!(other.consume(&current).await, ConsumeOutcome::Gone, "another {name} consumes nothing");
    }
    assert_eq!(
        TestUser::new(suite).consume(&current).await,
        ConsumeOutcome::Gone,
        "another user consumes nothing"
    );
    assert_eq!(user.grant().await.as_ref(), Some(&current), "the grant stays valid");
    assert_eq!(user.consume(&current).await, ConsumeOutcome::Consumed);
}

/// A challenge is redeemed until its last millisecond, and not after it. A grant is valid until its last millisecond.
pub async fn an_expired_challenge_yields_no_grant(suite: &Suite) {
    let (early, late) = (TestUser::new(suite), TestUser::new(suite));
    let (first, second) = (early.start_challenge().await.id, late.start_challenge().await.id);
    let end = suite.now().plus(CODE_LIFETIME);
    suite.pass_until_just_before(end);
    let grant = expect_granted(early.redeem(&first).await);
    suite.pass_until(end);
    let answer = late.redeem(&second).await;
    assert!(matches!(answer, RedeemOutcome::Over), "an expired challenge yields no grant: {answer:?}");
    assert_eq!(late.grant().await, None);

    assert_eq!(grant.lifetime(), GRANT_LIFETIME);
    suite.pass_until_just_before(grant.expires_at);
    assert_eq!(early.grant().await.as_ref(), Some(&grant), "a grant is valid in its last millisecond");
    assert_eq!(early.user_state().await.grants.len(), 1);
    suite.pass_until(grant.expires_at);
    assert!(early.user_state().await.grants.is_empty(), "an expired grant is not in the user state");
}
