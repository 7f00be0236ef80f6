//! Tests of compare-and-set, on SQLite.
#![cfg(feature = "sqlite")]

use std::time::Duration;

use mfakit_core::Secret;
use sqlx::{
    AssertSqlSafe, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::*;
use crate::store::SqlStore as Store;

const NOW: Timestamp = Timestamp::from_millis(1_767_268_800_000);

const HOUR: Duration = Duration::from_secs(3600);

/// Database in a file of its own.
struct File(std::path::PathBuf);

impl File {
    fn new() -> Self {
        let name = format!("mfakit-sqlx-{:x}.db", u64::from_le_bytes(random()));
        Self(std::env::temp_dir().join(name))
    }

    /// Opens a pool of its own, as another instance does.
    async fn pool(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(&self.0).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal);
        SqlitePoolOptions::new().max_connections(4).connect_with(options).await.unwrap()
    }

    async fn store(&self, secrets: &[u8]) -> Store {
        let mut secrets = secrets.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        let builder = Store::builder(self.pool().await, secrets.next().unwrap()).previous_secrets(secrets);
        builder.migrate().await.unwrap().connect().await.unwrap()
    }

    async fn run(&self, statement: &str) -> u64 {
        let statement = sqlx::query(AssertSqlSafe(statement.to_owned()));
        statement.execute(&self.pool().await).await.unwrap().rows_affected()
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = format!("SELECT count(*) FROM mfakit_{table}");
        sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&self.pool().await).await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

fn alice() -> UserId {
    UserId::from("alice")
}

/// Returns a replacement that sets the columns that have a payload, and keeps the others.
fn set(columns: [Option<&str>; 3]) -> Replacement {
    let change = |column: Option<&str>| column.map_or(Change::Keep, |payload| Change::Set(payload.into()));
    Replacement { columns: columns.map(change).to_vec(), sweep_at: Some(NOW.plus(HOUR)) }
}

fn clear() -> Replacement {
    Replacement { columns: vec![Change::Clear; 3], sweep_at: None }
}

async fn read(store: &Store) -> Stored<'_> {
    store.database().read_user(&alice(), NOW).await.unwrap()
}

async fn write(store: &Store, replacement: Replacement) {
    let verb = |_: &Stored<'_>| Ok(((), Some(replacement.clone())));
    store.database().change_user(&alice(), NOW, verb).await.unwrap();
}

fn payloads(stored: &Stored<'_>) -> [Option<String>; 3] {
    [0, 1, 2].map(|column| {
        stored.payload(column).unwrap().map(|payload| String::from_utf8(payload.to_vec()).unwrap())
    })
}

#[tokio::test]
async fn a_row_is_added_replaced_and_deleted_with_its_last_value() {
    let file = File::new();
    let store = file.store(&[1]).await;
    assert_eq!(payloads(&read(&store).await), [None, None, None]);
    write(&store, clear()).await;
    assert_eq!(file.count("users").await, 0);
    write(&store, set([Some("grants"), None, Some("actions")])).await;
    write(&store, set([None, Some("codes"), None])).await;
    let [grants, codes, actions] = payloads(&read(&store).await);
    assert_eq!(
        (grants.as_deref(), codes.as_deref(), actions.as_deref()),
        (Some("grants"), Some("codes"), Some("actions"))
    );
    assert_eq!(store.database().read_grants(&alice()).await.unwrap().as_deref(), Some(&b"grants"[..]));
    assert_eq!(store.database().read_grants(&UserId::from("bob")).await.unwrap(), None);
    write(&store, clear()).await;
    assert_eq!(file.count("users").await, 0);
}

