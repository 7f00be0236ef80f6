//! Something ends what recovery permits while another step of it is under way.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use mfakit_core::{
    BackendError, BoxError, Changed, ConfirmNumberError, EnrollError, MemoryNumberBook, MemoryRecoveryBook,
    MemoryStore, Notifier, RecoveryBook, RecoveryRecord, UserId,
    notifier::{Notice, NoticeKind, OnNoticeError},
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};
use tokio::sync::Semaphore;

use super::{
    NEW, OLD, Refuge,
    failures::{CannotCount, Does, Moody},
    refuge_of, refuge_with,
};
use crate::world::pay;

/// Step that is taken while the next notice of a kind is sent.
#[derive(Clone, Default)]
pub(super) struct Meanwhile(Arc<Mutex<Option<(NoticeKind, Step)>>>);

type Step = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

impl Meanwhile {
    /// Returns a refuge whose notifier takes the step.
    fn refuge(&self) -> Refuge {
        refuge_with(|builder| builder.notifier(self.notifier(), OnNoticeError::Hold))
    }

    /// Returns a notifier that takes the step.
    pub(super) fn notifier(&self) -> impl Notifier {
        let next = self.0.clone();
        async move |notice: Notice| {
            let step = next.lock().unwrap().take_if(|(kind, _)| *kind == notice.kind);
            if let Some((_, step)) = step {
                step().await;
            }
            Ok::<(), BoxError>(())
        }
    }

    pub(super) fn set<F: Future<Output = ()> + Send + 'static>(
        &self,
        kind: NoticeKind,
        step: impl FnOnce() -> F + Send + 'static,
    ) {
        *self.0.lock().unwrap() = Some((kind, Box::new(move || Box::pin(step()))));
    }

    pub(super) fn was_taken(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

#[tokio::test]
async fn recovery_codes_are_not_made_if_the_session_is_revoked_during_their_notice() {
    for what in ["the user", "the session", "another session"] {
        let meanwhile = Meanwhile::default();
        let refuge = meanwhile.refuge();
        let (owner, earlier) = refuge.alice_lost_her_phone().await;
        let thief = refuge.signs_in("alice");
        let manage = refuge.manage(&thief).await;
        let (mfa, session) = (refuge.mfa.clone(), thief.clone());
        meanwhile.set(NoticeKind::RecoveryCodesMade, move || async move {
            match what {
                "the user" => mfa.revoke_user(session.user()).await.unwrap(),
                "the session" => mfa.sign_out(&session).await.unwrap(),
                _ => mfa.sign_out(&owner).await.unwrap(),
            }
        });
        let made = refuge.mfa.make_recovery_codes(&thief, manage.as_ref()).await;
        assert!(meanwhile.was_taken(), "{what}");
        let ends = what != "another session";
        assert_eq!(matches!(made, Err(EnrollError::Denied(_))), ends, "{what}: {made:?}");
        let used = refuge.uses(&refuge.signs_in("alice"), &earlier[0]).await;
        assert_eq!(used.is_ok(), ends, "{what}: the earlier codes stay if none are made: {used:?}");
    }
}

#[tokio::test]
async fn support_opens_nothing_if_it_is_revoked_during_its_notice() {
    for what in ["support", "the user", "the owner's code", "nothing"] {
        let meanwhile = Meanwhile::default();
        let refuge = meanwhile.refuge();
        let owner = refuge.signs_in("alice");
        refuge.wait();
        let request = mfakit_core::StartRequest::new(pay(), mfakit_core::Channel::Messaging);
        let paying = refuge.mfa.start(&owner, request).await.unwrap();
        let (mfa, code, user) = (refuge.mfa.clone(), refuge.code(), owner.user().clone());
        meanwhile.set(NoticeKind::RecoveryAllowed, move || async move {
            match what {
                "support" => {
                    assert!(mfa.recovery().revoke(owner.user()).await.unwrap(), "it was about to open");
                }
                "the user" => mfa.revoke_user(owner.user()).await.unwrap(),
                "nothing" => {}
                _ => drop(mfa.verify(&owner, &pay(), &paying.id, &code).await.unwrap()),
            }
        });
        let allowed = refuge.mfa.recovery().allow(&user).await;
        assert!(meanwhile.was_taken(), "{what}");
        assert_eq!(allowed.is_err(), what != "nothing", "{what}: {allowed:?}");
        let status = refuge.mfa.recovery().status(&user).await.unwrap();
        assert_eq!(status.allowed.is_none(), what != "nothing", "{what}: {status:?}");
    }
}

/// A recovery book that waits before each call while it is shut.
#[derive(Clone)]
struct Gated {
    book: MemoryRecoveryBook,
    gate: Arc<Mutex<Option<Arc<Gate>>>>,
}

/// Gate for one call.
struct Gate {
    reached: Semaphore,
    opened: Semaphore,
}

impl Gated {
    /// Shuts the gate for the next call.
    fn shut(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate { reached: Semaphore::new(0), opened: Semaphore::new(0) });
        *self.gate.lock().unwrap() = Some(gate.clone());
        gate
    }

    async fn pass(&self) {
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.reached.add_permits(1);
            gate.opened.acquire().await.unwrap().forget();
        }
    }
}

