//! Tests of a send: the app's response and the phone's message.

use mfakit_emulator::{Channel, Emulator};
use reqwest::Method;
use serde_json::json;

use crate::fixture::{Fixture, changed, read, send_body};

#[tokio::test]
async fn a_text_message_is_in_the_inbox_under_the_id_that_the_app_received() {
    let fixture = Fixture::with(Emulator::builder().name("Bank")).await;
    let (status, answer) =
        fixture.call("messaging", &changed(send_body(), &json!({"scope": "transfer"}))).await;
    assert_eq!(status, 200);
    let id = answer["messageId"].as_str().unwrap();
    assert_eq!((id.len(), answer.as_object().unwrap().len()), (29, 1));
    assert!(id[..13].bytes().all(|byte| byte.is_ascii_digit()), "{id}");

    let message = fixture.emulator.inbox().pop().unwrap();
    assert_eq!(message.id, id);
    assert_eq!((message.channel, message.scope.as_str()), (Channel::Messaging, "transfer"));
    assert_eq!(message.message, format!("Your temporary Bank transfer code is {}", message.code));
}

#[tokio::test]
async fn a_call_has_a_call_id_in_the_documented_form() {
    let fixture = Fixture::start().await;
    let (status, answer) = fixture.call("voice", &send_body()).await;
    assert_eq!(status, 200);
    let id = answer["callId"].as_str().unwrap();
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!((id.len(), lengths), (47, vec![1, 8, 8, 4, 4, 4, 12]), "{id}");
    assert_eq!(fixture.emulator.inbox()[0].channel, Channel::Voice);
}

#[tokio::test]
async fn the_inbox_lists_messages_newest_last_with_the_fields_in_order() {
    let fixture = Fixture::start().await;
    let first = fixture.send(&send_body()).await;
    let second = fixture.send(&changed(send_body(), &json!({"digits": 4, "message": "{CODE} {CODE}"}))).await;
    assert_eq!((first.code.len(), second.code.len()), (6, 4));
    assert_eq!(second.message, format!("{0} {0}", second.code));
    assert_eq!(first.scope, "2FA", "the default");

    let response = fixture.get("/inbox").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let text = response.text().await.unwrap();
    let fields = ["id", "time", "channel", "to", "from", "scope", "message", "code"];
    let places: Vec<_> = fields.iter().map(|field| text.find(&format!("\"{field}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");

    let inbox: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&inbox[0]["id"], &inbox[1]["id"]), (&json!(first.id), &json!(second.id)));
    assert_eq!(inbox[0]["channel"], "messaging");
    let time = inbox[0]["time"].as_str().unwrap();
    assert!(time.len() >= 20 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");

    let newest = read(fixture.get("/inbox?newest=1").await).await.1;
    assert_eq!((newest.as_array().unwrap().len(), &newest[0]["id"]), (1, &json!(second.id)));
}

#[tokio::test]
async fn clearing_the_inbox_removes_messages_but_not_codes() {
    let fixture = Fixture::start().await;
    let message = fixture.send(&send_body()).await;
    assert_eq!(fixture.delete("/inbox").await.status(), 204);
    assert_eq!(fixture.get("/inbox").await.text().await.unwrap(), "[]");
    let (_, answer) = fixture.call("verify", &crate::fixture::verify_body(&message.code)).await;
    assert_eq!(answer, json!({"valid": true}));

    fixture.send(&send_body()).await;
    fixture.emulator.clear_inbox();
    assert!(fixture.emulator.inbox().is_empty());
}

#[tokio::test]
async fn the_api_is_served_with_and_without_its_prefix_and_for_any_content_type() {
    let fixture = Fixture::start().await;
    for path in ["/accounts/1/code/messaging", "/api/v1/accounts/another%20one/code/messaging"] {
        for content_type in
            ["application/json", "application/json; charset=utf-8", "text/plain;charset=UTF-8"]
        {
            let sent = fixture
                .request(Method::POST, path)
                .basic_auth("emulator", Some("emulator"))
                .header("content-type", content_type)
                .body(send_body().to_string())
                .send()
                .await
                .unwrap();
            assert_eq!(sent.status(), 200, "{path} {content_type}");
            assert_eq!(sent.headers()["content-type"], "application/json");
        }
    }
}
