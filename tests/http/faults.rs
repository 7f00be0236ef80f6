//! A store, a provider, a directory and a recovery book that fail on demand.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use mfakit::{
    BoxError, Changed, Channel, MemoryRecoveryBook, MemoryStore, MfaProvider, MfaStore, PhoneNumber,
    RecoveryBook, RecoveryRecord, UserId,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
    store::StoreError,
    testing::{HookedStore, StoreHook, TestProvider, Verb},
};
use mfakit::{MemoryNumberBook, NumberBook, NumberChange, NumberOnFile, Timestamp};

/// Kind of failure of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No failure.
    #[default]
    None,
    /// An error.
    Errs,
    /// A panic.
    Panics,
    /// An answer after this long.
    Hangs(Duration),
}

/// Fault of a part, which can be changed while the app runs. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switch(Arc<Mutex<(Fault, u32)>>);

impl Switch {
    pub(crate) fn set(&self, fault: Fault) {
        *self.lock() = (fault, 0);
    }

    /// Lets the part work once more before it fails.
    pub(crate) fn set_from_the_second(&self, fault: Fault) {
        *self.lock() = (fault, 1);
    }

    /// Panics or waits as set, and returns whether the part returns an error.
    async fn errs(&self, part: &str) -> bool {
        let fault = {
            let mut set = self.lock();
            match &mut *set {
                (fault, 0) => *fault,
                (_, good) => {
                    *good -= 1;
                    Fault::None
                }
            }
        };
        match fault {
            Fault::None => false,
            Fault::Errs => true,
            // Like a panic, but without a message on stderr, which only failures should write to.
            Fault::Panics => {
                std::panic::resume_unwind(Box::new(format!("the {part} panics, as the case wants it")))
            }
            Fault::Hangs(span) => {
                tokio::time::sleep(span).await;
                false
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Fault, u32)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A memory store that fails on demand.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyStore {
    pub(crate) memory: Arc<MemoryStore>,
    pub(crate) fault: Switch,
    /// Fault of a guard's lookup, after the store was read.
    pub(crate) late: Switch,
}

impl FaultyStore {
    pub(crate) fn store(&self) -> impl MfaStore + use<> {
        HookedStore::new(self.memory.clone(), self.clone())
    }
}

#[async_trait]
impl StoreHook for FaultyStore {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        if self.fault.errs("store").await {
            Err(StoreError::new("away, as the case wants it"))
        } else {
            Ok(())
        }
    }

    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Grant && self.late.errs("store").await {
            Err(StoreError::new("away after the look, as the case wants it"))
        } else {
            Ok(())
        }
    }
}

/// The test provider, which panics or hangs on demand. Its errors can be scripted on itself.
#[derive(Clone, Default)]
pub(crate) struct FaultyProvider {
    pub(crate) inner: TestProvider,
    pub(crate) fault: Switch,
}

/// Leaves out the inbox, which the test provider shows on purpose.
impl std::fmt::Debug for FaultyProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyProvider").field("fault", &self.fault).finish_non_exhaustive()
    }
}

#[async_trait]
impl MfaProvider for FaultyProvider {
    fn supports(&self, channel: Channel) -> bool {
        self.inner.supports(channel)
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        self.fault.errs("provider").await;
        self.inner.send(request).await
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        self.fault.errs("provider").await;
        self.inner.verify(request).await
    }
}

/// A number book that fails on demand.
#[derive(Clone, Debug)]
pub(crate) struct FaultyBook {
    pub(crate) memory: MemoryNumberBook,
    pub(crate) fault: Switch,
}

/// Number that another request replaces in the moment in which it is saved.
pub(crate) const CONTESTED: &str = "+12025550199";
/// Number that the other request saves.
pub(crate) const WINNER: &str = "+12025550177";

#[async_trait]
impl NumberBook for FaultyBook {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        if self.fault.errs("number book").await {
            return Err("the number book is away".into());
        }
        self.memory.number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        if self.fault.errs("number book").await {
            return Err("the number book is away".into());
        }
        if change.to().is_some_and(|to| to.number.as_e164() == CONTESTED) {
            let winner = NumberOnFile::new(PhoneNumber::new(WINNER)?, Timestamp::from_millis(1));
            self.memory.set(user.clone(), winner);
        }
        self.memory.change(user, change).await
    }
}

/// The app's record of phone numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhoneBook {
    numbers: Arc<Mutex<HashMap<UserId, String>>>,
    pub(crate) fault: Switch,
}

impl PhoneBook {
    pub(crate) fn enter(&self, user: &str, number: &str) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).insert(user.into(), number.to_owned());
    }

    pub(crate) fn strike(&self, user: &str) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).remove(&UserId::from(user));
    }

    pub(crate) async fn look_up(&self, user: &UserId) -> Result<Option<PhoneNumber>, io::Error> {
        if self.fault.errs("phone book").await {
            return Err(io::Error::other("the phone book is away"));
        }
        let stored = self.numbers.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned();
        stored.map(PhoneNumber::new).transpose().map_err(io::Error::other)
    }
}

/// The app's record of recovery codes.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyRecoveryBook {
    pub(crate) inner: MemoryRecoveryBook,
    pub(crate) fault: Switch,
}

#[async_trait]
impl RecoveryBook for FaultyRecoveryBook {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        if self.fault.errs("recovery book").await {
            return Err("the recovery book is away".into());
        }
        self.inner.read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        if self.fault.errs("recovery book").await {
            return Err("the recovery book is away".into());
        }
        self.inner.replace(user, from, to).await
    }
}
