//! A thief of a session who does not have the old number changes nothing, whatever is tried.
//!
//! The thief has alice's session of this sign-in and may call every method of the engine, as often as wanted. Alice's grant
//! cookie is not part of it, because it is another cookie; where a row says so, the thief has that one too.

use std::{fmt::Debug, pin::Pin, time::Duration};

use mfakit_core::{
    ChallengeId, ChallengeRef, ChangeDenied, Channel, Clock as _, Code, ConfirmNumberError, EnrollError,
    GrantToken, LoginId, NumberOnFile, Reason, Requirement, Scope, StartError, StartRequest, Subject, UserId,
    VerifyError,
    action::{Action, ApprovalId, Words},
    adapter::MfaBoundExt as _,
};

use super::{NEW, OLD, OTHER, Town, number, town};
use crate::world::pay;

/// Attempt of the thief, in a town of its own. The subject is the stolen session.
type Way = for<'a> fn(&'a Town, &'a Subject) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! ways {
    ($($name:literal => async |$town:ident, $alice:ident| $body:block)+) => {
        const WAYS: &[(&str, Way)] = &[$(($name, |$town, $alice| Box::pin(async move $body))),+];
    };
}

fn step_up<T: Debug>(tried: Result<T, EnrollError>) {
    let denied = tried.expect_err("the thief may not");
    assert!(matches!(denied, EnrollError::Denied(ChangeDenied::StepUpRequired(_))), "{denied:?}");
}

fn too_old<T: Debug>(tried: Result<T, EnrollError>) {
    let denied = tried.expect_err("the thief may not");
    assert!(matches!(denied, EnrollError::Denied(ChangeDenied::SignInTooOld { .. })), "{denied:?}");
}

fn not_sent<T: Debug>(tried: Result<T, StartError>) {
    let denied = tried.expect_err("the thief gets no code");
    assert!(matches!(denied, StartError::ChangeDenied(_) | StartError::ApprovalOver), "{denied:?}");
}

fn not_confirmed<T: Debug>(tried: Result<T, ConfirmNumberError>) {
    let rejected = tried.expect_err("the thief confirms nothing");
    let expected = matches!(
        rejected,
        ConfirmNumberError::Denied(_) | ConfirmNumberError::Verify(VerifyError::ChallengeOver)
    );
    assert!(expected, "{rejected:?}");
}

/// A value that an app would bind.
#[derive(serde::Serialize, serde::Deserialize)]
struct Number(String);

impl Action for Number {
    fn words(&self) -> Words {
        Words::new()
    }
}

