//! Guarantees that a challenge and a grant are for one action, or for none, as long as they live.

use std::time::Duration;

use crate::{
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, expect_granted, lenient},
    },
    limit::Limit,
    send_rule::SendRule,
    store::{
        AttemptReservation, ConsumeOutcome, ConsumedAction, OpenOutcome, RedeemOutcome, RepeatLookup,
        Revocation, SendReservation,
    },
};

/// Returns a user who approves one action, the same user who approves another one, and the same user unbound.
async fn three(suite: &Suite) -> [TestUser; 3] {
    let user = TestUser::new(suite);
    [user.approving("A").await, user.approving("B").await, user]
}

/// Returns one of these users, and the others.
fn one_of([first, second, third]: [TestUser; 3], at: usize) -> (TestUser, [TestUser; 2]) {
    match at {
        0 => (first, [second, third]),
        1 => (second, [first, third]),
        _ => (third, [first, second]),
    }
}

/// Challenges of two actions and an unbound one are live at once in a session and scope.
pub async fn challenges_of_several_actions_are_live_at_once(suite: &Suite) {
    let users = three(suite).await;
    let [.., unbound] = &users;
    let mut ids = Vec::new();
    for user in &users {
        ids.push(user.start_challenge().await.id);
    }
    assert_eq!(unbound.user_state().await.challenges.len(), 3, "each is live");
    for (user, id) in users.iter().zip(&ids) {
        let attempt = user.attempt_counted(id).await;
        assert_eq!(attempt.challenge.approval, user.approval, "the binding is read back");
        let grant = expect_granted(user.redeem(id).await);
        assert_eq!(grant.approval, user.approval, "the grant is for what the challenge was for");
        assert_eq!(user.grant().await, Some(grant));
    }
    assert_eq!(unbound.bound_grants().await.len(), 2);
    let states = unbound.user_state().await.grants;
    for user in &users {
        let of_user = states.iter().filter(|state| state.grant.approval == user.approval);
        assert_eq!(of_user.count(), 1, "the user state has all grants: {states:?}");
    }
}

/// The code of one action is over for another and for none, counts nothing there, and redeems nothing.
pub async fn a_code_for_one_action_confirms_no_other(suite: &Suite) {
    for at in 0..3 {
        let (owner, others) = one_of(three(suite).await, at);
        let id = owner.start_challenge().await.id;
        for user in &others {
            let answer = user.attempt(&id).await;
            assert!(matches!(answer, AttemptReservation::Over), "the code of another action: {answer:?}");
            let answer = user.redeem(&id).await;
            assert!(matches!(answer, RedeemOutcome::Over), "the challenge of another action: {answer:?}");
            assert_eq!(user.user_state().await.failures, 0, "nothing is counted");
        }
        let attempt = owner.attempt_counted(&id).await;
        assert_eq!(attempt.challenge.attempts_used, 1, "nothing is counted");
        let _ = expect_granted(owner.redeem(&id).await);
        for user in &others {
            let answer = user.attempt(&id).await;
            assert!(matches!(answer, AttemptReservation::Over), "a spent challenge: {answer:?}");
            let answer = user.settle(&id, attempt.attempt).await;
            assert!(matches!(answer, RepeatLookup::Nothing), "a spent challenge: {answer:?}");
        }
        let answer = owner.attempt(&id).await;
        assert!(matches!(answer, AttemptReservation::Repeated(_)), "its own code again: {answer:?}");
    }
}

/// A bound grant is never returned or consumed as an unbound one, nor for another action, and the reverse.
pub async fn a_grant_is_for_one_action_or_for_none(suite: &Suite) {
    for at in 0..3 {
        let (owner, others) = one_of(three(suite).await, at);
        let grant = owner.obtain_grant().await;
        for user in &others {
            assert_eq!(user.grant().await, None, "a grant is read only with its approval");
            assert_eq!(
                user.consume(&grant).await,
                ConsumeOutcome::Gone,
                "it is consumed only with its approval"
            );
        }
        let bound = owner.bound_grants().await;
        match owner.approval {
            Some(approval) => {
                assert_eq!(bound.len(), 1, "one grant is bound");
                assert_eq!(bound.of_digest(&approval.digest), Some(&grant));
                assert_eq!(bound.of_approval(&approval.id), Some(&grant));
            }
            None => assert!(bound.is_empty(), "an unbound grant is not among the bound ones: {bound:?}"),
        }
        for other in [owner.in_another_session(), owner.for_scope("transfer.x")] {
            assert!(other.bound_grants().await.is_empty(), "a bound grant is valid only for its owner");
            assert_eq!(other.grant().await, None, "a bound grant is valid only for its owner");
            assert_eq!(
                other.consume(&grant).await,
                ConsumeOutcome::Gone,
                "it is consumed only for its owner"
            );
        }
        let stranger = TestUser { login: owner.login, approval: owner.approval, ..TestUser::new(suite) };
        assert_eq!(stranger.grant().await, None, "a bound grant is valid only for its user");
        assert!(stranger.bound_grants().await.is_empty(), "a bound grant is valid only for its user");
        assert_eq!(owner.consume(&grant).await, ConsumeOutcome::Consumed);
    }
}

