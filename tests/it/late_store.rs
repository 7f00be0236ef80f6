//! A store that answers late.

use std::time::Duration;

use async_trait::async_trait;
use mfakit::{
    MemoryStore, MfaStore,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

/// A store whose guard answers late, after giving everything else that is ready a chance to run.
pub(crate) fn late_store() -> impl MfaStore {
    HookedStore::new(MemoryStore::new(), Late)
}

struct Late;

#[async_trait]
impl StoreHook for Late {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Grant {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}
