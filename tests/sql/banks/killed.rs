//! Processes that are killed and started again.

use std::{fs, time::Duration};

use bank_tests::{
    browser::{Browser, other_than},
    ceremony::{start, verify},
    program::Program,
};
use mfakit_emulator::Emulator;

use super::{for_both, on_each, processes::Processes};
use crate::database::Database;

on_each!(a_lock_the_counts_and_a_grant_outlive_both_processes);

mod file {
    super::for_both!(crate::banks::sqlite; sqlite_needs_only_its_url);
}

async fn a_lock_the_counts_and_a_grant_outlive_both_processes(bank: &str, database: Database) {
    let mut banks = Processes::start(bank, database).await;
    let (mut alice, mut bob) = (banks.log_in("alice").await, banks.log_in("bob").await);
    alice.step_up("settings", async || banks.last_code()).await;
    enter_wrong_codes(&banks, &mut bob).await;

    banks.kill_and_restart().await;
    let at_two = |browser: &Browser, banks: &Processes| browser.at(&banks.two.address);
    (alice, bob) = (at_two(&alice, &banks), at_two(&bob, &banks));
    assert_eq!(alice.fetch("/settings").await.status, 200, "the session and the grant are still there");
    assert_eq!(banks.user_state("bob").await.failures, 5);
    let early = start(&mut bob, "settings").await;
    assert_eq!(early.status, 429, "the send is still counted: {}", early.body);
    let wait: u64 = early.header("retry-after").parse().unwrap();
    tokio::time::sleep(Duration::from_secs(wait)).await;
    enter_wrong_codes(&banks, &mut bob).await;

    banks.kill_and_restart().await;
    (alice, bob) = (at_two(&alice, &banks), at_two(&bob, &banks));
    let locked = start(&mut bob, "settings").await;
    assert_eq!((locked.status.as_u16(), &locked.json()["type"]), (429, &"urn:mfakit:problem:locked".into()));
    let wait: u64 = locked.header("retry-after").parse().unwrap();
    assert!((29 * 60..=30 * 60).contains(&wait), "{wait}");
    assert_eq!(banks.user_state("bob").await.failures, 10);
    assert_eq!(alice.fetch("/settings").await.status, 200);
}

/// Requests a code, and enters five wrong ones.
async fn enter_wrong_codes(banks: &Processes, browser: &mut Browser) {
    let started = start(browser, "settings").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let guess = other_than(&banks.last_code());
    for left in (0..5).rev() {
        let wrong = verify(browser, "settings", &started, &guess).await;
        assert_eq!(wrong.status, 422, "{}", wrong.body);
        assert_eq!(wrong.json()["attempts_left"], left);
    }
}

/// Without `MFAKIT_SECRET`, the bank keeps a secret in a file beside the database.
async fn sqlite_needs_only_its_url(bank: &str, database: Database) {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut environment = emulator.environment();
    environment.push(("DATABASE_URL", database.url()));
    let path = bank_tests::program::built(bank);
    let mut one = Program::run(&path, &environment).await;
    let mut alice = one.browser();
    alice.log_in("alice").await;
    alice.step_up("settings", async || emulator.inbox().last().unwrap().code.clone()).await;
    one.kill().await;

    let again = Program::run(&path, &environment).await;
    assert_eq!(alice.at(&again.address).fetch("/settings").await.status, 200);
    let (url, beside) = (database.url(), [".secret", "", "-wal", "-shm"]);
    let files = beside.map(|end| {
        let file = format!("{}{end}", url.trim_start_matches("sqlite:"));
        (fs::metadata(&file).unwrap(), file)
    });
    assert_eq!(files[0].0.len(), 64);
    #[cfg(unix)]
    for (metadata, file) in files {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        assert_eq!(mode, 0o600, "{file}: {mode:o}");
    }
}