/// A resend is for the same action, and replaces only that action's challenge.
pub async fn a_resend_is_for_the_same_action(suite: &Suite) {
    let [first, second, unbound] = three(suite).await;
    let older = first.start_challenge().await.id;
    let [of_second, of_none] = [second.start_challenge().await.id, unbound.start_challenge().await.id];
    let newer = first.start_challenge().await.id;
    let answer = first.attempt(&older).await;
    assert!(matches!(answer, AttemptReservation::Over), "the older challenge is over: {answer:?}");
    let live = [(&first, newer), (&second, of_second), (&unbound, of_none)];
    for (user, id) in live {
        let _ = user.attempt_counted(&id).await;
    }
    let rule = SendRule { cool_down: vec![Duration::from_secs(60)], ..lenient() };
    let _ = unbound.in_another_session().reserve_send(&rule).await;
    for (user, id) in live {
        let (_, answer) = user.reserve_send(&rule).await;
        let SendReservation::TooSoon { live: Some(live), .. } = answer else {
            panic!("a start that is too soon returns the live challenge of its action: {answer:?}")
        };
        assert_eq!((live.id, live.approval), (id, user.approval), "the live challenge of its action");
    }
    assert_eq!(expect_granted(first.redeem(&newer).await).approval, first.approval);
}

/// Sends for different actions count against one budget of their session and scope, and of their user.
pub async fn sends_for_different_actions_share_their_budgets(suite: &Suite) {
    let users = three(suite).await;
    let rule = SendRule { per_login_and_scope: vec![Limit::new(2, Duration::from_secs(600))], ..lenient() };
    let mut reserved = Vec::new();
    for user in users.iter().rev() {
        let (_, answer) = user.reserve_send(&rule).await;
        reserved.push(matches!(answer, SendReservation::Reserved { .. }));
    }
    assert_eq!(reserved, [true, true, false], "the third send exceeds the budget of its session and scope");
}

/// A challenge of an action is opened with the digest that is kept, and with no other.
pub async fn a_challenge_is_opened_only_for_the_action_that_is_kept(suite: &Suite) {
    let [user, other, _] = three(suite).await;
    let digest = |user: &TestUser| user.approval.map(|approval| approval.digest);
    let (id, _) = user.reserve_send(&lenient()).await;
    let mut challenge = user.new_challenge(id);
    if let (Some(approval), Some(another)) = (&mut challenge.approval, digest(&other)) {
        approval.digest = another;
    }
    assert_eq!(user.open_challenge(&challenge).await, OpenOutcome::Over, "another digest");
    assert!(user.user_state().await.challenges.is_empty());
    let (id, _) = user.reserve_send(&lenient()).await;
    assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Opened);
}

/// Of a hundred concurrent requests that consume a bound grant, one succeeds. It takes everything of its action with it,
/// and nothing else.
pub async fn a_consumed_grant_takes_its_action_with_it(suite: &Suite) {
    for with_resend in [false, true] {
        let [user, other, unbound] = three(suite).await;
        let beside = [other.obtain_grant().await, unbound.obtain_grant().await];
        let spent = user.start_challenge().await.id;
        let grant = expect_granted(user.redeem(&spent).await);
        let challenge = if with_resend { user.start_challenge().await.id } else { spent };
        let answers = race(100, |_| {
            let (user, grant) = (user.clone(), grant.clone());
            async move { user.consume(&grant).await }
        })
        .await;
        let consumed = answers.iter().filter(|answer| **answer == ConsumeOutcome::Consumed).count();
        assert_eq!(consumed, 1, "one of a hundred concurrent requests consumes a bound grant");
        assert_eq!(user.grant().await, None, "it is gone");
        assert!(!user.has_action().await, "its action is gone");
        let answer = user.attempt(&challenge).await;
        assert!(matches!(answer, AttemptReservation::Over), "its challenge is over: {answer:?}");
        let answer = user.redeem(&challenge).await;
        assert!(matches!(answer, RedeemOutcome::Over), "its challenge is over: {answer:?}");
        assert!(user.user_state().await.challenges.is_empty(), "its challenge is not live");
        let (_, answer) = user.reserve_send(&lenient()).await;
        assert!(matches!(answer, SendReservation::NoAction), "nothing is sent for it: {answer:?}");
        assert_eq!([other.grant().await, unbound.grant().await], beside.map(Some), "other grants stay");
        assert!(other.has_action().await, "other actions stay");
        let anew = user.new_action("A");
        assert_eq!(user.keep(&anew).await.id(), anew.approval.id, "the same action is a new one now");
    }
}

