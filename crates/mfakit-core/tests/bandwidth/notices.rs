//! Notices, through the Messaging API.

use mfakit_core::{
    Notifier, Timestamp, UserId,
    bandwidth::BandwidthNotifier,
    notifier::{Notice, NoticeKind},
    provider::ProviderErrorKind,
};
use serde_json::{Value, json};

use super::*;

const OLD: &str = "+19195551234";
const NEW: &str = "+12025550123";

/// Answers as both APIs do.
fn queued(call: &Call) -> Act {
    match call.endpoint() {
        "messages" => Act::answer(202, r#"{"id": "1589228074636lm4k2je7j7jklbn2", "direction": "out"}"#),
        _ => well(call),
    }
}

fn notice() -> Notice {
    let number = |text: &str| PhoneNumber::new(text).unwrap();
    Notice::new(UserId::from("alice"), NoticeKind::NumberReplaced, Timestamp::from_millis(0))
        .with_on_file(number(OLD))
        .with_new_number(number(NEW))
        .with_text("en", "Your phone number is being replaced", "It is being replaced.")
}

async fn send_one(notifier: &BandwidthNotifier) -> Result<SendReceipt, ProviderError> {
    notifier.send(&PhoneNumber::new(OLD).unwrap(), "It is being replaced.").await
}

#[tokio::test]
async fn each_number_receives_a_message_of_its_own() {
    let server = Server::start(|call, _| queued(call)).await;
    let notifier = basic(&server).notifier().unwrap();
    notifier.notify(notice()).await.unwrap();
    let calls = server.calls();
    let mut bodies: Vec<Value> = calls.iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    bodies.sort_by_key(|body| body["to"].to_string());
    let body = |to: &str| json!({"applicationId": "app-m", "to": [to], "from": "+19195554321", "text": "It is being replaced."});
    assert_eq!(bodies, [body(NEW), body(OLD)]);
    for call in &calls {
        assert!(call.head.starts_with("POST /api/v2/users/9900000/messages HTTP/1.1\r\n"), "{}", call.head);
        assert_eq!(call.header("authorization"), Some("Basic dXNlcjpwYXNz"));
        assert_eq!(call.header("content-type"), Some("application/json"));
    }
    assert_eq!(send_one(&notifier).await.unwrap().id, "1589228074636lm4k2je7j7jklbn2");
}

#[tokio::test]
async fn codes_and_notices_share_a_token() {
    let server = Server::start(|call, _| queued(call)).await;
    let bandwidth = oauth2(&server);
    let notifier = bandwidth.notifier().unwrap();
    let _ = send(&bandwidth).await.unwrap();
    notifier.notify(notice()).await.unwrap();
    let tokens = server.calls().iter().filter(|call| call.endpoint() == "token").count();
    assert_eq!((tokens, server.calls().len()), (1, 4));
}

#[tokio::test]
async fn notices_can_have_a_sender_an_application_and_a_server_of_their_own() {
    let (codes, notices) =
        (Server::start(|call, _| queued(call)).await, Server::start(|call, _| queued(call)).await);
    let bandwidth = set_up(&codes, Credentials::basic("user", "pass"))
        .notice_from("+19195550000")
        .notice_application("app-n")
        .messaging_url(notices.base_url())
        .build()
        .unwrap();
    let _ = send_one(&bandwidth.notifier().unwrap()).await.unwrap();
    assert!(codes.calls().is_empty());
    let [call] = &notices.calls()[..] else { panic!("one call") };
    let body: Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!((&body["from"], &body["applicationId"]), (&json!("+19195550000"), &json!("app-n")));
    assert_eq!(call.path, "/api/v1/users/9900000/messages");
}

#[tokio::test]
async fn a_failed_message_keeps_no_other_and_fails_the_notice() {
    let rejected = r#"{"type": "request-validation", "description": "Your request could not be accepted"}"#;
    for failing in [OLD, NEW] {
        let server = Server::start(move |call, _| match call.body.contains(failing) {
            true => Act::answer(400, rejected),
            false => queued(call),
        })
        .await;
        let error = basic(&server).notifier().unwrap().notify(notice()).await.unwrap_err();
        assert!(error.to_string().contains("Your request could not be accepted"), "{error}");
        assert_eq!(server.calls().len(), 2, "the other number is notified");
    }
}

#[tokio::test]
async fn every_failure_has_its_kind_and_shows_no_number() {
    let quoting = format!(r#"{{"type": "request-validation", "description": "'{OLD}' must be replaced"}}"#);
    for (status, body, kind) in [
        (400, quoting.as_str(), ProviderErrorKind::Request),
        (
            401,
            r#"{"type": "unauthorized", "description": "Authentication Failed"}"#,
            ProviderErrorKind::Credentials,
        ),
        (403, r#"{"type": "forbidden", "description": "Access Denied"}"#, ProviderErrorKind::Credentials),
        (404, r#"{"status": 404, "error": "Not Found"}"#, ProviderErrorKind::Request),
        (
            429,
            r#"{"type": "any", "description": "any"}"#,
            ProviderErrorKind::Throttled { retry_after: Duration::from_secs(120) },
        ),
        (500, "", ProviderErrorKind::Failed),
        (302, "", ProviderErrorKind::Answer),
        (200, "<html>", ProviderErrorKind::Answer),
        (202, r#"{"type": "any", "description": "nothing was queued"}"#, ProviderErrorKind::Answer),
    ] {
        let body = body.to_owned();
        let server = Server::start(move |_, _| Act::Answer(status, body.clone())).await;
        let error = send_one(&basic(&server).notifier().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert!(!format!("{error} {error:?}").contains("5551234"), "{error:?}");
        assert_eq!(server.calls().len(), 1, "{status}: it is not repeated");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_ends_in_an_error() {
    let server = Server::start(|_, _| Act::Late(Duration::from_secs(20), 202, "{}".to_owned())).await;
    let notifier = hurried(set_up(&server, Credentials::basic("user", "pass"))).notifier().unwrap();
    assert_eq!(send_one(&notifier).await.unwrap_err().kind(), ProviderErrorKind::Failed);
}

#[tokio::test]
async fn a_notifier_needs_an_application_for_text_messages() {
    let server = Server::start(|call, _| queued(call)).await;
    let only_voice = || {
        Bandwidth::builder("9900000", Credentials::basic("user", "pass"))
            .from("+19195554321")
            .voice_application("app-v")
            .base_url(server.base_url())
    };
    let error = only_voice().build().unwrap().notifier().unwrap_err().to_string();
    assert!(error.contains("notice_application or BANDWIDTH_NOTICE_APPLICATION_ID"), "{error}");
    assert!(only_voice().notice_application("app-n").build().unwrap().notifier().is_ok());
    let debug =
        format!("{:?}", only_voice().notice_application("app-n").build().unwrap().notifier().unwrap());
    assert_eq!(debug, "BandwidthNotifier { credentials: Basic, .. }");
}
