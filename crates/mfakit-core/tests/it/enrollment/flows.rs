//! The three ways: add, replace, remove.

use std::time::Duration;

use mfakit_core::{
    ChangeDenied, Channel, Clock as _, ConfirmNumberError, EnrollError, Reason, Requirement, Scope,
    StartError, StartRequest, UserId, VerifyError,
};

use super::{NEW, OLD, OTHER, number, town};
use crate::world::{pay, reason};

#[tokio::test]
async fn the_first_number_is_added_by_a_fresh_sign_in_and_a_code_to_it() {
    let town = town();
    let carol = town.signs_in("carol");
    let before = town.mfa.start(&carol, StartRequest::new(pay(), Channel::Messaging)).await;
    assert!(matches!(before, Err(StartError::NoNumber)), "{before:?}");

    let proposed = town.propose(&carol, "(202) 555-0123", None).await.unwrap();
    assert_eq!((proposed.number.as_e164(), &*proposed.channels), (NEW, &[Channel::Messaging][..]));
    assert_eq!(town.provider.sends(), 0, "entering a number sends nothing");
    let pending = town.mfa.numbers(&carol, None).await.unwrap().pending.unwrap();
    assert_eq!((pending.approval, &*pending.number), (proposed.approval, "•••23"));

    let live = town.send(&carol, proposed.approval, None).await.unwrap();
    assert_eq!((&*town.last_recipient(), &*live.sent_to), (NEW, "•••23"));
    let message = town.provider.inbox().pop().unwrap().message;
    assert!(message.contains("code to confirm this phone number"), "{message}");
    assert!(
        !message.contains("carol") && !message.contains("your phone"),
        "it does not say whose: {message}"
    );
    assert_eq!(town.on_file("carol"), None, "a code that was sent confirms nothing");

    let confirmed = town.confirm(&carol, &live, &town.code(), None).await.unwrap();
    assert_eq!((&confirmed.number, confirmed.confirmed_at), (&number(NEW), town.clock.now()));
    assert_eq!((confirmed.replaced, town.on_file("carol").as_deref()), (None, Some(NEW)));
    assert!(town.step_up(&carol, pay()).await.is_some(), "codes go to it from now on");
    assert_eq!(town.last_recipient(), NEW);
}

#[tokio::test]
async fn a_number_is_replaced_by_a_code_to_the_old_one_and_a_code_to_the_new_one() {
    let town = town();
    let alice = town.signs_in("alice");
    town.clock.advance(Duration::from_secs(24 * 60 * 60));
    let denied = town.propose(&alice, NEW, None).await;
    assert!(matches!(denied, Err(EnrollError::Denied(ChangeDenied::StepUpRequired(_)))), "{denied:?}");

    let manage = town.manage(&alice).await;
    assert_eq!(town.last_recipient(), OLD);
    let message = town.provider.inbox().pop().unwrap().message;
    assert!(message.contains("code to change your phone number"), "{message}");
    let confirmed = town.change(&alice, NEW, manage.as_ref()).await;
    assert_eq!((confirmed.replaced, town.last_recipient()), (Some(number(OLD)), NEW.to_owned()));
    assert_eq!(town.on_file("alice").as_deref(), Some(NEW));

    let again = town.propose(&alice, OTHER, manage.as_ref()).await;
    let Err(EnrollError::Denied(ChangeDenied::StepUpRequired(denial))) = again else { panic!("{again:?}") };
    assert_eq!(denial.reason, Reason::Missing, "its grant was consumed");
}

#[tokio::test]
async fn a_number_is_removed_by_a_code_to_it() {
    let town = town();
    let alice = town.signs_in("alice");
    let denied = town.mfa.remove_number(&alice, None).await;
    assert!(matches!(denied, Err(EnrollError::Denied(ChangeDenied::StepUpRequired(_)))), "{denied:?}");
    let manage = town.manage(&alice).await;
    let removed = town.mfa.remove_number(&alice, manage.as_ref()).await.unwrap();
    assert_eq!((removed, town.on_file("alice")), (number(OLD), None));
    let again = town.mfa.remove_number(&alice, manage.as_ref()).await;
    assert!(matches!(again, Err(EnrollError::NoNumber)), "{again:?}");
    assert!(town.step_up_is_refused(&alice).await);
}

