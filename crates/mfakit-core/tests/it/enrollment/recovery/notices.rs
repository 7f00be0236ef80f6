//! The person is notified of recovery codes, and of recovery by the app [ENROL-2].

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use mfakit_core::{
    BackendError, BoxError, Channel, ConfirmNumberError, EnrollError, Mfa, RecoverError, StartRequest,
    UserId,
    notifier::{Notice, NoticeKind, OnNoticeError},
};

use super::{OLD, Refuge, refuge, refuge_with};
use crate::world::pay;

/// Kinds and numbers of the notices that were sent.
type Sent = Arc<Mutex<Vec<(NoticeKind, Vec<String>)>>>;

/// Returns a refuge whose notifier fails for one kind.
fn notified(fails: Option<NoticeKind>, on_error: OnNoticeError) -> (Refuge, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let notify = async move |notice: Notice| {
        if Some(notice.kind) == fails {
            return Err::<(), BoxError>("the mail server is away".into());
        }
        let numbers = notice.numbers().map(|number| number.as_e164().to_owned()).collect();
        kept.lock().unwrap().push((notice.kind, numbers));
        Ok(())
    };
    (refuge_with(|builder| builder.notifier(notify, on_error)), sent)
}

fn kinds(sent: &Sent) -> Vec<NoticeKind> {
    sent.lock().unwrap().iter().map(|(kind, _)| *kind).collect()
}

#[tokio::test]
async fn each_step_of_a_recovery_has_one_notice() {
    let (refuge, sent) = notified(None, OnNoticeError::Hold);
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    assert_eq!(kinds(&sent), [NoticeKind::RecoveryCodesMade]);
    assert!(refuge.uses(&alice, "0000-0000-0000-0000").await.is_err());
    assert!(refuge.uses(&alice, "no code").await.is_err());
    assert!(refuge.mfa.make_recovery_codes(&alice, None).await.is_err());
    assert_eq!(kinds(&sent).len(), 1, "attempts send nothing");
    refuge.uses(&alice, &codes[0]).await.unwrap();
    refuge.uses(&alice, &codes[0]).await.unwrap();
    assert_eq!(kinds(&sent)[1..], [NoticeKind::RecoveryCodeUsed], "the same code again sends nothing");
    refuge.mfa.recovery().allow(&UserId::from("alice")).await.unwrap().unwrap();
    refuge.mfa.recovery().allow(&UserId::from("alice")).await.unwrap().unwrap();
    assert_eq!(kinds(&sent)[2..], [NoticeKind::RecoveryAllowed], "a second call sends nothing");
    refuge.change(&alice, super::NEW, None).await;
    assert_eq!(kinds(&sent)[3..], [NoticeKind::NumberReplaced]);
    let sent = sent.lock().unwrap();
    assert!(sent[..3].iter().all(|(_, numbers)| *numbers == [OLD]), "{sent:?}");
}

#[tokio::test]
async fn codes_whose_notice_failed_are_not_made() {
    let (refuge, _sent) = notified(Some(NoticeKind::RecoveryCodesMade), OnNoticeError::Hold);
    let alice = refuge.signs_in("alice");
    let manage = refuge.manage(&alice).await;
    let made = refuge.mfa.make_recovery_codes(&alice, manage.as_ref()).await;
    assert!(matches!(made, Err(EnrollError::Unavailable)), "{made:?}");
    assert_eq!(refuge.record(), None);
}

#[tokio::test]
async fn a_code_whose_notice_failed_opens_nothing() {
    let (refuge, _sent) = notified(Some(NoticeKind::RecoveryCodeUsed), OnNoticeError::Hold);
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let used = refuge.uses(&alice, &codes[0]).await;
    assert!(matches!(used, Err(RecoverError::Unavailable)), "{used:?}");
    assert!(!refuge.may_replace(&alice, None).await);
    let again = refuge.uses(&alice, &codes[0]).await;
    assert!(matches!(again, Err(RecoverError::Rejected)), "the code is used up: {again:?}");
    assert!(refuge.is_unchanged());
}

#[tokio::test]
async fn support_opens_nothing_without_its_notice() {
    let (refuge, _sent) = notified(Some(NoticeKind::RecoveryAllowed), OnNoticeError::Hold);
    let alice = UserId::from("alice");
    let allowed = refuge.mfa.recovery().allow(&alice).await;
    assert!(matches!(allowed, Err(BackendError::Notifier(_))), "{allowed:?}");
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None);
}

