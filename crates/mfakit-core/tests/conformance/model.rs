//! The memory store and the model give the same answers, for random sequences of operations.

use std::sync::Arc;

use mfakit_core::{
    MemoryStore,
    conformance::{Suite, model::compare},
    testing::ManualClock,
};
use proptest::{prelude::*, test_runner::FileFailurePersistence};

use crate::{ledgers::LedgerStore, operations::operation};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_memory_store_matches_the_model(
        operations in prop::collection::vec(operation(), 1..80)
    ) {
        let suite = Suite::new(Arc::new(MemoryStore::new()), ManualClock::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let compared = runtime.block_on(compare(&suite, &operations));
        prop_assert!(compared.is_ok(), "{}", compared.unwrap_err());
    }

    #[test]
    fn a_store_of_ledgers_matches_the_model(
        operations in prop::collection::vec(operation(), 1..80)
    ) {
        let suite = Suite::new(Arc::new(LedgerStore::default()), ManualClock::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let compared = runtime.block_on(compare(&suite, &operations));
        prop_assert!(compared.is_ok(), "{}", compared.unwrap_err());
    }
}