ways! {
    "enters a number" => async |town, alice| {
        step_up(town.propose(alice, NEW, None).await);
    }
    "removes the number, to add another as the first" => async |town, alice| {
        step_up(town.mfa.remove_number(alice, None).await);
        step_up(town.propose(alice, NEW, None).await);
    }
    "makes up a grant cookie" => async |town, alice| {
        let made_up = GrantToken::from_cookie("A".repeat(43).as_bytes()).unwrap();
        town.manage(alice).await;
        step_up(town.propose(alice, NEW, Some(&made_up)).await);
        step_up(town.mfa.remove_number(alice, Some(&made_up)).await);
    }
    "has the cookie of a grant for another scope" => async |town, alice| {
        let pays = town.step_up(alice, pay()).await;
        step_up(town.propose(alice, NEW, pays.as_ref()).await);
        step_up(town.mfa.remove_number(alice, pays.as_ref()).await);
    }
    "has the cookie of the right grant, from alice's other session" => async |town, alice| {
        let elsewhere = town.signs_in("alice");
        let manage = town.manage(&elsewhere).await;
        step_up(town.propose(alice, NEW, manage.as_ref()).await);
        step_up(town.mfa.remove_number(alice, manage.as_ref()).await);
    }
    "has the cookie of the thief's own right grant" => async |town, alice| {
        town.book.set("mallory", NumberOnFile::new(number(OTHER), town.clock.now()));
        let manage = town.manage(&town.signs_in("mallory")).await;
        step_up(town.propose(alice, NEW, manage.as_ref()).await);
    }
    "shows the session as a bearer token, which needs no cookie" => async |town, alice| {
        town.manage(alice).await;
        let bearer = Subject::bearer("alice", alice.login().to_string()).with_signed_in_at(town.clock.now());
        step_up(town.propose(&bearer, NEW, None).await);
    }
    "guesses the code to the old number" => async |town, alice| {
        town.wait();
        let live = town.mfa.start(alice, StartRequest::new(Scope::MANAGE, Channel::Messaging)).await.unwrap();
        let wrong = town.wrong_code();
        for _ in 0..5 {
            assert!(town.mfa.verify(alice, &Scope::MANAGE, &live.id, &wrong).await.is_err());
        }
        let right = town.mfa.verify(alice, &Scope::MANAGE, &live.id, &town.code()).await;
        assert!(right.is_err(), "the challenge is over: {right:?}");
        step_up(town.propose(alice, NEW, None).await);
    }
    "requests a code for a new number without one" => async |town, alice| {
        not_sent(town.mfa.start(alice, StartRequest::new(Scope::ENROLL, Channel::Messaging)).await);
    }
    "makes up an approval" => async |town, alice| {
        not_sent(town.send(alice, ApprovalId::random(), None).await);
    }
    "uses the approval of a number in the thief's own account" => async |town, alice| {
        let mallory = town.signs_in("mallory");
        let proposed = town.propose(&mallory, NEW, None).await.unwrap();
        not_sent(town.send(alice, proposed.approval, None).await);
    }
    "enters the thief's own code into alice's session" => async |town, alice| {
        let mallory = town.signs_in("mallory");
        let live = town.enter(&mallory, NEW, None).await;
        not_confirmed(town.confirm(alice, &live, &town.code(), None).await);
        let manage = town.manage(alice).await;
        town.wait();
        let live = town.enter(&mallory, NEW, None).await;
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
    }
    "starts the code of a number that alice is entering in another session" => async |town, alice| {
        let elsewhere = town.signs_in("alice");
        let manage = town.manage(&elsewhere).await;
        let proposed = town.propose(&elsewhere, NEW, manage.as_ref()).await.unwrap();
        not_sent(town.send(alice, proposed.approval, None).await);
        not_sent(town.send(alice, proposed.approval, manage.as_ref()).await);
    }
    "starts the code of a number that alice is entering in the same session" => async |town, alice| {
        let manage = town.manage(alice).await;
        let proposed = town.propose(alice, NEW, manage.as_ref()).await.unwrap();
        not_sent(town.send(alice, proposed.approval, None).await);
    }
    "enters the right code of alice's new number, without her cookie" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        let verifies = town.provider.verifies();
        not_confirmed(town.confirm(alice, &live, &town.code(), None).await);
        assert_eq!(town.provider.verifies(), verifies, "the code was not compared");
    }
    "verifies the code of a new number as an ordinary one" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        let verified = town.mfa.verify(alice, &Scope::ENROLL, &live, &town.code()).await;
        assert!(matches!(verified, Err(VerifyError::Misconfigured(_))), "{verified:?}");
    }
    "shows the code of a new number as one for the old number" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        let verified = town.mfa.verify(alice, &Scope::MANAGE, &live, &town.code()).await;
        assert!(matches!(verified, Err(VerifyError::ChallengeOver)), "{verified:?}");
    }
    "keeps an action of the app in the scope of new numbers" => async |town, alice| {
        let requirement = Requirement::new(Scope::ENROLL).once();
        let kept = town.mfa.propose(alice, &requirement, &Number(NEW.to_owned()), None).await;
        assert!(kept.is_err(), "{kept:?}");
    }
    "approves a number as an action of another scope, and confirms it" => async |town, alice| {
        let transfer = Scope::new("transfer").unwrap();
        let requirement = Requirement::new(transfer).once();
        let kept = town.mfa.propose(alice, &requirement, &Number(NEW.to_owned()), None).await.unwrap().approval;
        not_sent(town.send(alice, kept.id, None).await);
        town.wait();
        let request = StartRequest::new(transfer, Channel::Messaging).approval(kept.id);
        let live = town.mfa.start(alice, request).await.unwrap();
        assert_eq!(town.last_recipient(), OLD, "its code goes to the old number");
        not_confirmed(town.confirm(alice, &live, &town.code(), None).await);
    }
    "waits until alice's grant has expired, and uses its cookie" => async |town, alice| {
        let manage = town.manage(alice).await;
        town.clock.advance(Duration::from_secs(600));
        step_up(town.propose(alice, NEW, manage.as_ref()).await);
        step_up(town.mfa.remove_number(alice, manage.as_ref()).await);
    }
    "uses the cookie after alice signed out" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        town.mfa.sign_out(alice).await.unwrap();
        step_up(town.propose(alice, NEW, manage.as_ref()).await);
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
    }
    "uses the cookie after support revoked the user" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        town.mfa.revoke_user(alice.user()).await.unwrap();
        not_sent(town.send(alice, live.approval.unwrap(), manage.as_ref()).await);
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
    }
    "has alice's cookie, and guesses the code to her new number" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        let wrong = town.wrong_code();
        for _ in 0..5 {
            assert!(town.confirm(alice, &live, &wrong, manage.as_ref()).await.is_err());
        }
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
    }
    "asks whether a number is the one on file" => async |town, alice| {
        for guess in [OLD, NEW] {
            step_up(town.propose(alice, guess, None).await);
        }
    }
    "loses the race of a code that is sent, and finds no number in the store" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        // The app changes the number itself, and back.
        town.book.set("alice", NumberOnFile::new(number(OTHER), town.clock.now()));
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
        town.book.set("alice", NumberOnFile::new(number(OLD), town.clock.now()));
        not_confirmed(town.confirm(alice, &live, &town.code(), manage.as_ref()).await);
    }
    "sends the form of one challenge with the approval of another" => async |town, alice| {
        let manage = town.manage(alice).await;
        let live = town.enter(alice, NEW, manage.as_ref()).await;
        let code = town.code();
        let other = town.propose(alice, OTHER, manage.as_ref()).await.unwrap();
        let mixed = ChallengeRef::from(live.id).approval(other.approval);
        not_confirmed(town.mfa.confirm_number(alice, mixed, &code, manage.as_ref()).await);
        let bare = ChallengeRef::from(live.id);
        not_confirmed(town.mfa.confirm_number(alice, bare, &code, manage.as_ref()).await);
    }
    "makes up a challenge" => async |town, alice| {
        let manage = town.manage(alice).await;
        let proposed = town.propose(alice, NEW, manage.as_ref()).await.unwrap();
        let made_up = ChallengeRef::from(ChallengeId::from_bytes([7; 32])).approval(proposed.approval);
        let code = Code::parse("123456").unwrap();
        not_confirmed(town.mfa.confirm_number(alice, made_up, &code, manage.as_ref()).await);
    }
    "makes a session of another user of the stolen one" => async |town, alice| {
        let mallory = Subject::cookie("mallory", *alice.login()).with_signed_in_at(town.clock.now());
        town.change(&mallory, NEW, None).await;
        step_up(town.propose(alice, NEW, None).await);
        assert_eq!(town.on_file("mallory").as_deref(), Some(NEW), "only the thief's own number changed");
    }
    "acts without a user" => async |town, alice| {
        let nameless = Subject::cookie("", *alice.login()).with_signed_in_at(town.clock.now());
        let proposed = town.propose(&nameless, NEW, None).await;
        assert!(matches!(proposed, Err(EnrollError::Misconfigured(_))), "{proposed:?}");
        assert!(town.mfa.remove_number(&nameless, None).await.is_err());
        assert!(town.mfa.numbers(&nameless, None).await.is_err());
    }
}

