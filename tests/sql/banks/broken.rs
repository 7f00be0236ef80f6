//! Banks whose tables are broken while they run.

use std::time::{Duration, Instant};

use super::{on_each, processes::Processes};
use crate::database::Database;

on_each!(a_guard_without_its_table_answers_503_and_when_to_retry);

async fn a_guard_without_its_table_answers_503_and_when_to_retry(bank: &str, database: Database) {
    let banks = Processes::start(bank, database).await;
    let mut alice = banks.log_in("alice").await;
    alice.step_up("settings", async || banks.last_code()).await;
    assert_eq!(alice.fetch("/settings").await.status, 200);
    let garbage = banks.database.bytes("00");
    for (damage, repair) in [
        ("ALTER TABLE mfakit_users RENAME TO kept".to_owned(), "ALTER TABLE kept RENAME TO mfakit_users"),
        (
            "ALTER TABLE mfakit_users RENAME COLUMN grants TO kept".to_owned(),
            "ALTER TABLE mfakit_users RENAME COLUMN kept TO grants",
        ),
        (
            format!(
                "CREATE TABLE kept AS SELECT * FROM mfakit_users; UPDATE mfakit_users SET grants = {garbage}"
            ),
            "DELETE FROM mfakit_users; INSERT INTO mfakit_users SELECT * FROM kept; DROP TABLE kept",
        ),
    ] {
        banks.database.run(&damage).await;
        let start = Instant::now();
        let answer = alice.fetch("/settings").await;
        assert_eq!(answer.status, 503, "{damage}: {}", answer.body);
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{damage}: {wait}");
        assert!(start.elapsed() < Duration::from_secs(10), "{damage}: {:?}", start.elapsed());
        banks.database.run(repair).await;
        assert_eq!(alice.fetch("/settings").await.status, 200, "{damage}");
    }
}
