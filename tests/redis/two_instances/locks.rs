//! Counts across codes, channels, sessions and instances.

use std::time::Duration;

use bank_tests::{
    browser::{Answer, other_than},
    ceremony::verify,
};
use mfakit::store::Lock;
use serde_json::json;

use super::{Framework, on_both, served::Served};

on_both!(ten_wrong_codes_lock_across_channels_and_instances, sends_are_counted_across_both_instances,);

async fn start(browser: &mut bank_tests::browser::Browser, channel: &str) -> Answer {
    browser.post("/mfa/settings/challenge", &json!({ "channel": channel })).await
}

async fn ten_wrong_codes_lock_across_channels_and_instances(framework: &Framework) {
    let banks = Served::start(framework).await;
    let mut alice = banks.log_in("alice").await;
    let mut statuses = Vec::new();
    for (round, channel) in ["messaging", "messaging", "voice"].into_iter().enumerate() {
        let started = start(&mut alice[round % 2], channel).await;
        assert_eq!(started.status, 201, "{round}: {}", started.body);
        let guess = other_than(&banks.provider.last_code().unwrap());
        for n in 0..4 {
            let answer = verify(&mut alice[n % 2], "settings", &started, &guess).await;
            statuses.push(answer.status.as_u16());
        }
        banks.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 429, 429]);
    assert_eq!(banks.provider.verifies(), 10);

    // In another session, at the other instance, no code is sent, and a right one would not be checked.
    let [_, mut anew] = banks.log_in("alice").await;
    let rejected = start(&mut anew, "messaging").await;
    assert_eq!(
        (rejected.status.as_u16(), &rejected.json()["type"]),
        (429, &"urn:mfakit:problem:locked".into())
    );
    let wait: u64 = rejected.header("retry-after").parse().unwrap();
    assert_eq!(wait, 30 * 60 - 60);
    for mfa in &banks.mfas {
        let status = mfa.status(&"alice".into()).await.unwrap();
        assert_eq!(status.failures, 10);
        assert!(matches!(status.lock, Lock::Until(_)), "{:?}", status.lock);
    }

    banks.clock.advance(Duration::from_secs(wait));
    let started = start(&mut anew, "messaging").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let verified = verify(&mut anew, "settings", &started, &banks.provider.last_code().unwrap()).await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    for mfa in &banks.mfas {
        assert_eq!(mfa.status(&"alice".into()).await.unwrap().failures, 0, "a success resets the count");
    }
}

async fn sends_are_counted_across_both_instances(framework: &Framework) {
    let banks = Served::start(framework).await;
    let mut alice = banks.log_in("alice").await;
    let mut sent = 0;
    for minute in 0..60_usize {
        let started = start(&mut alice[minute % 2], "messaging").await;
        match started.status.as_u16() {
            201 => sent += 1,
            429 => assert!(!started.header("retry-after").is_empty()),
            _ => panic!("{}: {}", started.status, started.body),
        }
        banks.clock.advance(Duration::from_secs(60));
    }
    assert_eq!((sent, banks.provider.sends()), (5, 5), "one user is sent five messages in an hour");
}