#[tokio::test]
async fn a_thief_without_the_old_number_changes_nothing() {
    assert!(WAYS.len() >= 24, "{}", WAYS.len());
    for (name, way) in WAYS {
        println!("{name}");
        let town = town();
        let alice = town.signs_in("alice");
        way(&town, &alice).await;
        assert_eq!(town.on_file("alice").as_deref(), Some(OLD), "{name}");
        let text = town.events.text();
        for kind in ["NumberReplaced", "NumberRemoved"] {
            assert!(!text.contains(kind), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn a_thief_of_an_old_session_adds_no_first_number() {
    let town = town();
    let carol = town.signs_in("carol");
    let fresh = Duration::from_secs(10 * 60);

    // A tab from a fresh sign-in, in which a number was entered and its code sent.
    let tab = town.propose(&carol, NEW, None).await.unwrap();
    let live = town.send(&carol, tab.approval, None).await.unwrap();
    let code = town.code();

    town.clock.advance(fresh);
    too_old(town.propose(&carol, NEW, None).await);
    not_sent(town.send(&carol, tab.approval, None).await);
    let future = carol.clone().with_signed_in_at(town.clock.now() + Duration::from_secs(6));
    too_old(town.propose(&future, NEW, None).await);
    let unknown = Subject::cookie("carol", *carol.login());
    let proposed = town.propose(&unknown, NEW, None).await.unwrap_err();
    assert!(proposed.to_string().contains(".with_signed_in_at(…)"), "{proposed}");
    not_confirmed(town.confirm(&carol, &live, &code, None).await);
    let elsewhere = Subject::cookie("carol", LoginId::random()).with_signed_in_at(town.clock.now() - fresh);
    too_old(town.propose(&elsewhere, NEW, None).await);
    assert_eq!(town.on_file("carol"), None);
}

#[tokio::test]
async fn a_tab_from_before_the_first_number_replaces_nothing() {
    let town = town();
    let (thief, carol) = (town.signs_in("carol"), town.signs_in("carol"));
    let proposed = town.propose(&thief, NEW, None).await.unwrap();
    let live = town.send(&thief, proposed.approval, None).await.unwrap();
    let code = town.code();
    town.change(&carol, OTHER, None).await;
    not_sent(town.send(&thief, proposed.approval, None).await);
    not_confirmed(town.confirm(&thief, &live, &code, None).await);
    step_up(town.propose(&thief, NEW, None).await);
    assert_eq!(town.on_file("carol").as_deref(), Some(OTHER));
}

#[tokio::test]
async fn a_tab_from_before_a_change_by_the_app_replaces_nothing() {
    let town = town();
    let carol = town.signs_in("carol");
    let proposed = town.propose(&carol, NEW, None).await.unwrap();
    let live = town.send(&carol, proposed.approval, None).await.unwrap();
    let code = town.code();
    // The app does not say so, so nothing was revoked.
    town.book.set("carol", NumberOnFile::new(number(OTHER), town.clock.now()));
    not_sent(town.send(&carol, proposed.approval, None).await);
    not_confirmed(town.confirm(&carol, &live, &code, None).await);
    let manage = town.manage(&carol).await;
    not_sent(town.send(&carol, proposed.approval, manage.as_ref()).await);
    not_confirmed(town.confirm(&carol, &live, &code, manage.as_ref()).await);
    assert_eq!(town.on_file("carol").as_deref(), Some(OTHER));
    let again = town.propose(&carol, NEW, manage.as_ref()).await.unwrap();
    assert_ne!(again.approval, proposed.approval, "a proposal is for the number that it replaces");
}

#[tokio::test]
async fn a_change_that_was_made_cannot_be_replayed() {
    let town = town();
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    let code = town.code();
    town.confirm(&alice, &live, &code, manage.as_ref()).await.unwrap();
    not_confirmed(town.confirm(&alice, &live, &code, manage.as_ref()).await);
    let back = town.manage(&alice).await;
    town.change(&alice, OTHER, back.as_ref()).await;
    not_confirmed(town.confirm(&alice, &live, &code, manage.as_ref()).await);
    not_confirmed(town.confirm(&alice, &live, &code, back.as_ref()).await);
    step_up(town.propose(&alice, NEW, manage.as_ref()).await);
    step_up(town.mfa.remove_number(&alice, back.as_ref()).await);
    assert_eq!(town.on_file("alice").as_deref(), Some(OTHER));
    let reasons =
        town.mfa.check(Some(&alice), &Requirement::new(Scope::MANAGE), back.as_ref()).await.unwrap();
    assert_eq!(crate::world::reason(&reasons), Some(Reason::Missing));
    assert!(town.book.find(&UserId::from("alice")).is_some());
}
