//! Races between two processes on one database.

use mfakit::MfaStore;

use crate::{
    database::Database,
    kit::NO_TIME,
    stores::connected,
    workers::{CALLS, alice, grant, in_two_processes, open, side_by_side},
};

#[tokio::test]
async fn every_wrong_code_of_two_processes_is_counted() {
    for database in Database::each().await {
        let store = connected(database.pool().await).await;
        let failures = async || store.user_state(&alice().id, NO_TIME).await.unwrap().failures;
        open(&store, 3 * CALLS).await;
        let reserved = in_two_processes(&database.url(), "attempts without a lock").await;
        assert_eq!((reserved, failures().await), (2 * CALLS, 2 * CALLS), "{}", database.name());
        store.unlock(&alice().id).await.unwrap();
        // The user is locked after ten failures.
        let reserved = in_two_processes(&database.url(), "attempts").await;
        assert_eq!((reserved, failures().await), (10, 10), "{}", database.name());
    }
}

#[tokio::test]
async fn a_challenge_has_no_more_attempts_for_two_processes_than_for_one() {
    for database in Database::each().await {
        open(&connected(database.pool().await).await, 5).await;
        assert_eq!(in_two_processes(&database.url(), "attempts").await, 5, "{}", database.name());
    }
}

#[tokio::test]
async fn a_right_code_makes_one_grant_in_two_processes_which_is_used_once() {
    for database in Database::each().await {
        let store = connected(database.pool().await).await;
        open(&store, 5).await;
        assert_eq!(in_two_processes(&database.url(), "right codes").await, 1, "{}", database.name());
        assert_eq!(in_two_processes(&database.url(), "uses").await, 1, "{}", database.name());
        grant(&store).await;
        assert_eq!(in_two_processes(&database.url(), "uses").await, 1, "{}: the next grant", database.name());
    }
}

#[tokio::test]
async fn two_processes_send_no_more_than_one_would() {
    for database in Database::each().await {
        drop(connected(database.pool().await).await);
        assert_eq!(in_two_processes(&database.url(), "sends").await, 1, "{}", database.name());
        assert_eq!(in_two_processes(&database.url(), "budget").await, 10, "{}", database.name());
    }
}

#[tokio::test]
async fn two_processes_migrate_at_once_with_one_prefix_and_with_two() {
    for database in Database::each().await {
        for (one, two) in [("mfakit_", "mfakit_"), ("bank_", "shop_")] {
            let work = [one, two].map(|prefix| format!("migrate {prefix}"));
            assert_eq!(side_by_side(&database.url(), work).await, 2, "{}", database.name());
            for prefix in [one, two] {
                let versions = format!("SELECT count(*) FROM {prefix}schema");
                assert_eq!(database.number(&versions).await, 1, "{}: {prefix}", database.name());
            }
        }
    }
}

/// At these isolation levels, PostgreSQL ends a statement with a serialization failure instead of letting it wait, and also one
/// that only reads.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn two_processes_see_no_serialization_failure_at_any_isolation() {
    for isolation in ["repeatable read", "serializable"] {
        let database = Database::postgres().await;
        let Database::Postgres { options, .. } = &database else { unreachable!() };
        let name = options.get_database().unwrap();
        let set = format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'");
        database.run(&set).await;
        let store = connected(database.pool().await).await;
        open(&store, 3 * CALLS).await;
        let reserved = in_two_processes(&database.url(), "attempts without a lock").await;
        assert_eq!(reserved, 2 * CALLS, "{isolation}");
        assert_eq!(in_two_processes(&database.url(), "right codes").await, 1, "{isolation}");
        assert_eq!(in_two_processes(&database.url(), "uses").await, 1, "{isolation}");
        assert_eq!(in_two_processes(&database.url(), "budget").await, 10, "{isolation}");
        assert_eq!(in_two_processes(&database.url(), "many users").await, 2 * CALLS, "{isolation}");
    }
}
