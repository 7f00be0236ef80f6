//! Guarantees that a consumed approval is remembered, so that the same action is recognized.

use std::time::Duration;

use crate::{
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, expect_granted},
    },
    grant::Binding,
    store::{ConsumeOutcome, ConsumedAction, KeepOutcome, Kept, Revocation},
};

/// Approves an action of this name and consumes its grant.
async fn consumed(user: &TestUser, name: &str) -> ConsumedAction {
    let owner = user.approving(name).await;
    let grant = owner.obtain_grant().await;
    assert_eq!(owner.consume(&grant).await, ConsumeOutcome::Consumed);
    let TestUser { approval, login, scope, suite, .. } = owner;
    let Some(approval) = approval else { panic!("the user approves an action") };
    ConsumedAction::new(approval, login, scope, suite.now())
}

/// Returns what the state of a user tells about an action of this name.
async fn in_state(user: &TestUser, name: &str) -> Option<ConsumedAction> {
    let state = user.user_state().await;
    ConsumedAction::newest_like(&state.consumed, &user.new_action(name)).copied()
}

/// Keeping an action names the newest approval of the same digest that was consumed for the same user, session and scope, with
/// its time. So does the state of the user.
pub async fn the_same_action_names_the_approval_that_was_consumed(suite: &Suite) {
    let user = TestUser::new(suite);
    assert_eq!(user.keep_beside(&user.new_action("B")).await.consumed, None, "nothing was consumed");
    let first = consumed(&user, "A").await;
    suite.pass(Duration::from_millis(1));
    let again = user.new_action("A");
    let kept = user.keep_beside(&again).await;
    assert_eq!(kept, Kept::new(KeepOutcome::Kept(again.approval.id), Some(first)), "a new approval");
    let kept = user.keep_beside(&user.new_action("A")).await;
    assert_eq!(kept, Kept::new(KeepOutcome::Known(again.approval.id), Some(first)), "the same approval");
    assert_eq!(in_state(&user, "A").await, Some(first), "the state has it");
    assert_eq!(in_state(&user, "B").await, None, "nothing of another action");
    let strangers = [
        ("session", user.in_another_session()),
        ("scope", user.for_scope("transfer.x")),
        ("user", TestUser { login: user.login, ..TestUser::new(suite) }),
    ];
    for (name, stranger) in &strangers {
        let kept = stranger.keep_beside(&stranger.new_action("A")).await;
        assert_eq!(kept.consumed, None, "another {name} learns nothing");
    }
    assert_eq!(user.keep_beside(&user.new_action("B")).await.consumed, None, "another action");
    let owner = user.bound_to(again.approval);
    let grant = owner.obtain_grant().await;
    assert_eq!(owner.consume(&grant).await, ConsumeOutcome::Consumed);
    let second = ConsumedAction::new(again.approval, user.login, user.scope, suite.now());
    assert_eq!(user.keep_beside(&user.new_action("A")).await.consumed, Some(second), "the newest");
    let _ = consumed(&TestUser { approval: None, ..user.clone() }, "C").await;
    assert_eq!(in_state(&user, "A").await, Some(second), "the state has the newest");
    suite.pass_until(second.consumed_at.plus(ConsumedAction::REMEMBERED_FOR));
    assert_eq!(user.keep_beside(&user.new_action("A")).await.consumed, None, "they are forgotten");
    assert!(user.user_state().await.consumed.is_empty(), "they are forgotten");
}

/// A consumed approval whose action would have lasted longer than ten minutes is remembered for as long.
pub async fn a_consumed_approval_is_remembered_as_long_as_its_action(suite: &Suite) {
    let user = TestUser::new(suite).approving("A").await;
    let challenge = user.start_challenge().await.id;
    let long = 2 * ConsumedAction::REMEMBERED_FOR;
    let grant = expect_granted(user.redeem_with(&challenge, Binding::Bearer, long).await);
    assert_eq!(user.consume(&grant).await, ConsumeOutcome::Consumed);
    suite.pass_until_just_before(grant.expires_at);
    assert!(user.is_consumed().await, "until the last millisecond");
    let unbound = user.unbound();
    assert!(unbound.keep_beside(&user.new_action("A")).await.consumed.is_some(), "it is named as well");
    suite.pass_until(grant.expires_at);
    assert!(!user.is_consumed().await, "it is forgotten");
    assert_eq!(unbound.keep_beside(&user.new_action("A")).await.consumed, None, "it is forgotten");
}

/// A cancellation forgets no consumed approval. The end of the session and a revocation of the user do.
pub async fn a_cancellation_forgets_no_consumed_approval(suite: &Suite) {
    for kind in 0..5 {
        let user = TestUser::new(suite);
        let before = consumed(&user, "A").await;
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(user.login),
            2 => Revocation::Scope(user.scope),
            3 => Revocation::Elevation(user.login, user.scope),
            _ => Revocation::Approval(user.login, user.scope, before.approval.id),
        };
        user.revoke(what).await;
        let expected = what.keeps_consumed().then_some(before);
        assert_eq!(user.keep_beside(&user.new_action("A")).await.consumed, expected, "{what:?}");
        assert_eq!(in_state(&user, "A").await, expected, "{what:?}");
    }
}

/// A request that keeps an action while its grant is consumed finds the action, or the approval that was consumed. It never
/// finds neither.
pub async fn a_request_beside_the_consuming_one_finds_its_approval(suite: &Suite) {
    for _ in 0..20 {
        let user = TestUser::new(suite);
        let owner = user.approving("A").await;
        let grant = owner.obtain_grant().await;
        let answers = race(10, |number| {
            let (user, owner, grant) = (user.clone(), owner.clone(), grant.clone());
            async move {
                if number == 5 {
                    assert_eq!(owner.consume(&grant).await, ConsumeOutcome::Consumed);
                    return None;
                }
                Some(user.keep_beside(&user.new_action("A")).await)
            }
        })
        .await;
        let Some(approval) = owner.approval else { panic!("the user approves an action") };
        for kept in answers.into_iter().flatten() {
            let is_before = kept == Kept::new(KeepOutcome::Known(approval.id), None);
            let names = kept.consumed.is_some_and(|consumed| consumed.approval == approval);
            assert!(is_before || names, "{kept:?}, but {approval:?} was consumed or is kept");
        }
    }
}