/// A consumed approval is recognized until its action would have expired, and for at least ten minutes, unless its session
/// ends, by its user, session and scope only. A cancellation does not change this. An approval that was replaced or never consumed is not recognized.
pub async fn a_consumed_approval_is_remembered_until_it_would_have_expired(suite: &Suite) {
    let [user, other, unbound] = three(suite).await;
    let grant = user.obtain_grant().await;
    assert!(!user.is_consumed().await && !other.is_consumed().await, "nothing was consumed yet");
    suite.pass(Duration::from_secs(60));
    let end = suite.now().plus(ConsumedAction::REMEMBERED_FOR);
    let expires_at = user.actions().await.first().map(|action| action.expires_at);
    assert!(expires_at.is_some_and(|expires_at| expires_at < end), "the action expires sooner");
    assert_eq!(user.consume(&grant).await, ConsumeOutcome::Consumed);
    assert!(user.is_consumed().await, "it was consumed");
    let strangers = [
        ("session", TestUser { approval: user.approval, ..user.in_another_session() }),
        ("scope", user.for_scope("transfer.x")),
        ("user", TestUser { login: user.login, approval: user.approval, ..TestUser::new(suite) }),
    ];
    for (name, stranger) in &strangers {
        assert!(!stranger.is_consumed().await, "another {name} learns nothing");
    }
    assert!(!other.is_consumed().await && !unbound.is_consumed().await, "another approval was not consumed");
    assert!(unbound.user_state().await.actions.iter().all(|it| Some(it.approval) != user.approval));
    for name in ["C", "D", "E", "F"] {
        let _ = unbound.approving(name).await;
    }
    assert!(user.is_consumed().await, "no other action replaces it");
    assert!(!other.is_consumed().await, "a replaced approval was not consumed");
    suite.pass_until_just_before(end);
    assert!(user.is_consumed().await, "until the last millisecond");
    suite.pass_until(end);
    assert!(!user.is_consumed().await, "it is forgotten");
    for kind in 0..5 {
        let [user, ..] = three(suite).await;
        let grant = user.obtain_grant().await;
        let id = user.approval.map_or_else(crate::approval::ApprovalId::random, |approval| approval.id);
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(user.login),
            2 => Revocation::Scope(user.scope),
            3 => Revocation::Elevation(user.login, user.scope),
            _ => Revocation::Approval(user.login, user.scope, id),
        };
        let consumed = user.in_another_session();
        let before = user.consume(&grant).await;
        user.revoke(what).await;
        assert_eq!(before, ConsumeOutcome::Consumed);
        assert_eq!(
            user.is_consumed().await,
            what.keeps_consumed(),
            "a cancellation forgets nothing: {what:?}"
        );
        assert!(!consumed.is_consumed().await, "another session learns nothing");
    }
}

/// An action that goes while its code is being checked leaves no grant, whichever comes first.
pub async fn no_grant_survives_its_action(suite: &Suite) {
    for _ in 0..20 {
        let [user, ..] = three(suite).await;
        let challenge = user.start_challenge().await.id;
        race(8, |number| {
            let user = user.clone();
            async move {
                match number {
                    0 => user.revoke(Revocation::Elevation(user.login, user.scope)).await,
                    _ => {
                        let _: RedeemOutcome = user.redeem(&challenge).await;
                    }
                }
            }
        })
        .await;
        assert!(!user.has_action().await, "a revoked action is gone");
        assert_eq!(user.grant().await, None, "its grant is gone");
        assert!(user.bound_grants().await.is_empty(), "its grant is gone");
    }
}
