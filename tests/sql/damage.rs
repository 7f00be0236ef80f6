//! Tables that are missing, changed, or full of something else, while the store runs.

use std::time::{Duration, Instant};

use mfakit::{
    MfaStore, UserId,
    policy::Limit,
    store::{Budget, ConsumeOutcome, GrantRecord, ReserveBudget, Revocation},
};
use mfakit_sqlx::SqlStore;

use crate::{
    database::Database,
    kit::{NO_TIME, NUMBER, TestUser, attempt, granted, live_challenge, new_id, redeem},
    stores::builder,
    workers::alice,
};

/// Timeout of a statement.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) async fn store(database: &Database) -> SqlStore {
    builder(database.pool().await).timeout(TIMEOUT).migrate().await.unwrap().connect().await.unwrap()
}

/// Runs verbs that write, and checks that all end in time. Returns the errors.
pub(crate) async fn every_write_is_an_error(
    store: &SqlStore,
    user: &TestUser,
    grant: &GrantRecord,
) -> Vec<String> {
    let (id, limits) = (new_id(), [Limit::new(10, Duration::from_secs(3600))]);
    let budget = Budget::Number(NUMBER);
    let request = ReserveBudget::new(&budget, &id, &NUMBER, &limits, NO_TIME);
    let start = Instant::now();
    let errors = vec![
        attempt(store, user, &id).await.map(|_| ()),
        store.consume(user.key(), grant, NO_TIME).await.map(|_| ()),
        redeem(store, user, &id).await.map(|_| ()),
        store.reserve_budget(request).await.map(|_| ()),
        store.revoke(&user.id, Revocation::Login(user.login)).await,
    ];
    // One statement or two for each verb.
    assert!(start.elapsed() < TIMEOUT * 2 * 5 + Duration::from_secs(1), "{:?}", start.elapsed());
    errors.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
}

#[tokio::test]
async fn tables_that_are_missing_or_of_another_shape_are_errors_until_they_are_back() {
    for database in Database::each().await {
        let store = store(&database).await;
        let text_as_version = "ALTER TABLE mfakit_users RENAME TO kept; \
             CREATE TABLE mfakit_users AS SELECT id, 'one' AS version, grants, codes, actions, sweep_at FROM kept; \
             CREATE UNIQUE INDEX mfakit_users_id ON mfakit_users (id)";
        for (name, damage, repair) in [
            (
                "a missing table",
                "ALTER TABLE mfakit_users RENAME TO kept",
                "ALTER TABLE kept RENAME TO mfakit_users",
            ),
            (
                "a missing column",
                "ALTER TABLE mfakit_users RENAME COLUMN grants TO kept",
                "ALTER TABLE mfakit_users RENAME COLUMN kept TO grants",
            ),
            (
                "a missing version",
                "ALTER TABLE mfakit_users RENAME COLUMN version TO kept",
                "ALTER TABLE mfakit_users RENAME COLUMN kept TO version",
            ),
            (
                "a version that is text",
                text_as_version,
                "DROP TABLE mfakit_users; ALTER TABLE kept RENAME TO mfakit_users",
            ),
        ] {
            let grant = granted(&store, &alice()).await;
            database.run(damage).await;
            let errors = every_write_is_an_error(&store, &alice(), &grant).await;
            assert!(errors.len() >= 4, "{}, {name}: {errors:?}", database.name());
            assert!(store.grant(alice().key()).await.is_err(), "{}, {name}", database.name());
            assert!(store.user_state(&alice().id, NO_TIME).await.is_err(), "{}, {name}", database.name());
            database.run(repair).await;
            let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
            assert_eq!(used, ConsumeOutcome::Consumed, "{}, {name}", database.name());
        }
    }
}

