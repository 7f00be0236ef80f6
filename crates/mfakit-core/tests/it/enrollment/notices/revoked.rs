//! A change ends if it is revoked while its notice is sent.

use mfakit_core::{BackendError, ConfirmNumberError, LoginId, Mfa, Subject, UserId};
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
