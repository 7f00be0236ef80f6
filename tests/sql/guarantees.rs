//! The conformance suite, the model and the races, on two instances that share one database.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use mfakit::{
    conformance::{
        self, Suite,
        model::{Divergence, Operation, compare},
    },
    testing::ManualClock,
};
use mfakit_sqlx::Pool;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

use crate::{
    database::Database,
    operations::operation,
    stores::{builder, connected},
    won_once::no_race_is_won_twice,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_guarantee_is_kept() {
    for database in Database::each().await {
        let clock = ManualClock::new();
        let mut instances = Vec::new();
        for _ in 0..2 {
            let migrated = builder(database.pool().await).migrate().await.unwrap();
            instances.push(Arc::new(migrated.danger_clock(clock.clone()).connect().await.unwrap()));
        }
        let [one, other] = [instances[0].clone(), instances[1].clone()];
        let database = Arc::new(database);
        let rows = move || {
            let database = database.clone();
            async move { database.rows().await }
        };
        conformance::all(&Suite::new(one, clock).handle(other).record_count(rows)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_race_between_two_instances_is_won_twice() {
    for database in Database::each().await {
        let one = connected(database.pool().await).await;
        let other = builder(database.pool().await).connect().await.unwrap();
        no_race_is_won_twice([one, other]).await;
    }
}

#[test]
fn the_store_matches_the_model() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for database in runtime.block_on(Database::each()) {
        let pool = runtime.block_on(database.pool());
        let mut runner = TestRunner::new(Config {
            cases: 32,
            max_shrink_iters: 500,
            failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
            ..Config::default()
        });
        let compared = runner.run(&vec(operation(), 1..80), |operations| {
            let compared = runtime.block_on(compare_on(pool.clone(), &operations));
            prop_assert!(compared.is_ok(), "{}", compared.unwrap_err());
            Ok(())
        });
        compared.unwrap_or_else(|failure| panic!("{}: {failure}", database.name()));
    }
}

/// Compares one sequence, with a separate prefix and a separate clock.
async fn compare_on(pool: Pool, operations: &[Operation]) -> Result<(), Divergence> {
    static SEQUENCES: AtomicU32 = AtomicU32::new(0);
    let (clock, number) = (ManualClock::new(), SEQUENCES.fetch_add(1, Ordering::Relaxed));
    let builder = builder(pool).prefix(format!("model_{number}_")).danger_clock(clock.clone());
    let store = builder.migrate().await.unwrap().connect().await.unwrap();
    compare(&Suite::new(Arc::new(store), clock), operations).await
}
