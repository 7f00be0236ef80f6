//! Guarantees that an action is kept once, within limits, and exactly as long as it is needed.

use std::time::Duration;

use crate::{
    conformance::{
        suite::{Suite, expect_answer, race},
        test_action::ACTION_LIFETIME,
        test_user::{CODE_LIFETIME, LOCKS, TestUser, describe_action, expect_granted, lenient, scope},
    },
    grant::Binding,
    kept_action::KeptAction,
    store::{
        ActionRule, ConsumeOutcome, KeepAction, KeepOutcome, OpenOutcome, RedeemOutcome, Revocation,
        SendReservation,
    },
};

/// Every field of an action is read back unchanged, by all verbs that return it.
pub async fn an_action_is_read_back_as_written(suite: &Suite) {
    let longest = scope(&"s".repeat(crate::scope::Scope::MAX_LEN));
    let bytes: Vec<u8> = (0..4096_u32).map(|number| number.to_le_bytes()[0]).collect();
    let odd = "|:\0\r\n\"{}é\u{1f511} ".repeat(100);
    for (name, words, canonical, target) in [
        (scope("a"), String::new(), Vec::new(), None),
        (longest, odd, bytes, Some(String::new())),
        (scope("0._-"), "{}".to_owned(), b"{}".to_vec(), Some("/p?q=|:\"é%00".repeat(36))),
    ] {
        let user = TestUser { scope: name, ..TestUser::new(suite) };
        let action = KeptAction { words, canonical, target, ..user.new_action("A") };
        assert_eq!(user.keep(&action).await, KeepOutcome::Kept(action.approval.id));
        let bound = user.bound_to(action.approval);
        let expected = [describe_action(&action)];
        let described = |actions: &[KeptAction]| actions.iter().map(describe_action).collect::<Vec<_>>();
        assert_eq!(described(&user.actions().await), expected, "actions, by session and scope");
        assert_eq!(described(&bound.actions().await), expected, "actions, by approval");
        assert_eq!(described(&user.user_state().await.actions), expected, "the user state");
        let reserved: Vec<_> = bound.reserved_action().await.into_iter().collect();
        assert_eq!(described(&reserved), expected, "the reservation of a send");
    }
}

/// An action that is kept again for the same session and scope stays as it is, and lasts as long as the new one would.
pub async fn the_same_action_is_kept_once(suite: &Suite) {
    let user = TestUser::new(suite);
    let first = user.new_action("A");
    assert_eq!(user.keep(&first).await, KeepOutcome::Kept(first.approval.id));
    suite.pass(ACTION_LIFETIME / 2);
    let again = KeptAction { words: "other words".to_owned(), ..user.new_action("A") };
    assert_eq!(user.keep(&again).await, KeepOutcome::Known(first.approval.id), "the same digest");
    let kept = KeptAction { expires_at: again.expires_at, ..first.clone() };
    assert_eq!(user.actions().await, [kept], "it lasts longer, and nothing else changes");
    let shorter = KeptAction { expires_at: suite.now().plus(Duration::from_secs(1)), ..user.new_action("A") };
    let _ = user.keep(&shorter).await;
    let lasts = user.actions().await.first().map(|action| action.expires_at);
    assert_eq!(lasts, Some(again.expires_at), "it never lasts shorter");
    for (name, other) in [
        ("another user", TestUser { login: user.login, ..TestUser::new(suite) }),
        ("another session", user.in_another_session()),
        ("another scope", user.for_scope("transfer.x")),
    ] {
        let action = other.new_action("A");
        assert_eq!(other.keep(&action).await, KeepOutcome::Kept(action.approval.id), "{name} has its own");
    }
    suite.pass_until(again.expires_at);
    let anew = user.new_action("A");
    assert_eq!(user.keep(&anew).await, KeepOutcome::Kept(anew.approval.id), "an expired action is not there");
}

/// Of twenty concurrent requests that keep one action, one keeps it. The others get its identifier.
pub async fn concurrent_requests_keep_an_action_once(suite: &Suite) {
    let user = TestUser::new(suite);
    let answers = race(20, |_| {
        let user = user.clone();
        async move { user.keep(&user.new_action("A")).await }
    })
    .await;
    let kept = answers.iter().filter(|answer| matches!(answer, KeepOutcome::Kept(_))).count();
    assert_eq!(kept, 1, "one of twenty concurrent requests keeps the action");
    let ids: Vec<_> = user.actions().await.iter().map(|action| action.approval.id).collect();
    assert!(answers.iter().all(|answer| ids == [answer.id()]), "{answers:?}, but {ids:?} is kept");
    let user = TestUser::new(suite);
    race(20, |number| {
        let user = user.clone();
        async move { user.keep(&user.new_action(&number.to_string())).await }
    })
    .await;
    assert_eq!(user.actions().await.len(), 3, "concurrent requests keep no more actions than allowed");
}

