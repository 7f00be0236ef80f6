//! Tests of the call log.

use mfakit_emulator::Endpoint;
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, read, send_body, verify_body};

#[tokio::test]
async fn every_call_is_recorded_in_order_with_its_status() {
    let fixture = Fixture::start().await;
    fixture.call("messaging", &send_body()).await;
    fixture.call("voice", &json!({"to": ""})).await;
    let anonymous =
        fixture.request(Method::POST, "/accounts/1/code/verify").json(&verify_body("1234")).send().await;
    assert_eq!(anonymous.unwrap().status(), 401);
    fixture.control("faults", &json!({"endpoint": "verify", "status": 503})).await;
    fixture.call("verify", &verify_body("1234")).await;
    fixture.control("faults", &json!({"endpoint": "verify", "drop": true})).await;
    fixture.operation("verify", &verify_body("5678")).send().await.unwrap_err();
    fixture.operation("messaging", &json!({})).body("not JSON").send().await.unwrap();

    let response = fixture.get("/calls").await;
    let text = response.text().await.unwrap();
    assert!(text.starts_with(r#"[{"time":""#), "{text}");
    let calls: Vec<Value> = serde_json::from_str(&text).unwrap();
    let seen: Vec<_> =
        calls.iter().map(|call| json!([call["endpoint"], call["status"], call["body"]])).collect();
    let expected = [
        json!(["messaging", 200, send_body()]),
        json!(["voice", 400, {"to": ""}]),
        json!(["verify", 401, verify_body("1234")]),
        json!(["verify", 503, verify_body("1234")]),
        json!(["verify", null, verify_body("5678")]),
        json!(["messaging", 400, "not JSON"]),
    ];
    assert_eq!(seen, expected);
    assert!(calls.iter().all(|call| call.as_object().unwrap().len() == 4));

    let recorded = fixture.emulator.calls();
    assert_eq!((recorded.len(), recorded[1].endpoint, recorded[4].status), (6, Endpoint::Voice, None));
}

#[tokio::test]
async fn client_secrets_are_not_recorded() {
    let fixture = Fixture::start().await;
    let form =
        [("grant_type", "client_credentials"), ("client_id", "emulator"), ("client_secret", "hush-hush")];
    fixture.request(Method::POST, "/oauth2/token").form(&form).send().await.unwrap();
    let json = json!({"client_secret": "hush-hush"});
    fixture.request(Method::POST, "/oauth2/token").json(&json).send().await.unwrap();

    let (_, calls) = read(fixture.get("/calls").await).await;
    assert!(!calls.to_string().contains("hush"), "{calls}");
    assert_eq!(calls[0]["body"], "grant_type=client_credentials&client_id=emulator&client_secret=REDACTED");
    assert_eq!(
        (&calls[1]["body"], &calls[1]["status"]),
        (&json!({"client_secret": "REDACTED"}), &json!(401))
    );
}

#[tokio::test]
async fn the_call_log_can_be_cleared() {
    let fixture = Fixture::start().await;
    fixture.call("voice", &json!({})).await;
    assert_eq!(fixture.delete("/calls").await.status(), 204);
    assert_eq!(fixture.get("/calls").await.text().await.unwrap(), "[]");

    fixture.call("voice", &json!({})).await;
    fixture.emulator.clear_calls();
    assert!(fixture.emulator.calls().is_empty());
}