#[tokio::test]
async fn of_two_writes_after_the_same_read_one_is_lost() {
    let file = File::new();
    let store = file.store(&[1]).await;
    for (name, before) in [("an added row", None), ("a replaced row", Some("before"))] {
        if before.is_some() {
            write(&store, set([before, None, None])).await;
        }
        let (one, two) = (read(&store).await, read(&store).await);
        let database = store.database();
        assert_eq!(
            database.write(&one, &set([Some("one"), None, None])).await.unwrap(),
            Written::Done,
            "{name}"
        );
        assert_eq!(
            database.write(&two, &set([Some("two"), None, None])).await.unwrap(),
            Written::Lost,
            "{name}"
        );
        if before.is_some() {
            assert_eq!(database.write(&two, &clear()).await.unwrap(), Written::Lost, "{name}");
        }
        assert_eq!(payloads(&read(&store).await)[0].as_deref(), Some("one"), "{name}");
        write(&store, clear()).await;
    }
}

#[tokio::test]
async fn a_row_that_was_deleted_and_added_again_is_another_one() {
    let file = File::new();
    let store = file.store(&[1]).await;
    write(&store, set([Some("same"), None, None])).await;
    let early = read(&store).await;
    write(&store, clear()).await;
    write(&store, set([Some("same"), None, None])).await;
    let late = store.database().write(&early, &set([Some("late"), None, None])).await.unwrap();
    assert_eq!(late, Written::Lost);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_write_of_two_instances_is_lost_unnoticed() {
    let file = File::new();
    let stores = [file.store(&[1]).await, file.store(&[1]).await];
    let tasks: Vec<_> = (0..100)
        .map(|number: usize| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let count = |stored: &Stored<'_>| {
                    let count =
                        payloads(stored)[1].as_ref().map_or(0, |count| count.parse::<u32>().unwrap()) + 1;
                    Ok((count, Some(set([None, Some(&count.to_string()), None]))))
                };
                store.database().change_user(&alice(), NOW, count).await.unwrap()
            })
        })
        .collect();
    let mut counts = Vec::new();
    for task in tasks {
        counts.push(task.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_value_that_another_program_wrote_is_an_error_and_stays() {
    let file = File::new();
    let store = file.store(&[1]).await;
    write(&store, set([Some("grants"), Some("codes"), None])).await;
    let bob = UserId::from("bob");
    let verb = |_: &Stored<'_>| Ok(((), Some(set([Some("of bob"), None, None]))));
    store.database().change_user(&bob, NOW, verb).await.unwrap();
    for (name, statement) in [
        ("garbage", "UPDATE mfakit_users SET grants = x'01'"),
        ("nothing", "UPDATE mfakit_users SET grants = x''"),
        ("another column", "UPDATE mfakit_users SET grants = codes WHERE codes IS NOT NULL"),
        (
            "another row",
            "UPDATE mfakit_users SET grants = (SELECT grants FROM mfakit_users WHERE codes IS NULL)",
        ),
    ] {
        let backup = "CREATE TABLE backup AS SELECT * FROM mfakit_users";
        file.run(backup).await;
        assert!(file.run(statement).await > 0);
        let stored = read(&store).await;
        assert!(stored.payload(0).is_err() && stored.payload(1).is_ok(), "{name}");
        assert!(store.database().read_grants(&alice()).await.is_err(), "{name}");
        write(&store, set([None, Some("codes again"), None])).await;
        assert!(read(&store).await.payload(0).is_err(), "{name}: a value that is kept stays unreadable");
        write(
            &store,
            Replacement { columns: vec![Change::Clear, Change::Keep, Change::Keep], sweep_at: None },
        )
        .await;
        assert_eq!(payloads(&read(&store).await)[0], None, "{name}: it can be removed");
        file.run("DELETE FROM mfakit_users").await;
        file.run("INSERT INTO mfakit_users SELECT * FROM backup").await;
        file.run("DROP TABLE backup").await;
    }
}

#[tokio::test]
async fn a_row_of_a_previous_secret_moves_at_its_next_write() {
    let file = File::new();
    write(&file.store(&[1]).await, set([Some("grants"), Some("codes"), None])).await;
    let both = file.store(&[2, 1]).await;
    assert_eq!(payloads(&read(&both).await)[0].as_deref(), Some("grants"));
    assert_eq!(both.database().read_grants(&alice()).await.unwrap().as_deref(), Some(&b"grants"[..]));
    write(&both, set([None, None, Some("actions")])).await;
    assert_eq!(file.count("users").await, 1);
    let [grants, codes, actions] = payloads(&read(&file.store(&[2]).await).await);
    assert_eq!(
        (grants.as_deref(), codes.as_deref(), actions.as_deref()),
        (Some("grants"), Some("codes"), Some("actions"))
    );
}

#[tokio::test]
async fn a_row_with_an_unreadable_value_does_not_move() {
    let file = File::new();
    write(&file.store(&[1]).await, set([Some("grants"), Some("codes"), None])).await;
    file.run("UPDATE mfakit_users SET codes = x'01'").await;
    let both = file.store(&[2, 1]).await;
    write(&both, set([Some("new grants"), None, None])).await;
    let stored = read(&both).await;
    assert_eq!(stored.payload(0).unwrap(), Some(&b"new grants"[..]));
    assert!(stored.payload(1).is_err());
    assert_eq!(stored.found.as_ref().unwrap().id, stored.ids.previous[0]);
}

#[tokio::test]
async fn of_two_rows_of_one_user_all_instances_use_the_same() {
    let file = File::new();
    let both = [file.store(&[2, 1]).await, file.store(&[1, 2]).await];
    // Both read before the other writes, as in the middle of a rotation.
    let read_by_both = (read(&both[0]).await, read(&both[1]).await);
    let write = async |store: &Store, stored: &Stored<'_>, text| {
        store.database().write(stored, &set([Some(text), None, None])).await.unwrap()
    };
    assert_eq!(write(&both[0], &read_by_both.0, "2").await, Written::Done);
    assert_eq!(write(&both[1], &read_by_both.1, "1").await, Written::Done);
    assert_eq!(file.count("users").await, 2);
    let seen = payloads(&read(&both[0]).await)[0].clone();
    assert_eq!(payloads(&read(&both[1]).await)[0], seen);
    assert_eq!(
        both[0].database().read_grants(&alice()).await.unwrap(),
        both[1].database().read_grants(&alice()).await.unwrap()
    );
    for store in &both {
        assert_eq!(write(store, &read(store).await, "new").await, Written::Done);
        assert_eq!(file.count("users").await, 1);
        assert_eq!(payloads(&read(&both[0]).await)[0].as_deref(), Some("new"));
    }
}

#[tokio::test]
async fn a_write_starts_a_sweep_and_does_not_wait_for_it() {
    let file = File::new();
    let store = file.store(&[1]).await;
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)";
    let expired = "SELECT CAST(printf('%032d', i) AS BLOB), i, NULL, NULL, NULL, 1000 FROM n";
    file.run(&format!("INSERT INTO mfakit_users {rows} {expired}")).await;
    let live = Replacement { columns: vec![Change::Set(b"live".to_vec())], sweep_at: Some(NOW.plus(HOUR)) };
    write(&store, live.clone()).await;
    assert!(file.count("users").await > 1, "the write waited for the sweep");
    let start = Instant::now();
    while file.count("users").await > 1 || store.database().sweeper.is_running() {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing sweeps");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(payloads(&read(&store).await)[0].as_deref(), Some("live"));
    // The next one is due after a minute.
    file.run("INSERT INTO mfakit_users VALUES (CAST(printf('%032d', 1) AS BLOB), 1, NULL, NULL, NULL, 1000)")
        .await;
    write(&store, live).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(file.count("users").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_finds_a_connection_while_more_writes_wait_than_there_are_connections() {
    let file = File::new();
    let store = file.store(&[1]).await;
    let others = file.pool().await;
    let lock = others.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let writes: Vec<_> = (0..8)
        .map(|user| {
            let store = store.clone();
            tokio::spawn(async move {
                let verb = |_: &Stored<'_>| Ok(((), Some(set([Some("grants"), None, None]))));
                store.database().change_user(&UserId::from(user.to_string()), NOW, verb).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    assert!(store.database().read_grants(&alice()).await.unwrap().is_none());
    assert!(start.elapsed() < Duration::from_secs(1), "the read waited for the writes");
    lock.rollback().await.unwrap();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert_eq!(file.count("users").await, 8);
}
