//! A notifier that fails holds the change, or does not, as the app decides.

use std::{future::pending, panic::resume_unwind};

use mfakit_core::{
    BackendError, BoxError, ConfirmNumberError, EnrollError, Notifier, NumberChange, Reason, Requirement,
    UserId, VerifyError,
    notifier::{Notice, OnNoticeError},
};

use super::super::{NEW, OLD, Town, number, town_with};
use crate::world::{pay, reason};

/// Way in which the notifier fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Fails,
    Hangs,
    Panics,
}

fn failing(does: Does, on_error: OnNoticeError) -> Town {
    town_with(|builder| builder.notifier(notifier(does), on_error))
}

fn notifier(does: Does) -> impl Notifier {
    async move |_: Notice| match does {
        Does::Fails => Err::<(), BoxError>("the mail server is away".into()),
        Does::Hangs => pending().await,
        // Like a panic, but without output on stderr.
        Does::Panics => resume_unwind(Box::new("for the test")),
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_notice_holds_the_replacement_and_ends_no_other_grant() {
    for does in [Does::Fails, Does::Hangs, Does::Panics] {
        let town = failing(does, OnNoticeError::Hold);
        let alice = town.signs_in("alice");
        let pays = town.step_up(&alice, pay()).await;
        let manage = town.manage(&alice).await;
        let live = town.enter(&alice, NEW, manage.as_ref()).await;
        let confirmed = town.confirm(&alice, &live, &town.code(), manage.as_ref()).await;
        match confirmed {
            Err(ConfirmNumberError::Verify(VerifyError::Misconfigured(_))) => assert_eq!(does, Does::Panics),
            Err(ConfirmNumberError::Verify(VerifyError::Unavailable)) => assert_ne!(does, Does::Panics),
            other => panic!("{does:?}: {other:?}"),
        }
        assert_eq!(town.on_file("alice").as_deref(), Some(OLD), "{does:?}");
        let checked = town.mfa.check(Some(&alice), &Requirement::new(pay()), pays.as_ref()).await.unwrap();
        assert_eq!(reason(&checked), None, "{does:?}: nothing was changed, so nothing ends");
        let again = town.confirm(&alice, &live, &town.code(), manage.as_ref()).await;
        assert!(matches!(again, Err(ConfirmNumberError::Denied(_))), "{does:?}: its grants are consumed");
        let text = town.events.text();
        assert!(!text.contains("NumberReplaced"), "{text}");
        let event = if does == Does::Panics { "Misconfigured" } else { "NoticeFailed" };
        assert_eq!(text.matches(event).count(), 1, "{does:?}: {text}");
        assert!(does == Does::Panics || text.contains("held: true"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_notice_holds_the_first_number_and_a_removal() {
    let town = failing(Does::Fails, OnNoticeError::Hold);
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, NEW, None).await;
    let confirmed = town.confirm(&carol, &live, &town.code(), None).await;
    assert!(matches!(confirmed, Err(ConfirmNumberError::Verify(VerifyError::Unavailable))), "{confirmed:?}");
    assert_eq!(town.on_file("carol"), None);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let removed = town.mfa.remove_number(&alice, manage.as_ref()).await;
    assert!(matches!(removed, Err(EnrollError::Unavailable)), "{removed:?}");
    assert_eq!(town.on_file("alice").as_deref(), Some(OLD));
}

#[tokio::test(start_paused = true)]
async fn an_app_can_let_a_change_proceed_without_its_notice() {
    for does in [Does::Fails, Does::Hangs] {
        let town = failing(does, OnNoticeError::Proceed);
        let alice = town.signs_in("alice");
        let manage = town.manage(&alice).await;
        let _ = town.change(&alice, NEW, manage.as_ref()).await;
        assert_eq!(town.on_file("alice").as_deref(), Some(NEW), "{does:?}");
        let text = town.events.text();
        assert!(text.contains("held: false") && text.contains("NumberReplaced"), "{text}");
    }
    let town = failing(Does::Panics, OnNoticeError::Proceed);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let removed = town.mfa.remove_number(&alice, manage.as_ref()).await;
    assert!(matches!(removed, Err(EnrollError::Misconfigured(_))), "a panic is a mistake: {removed:?}");
}

#[tokio::test]
async fn a_notice_that_fails_after_the_change_of_an_app_is_an_error_and_the_grants_have_ended() {
    for (on_error, fails) in [(OnNoticeError::Hold, true), (OnNoticeError::Proceed, false)] {
        let town = failing(Does::Fails, on_error);
        let alice = town.signs_in("alice");
        let pays = town.step_up(&alice, pay()).await;
        let change = NumberChange::remove(number(OLD));
        let changed = town.mfa.number_changed_by(&UserId::from("alice"), &change).await;
        assert_eq!(matches!(changed, Err(BackendError::Notifier(_))), fails, "{changed:?}");
        let checked = town.mfa.check(Some(&alice), &Requirement::new(pay()), pays.as_ref()).await.unwrap();
        assert_eq!(reason(&checked), Some(Reason::Missing), "{on_error:?}");
    }
}

#[tokio::test]
async fn an_error_of_the_notifier_is_in_the_event_and_not_in_the_answer() {
    let town = failing(Does::Fails, OnNoticeError::Hold);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let error = town.mfa.remove_number(&alice, manage.as_ref()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("mail server"), "{error:?}");
    let logged = town.events.text();
    assert!(logged.contains("mail server"), "{logged}");
}