/// A fourth action without a grant replaces the oldest of its session and scope without a live challenge and grant.
pub async fn a_fourth_action_replaces_the_oldest_that_waits(suite: &Suite) {
    let user = TestUser::new(suite);
    let with_grant = user.approving("G").await;
    let grant = with_grant.obtain_grant().await;
    let mut users = Vec::new();
    for name in ["A", "B", "C"] {
        users.push(user.approving(name).await);
        suite.pass(Duration::from_millis(1));
    }
    let [with_challenge, waiting, later] = users.as_slice() else { return };
    let challenge = with_challenge.start_challenge().await.id;
    let elsewhere = [user.in_another_session(), user.for_scope("transfer.x")];
    for other in &elsewhere {
        let _ = other.approving("E").await;
    }
    let fourth = user.approving("D").await;
    assert!(!waiting.has_action().await, "the action that waits goes, although the others are older");
    let others = [("challenge", with_challenge), ("grant", &with_grant), ("later time", later)];
    for (name, other) in others.into_iter().chain([("new name", &fourth)]) {
        assert!(other.has_action().await, "the action with the {name} stays");
    }
    let _ = with_challenge.attempt_counted(&challenge).await;
    assert_eq!(with_grant.grant().await, Some(grant));
    for other in elsewhere {
        assert_eq!(other.actions().await.len(), 1, "another session and scope has limits of its own");
    }
}

/// An action whose code was entered is not among the three, and no other action replaces it while the user has fewer than
/// twelve.
pub async fn an_action_whose_code_was_entered_is_not_replaced(suite: &Suite) {
    let user = TestUser::new(suite);
    let mut granted = Vec::new();
    for name in ["A", "B", "C"] {
        let approved = user.approving(name).await;
        let grant = approved.obtain_grant().await;
        granted.push((approved, grant));
        suite.pass(Duration::from_millis(1));
    }
    let mut waiting = Vec::new();
    for name in ["D", "E", "F", "G"] {
        let one = user.approving(name).await;
        if name != "D" {
            let _ = one.start_challenge().await;
        }
        waiting.push(one);
        suite.pass(Duration::from_millis(1));
    }
    let mut waiting = waiting.iter();
    let Some(oldest) = waiting.next() else { return };
    assert!(!oldest.has_action().await, "the oldest action without a grant is replaced");
    for one in waiting {
        assert!(one.has_action().await, "three actions without a grant are kept");
    }
    for (approved, grant) in &granted {
        assert!(approved.has_action().await, "an action with a grant stays");
        assert_eq!(approved.grant().await.as_ref(), Some(grant), "its grant stays");
    }
    for number in 0..20 {
        let _ = user.in_another_session().approving(&number.to_string()).await;
        suite.pass(Duration::from_millis(1));
    }
    let state = user.user_state().await;
    assert_eq!((state.actions.len(), state.grants.len()), (12, 3), "a grant stays beside any session's");
    for (approved, grant) in &granted {
        assert_eq!(approved.consume(grant).await, ConsumeOutcome::Consumed, "its grant is good");
    }
    let full = TestUser::new(suite);
    let mut grants = Vec::new();
    for number in 0..12 {
        let approved = full.approving(&number.to_string()).await;
        let grant = approved.obtain_grant().await;
        grants.push((approved, grant));
        suite.pass(Duration::from_millis(1));
    }
    let _ = full.approving("last").await;
    let mut left = Vec::new();
    for (approved, grant) in &grants {
        left.push(approved.grant().await.as_ref() == Some(grant));
    }
    let expected: Vec<_> = (0..12).map(|number| number != 0).collect();
    assert_eq!(left, expected, "of twelve with a grant, the oldest is replaced");
}

/// If each action has a live challenge, a fourth replaces the oldest with everything of it.
pub async fn a_replaced_action_takes_everything_with_it(suite: &Suite) {
    let user = TestUser::new(suite);
    let oldest = user.approving("A").await;
    suite.pass(Duration::from_millis(1));
    let binding = Binding::Bearer;
    let spent = oldest.start_challenge().await.id;
    let grant = expect_granted(oldest.redeem_with(&spent, binding, Duration::from_millis(1)).await);
    suite.pass(Duration::from_millis(1));
    let challenge = oldest.start_challenge().await.id;
    let (in_flight, _) = oldest.reserve_send(&lenient()).await;
    for name in ["B", "C"] {
        let _ = user.approving(name).await.start_challenge().await;
        suite.pass(Duration::from_millis(1));
    }
    let _ = user.approving("D").await;
    assert!(!oldest.has_action().await, "the oldest action is replaced");
    assert_eq!(oldest.grant().await, None, "its grant goes with it");
    assert!(user.bound_grants().await.is_empty(), "its grant goes with it");
    assert!(matches!(oldest.redeem(&challenge).await, RedeemOutcome::Over), "its challenge goes with it");
    let opened = oldest.open_challenge(&oldest.new_challenge(in_flight)).await;
    assert_eq!(opened, OpenOutcome::Over, "a send in flight opens no challenge for it");
    let state = user.user_state().await;
    assert_eq!((state.challenges.len(), state.grants.len(), state.actions.len()), (2, 0, 3), "{state:?}");
    let consumed = oldest.consume(&grant).await;
    assert_eq!(consumed, ConsumeOutcome::Gone, "its grant is not consumed");
}

