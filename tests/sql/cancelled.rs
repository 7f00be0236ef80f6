//! Futures that are dropped before they end, as when the client of a request leaves.

use std::time::{Duration, Instant};

use mfakit::{
    MfaStore,
    store::{ConsumeOutcome, GrantRecord},
};
use tokio::time::timeout;

use crate::{
    database::Database,
    kit::{NO_TIME, attempt, granted},
    stores::{builder, connected},
    workers::{alice, challenge, open},
};

/// Longest time that a call takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(5);

/// Returns the time for which each future runs before it is dropped, from none to about ten milliseconds.
fn moments() -> impl Iterator<Item = Duration> {
    (0..60).map(|at: u64| Duration::from_micros(at * at * 3))
}

async fn assert_no_transaction_is_open(database: &Database) {
    if !database.is_sqlite() {
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND state LIKE 'idle in transaction%'";
        let start = Instant::now();
        while database.number(open).await > 0 {
            assert!(start.elapsed() < LIMIT, "a connection stays in a transaction");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    // On SQLite, an open transaction that has written would keep this from writing.
    database.run("CREATE TABLE written (n integer); DROP TABLE written").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_dropped_leaves_no_lock_and_loses_no_count() {
    for database in Database::each().await {
        let store = connected(database.pool().await).await;
        open(&store, 1000).await;
        let mut done = 0;
        for moment in moments() {
            let (alice, id) = (alice(), challenge(1000).id);
            let attempt = attempt(&store, &alice, &id);
            done += u32::from(timeout(moment, attempt).await.is_ok_and(|reserved| reserved.is_ok()));
            store.unlock(&alice.id).await.unwrap();
        }
        let state = timeout(LIMIT, store.user_state(&alice().id, NO_TIME)).await.unwrap().unwrap();
        let used = state.challenges[0].attempts_used;
        assert!((done..=60).contains(&used), "{}: {done} done, {used} counted", database.name());
        assert_no_transaction_is_open(&database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_that_was_dropped_does_not_let_another_one_pass_as_well() {
    for database in Database::each().await {
        let store = connected(database.pool().await).await;
        let mut lost = 0;
        for moment in moments() {
            let grant: GrantRecord = granted(&store, &alice()).await;
            let first = timeout(moment, store.consume(alice().key(), &grant, NO_TIME)).await;
            let start = Instant::now();
            let second = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
            assert!(start.elapsed() < LIMIT, "{}: {:?}", database.name(), start.elapsed());
            let third = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
            let taken = |outcome: &ConsumeOutcome| *outcome == ConsumeOutcome::Consumed;
            let first = first.is_ok_and(|done| taken(&done.unwrap()));
            assert!(!taken(&third), "{}", database.name());
            assert!(!(first && taken(&second)), "{}", database.name());
            lost += u32::from(!first && !taken(&second));
        }
        // A grant is lost if its first use took effect and the answer was dropped. This is rare.
        assert!(lost < 60, "{}: {lost}", database.name());
        assert_no_transaction_is_open(&database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_was_dropped_leaves_nothing_or_everything() {
    for database in Database::each().await {
        let pool = database.pool().await;
        for (number, moment) in moments().enumerate() {
            let prefix = format!("m{number}_");
            let _ = timeout(moment * 4, builder(pool.clone()).prefix(&prefix).migrate()).await;
            let again = timeout(LIMIT, builder(pool.clone()).prefix(&prefix).migrate()).await;
            let again = again.unwrap_or_else(|_| panic!("{}: a lock is left", database.name()));
            again.unwrap().connect().await.unwrap();
        }
        assert_no_transaction_is_open(&database).await;
    }
}
