//! The memory store keeps every guarantee: alone, behind an `Arc`, and behind a store that only forwards.

use std::sync::Arc;

use mfakit_core::{
    MemoryStore, MfaStore,
    conformance::{self, Suite},
    testing::ManualClock,
};

use crate::{broken::Broken, fault::Fault, ledgers::LedgerStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_memory_store_keeps_every_guarantee() {
    let store = Arc::new(MemoryStore::new());
    let counted = store.clone();
    let suite =
        Suite::new(store, ManualClock::new()).record_count(move || std::future::ready(counted.records()));
    conformance::all(&suite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_handles_to_one_memory_store_keep_every_guarantee() {
    let store: Arc<dyn MfaStore> = Arc::new(MemoryStore::new());
    // An `Arc` of a store is a store, and so is an `Arc` of that.
    let suite = Suite::new(Arc::new(Arc::clone(&store)), ManualClock::new()).handle(store);
    conformance::all(&suite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_only_forwards_keeps_every_guarantee() {
    conformance::all(&Suite::new(Arc::new(Broken::by(Fault::Nothing)), ManualClock::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_of_ledgers_keeps_every_guarantee() {
    let store = Arc::new(LedgerStore::default());
    let counted = store.clone();
    let suite =
        Suite::new(store, ManualClock::new()).record_count(move || std::future::ready(counted.records()));
    conformance::all(&suite).await;
}
