//! Making codes, and using them.

use std::time::Duration;

use mfakit_core::{ChangeDenied, EnrollError, LoginId, RecoverError, Requirement, Scope, Subject, UserId};

use super::{NEW, OLD, refuge};
use crate::world::pay;

#[tokio::test]
async fn a_person_who_lost_the_phone_replaces_the_number_with_a_code() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    assert_eq!(codes.len(), 10);
    assert!(!refuge.may_replace(&alice, None).await);
    let sent = refuge.provider.inbox().len();

    let recovered = refuge.uses(&alice, &codes[3]).await.unwrap();
    assert_eq!((recovered.codes_left, recovered.may_replace_for), (9, Duration::from_secs(600)));
    assert_eq!(refuge.provider.inbox().len(), sent, "nothing is sent");
    let confirmed = refuge.change(&alice, NEW, None).await;
    assert_eq!(confirmed.replaced.as_ref().map(|number| number.as_e164()), Some(OLD));
    assert_eq!(refuge.last_recipient(), NEW, "the code went to the new number");
    assert_eq!(refuge.on_file("alice").as_deref(), Some(NEW));

    assert!(!refuge.may_replace(&alice, None).await, "the opening is consumed");
    let left = refuge.mfa.numbers(&alice, None).await.unwrap().recovery.unwrap().codes.unwrap();
    assert_eq!(left.left, 9, "the other codes stay");
    for event in ["RecoveryCodesMade { count: 10 }", "RecoveryCodeUsed { left: 9 }", "RecoveryConsumed"] {
        assert_eq!(refuge.count(event), 1, "{event}");
    }
    for code in &codes {
        assert!(!refuge.events.text().contains(code), "no code is in an event");
        assert!(!refuge.record().unwrap().as_str().contains(code));
    }
}

#[tokio::test]
async fn a_code_opens_the_replacement_and_nothing_else() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let shown = refuge.mfa.numbers(&alice, refuge.cookies(&alice, None)).await.unwrap();
    assert!(shown.denied.is_none() && !shown.may_remove, "{shown:?}");

    let removed = refuge.mfa.remove_number(&alice, None).await.unwrap_err();
    assert!(matches!(removed, EnrollError::Denied(ChangeDenied::StepUpRequired(_))), "{removed:?}");
    let made = refuge.mfa.make_recovery_codes(&alice, None).await.unwrap_err();
    assert!(matches!(made, EnrollError::Denied(ChangeDenied::StepUpRequired(_))), "{made:?}");
    for scope in [pay(), Scope::MANAGE] {
        let decision = refuge.mfa.check(Some(&alice), &Requirement::new(scope), None).await.unwrap();
        assert!(matches!(decision, mfakit_core::Decision::Denied(_)), "{decision:?}");
    }
    assert!(refuge.may_replace(&alice, None).await, "none of it consumed the opening");
}

#[tokio::test]
async fn a_code_is_good_once() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let again = refuge.uses(&alice, &codes[0].to_lowercase()).await.unwrap();
    assert_eq!(again.codes_left, 9, "this session may repeat the call");
    let elsewhere = refuge.signs_in("alice");
    let rejected = refuge.uses(&elsewhere, &codes[0]).await;
    assert!(matches!(rejected, Err(RecoverError::Rejected)), "{rejected:?}");
    assert!(!refuge.may_replace(&elsewhere, None).await);
    refuge.change(&alice, NEW, None).await;
    let replayed = refuge.uses(&alice, &codes[0]).await;
    assert!(matches!(replayed, Err(RecoverError::Rejected)), "{replayed:?}");
    assert_eq!(refuge.count("RecoveryCodeUsed"), 1);
}

#[tokio::test]
async fn the_answer_does_not_say_whether_a_user_has_codes() {
    let refuge = refuge();
    let (_, codes) = refuge.alice_lost_her_phone().await;
    refuge.town.book.set("bob", refuge.town.book.find(&UserId::from("alice")).unwrap());
    for user in ["alice", "bob"] {
        let rejected = refuge.uses(&refuge.signs_in(user), "0000-0000-0000-0000").await;
        assert!(matches!(rejected, Err(RecoverError::Rejected)), "{user}: {rejected:?}");
        let malformed = refuge.uses(&refuge.signs_in(user), "0000-0000").await;
        assert!(matches!(malformed, Err(RecoverError::Malformed)), "{user}: {malformed:?}");
    }
    let of_someone_else = refuge.uses(&refuge.signs_in("bob"), &codes[0]).await;
    assert!(matches!(of_someone_else, Err(RecoverError::Rejected)), "{of_someone_else:?}");
    let without_number = refuge.uses(&refuge.signs_in("carol"), &codes[0]).await;
    assert!(matches!(without_number, Err(RecoverError::NoNumber)), "{without_number:?}");
}

#[tokio::test]
async fn a_code_needs_a_fresh_sign_in() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.clock.advance(Duration::from_secs(600));
    let too_old = refuge.uses(&alice, &codes[0]).await;
    let denied = RecoverError::Denied(ChangeDenied::SignInTooOld { max_age: Duration::from_secs(600) });
    assert_eq!(too_old.unwrap_err().to_string(), denied.to_string());
    let unknown = Subject::cookie("alice", LoginId::random());
    let misconfigured = refuge.uses(&unknown, &codes[0]).await.unwrap_err();
    assert!(misconfigured.to_string().contains(".with_signed_in_at(…)"), "{misconfigured}");
    refuge.uses(&refuge.signs_in("alice"), &codes[0]).await.unwrap();
}

#[tokio::test]
async fn an_opening_ends_after_ten_minutes() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let live = refuge.enter(&alice, NEW, None).await;
    refuge.clock.advance(Duration::from_secs(570));
    let late = refuge.confirm(&alice, &live, &refuge.code(), None).await;
    assert!(late.is_err() && refuge.is_unchanged(), "{late:?}");
    assert!(!refuge.may_replace(&alice, None).await);
}

#[tokio::test]
async fn new_codes_end_the_earlier_ones_and_what_they_opened() {
    let refuge = refuge();
    let (alice, old) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &old[0]).await.unwrap();
    let new = refuge.makes(&refuge.signs_in("alice")).await;
    assert!(!refuge.may_replace(&alice, None).await);
    let rejected = refuge.uses(&alice, &old[1]).await;
    assert!(matches!(rejected, Err(RecoverError::Rejected)), "{rejected:?}");
    refuge.uses(&alice, &new[1]).await.unwrap();
}
