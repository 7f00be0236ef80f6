//! Start and stop of the program.

use std::net::Ipv4Addr;

use mfakit_emulator::Emulator;

use crate::{
    Candidate,
    program::{Program, command},
};

pub async fn a_port_in_use_is_reported_in_one_line(candidate: &Candidate) {
    let taken = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = command(candidate).args(["--port", &port.to_string()]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "{}: port {port} of 127.0.0.1 is in use; choose another with --port, or --port 0 for any\n",
            candidate.name
        )
    );
    assert!(output.stdout.is_empty());
}

pub async fn incomplete_settings_for_bandwidth_are_an_error(candidate: &Candidate) {
    let mut command = command(candidate);
    let output = command.args(["--port", "0"]).env("BANDWIDTH_ACCOUNT_ID", "9900000").output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("BANDWIDTH_FROM is not set") && error.lines().count() == 1, "{error}");
}

pub async fn an_environment_without_its_account_does_not_start_the_emulator(candidate: &Candidate) {
    for (name, value) in [("BANDWIDTH_ACCOUNT_ID", ""), ("BANDWIDTH_CLIENT_SECRET", "secret")] {
        let output = command(candidate).args(["--port", "0"]).env(name, value).output().await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("BANDWIDTH_ACCOUNT_ID is not set") && error.lines().count() == 1, "{error}");
        assert!(output.stdout.is_empty(), "{name}");
    }
}

pub async fn the_emulator_starts_on_request(candidate: &Candidate) {
    let lost = [("BANDWIDTH_ACCOUNT_ID", String::new())];
    let bank = Program::start_with_emulator(candidate, &lost).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    alice.step_up("settings", async || bank.last_code().await).await;
    assert_eq!(alice.fetch("/settings").await.status, 200);
}

pub async fn a_redis_without_a_secret_is_an_error(candidate: &Candidate) {
    for secret in [None, Some("too short")] {
        let mut command = command(candidate);
        command.args(["--port", "0"]).env("REDIS_URL", "redis://127.0.0.1:6379");
        if let Some(secret) = secret {
            command.env("MFAKIT_SECRET", secret);
        }
        let output = command.output().await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("at least 32") && error.contains("openssl rand"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

pub async fn an_unreachable_redis_is_reported_in_one_line(candidate: &Candidate) {
    // Reserve a port without listening on it.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let url = format!("redis://user:hushhush@{}", taken.local_addr().unwrap());
    let mut command = command(candidate);
    command.args(["--port", "0"]).env("REDIS_URL", url).env("MFAKIT_SECRET", "0123456789".repeat(4));
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with(&format!("{}: Redis cannot be reached", candidate.name)), "{error}");
    assert!(error.lines().count() == 1 && !error.contains("hushhush"), "{error}");
    assert!(output.stdout.is_empty());
}

pub async fn a_database_that_cannot_be_used_is_reported_in_one_line(candidate: &Candidate) {
    // Reserve a port without listening on it.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let unreachable = format!("postgres://user:hushhush@{}/bank", taken.local_addr().unwrap());
    let secret = "0123456789".repeat(4);
    for (url, expected) in [
        ("mysql://user:hushhush@127.0.0.1/bank", "must begin with `postgres://` or `sqlite:`"),
        ("bank.db", "as in `sqlite:bank.db`"),
        ("postgres://user:hushhush@127.0.0.1:no/bank", "not a valid URL of PostgreSQL"),
        (&unreachable, "the PostgreSQL server of DATABASE_URL cannot be used"),
        ("sqlite::memory:", "must name a file"),
        ("sqlite:bank.db?mode=unknown", "not a valid URL of SQLite"),
        ("sqlite:/no/such/folder/bank.db", "the file /no/such/folder/bank.db of DATABASE_URL cannot be used"),
    ] {
        is_error(candidate, &[("DATABASE_URL", url), ("MFAKIT_SECRET", &secret)], expected).await;
    }
    let redis = ("REDIS_URL", "redis://127.0.0.1:6379");
    is_error(candidate, &[("DATABASE_URL", "sqlite:bank.db"), redis], "unset one of them").await;
}

/// Checks that the program ends with this error, in one line without the password.
async fn is_error(candidate: &Candidate, environment: &[(&str, &str)], expected: &str) {
    let mut command = command(candidate);
    let output = command.args(["--port", "0"]).envs(environment.iter().copied()).output().await.unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(expected), "{environment:?}: {error}");
    assert!(error.lines().count() == 1 && !error.contains("hushhush"), "{error}");
    assert!(output.stdout.is_empty());
}

pub async fn it_stops_on_a_signal_even_with_a_page_open(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let (code, _) = bank.stop().await;
    assert_eq!(code, Some(0));
}

pub async fn the_service_that_the_environment_names_is_used(candidate: &Candidate) {
    let emulator = Emulator::builder().start().await.unwrap();
    let bank = Program::start_with(candidate, &emulator.environment()).await;
    let mut alice = bank.browser();
    assert!(!alice.open("/").await.body.contains("the inbox"));
    alice.log_in("alice").await;
    alice.step_up("settings", async || emulator.inbox().last().unwrap().code.clone()).await;
    assert_eq!(alice.fetch("/settings").await.status, 200);
    let (code, output) = bank.stop().await;
    assert_eq!(code, Some(0));
    assert!(!output.contains("the inbox is at"), "{output}");
}

pub async fn without_voice_no_call_is_offered(candidate: &Candidate) {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut environment = emulator.environment();
    environment.retain(|(name, _)| *name != "BANDWIDTH_VOICE_APPLICATION_ID");
    let bank = Program::start_with(candidate, &environment).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let page = alice.open("/mfa/settings").await;
    assert!(page.body.contains("Send me a text message") && !page.body.contains("Call me"));
}