/// A user keeps at most twelve actions, over all sessions and scopes.
pub async fn a_user_keeps_at_most_twelve_actions(suite: &Suite) {
    let (user, stranger) = (TestUser::new(suite), TestUser::new(suite));
    let beside = stranger.approving("A").await;
    let mut users = Vec::new();
    for number in 0..13 {
        let session = user.in_another_session().approving("A").await;
        if number == 0 {
            let _ = session.start_challenge().await;
        }
        users.push(session);
        suite.pass(Duration::from_millis(1));
    }
    let mut kept = Vec::new();
    for user in &users {
        kept.push(user.has_action().await);
    }
    let expected: Vec<_> = (0..13).map(|number| number != 1).collect();
    assert_eq!(kept, expected, "the oldest without a live challenge is replaced");
    assert!(beside.has_action().await, "another user's action stays");
    assert_eq!(user.user_state().await.actions.len(), 12);
    let one = ActionRule { per_place: 0, per_user: 0 };
    let action = user.new_action("last");
    let request = KeepAction { key: user.key(), action: &action, rule: &one, now: suite.now() };
    let kept = expect_answer("keep_action", suite.store().keep_action(request).await);
    assert_eq!(kept.outcome, KeepOutcome::Kept(action.approval.id));
    assert_eq!(user.user_state().await.actions, [action], "at least one action is kept");
}

/// An action is there until its last millisecond, and not after it. A challenge and a grant extend it.
pub async fn an_action_lasts_as_long_as_its_challenge_and_its_grant(suite: &Suite) {
    let user = TestUser::new(suite);
    let (waiting, sent) = (user.approving("A").await, user.approving("B").await);
    let end = suite.now().plus(ACTION_LIFETIME);
    suite.pass_until_just_before(end);
    assert!(waiting.has_action().await && sent.has_action().await, "until the last millisecond");
    let challenge = sent.start_challenge().await;
    suite.pass_until(end);
    assert!(!waiting.has_action().await, "it has expired");
    let (_, answer) = waiting.reserve_send(&lenient()).await;
    assert!(matches!(answer, SendReservation::NoAction), "an expired action starts nothing: {answer:?}");
    suite.pass_until_just_before(challenge.expires_at);
    assert!(sent.has_action().await, "it lasts as long as its challenge");
    let day = Duration::from_secs(24 * 60 * 60);
    let grant = expect_granted(sent.redeem_with(&challenge.id, Binding::Bearer, day).await);
    suite.pass_until_just_before(grant.expires_at);
    assert!(sent.has_action().await, "it lasts as long as its grant");
    assert_eq!(sent.grant().await.as_ref(), Some(&grant));
    suite.pass_until(grant.expires_at);
    assert!(!sent.has_action().await, "it has expired with its grant");
    assert!(user.user_state().await.actions.is_empty());
}

/// A send for an action lets it last for a minute, so that its challenge can be opened.
pub async fn an_action_lasts_while_a_code_is_being_sent(suite: &Suite) {
    let user = TestUser::new(suite).approving("A").await;
    suite.pass(ACTION_LIFETIME - Duration::from_millis(1));
    let (id, answer) = user.reserve_send(&lenient()).await;
    assert!(matches!(answer, SendReservation::Reserved { .. }), "{answer:?}");
    suite.pass(Duration::from_secs(59));
    assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Opened);
    let before = user.actions().await;
    suite.pass(Duration::from_millis(1));
    assert_eq!(user.open_challenge(&user.new_challenge(id)).await, OpenOutcome::Over);
    assert_eq!(user.actions().await, before, "a challenge that is not opened extends nothing");
    suite.pass(CODE_LIFETIME - Duration::from_millis(2));
    let _ = expect_granted(user.redeem(&id).await);
}

