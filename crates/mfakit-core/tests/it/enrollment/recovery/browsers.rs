//! An opening by a recovery code is for the browser in which the code was entered [ENROL-6].

use std::time::Duration;

use mfakit_core::{
    ChangeDenied, Channel, ConfirmNumberError, EnrollError, GrantToken, NumberTokens, Scope, StartError,
    StartRequest, Subject, policy::Limit,
};

use super::{NEW, Refuge, refuge, refuge_with};
use crate::world::brisk;

/// Asserts that the session changes nothing with these cookies, not even with a number and a code of its owner.
async fn changes_nothing(refuge: &Refuge, alice: &Subject, tokens: NumberTokens, name: &str) {
    let live = refuge.enter(alice, NEW, None).await;
    let approval = live.approval.unwrap();
    let shown = refuge.mfa.numbers(alice, &tokens).await.unwrap();
    assert!(matches!(shown.denied, Some(ChangeDenied::StepUpRequired(_))), "{name}: {shown:?}");
    assert_eq!(shown.recovery.unwrap().may_replace_for, None, "{name}");
    let proposed = refuge.mfa.propose_number(alice, NEW, &tokens).await;
    assert!(matches!(proposed, Err(EnrollError::Denied(_))), "{name}: {proposed:?}");
    refuge.wait();
    let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(approval);
    let request = request.manage(tokens.manage.clone()).recovery(tokens.recovery.clone());
    let sent = refuge.mfa.start(alice, request).await;
    assert!(matches!(sent, Err(StartError::ChangeDenied(_))), "{name}: {sent:?}");
    let confirmed = refuge.mfa.confirm_number(alice, &live, &refuge.code(), &tokens).await;
    assert!(matches!(confirmed, Err(ConfirmNumberError::Denied(_))), "{name}: {confirmed:?}");
    assert!(refuge.is_unchanged(), "{name}");
}

#[tokio::test]
async fn a_thief_of_the_session_cannot_use_what_a_code_has_opened() {
    let many = [Limit::new(100, Duration::from_secs(60 * 60))];
    let refuge = refuge_with(|builder| builder.policy(brisk().sends_per_unconfirmed_number(many)));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let elsewhere = refuge.signs_in("alice");
    let other = refuge.uses(&elsewhere, &codes[0]).await.unwrap().token.unwrap();
    let earlier = refuge.uses(&alice, &codes[1]).await.unwrap().token.unwrap();
    let token = refuge.uses(&alice, &codes[2]).await.unwrap().token.unwrap();
    let made_up = GrantToken::from_cookie(&[b'A'; GrantToken::LEN]).unwrap();
    let recovery = |token: &GrantToken| NumberTokens::new().recovery(token.clone());
    for (name, tokens) in [
        ("no cookie", NumberTokens::new()),
        ("a cookie that is made up", recovery(&made_up)),
        ("the cookie of another session's opening", recovery(&other)),
        ("the cookie of an earlier opening", recovery(&earlier)),
        ("the cookie under the name of the grant", NumberTokens::new().manage(token.clone())),
    ] {
        changes_nothing(&refuge, &alice, tokens, name).await;
    }
    let shown = refuge.mfa.numbers(&alice, recovery(&token)).await.unwrap();
    assert!(shown.denied.is_none(), "none of it ended the opening");
    refuge.change(&alice, NEW, None).await;
}

#[tokio::test]
async fn the_same_code_again_gets_the_same_cookie() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let first = refuge.uses(&alice, &codes[0]).await.unwrap().token.unwrap();
    let again = refuge.uses(&alice, &codes[0]).await.unwrap().token.unwrap();
    assert_eq!(first.expose(), again.expose());
    let next = refuge.uses(&alice, &codes[1]).await.unwrap().token.unwrap();
    assert_ne!(first.expose(), next.expose());
}

#[tokio::test]
async fn an_opening_of_a_bearer_token_is_for_no_browser_and_the_other_way_round() {
    let refuge = refuge();
    let (_, codes) = refuge.alice_lost_her_phone().await;
    let now = refuge.mfa.now();
    let bearer = Subject::bearer("alice", "token").with_signed_in_at(now);
    let browser = Subject::cookie("alice", *bearer.login()).with_signed_in_at(now);
    assert!(refuge.uses(&bearer, &codes[0]).await.unwrap().token.is_none(), "a program needs no cookie");
    assert!(refuge.may_replace(&bearer, None).await);
    assert!(!refuge.may_replace(&browser, None).await);
    assert!(refuge.uses(&browser, &codes[0]).await.is_err(), "nor can it repeat the code");
    refuge.uses(&browser, &codes[1]).await.unwrap();
    assert!(refuge.may_replace(&browser, None).await);
    assert!(!refuge.may_replace(&bearer, None).await);
    assert!(refuge.uses(&bearer, &codes[1]).await.is_err());
}
