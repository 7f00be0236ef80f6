//! A change ends if it is revoked while its notice is sent.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mfakit_core::{
    BackendError, ConfirmNumberError, LoginId, MemoryStore, Mfa, Subject, UserId,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    super::{NEW, OLD, Town},
    Sent, notified,
};

/// Revokes something while the next notice is sent.
fn revoke_meanwhile<F>(town: &Town, sent: &Sent, revoke: impl FnOnce(Mfa) -> F + Send + 'static)
where
    F: Future<Output = Result<(), BackendError>>,
{
    let mfa = town.mfa.clone();
    sent.meanwhile(move || block_in_place(|| Handle::current().block_on(revoke(mfa))).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_during_the_notice_ends_a_replacement() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    for what in ["user", "session"] {
        let manage = town.manage(&alice).await;
        let live = town.enter(&alice, NEW, manage.as_ref()).await;
        let (code, login) = (town.code(), *alice.login());
        revoke_meanwhile(&town, &sent, async move |mfa| match what {
            "user" => mfa.revoke_user(&UserId::from("alice")).await,
            _ => sign_out(&mfa, login).await,
        });
        let confirmed = town.confirm(&alice, &live, &code, manage.as_ref()).await;
        assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{what}: {confirmed:?}");
        assert_eq!(town.on_file("alice").as_deref(), Some(OLD), "{what}");
    }
    assert_eq!(sent.kinds().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_during_the_notice_ends_a_removal() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    revoke_meanwhile(&town, &sent, async |mfa| mfa.revoke_user(&UserId::from("alice")).await);
    let removed = town.mfa.remove_number(&alice, manage.as_ref()).await;
    assert!(removed.is_err(), "{removed:?}");
    assert_eq!(town.on_file("alice").as_deref(), Some(OLD));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_of_another_session_during_the_notice_does_not_end_a_replacement() {
    let (town, sent) = notified(|builder| builder);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    revoke_meanwhile(&town, &sent, async |mfa| sign_out(&mfa, LoginId::random()).await);
    town.confirm(&alice, &live, &town.code(), manage.as_ref()).await.unwrap();
    assert_eq!(town.on_file("alice").as_deref(), Some(NEW));
}

async fn sign_out(mfa: &Mfa, login: LoginId) -> Result<(), BackendError> {
    mfa.sign_out(&Subject::cookie("alice", login)).await
}

/// Revokes carol once, as soon as a grant is consumed.
#[derive(Clone, Default)]
struct RevokesCarol(Arc<Mutex<Option<Mfa>>>);

#[async_trait]
impl StoreHook for RevokesCarol {
    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        let mfa = if verb == Verb::Consume { self.0.lock().unwrap().take() } else { None };
        if let Some(mfa) = mfa {
            mfa.revoke_user(&UserId::from("carol")).await.unwrap();
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_revocation_between_the_code_and_the_notice_ends_an_addition() {
    let hook = RevokesCarol::default();
    let store = HookedStore::new(MemoryStore::new(), hook.clone());
    let (town, sent) = notified(|builder| builder.store(store));
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, NEW, None).await;
    *hook.0.lock().unwrap() = Some(town.mfa.clone());
    let confirmed = town.confirm(&carol, &live, &town.code(), None).await;
    assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{confirmed:?}");
    assert_eq!((town.on_file("carol"), sent.kinds().len()), (None, 1));
    // A later addition goes on.
    let carol = town.signs_in("carol");
    let _ = town.change(&carol, NEW, None).await;
    assert_eq!(town.on_file("carol").as_deref(), Some(NEW));
}