#[tokio::test]
async fn a_row_with_garbage_or_of_another_user_is_an_error_until_it_is_restored() {
    for database in Database::each().await {
        let store = store(&database).await;
        let (alice, bob) = (alice(), TestUser::new("bob"));
        let of_alice = granted(&store, &alice).await;
        let challenge = live_challenge(&store, &alice).await;
        database.run("CREATE TABLE only_alice AS SELECT * FROM mfakit_users").await;
        granted(&store, &bob).await;
        live_challenge(&store, &bob).await;
        database.run("CREATE TABLE kept AS SELECT * FROM mfakit_users").await;
        let alices = "id IN (SELECT id FROM only_alice)";
        let copy = |column: &str| {
            format!("{column} = (SELECT {column} FROM kept WHERE kept.id NOT IN (SELECT id FROM only_alice))")
        };
        let garbage = |column: &str, hex: &str| format!("{column} = {}", database.bytes(hex));
        for (name, change) in [
            ("empty grants", garbage("grants", "")),
            ("a grant of zeros", garbage("grants", &"00".repeat(64))),
            ("large grants", garbage("grants", &"ff".repeat(100_000))),
            ("grants of bob", copy("grants")),
            ("everything of bob", ["grants", "codes", "actions"].map(copy).join(", ")),
            ("another column", "grants = codes".to_owned()),
        ] {
            assert_eq!(database.run(&format!("UPDATE mfakit_users SET {change} WHERE {alices}")).await, 1);
            let read = store.grant(alice.key()).await;
            assert!(read.is_err(), "{}, {name}: {read:?}", database.name());
            let used = store.consume(alice.key(), &of_alice, NO_TIME).await;
            assert!(used.is_err(), "{}, {name}: {used:?}", database.name());
            let error = used.unwrap_err().to_string();
            assert!(error.contains("grants") && error.contains("tag") || error.contains("short"), "{error}");
            restore(&database).await;
        }
        for (name, change) in [
            ("codes", garbage("codes", "0102")),
            ("codes of bob", copy("codes")),
            ("actions", garbage("actions", &"01".repeat(40))),
        ] {
            assert_eq!(database.run(&format!("UPDATE mfakit_users SET {change} WHERE {alices}")).await, 1);
            assert!(attempt(&store, &alice, &challenge.id).await.is_err(), "{}, {name}", database.name());
            assert!(redeem(&store, &alice, &challenge.id).await.is_err(), "{}, {name}", database.name());
            assert!(store.consume(alice.key(), &of_alice, NO_TIME).await.is_err(), "{name}");
            restore(&database).await;
        }
        // A row under the name of another user.
        let (ids, id) = ("(SELECT id FROM only_alice)", database.bytes(&"07".repeat(32)));
        database.run(&format!("UPDATE mfakit_users SET id = {id} WHERE id NOT IN {ids}")).await;
        let bobs = format!(
            "UPDATE mfakit_users SET id = (SELECT id FROM kept WHERE id NOT IN {ids}) WHERE id IN {ids}"
        );
        database.run(&bobs).await;
        assert!(store.grant(bob.key()).await.is_err(), "{}: alice's row in bob's place", database.name());
        assert_eq!(store.grant(alice.key()).await.unwrap(), None);
        restore(&database).await;
        let used = store.consume(alice.key(), &of_alice, NO_TIME).await.unwrap();
        assert_eq!(used, ConsumeOutcome::Consumed, "{}", database.name());
    }
}

async fn restore(database: &Database) {
    database.run("DELETE FROM mfakit_users; INSERT INTO mfakit_users SELECT * FROM kept").await;
}

/// Pins a limit that the documentation states: the tag of an earlier state is still good.
#[tokio::test]
async fn an_earlier_state_of_a_row_counts_again_as_the_documentation_says() {
    for database in Database::each().await {
        let store = store(&database).await;
        let grant = granted(&store, &alice()).await;
        database.run("CREATE TABLE kept AS SELECT * FROM mfakit_users").await;
        assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
        assert_eq!(store.grant(alice().key()).await.unwrap(), None);
        restore(&database).await;
        assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
        // Without the row there is no grant, and no count.
        database.run("DELETE FROM mfakit_users").await;
        assert_eq!(store.grant(alice().key()).await.unwrap(), None);
        let state = store.user_state(&UserId::from("alice"), NO_TIME).await.unwrap();
        assert_eq!(state.failures, 0);
    }
}