#[tokio::test]
async fn an_app_can_let_a_recovery_proceed_without_its_notice() {
    let (refuge, _sent) = notified(Some(NoticeKind::RecoveryCodeUsed), OnNoticeError::Proceed);
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await);
    assert!(refuge.events.text().contains("held: false"));
}

#[tokio::test]
async fn a_number_that_the_app_reports_as_changed_ends_what_is_open() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await);
    // The table has the same number as before, such as after it was set back.
    refuge.mfa.number_changed(&UserId::from("alice")).await.unwrap();
    assert!(!refuge.may_replace(&alice, None).await);
}

#[tokio::test]
async fn a_replacement_ends_all_openings_even_in_a_backup() {
    // The replacement by a code is consumed, and its notice holds the change.
    let (refuge, _sent) = notified(Some(NoticeKind::NumberReplaced), OnNoticeError::Hold);
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.mfa.recovery().allow(&UserId::from("alice")).await.unwrap().unwrap();
    refuge.uses(&alice, &codes[0]).await.unwrap();
    let backup = refuge.record();
    let live = refuge.enter(&alice, super::NEW, None).await;
    let held = refuge.confirm(&alice, &live, &refuge.code(), None).await;
    assert!(held.is_err() && refuge.is_unchanged(), "{held:?}");
    refuge.book.set("alice", backup);
    refuge.clock.advance(std::time::Duration::from_secs(25 * 60 * 60));
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await);
}

/// Step that is taken while the next notice of a replacement is sent.
type Meanwhile = Arc<Mutex<Option<Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>>>>;

#[tokio::test]
async fn a_replacement_by_recovery_ends_if_recovery_is_revoked_during_its_notice() {
    for (what, ends) in [("support", true), ("the owner's code", true), ("nothing", false)] {
        let meanwhile = Meanwhile::default();
        let next = meanwhile.clone();
        let notify = async move |notice: Notice| {
            let happens = next.lock().unwrap().take_if(|_| notice.kind == NoticeKind::NumberReplaced);
            if let Some(happens) = happens {
                happens().await;
            }
            Ok::<(), BoxError>(())
        };
        let refuge = refuge_with(|builder| builder.notifier(notify, OnNoticeError::Hold));
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        let owner = refuge.signs_in("alice");
        refuge.wait();
        let request = StartRequest::new(pay(), Channel::Messaging);
        let paying = refuge.mfa.start(&owner, request).await.unwrap();
        let (mfa, code) = (refuge.mfa.clone(), refuge.code());
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let live = refuge.enter(&alice, super::NEW, None).await;
        *meanwhile.lock().unwrap() = Some(Box::new(move || {
            Box::pin(async move {
                match what {
                    "support" => assert!(mfa.recovery().revoke(owner.user()).await.unwrap(), "it was open"),
                    "nothing" => {}
                    _ => drop(mfa.verify(&owner, &pay(), &paying.id, &code).await.unwrap()),
                }
            })
        }));
        let confirmed = refuge.confirm(&alice, &live, &refuge.code(), None).await;
        assert!(meanwhile.lock().unwrap().is_none(), "{what}: the notice was sent");
        assert_eq!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), ends, "{what}: {confirmed:?}");
        assert_eq!(refuge.is_unchanged(), ends, "{what}");
    }
}

#[tokio::test]
async fn a_replacement_by_a_code_goes_on_if_recovery_is_revoked_during_its_notice() {
    let meanwhile: Arc<Mutex<Option<Mfa>>> = Arc::default();
    let next = meanwhile.clone();
    let notify = async move |notice: Notice| {
        let mfa = next.lock().unwrap().take_if(|_| notice.kind == NoticeKind::NumberReplaced);
        if let Some(mfa) = mfa {
            assert!(!mfa.recovery().revoke(&notice.user).await.unwrap(), "nothing was open");
        }
        Ok::<(), BoxError>(())
    };
    let refuge = refuge_with(|builder| builder.notifier(notify, OnNoticeError::Hold));
    *meanwhile.lock().unwrap() = Some(refuge.mfa.clone());
    let alice = refuge.signs_in("alice");
    let manage = refuge.manage(&alice).await;
    refuge.change(&alice, super::NEW, manage.as_ref()).await;
    assert!(!refuge.is_unchanged() && meanwhile.lock().unwrap().is_none());
}
