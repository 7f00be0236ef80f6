//! Guarantees that the state of a user is complete, and contains nothing that has ended.

use std::time::Duration;

use crate::{
    conformance::{
        suite::Suite,
        test_user::{CODE_LIFETIME, GRANT_LIFETIME, LOCKS, TestUser, describe_challenge, lenient},
    },
    lock::Lock,
    send_rule::SendRule,
    store::{GrantState, SendReservation},
};

/// A user whom the store has never seen has no failures, no lock, no wait, no challenges and no grants.
pub async fn an_unknown_user_has_a_clean_state(suite: &Suite) {
    let user_state = TestUser::new(suite).user_state().await;
    assert_eq!(
        (user_state.failures, user_state.lock, user_state.resend_at),
        (0, Lock::Unlocked, None),
        "{user_state:?}"
    );
    assert!(user_state.challenges.is_empty() && user_state.grants.is_empty(), "{user_state:?}");
}

/// Users are the same only if their identifiers have the same bytes. A database may compare texts in another way: without
/// regard to case, accents or spaces at the end, or only as far as a column is wide.
pub async fn users_with_similar_identifiers_are_different(suite: &Suite) {
    let user = TestUser::new(suite);
    let long = "x".repeat(300);
    for (one, other) in [
        ("alice", "Alice"),
        ("alice", "alice "),
        ("jose\u{301}", "jos\u{e9}"),
        ("jose", "jos\u{e9}"),
        ("alice", "alice\0"),
        (&format!("{long}1"), &format!("{long}2")),
    ] {
        let [one, other] = [one, other].map(|id| user.with_id(&format!("{} {id}", user.id)));
        let grant = one.obtain_grant().await;
        one.fail(&LOCKS, 1).await;
        assert_eq!(other.grant().await, None, "{:?} has the grant of {:?}", other.id, one.id);
        assert_eq!(other.user_state().await.failures, 0, "{:?} has the failures of {:?}", other.id, one.id);
        other.revoke(crate::store::Revocation::User).await;
        let after = one.grant().await;
        assert_eq!(after, Some(grant), "revoking {:?} ends the grant of {:?}", other.id, one.id);
    }
}

/// The user state contains failures, lock and wait, and the challenges and grants of all sessions and scopes.
pub async fn the_user_state_is_complete(suite: &Suite) {
    let user = TestUser::new(suite);
    let (mut challenges, mut grants) = (Vec::new(), Vec::new());
    for user in [user.clone(), user.in_another_session(), user.for_scope("transfer.x")] {
        let grant = user.obtain_grant().await;
        grants.push(GrantState { login: user.login, scope: user.scope, grant });
        challenges.push(describe_challenge(&user.start_challenge().await));
    }
    let elsewhere = user.in_another_session();
    let tenth = elsewhere.fail(&LOCKS, 10).await;
    elsewhere.revoke(crate::store::Revocation::Login(elsewhere.login)).await;
    let user_state = user.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, tenth.lock), "failures and lock");
    let mut actual: Vec<_> = user_state.challenges.iter().map(describe_challenge).collect();
    actual.sort();
    challenges.sort();
    assert_eq!(actual, challenges, "the live challenges");
    let by_session_and_scope = |it: &GrantState| (*it.login.as_bytes(), it.scope);
    let mut actual = user_state.grants;
    actual.sort_by_key(by_session_and_scope);
    grants.sort_by_key(by_session_and_scope);
    assert_eq!(actual, grants, "the grants");
}

/// The user state contains a challenge, a grant, a lock and a wait until the last millisecond, and not after it.
pub async fn the_user_state_omits_what_has_ended(suite: &Suite) {
    let user = TestUser::new(suite);
    let _ = user.obtain_grant().await;
    let start = suite.now();
    let _ = user.start_challenge().await;
    let rule = SendRule { cool_down: vec![Duration::from_secs(30)], ..lenient() };
    let (_, sent) = user.in_another_session().reserve_send(&rule).await;
    assert!(matches!(sent, SendReservation::Reserved { .. }), "{sent:?}");
    for (after, challenges, grants) in
        [(CODE_LIFETIME - Duration::from_millis(1), 1, 1), (CODE_LIFETIME, 0, 1), (GRANT_LIFETIME, 0, 0)]
    {
        suite.pass_until(start.plus(after));
        let user_state = user.user_state().await;
        let actual = (user_state.challenges.len(), user_state.grants.len());
        assert_eq!(actual, (challenges, grants), "challenges and grants after {after:?}");
    }
    suite.pass_until(start.plus(Duration::from_secs(24 * 60 * 60)));
    let waiting = user.user_state().await.resend_at.filter(|at| suite.now() < *at);
    assert_eq!(waiting, None, "no wait lasts for a day");
}
