//! Memory store that two engines of a test share, and that can hang.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    MemoryStore, MfaStore,
    store::{Sharing, StoreError},
    testing::{HookedStore, StoreHook, Verb},
};

/// Faults that a test can switch on. Clones share their state.
#[derive(Clone, Default)]
pub(crate) struct StoreFaults {
    /// No verb answers while this is set.
    pub(crate) silent: Arc<AtomicBool>,
    /// A redemption takes effect and does not answer while this is set.
    pub(crate) silent_redeem: Arc<AtomicBool>,
    /// A redemption takes a quarter of a second while this is set.
    pub(crate) slow_redeem: Arc<AtomicBool>,
    /// A revocation takes a second while this is set.
    pub(crate) slow_revoke: Arc<AtomicBool>,
}

/// Memory store that two engines of a test share, and that can hang. Clones share one store.
#[derive(Clone, Default)]
pub(crate) struct SharedMemory {
    memory: Arc<MemoryStore>,
    pub(crate) faults: StoreFaults,
}

impl SharedMemory {
    pub(crate) fn store(&self) -> impl MfaStore + use<> {
        HookedStore::new(self.memory.clone(), self.faults.clone()).with_sharing(Sharing::Shared)
    }
}

#[async_trait]
impl StoreHook for StoreFaults {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Revoke && self.slow_revoke.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        if verb == Verb::Redeem && self.slow_redeem.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        if self.silent.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        Ok(())
    }

    async fn after(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Redeem && self.silent_redeem.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        Ok(())
    }
}