/// A revocation ends the actions that it covers, their grants and their challenges, and no others.
pub async fn a_revocation_ends_the_actions_that_it_covers(suite: &Suite) {
    for kind in 0..4 {
        let one = TestUser::new(suite);
        let elsewhere = one.in_another_session();
        let mut users = Vec::new();
        for user in [
            one.clone(),
            one.for_scope("transfer.x"),
            elsewhere.clone(),
            elsewhere.for_scope("transfer.x"),
            TestUser { login: one.login, ..TestUser::new(suite) },
        ] {
            let _ = user.approving("waits").await;
            let bound = user.approving("approved").await;
            let _ = bound.obtain_grant().await;
            let in_flight = bound.reserve_send(&lenient()).await.0;
            users.push((bound, in_flight));
        }
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(one.login),
            2 => Revocation::Scope(one.scope),
            _ => Revocation::Elevation(one.login, one.scope),
        };
        one.revoke(what).await;
        for (user, in_flight) in users {
            let is_covered = user.id == one.id && what.covers(&user.login, &user.scope, None);
            let left = if is_covered { 0 } else { 2 };
            assert_eq!(user.unbound().actions().await.len(), left, "{what:?}: the actions");
            assert_eq!(user.grant().await.is_none(), is_covered, "{what:?}: the bound grant");
            assert_eq!(user.bound_grants().await.is_empty(), is_covered, "{what:?}: the bound grants");
            let opened = user.open_challenge(&user.new_challenge(in_flight)).await;
            assert_eq!(opened == OpenOutcome::Over, is_covered, "{what:?}: a send in flight");
        }
    }
}

/// A revocation of one approval ends its action, its challenge and its grant, and nothing of another approval or of none.
pub async fn a_revocation_ends_one_approval_and_no_other(suite: &Suite) {
    let user = TestUser::new(suite);
    let (one, other) = (user.approving("A").await, user.approving("B").await);
    let elsewhere = TestUser { approval: one.approval, ..user.in_another_session() };
    let of_scope = TestUser { approval: one.approval, ..user.for_scope("transfer.x") };
    let stranger = TestUser { login: one.login, approval: one.approval, ..TestUser::new(suite) };
    let _ = one.obtain_grant().await;
    let of_one = one.start_challenge().await.id;
    let in_flight = one.reserve_send(&lenient()).await.0;
    let beside = [other.obtain_grant().await, user.obtain_grant().await];
    let [of_other, of_none] = [other.start_challenge().await.id, user.start_challenge().await.id];
    let id = |user: &TestUser| user.approval.map_or_else(crate::approval::ApprovalId::random, |it| it.id);
    for (name, by) in [("session", &elsewhere), ("scope", &of_scope), ("user", &stranger)] {
        by.revoke(Revocation::Approval(by.login, by.scope, id(by))).await;
        assert!(one.has_action().await && one.grant().await.is_some(), "another {name} ends nothing");
    }
    user.revoke(Revocation::Approval(user.login, user.scope, id(&user))).await;
    assert!(one.has_action().await, "an unknown approval ends nothing");
    one.revoke(Revocation::Approval(one.login, one.scope, id(&one))).await;
    assert!(!one.has_action().await, "its action is gone");
    assert_eq!(one.grant().await, None, "its grant is gone");
    assert!(!one.is_consumed().await, "it was not consumed");
    assert!(matches!(one.redeem(&of_one).await, RedeemOutcome::Over), "its challenge is over");
    let opened = one.open_challenge(&one.new_challenge(in_flight)).await;
    assert_eq!(opened, OpenOutcome::Over, "its send in flight opens nothing");
    assert!(other.has_action().await, "another action stays");
    assert_eq!([other.grant().await, user.grant().await], beside.map(Some), "other grants stay");
    assert_eq!(user.bound_grants().await.len(), 1, "another bound grant stays");
    let _ = expect_granted(other.redeem(&of_other).await);
    let _ = expect_granted(user.redeem(&of_none).await);
}

/// A send without its action is not counted, and leaves nothing behind. A lock comes first.
pub async fn a_send_without_its_action_is_not_counted(suite: &Suite) {
    let user = TestUser::new(suite);
    let kept = user.approving("A").await;
    let unknown = user.new_action("A").approval;
    for (name, other) in [
        ("an unknown approval", user.bound_to(unknown)),
        ("another session's", TestUser { login: user.in_another_session().login, ..kept.clone() }),
        ("another scope's", kept.for_scope("transfer.x")),
        ("another user's", TestUser { login: kept.login, approval: kept.approval, ..TestUser::new(suite) }),
    ] {
        for _ in 0..20 {
            let (_, answer) = other.reserve_send(&lenient()).await;
            assert!(matches!(answer, SendReservation::NoAction), "{name}: {answer:?}");
        }
        assert!(other.actions().await.is_empty(), "{name} is not returned");
        assert_eq!(other.user_state().await.resend_at, None, "{name}: nothing was counted");
    }
    let tenth = user.fail(&LOCKS, 10).await;
    let (_, answer) = user.bound_to(unknown).reserve_send(&lenient()).await;
    assert!(matches!(answer, SendReservation::Locked(lock) if lock == tenth.lock), "{answer:?}");
}