impl super::Town {
    async fn step_up_is_refused(&self, subject: &mfakit_core::Subject) -> bool {
        let started = self.mfa.start(subject, StartRequest::new(pay(), Channel::Messaging)).await;
        matches!(started, Err(StartError::NoNumber))
    }
}

#[tokio::test]
async fn a_change_ends_every_grant_and_challenge_of_the_user_in_every_session() {
    let town = town();
    let (here, elsewhere) = (town.signs_in("alice"), town.signs_in("alice"));
    let (pays_here, pays_elsewhere) =
        (town.step_up(&here, pay()).await, town.step_up(&elsewhere, pay()).await);
    town.wait();
    let in_flight = town.mfa.start(&elsewhere, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
    let code = town.code();
    let manage = town.manage(&here).await;
    town.change(&here, NEW, manage.as_ref()).await;
    for (subject, token) in [(&here, &pays_here), (&elsewhere, &pays_elsewhere)] {
        let checked = town.mfa.check(Some(subject), &Requirement::new(pay()), token.as_ref()).await.unwrap();
        assert_eq!(reason(&checked), Some(Reason::Missing));
    }
    let late = town.mfa.verify(&elsewhere, &pay(), &in_flight.id, &code).await;
    assert!(matches!(late, Err(VerifyError::ChallengeOver)), "{late:?}");
}

#[tokio::test]
async fn a_change_without_a_difference_sends_nothing_and_keeps_the_grant() {
    let town = town();
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let sends = town.provider.sends();
    for same in [OLD, "(919) 555-1234", "001 919 555 1234"] {
        let proposed = town.propose(&alice, same, manage.as_ref()).await;
        assert!(matches!(proposed, Err(EnrollError::Unchanged)), "{proposed:?}");
    }
    assert_eq!(town.provider.sends(), sends);
    assert!(town.propose(&alice, NEW, manage.as_ref()).await.is_ok());
}

#[tokio::test]
async fn a_number_that_is_entered_twice_has_one_approval_and_a_resend_goes_to_it() {
    let town = town();
    let carol = town.signs_in("carol");
    let first = town.propose(&carol, NEW, None).await.unwrap();
    assert_eq!(town.propose(&carol, "202 555 0123", None).await.unwrap().approval, first.approval);
    let other = town.propose(&carol, OTHER, None).await.unwrap();
    assert_ne!(other.approval, first.approval);
    let live = town.send(&carol, first.approval, None).await.unwrap();
    let code = town.code();
    let again = town.send(&carol, first.approval, None).await.unwrap();
    assert_eq!(town.last_recipient(), NEW);
    let late = town.confirm(&carol, &live, &code, None).await;
    assert!(matches!(late, Err(ConfirmNumberError::Verify(VerifyError::ChallengeOver))), "{late:?}");
    town.confirm(&carol, &again, &town.code(), None).await.unwrap();
    assert_eq!(town.on_file("carol").as_deref(), Some(NEW));
    let gone = town.send(&carol, other.approval, None).await;
    assert!(matches!(gone, Err(StartError::ApprovalOver)), "the other number is over: {gone:?}");
}

#[tokio::test]
async fn a_bearer_token_changes_a_number_without_a_cookie() {
    let town = town();
    let alice = mfakit_core::Subject::bearer("alice", "sid").with_signed_in_at(town.clock.now());
    assert!(town.manage(&alice).await.is_none());
    town.change(&alice, NEW, None).await;
    assert_eq!(town.on_file("alice").as_deref(), Some(NEW));
}

#[tokio::test]
async fn the_situation_shows_what_is_on_file_and_what_may_be_done() {
    let town = town();
    let (alice, carol) = (town.signs_in("alice"), town.signs_in("carol"));
    let situation = town.mfa.numbers(&alice, None).await.unwrap();
    assert_eq!(situation.number.as_deref(), Some("•••34"));
    assert!(situation.confirmed_at.is_some() && situation.may_change_for.is_none());
    assert!(matches!(situation.denied, Some(ChangeDenied::StepUpRequired(_))));
    let manage = town.manage(&alice).await;
    let situation = town.mfa.numbers(&alice, manage.as_ref()).await.unwrap();
    assert_eq!((situation.denied, situation.may_change_for), (None, Some(Duration::from_secs(600))));
    assert!(situation.pending.is_none());
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let pending = town.mfa.numbers(&alice, manage.as_ref()).await.unwrap().pending.unwrap();
    assert_eq!(pending.live.unwrap().id, live.id);

    let situation = town.mfa.numbers(&carol, None).await.unwrap();
    assert_eq!((situation.number, situation.confirmed_at, situation.denied), (None, None, None));
    town.clock.advance(Duration::from_secs(600));
    let situation = town.mfa.numbers(&carol, None).await.unwrap();
    assert!(matches!(situation.denied, Some(ChangeDenied::SignInTooOld { .. })));
    assert_eq!(town.provider.sends(), 2, "looking sends nothing");
}

#[tokio::test]
async fn the_page_of_a_new_number_shows_that_number() {
    use mfakit_core::adapter::{Destination, MfaBoundExt as _};
    let town = town();
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let (requirement, none) = (Requirement::new(Scope::ENROLL), |_: &_| None);
    let situation =
        town.mfa.bound_situation(&alice, &requirement, live.approval.as_ref(), &none).await.unwrap();
    assert_eq!(situation.destination, Destination::Number("•••23".to_owned()));
    assert_eq!(situation.live.unwrap().id, live.id);
    assert!(situation.action.unwrap().words.payee().is_none());
    let other = town.signs_in("alice");
    let situation = town.mfa.bound_situation(&other, &requirement, None, &none).await.unwrap();
    assert_eq!(situation.destination, Destination::Nowhere, "another session sees nothing of it");
}

#[tokio::test]
async fn an_app_that_changes_a_number_itself_ends_its_grants() {
    let town = town();
    let alice = town.signs_in("alice");
    let token = town.step_up(&alice, pay()).await;
    town.events.names();
    town.mfa.number_changed(&UserId::from("alice")).await.unwrap();
    assert_eq!(town.events.names(), ["authn_token_revoked", "authn_number_changed"]);
    let checked = town.mfa.check(Some(&alice), &Requirement::new(pay()), token.as_ref()).await.unwrap();
    assert_eq!(reason(&checked), Some(Reason::Missing));
}

#[tokio::test]
async fn events_name_each_change_and_no_digits_but_the_last_two() {
    let town = town();
    let (alice, carol) = (town.signs_in("alice"), town.signs_in("carol"));
    town.change(&carol, OTHER, None).await;
    let manage = town.manage(&alice).await;
    town.change(&alice, NEW, manage.as_ref()).await;
    let manage = town.manage(&alice).await;
    town.mfa.remove_number(&alice, manage.as_ref()).await.unwrap();
    let _denied = town.mfa.remove_number(&alice, None).await.unwrap_err();
    let text = town.events.text();
    for expected in [
        "NumberAdded { number: \"•••77\" }",
        "NumberReplaced { from: \"•••34\", to: \"•••23\" }",
        "NumberRemoved { number: \"•••23\" }",
        "NumberChangeRejected { why: \"no number\" }",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    for digits in ["5550123", "5551234", "5550177"] {
        assert!(!text.contains(digits), "{digits} in {text}");
    }
    let names = town.events.names();
    assert!(names.contains(&"authn_number_replaced") && names.contains(&"authn_number_change_fail"));
}

#[tokio::test]
async fn a_code_that_was_sent_in_time_is_accepted_for_as_long_as_it_lives() {
    let town = town();
    let carol = town.signs_in("carol");
    town.clock.advance(Duration::from_secs(9 * 60));
    let live = town.enter(&carol, NEW, None).await;
    town.clock.advance(Duration::from_secs(2 * 60));
    let resent = town.send(&carol, live.approval.unwrap(), None).await;
    assert!(
        matches!(resent, Err(StartError::ChangeDenied(ChangeDenied::SignInTooOld { .. }))),
        "another code takes another sign-in: {resent:?}"
    );
    town.confirm(&carol, &live, &town.code(), None).await.unwrap();
    assert_eq!(town.on_file("carol").as_deref(), Some(NEW));
}