impl Gate {
    async fn is_reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    fn open(&self) {
        self.opened.add_permits(1);
    }
}

#[async_trait]
impl RecoveryBook for Gated {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        self.pass().await;
        self.book.read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        self.book.replace(user, from, to).await
    }
}

/// Shuts the book between the steps of a check, so that the change is judged, and not marked yet.
#[derive(Clone)]
struct ShutsAfterConsumption(Gated, Arc<Mutex<Option<Arc<Gate>>>>);

#[async_trait]
impl StoreHook for ShutsAfterConsumption {
    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        let mut gate = self.1.lock().unwrap();
        if verb == Verb::Consume && gate.is_none() {
            *gate = Some(self.0.shut());
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_replacement_that_leaves_its_mark_during_a_revocation_ends_with_it() {
    for what in ["the user", "the session", "the app's change"] {
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let gated = Gated { book: book.clone(), gate: Arc::default() };
        let (notified, goes_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (sent, waits) = (notified.clone(), goes_on.clone());
        let notify = async move |notice: Notice| {
            if notice.kind == NoticeKind::NumberReplaced {
                sent.add_permits(1);
                waits.acquire().await.unwrap().forget();
            }
            Ok::<(), BoxError>(())
        };
        let hook = ShutsAfterConsumption(gated.clone(), Arc::new(Mutex::new(None)));
        let judged = hook.1.clone();
        let refuge = refuge_of(numbers, book, |builder| {
            let store = HookedStore::new(MemoryStore::new(), hook);
            builder.recovery(gated.clone()).notifier(notify, OnNoticeError::Hold).store(store)
        });
        let codes = {
            *judged.lock().unwrap() =
                Some(Arc::new(Gate { reached: Semaphore::new(0), opened: Semaphore::new(0) }));
            refuge.makes(&refuge.signs_in("alice")).await
        };
        let thief = refuge.signs_in("alice");
        refuge.uses(&thief, &codes[0]).await.unwrap();
        let live = refuge.enter(&thief, NEW, None).await;
        *judged.lock().unwrap() = None;

        let refuge = Arc::new(refuge);
        let (there, session, code) = (refuge.clone(), thief.clone(), refuge.code());
        let confirming = tokio::spawn(async move { there.confirm(&session, &live, &code, None).await });
        // The code is right and its grant consumed. The opening is being judged.
        while judged.lock().unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        let judging = judged.lock().unwrap().clone().unwrap();
        judging.is_reached().await;
        let closing = gated.shut();
        let (mfa, session) = (refuge.mfa.clone(), thief.clone());
        let revoking = tokio::spawn(async move {
            match what {
                "the user" => mfa.revoke_user(session.user()).await,
                "the session" => mfa.sign_out(&session).await,
                _ => mfa.number_changed(session.user()).await,
            }
        });
        // The store has revoked everything. The book has not answered yet.
        closing.is_reached().await;
        judging.open();
        notified.acquire().await.unwrap().forget();
        closing.open();
        revoking.await.unwrap().unwrap();
        goes_on.add_permits(1);
        let confirmed = confirming.await.unwrap();
        assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{what}: {confirmed:?}");
        assert_eq!(refuge.on_file("alice").as_deref(), Some(OLD), "{what}");
    }
}

#[tokio::test]
async fn a_replacement_ends_if_support_revokes_or_forgets_it_while_the_book_fails() {
    for (what, does) in [("revoke", Does::Fails), ("forget", Does::Works), ("forget", Does::Fails)] {
        let meanwhile = Meanwhile::default();
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let moody = Moody::of(book.clone());
        let refuge = refuge_of(numbers, book, |builder| {
            builder.recovery(moody.clone()).notifier(meanwhile.notifier(), OnNoticeError::Hold)
        });
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let live = refuge.enter(&alice, NEW, None).await;
        let (mfa, user) = (refuge.mfa.clone(), alice.user().clone());
        meanwhile.set(NoticeKind::NumberReplaced, move || async move {
            *moody.reads.lock().unwrap() = does;
            let ended = match what {
                "revoke" => mfa.recovery().revoke(&user).await.map(drop),
                _ => mfa.recovery().forget(&user).await,
            };
            assert_eq!(ended.is_err(), does == Does::Fails, "{what} {does:?}: {ended:?}");
            moody.works();
        });
        let confirmed = refuge.confirm(&alice, &live, &refuge.code(), None).await;
        assert!(meanwhile.was_taken(), "{what}");
        assert!(matches!(confirmed, Err(ConfirmNumberError::Conflict)), "{what} {does:?}: {confirmed:?}");
        assert!(refuge.is_unchanged(), "{what} {does:?}");
    }
}

#[tokio::test]
async fn a_revocation_ends_an_opening_even_if_the_store_fails() {
    let hook = CannotCount::default();
    let store = HookedStore::new(MemoryStore::new(), hook.clone());
    let refuge = refuge_with(|builder| builder.store(store));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    refuge.uses(&alice, &codes[0]).await.unwrap();
    *hook.0.lock().unwrap() = Some(Verb::Revoke);
    let revoked = refuge.mfa.revoke_user(alice.user()).await;
    assert!(matches!(revoked, Err(BackendError::Store(_))), "{revoked:?}");
    *hook.0.lock().unwrap() = None;
    assert!(!refuge.may_replace(&alice, None).await);
}

#[tokio::test]
async fn support_opens_nothing_if_it_is_revoked_while_it_reads_the_book() {
    for what in ["support", "the user", "forget", "nothing"] {
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let gated = Gated { book: book.clone(), gate: Arc::default() };
        let refuge = refuge_of(numbers, book, |builder| builder.recovery(gated.clone()));
        let user = UserId::from("alice");
        let gate = gated.shut();
        let (mfa, alice) = (refuge.mfa.clone(), user.clone());
        let allowing = tokio::spawn(async move { mfa.recovery().allow(&alice).await });
        gate.is_reached().await;
        match what {
            "support" => assert!(refuge.mfa.recovery().revoke(&user).await.unwrap(), "it was about to open"),
            "the user" => refuge.mfa.revoke_user(&user).await.unwrap(),
            "forget" => refuge.mfa.recovery().forget(&user).await.unwrap(),
            _ => {}
        }
        gate.open();
        let allowed = allowing.await.unwrap();
        assert_eq!(allowed.is_err(), what != "nothing", "{what}: {allowed:?}");
        let status = refuge.mfa.recovery().status(&user).await.unwrap();
        assert_eq!(status.allowed.is_none(), what != "nothing", "{what}: {status:?}");
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_leaves_no_call_half_done() {
    for what in ["allow", "revoke", "forget", "sign out", "codes"] {
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let gated = Gated { book: book.clone(), gate: Arc::default() };
        let policy = crate::world::brisk().recovery_wait(std::time::Duration::ZERO);
        let refuge = refuge_of(numbers, book, |builder| builder.recovery(gated.clone()).policy(policy));
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let owner = refuge.signs_in("alice");
        let gate = gated.shut();
        let (mfa, session) = (refuge.mfa.clone(), alice.clone());
        let text = codes[1].clone();
        let calling = tokio::spawn(async move {
            let user = session.user();
            match what {
                "allow" => drop(mfa.recovery().allow(user).await),
                "revoke" => drop(mfa.recovery().revoke(user).await),
                "forget" => drop(mfa.recovery().forget(user).await),
                "sign out" => drop(mfa.sign_out(&session).await),
                _ => drop(mfa.use_recovery_code(&owner, &text, None).await),
            }
        });
        gate.is_reached().await;
        calling.abort();
        assert!(calling.await.unwrap_err().is_cancelled(), "{what}");
        gate.open();
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let status = refuge.mfa.recovery().status(alice.user()).await.unwrap();
        assert_eq!(status.allowed.is_some(), what == "allow", "{what}");
        assert_eq!(
            status.codes.map_or(0, |codes| codes.left),
            match what {
                "forget" => 0,
                "codes" => 8,
                _ => 9,
            },
            "{what}"
        );
        assert_eq!(refuge.may_replace(&alice, None).await, what == "allow", "{what}");
        // No mark is left: nothing is about to open.
        refuge.mfa.recovery().revoke(alice.user()).await.unwrap();
        assert!(!refuge.mfa.recovery().revoke(alice.user()).await.unwrap(), "{what}");
    }
}
