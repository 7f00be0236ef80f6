//! Instances that are killed during a call.

use std::time::Duration;

use bank_tests::{
    browser::other_than,
    ceremony::{start, verify},
};
use mfakit_emulator::{Endpoint, Fault};

use super::{
    Framework, on_both,
    processes::{Processes, until},
};

on_both!(
    an_instance_killed_during_a_verify_leaves_the_attempt_counted_and_the_challenge_live,
    an_instance_killed_during_a_start_leaves_the_send_counted,
);

/// Far longer than the instance lives, even on a busy machine.
const LATE: Duration = Duration::from_secs(600);

async fn an_instance_killed_during_a_verify_leaves_the_attempt_counted_and_the_challenge_live(
    framework: &Framework,
) {
    let mut banks = Processes::start(framework).await;
    let (at_one, mut at_two) = banks.log_in("alice").await;
    let started = start(&mut at_two, "settings").await;
    let code = banks.last_code();
    let guess = other_than(&code);

    banks.emulator.fail(Fault::on(Endpoint::Verify).delay(LATE));
    let request = at_one
        .request(http::Method::POST, "/mfa/settings/verify")
        .json(&serde_json::json!({"challenge": started.json()["challenge"], "code": guess}));
    let waiting = tokio::spawn(request.send());
    until("the guess reaches the provider", async || banks.calls(Endpoint::Verify) == 1).await;
    banks.one.kill().await;
    assert!(waiting.await.unwrap().is_err(), "the request gets no answer");
    assert_eq!(
        banks.user_state("alice").await.failures,
        1,
        "the attempt is counted before the provider is called"
    );

    let wrong = verify(&mut at_two, "settings", &started, &guess).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["attempts_left"].as_u64()), (422, Some(3)));
    let right = verify(&mut at_two, "settings", &started, &code).await;
    assert_eq!(right.status, 200, "{}", right.body);
    assert_eq!(at_two.fetch("/settings").await.status, 200);
}

async fn an_instance_killed_during_a_start_leaves_the_send_counted(framework: &Framework) {
    let mut banks = Processes::start(framework).await;
    let (at_one, mut at_two) = banks.log_in("alice").await;
    banks.emulator.fail(Fault::on(Endpoint::Messaging).delay(LATE));
    let request = at_one
        .request(http::Method::POST, "/mfa/settings/challenge")
        .json(&serde_json::json!({"channel": "messaging"}));
    let waiting = tokio::spawn(request.send());
    until("the send reaches the provider", async || banks.calls(Endpoint::Messaging) == 1).await;
    banks.one.kill().await;
    assert!(waiting.await.unwrap().is_err(), "the request gets no answer");

    // The message may or may not have been sent. It counts, and the other instance waits as after any other send.
    let early = start(&mut at_two, "settings").await;
    assert_eq!(early.status, 429, "{}", early.body);
    let wait: u64 = early.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(banks.calls(Endpoint::Messaging), 1);
    assert!(banks.user_state("alice").await.resend_at.is_some());
    assert_eq!(at_two.open("/account").await.status, 200, "everything else still works");
}
