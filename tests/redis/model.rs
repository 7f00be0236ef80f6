//! The Redis store and the model give the same answers, for random sequences of operations.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use mfakit::{
    conformance::{
        Suite,
        model::{Divergence, Operation, compare},
    },
    testing::ManualClock,
};
use mfakit_redis::RedisStore;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

use crate::{operations::operation, server::RedisServer};

#[test]
fn the_redis_store_matches_the_model() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(RedisServer::start());
    let mut runner = TestRunner::new(Config {
        cases: 128,
        max_shrink_iters: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    });
    let compared = runner.run(&vec(operation(), 1..80), |operations| {
        let compared = runtime.block_on(compare_on(&server, &operations));
        prop_assert!(compared.is_ok(), "{}", compared.unwrap_err());
        Ok(())
    });
    compared.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Compares one sequence, with a separate key prefix and a separate clock.
async fn compare_on(server: &RedisServer, operations: &[Operation]) -> Result<(), Divergence> {
    static SEQUENCES: AtomicU32 = AtomicU32::new(0);
    let (clock, number) = (ManualClock::new(), SEQUENCES.fetch_add(1, Ordering::Relaxed));
    let builder = RedisStore::builder(server.url()).prefix(format!("model-{number}"));
    let store = builder.danger_clock(clock.clone()).connect().await.unwrap();
    compare(&Suite::new(Arc::new(store), clock), operations).await
}
