//! A store, a provider and a phone book that fail on demand.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use mfakit::{
    Channel, MemoryStore, MfaProvider, MfaStore, PhoneNumber, UserId,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
    store::StoreError,
    testing::{HookedStore, StoreHook, TestProvider, Verb},
};

/// How a part fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not.
    #[default]
    None,
    /// It says that it could not find out.
    Errs,
    /// It panics.
    Panics,
    /// It answers after this long.
    Hangs(Duration),
}

/// A part's fault, which can be changed while the app runs. Clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switch(Arc<Mutex<(Fault, u32)>>);

impl Switch {
    pub(crate) fn set(&self, fault: Fault) {
        *self.lock() = (fault, 0);
    }

    /// Lets it work once more before it fails.
    pub(crate) fn set_from_the_second(&self, fault: Fault) {
        *self.lock() = (fault, 1);
    }

    /// Whether the part errs; panics and waits by itself.
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
            // As a panic, but without a word on stderr, where only failures belong.
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

/// The test provider, which panics or hangs on demand (it can be scripted to err by itself).
#[derive(Clone, Default)]
pub(crate) struct FaultyProvider {
    pub(crate) inner: TestProvider,
    pub(crate) fault: Switch,
}

/// Without the inbox, which the test provider shows because that is what it is for.
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

/// The app's own record of telephone numbers.
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
