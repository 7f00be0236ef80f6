//! A memory store that two engines of one test share, and that can fall silent.

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

/// What a test can do to its store. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Whims {
    /// From now on no verb answers.
    pub(crate) silent: Arc<AtomicBool>,
    /// From now on a redemption takes effect and does not say so.
    pub(crate) silent_redeem: Arc<AtomicBool>,
    /// True if a redemption takes a quarter of a second.
    pub(crate) slow_redeem: Arc<AtomicBool>,
    /// From now on a revocation takes a second.
    pub(crate) slow_revoke: Arc<AtomicBool>,
}

/// A memory store that two engines of one test share, and that can fall silent. Clones are one store.
#[derive(Clone, Default)]
pub(crate) struct SharedMemory {
    memory: Arc<MemoryStore>,
    pub(crate) whims: Whims,
}

impl SharedMemory {
    pub(crate) fn store(&self) -> impl MfaStore + use<> {
        HookedStore::new(self.memory.clone(), self.whims.clone()).with_sharing(Sharing::Shared)
    }
}

#[async_trait]
impl StoreHook for Whims {
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
