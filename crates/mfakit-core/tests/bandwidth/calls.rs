//! Requests to Bandwidth, and the results of its answers.

use mfakit_core::provider::ProviderErrorKind;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_send_calls_the_endpoint_of_its_channel_with_all_fields() {
    for (channel, id, application) in [(Channel::Messaging, "m-1", "app-m"), (Channel::Voice, "c-1", "app-v")]
    {
        let server = Server::start(|call, _| well(call)).await;
        assert_eq!(send_by(&basic(&server), channel).await.unwrap().id, id);
        let [call] = &server.calls()[..] else { panic!("one call") };
        assert!(
            call.head.starts_with(&format!("POST /api/v1/accounts/9900000/code/{channel} HTTP/1.1\r\n")),
            "{}",
            call.head
        );
        assert_eq!(call.header("authorization"), Some("Basic dXNlcjpwYXNz"));
        assert_eq!(call.header("content-type"), Some("application/json"));
        assert_eq!(call.header("accept"), Some("application/json"));
        assert!(call.header("user-agent").unwrap().starts_with("mfakit/"));
        assert_eq!(
            serde_json::from_str::<Value>(&call.body).unwrap(),
            json!({
                "to": "+19195551234",
                "from": "+19195554321",
                "applicationId": application,
                "scope": "transfer-abcdefghijklmnop",
                "message": MESSAGE,
                "digits": 6,
            })
        );
    }
}

#[tokio::test]
async fn a_verify_sends_all_fields_and_returns_the_verdict() {
    for (answer, verdict) in [("true", Verdict::Approved), ("false", Verdict::Rejected)] {
        let server = Server::start(move |_, _| Act::Answer(200, format!(r#"{{"valid": {answer}}}"#))).await;
        assert_eq!(verify(&basic(&server)).await.unwrap(), verdict);
        let [call] = &server.calls()[..] else { panic!("one call") };
        assert_eq!(call.path, "/api/v1/accounts/9900000/code/verify");
        assert_eq!(
            serde_json::from_str::<Value>(&call.body).unwrap(),
            json!({
                "to": "+19195551234",
                "scope": "transfer-abcdefghijklmnop",
                "expirationTimeInMinutes": 5,
                "code": "918273",
            })
        );
    }
}

#[tokio::test]
async fn a_token_is_requested_with_the_client_credentials_and_sent_with_the_call() {
    let server = Server::start(|call, _| well(call)).await;
    assert_eq!(verify(&oauth2(&server)).await.unwrap(), Verdict::Approved);
    let [token_request, called] = &server.calls()[..] else { panic!("two calls") };
    assert_eq!(token_request.path, "/api/v1/oauth2/token");
    assert_eq!(token_request.header("authorization"), Some("Basic Y2xpZW50OnNlY3JldA=="));
    assert_eq!(token_request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(token_request.body, "grant_type=client_credentials");
    assert_eq!(called.header("authorization"), Some("Bearer t-1"));
}

#[tokio::test]
async fn the_content_type_of_an_answer_is_ignored() {
    for content_type in
        ["Content-Type: text/html\r\n", "Content-Type: application/json; charset=utf-8\r\n", ""]
    {
        let server =
            Server::start(move |_, _| Act::AnswerWith(200, content_type, r#"{"valid": true}"#.into())).await;
        assert_eq!(verify(&basic(&server)).await.unwrap(), Verdict::Approved, "{content_type}");
    }
}

#[tokio::test]
async fn a_retry_after_header_is_returned() {
    let server = Server::start(|_, _| Act::AnswerWith(429, "Retry-After: 17\r\n", String::new())).await;
    let bandwidth = basic(&server);
    let kind = ProviderErrorKind::Throttled { retry_after: Duration::from_secs(17) };
    assert_eq!(verify(&bandwidth).await.unwrap_err().kind(), kind);
    assert_eq!(send(&bandwidth).await.unwrap_err().kind(), kind);
}

#[tokio::test]
async fn a_channel_without_an_application_is_rejected_before_any_call() {
    let server = Server::start(|call, _| well(call)).await;
    let bandwidth = Bandwidth::builder("9900000", Credentials::basic("user", "pass"))
        .from("+19195554321")
        .messaging_application("app-m")
        .base_url(server.base_url())
        .build()
        .unwrap();
    assert!(bandwidth.supports(Channel::Messaging) && !bandwidth.supports(Channel::Voice));
    let error = send_by(&bandwidth, Channel::Voice).await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Request);
    assert!(server.calls().is_empty());
}
