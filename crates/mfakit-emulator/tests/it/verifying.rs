//! Tests of a verify: valid codes, and the limit on wrong ones.

use std::time::Duration;

use mfakit_emulator::Emulator;
use serde_json::{Value, json};

use crate::fixture::{Fixture, changed, read, send_body, verify_body};

fn valid(valid: bool) -> (u16, Value) {
    (200, json!({"valid": valid}))
}

/// Returns a code other than `code`.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test]
async fn the_right_code_is_valid_and_stays_valid() {
    let fixture = Fixture::start().await;
    let code = fixture.send(&send_body()).await.code;
    for time in 1..=2 {
        assert_eq!(fixture.call("verify", &verify_body(&code)).await, valid(true), "time {time}");
    }
}

#[tokio::test]
async fn several_codes_are_valid_at_the_same_time_on_any_channel() {
    let fixture = Fixture::start().await;
    let first = fixture.send(&send_body()).await.code;
    fixture.call("voice", &send_body()).await;
    let second = fixture.emulator.inbox().pop().unwrap().code;
    assert_eq!(fixture.call("verify", &verify_body(&second)).await, valid(true));
    assert_eq!(fixture.call("verify", &verify_body(&first)).await, valid(true));
}

#[tokio::test]
async fn codes_that_are_wrong_or_never_sent_or_sent_elsewhere_cannot_be_distinguished() {
    let fixture = Fixture::with(Emulator::builder().verify_limit(100)).await;
    assert_eq!(fixture.call("verify", &verify_body("123456")).await, valid(false), "never sent");

    let code = fixture.send(&changed(send_body(), &json!({"scope": "transfer", "digits": 8}))).await.code;
    let right = changed(verify_body(&code), &json!({"scope": "transfer"}));
    let cases = [
        ("wrong code", json!({"code": "not it"})),
        ("no scope", json!({"scope": null})),
        ("default scope", json!({"scope": "2FA"})),
        ("another case", json!({"scope": "Transfer"})),
        ("a scope longer than a send may have", json!({"scope": "transfer".repeat(9)})),
        ("another number", json!({"to": "+12025550124"})),
    ];
    for (name, change) in cases {
        assert_eq!(fixture.call("verify", &changed(right.clone(), &change)).await, valid(false), "{name}");
    }
    let elsewhere = fixture
        .request(reqwest::Method::POST, "/api/v1/accounts/1/code/verify")
        .basic_auth("emulator", Some("emulator"))
        .json(&right)
        .send()
        .await;
    assert_eq!(read(elsewhere.unwrap()).await, valid(false), "another account");
    assert_eq!(fixture.call("verify", &right).await, valid(true));
}

#[tokio::test]
async fn the_default_scope_is_2fa_for_sends_and_verifies() {
    let fixture = Fixture::start().await;
    let code = fixture.send(&send_body()).await.code;
    let named = changed(verify_body(&code), &json!({"scope": "2FA"}));
    assert_eq!(fixture.call("verify", &named).await, valid(true));

    let code = fixture.send(&changed(send_body(), &json!({"scope": "2FA"}))).await.code;
    assert_eq!(fixture.call("verify", &verify_body(&code)).await, valid(true));
}

#[tokio::test]
async fn a_verify_determines_how_old_a_code_can_be_by_the_emulators_clock() {
    let fixture = Fixture::start().await;
    let code = fixture.send(&send_body()).await.code;
    let within = |minutes: f64| changed(verify_body(&code), &json!({"expirationTimeInMinutes": minutes}));
    fixture.emulator.advance(Duration::from_secs(200));
    assert_eq!(fixture.call("verify", &within(3.0)).await, valid(false));
    assert_eq!(fixture.call("verify", &within(3.5)).await, valid(true));
    fixture.emulator.advance(Duration::from_secs(15 * 60 - 200));
    assert_eq!(fixture.call("verify", &within(15.0)).await, valid(false));
}

#[tokio::test]
async fn the_sixth_wrong_code_of_a_number_is_a_429_for_thirty_seconds() {
    let fixture = Fixture::start().await;
    let code = fixture.send(&send_body()).await.code;
    let wrong = verify_body(other_than(&code));
    for time in 1..=5 {
        assert_eq!(fixture.call("verify", &wrong).await, valid(false), "wrong code {time}");
    }
    let response = fixture.operation("verify", &wrong).send().await.unwrap();
    assert!(!response.headers().contains_key("retry-after"));
    let (status, body) = read(response).await;
    assert_eq!(status, 429);
    assert_eq!(body["error"], "This number has exceeded verification attempts, please wait 2 minutes");
    assert_eq!(body["requestId"].as_str().unwrap().len(), 36);

    assert_eq!(fixture.call("verify", &verify_body(&code)).await.0, 429, "the right code too");
    let another = changed(wrong.clone(), &json!({"to": "+12025550124"}));
    assert_eq!(fixture.call("verify", &another).await, valid(false), "another number is not limited");
    let scoped = changed(wrong.clone(), &json!({"scope": "other"}));
    assert_eq!(fixture.call("verify", &scoped).await.0, 429, "another scope of the number is limited too");

    // A rejected verify does not count, so it does not extend the limit.
    fixture.control("clock", &json!({"advance_s": 29})).await;
    assert_eq!(fixture.call("verify", &wrong).await.0, 429);
    fixture.control("clock", &json!({"advance_s": 1})).await;
    assert_eq!(fixture.call("verify", &wrong).await, valid(false));
    assert_eq!(fixture.call("verify", &verify_body(&code)).await, valid(true));
}

#[tokio::test]
async fn a_right_code_clears_the_count_of_wrong_ones() {
    let fixture = Fixture::with(Emulator::builder().verify_limit(2)).await;
    let code = fixture.send(&send_body()).await.code;
    let wrong = verify_body(other_than(&code));
    for round in 1..=3 {
        assert_eq!(fixture.call("verify", &wrong).await, valid(false), "round {round}");
        assert_eq!(fixture.call("verify", &wrong).await, valid(false), "round {round}");
        assert_eq!(fixture.call("verify", &verify_body(&code)).await, valid(true), "round {round}");
    }
}

#[tokio::test]
async fn a_malformed_verify_does_not_count_as_a_wrong_code() {
    let fixture = Fixture::with(Emulator::builder().verify_limit(0)).await;
    for _ in 0..3 {
        assert_eq!(fixture.call("verify", &verify_body("1")).await.0, 400);
    }
    assert_eq!(fixture.call("verify", &verify_body("1234")).await.0, 429);
}
