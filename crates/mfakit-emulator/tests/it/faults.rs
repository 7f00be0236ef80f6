//! Tests of injected failures.

use std::time::{Duration, Instant};

use mfakit_emulator::{Endpoint, Fault};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::fixture::{Fixture, read, send_body, verify_body};

#[tokio::test]
async fn a_fault_returns_its_status_and_body_a_number_of_times_and_does_nothing_else() {
    let fixture = Fixture::start().await;
    let fault = json!({"endpoint": "messaging", "status": 418, "body": {"odd": true}, "times": 2,
                       "headers": {"Retry-After": "7"}});
    assert_eq!(fixture.control("faults", &fault).await.0, 204);
    for time in 1..=2 {
        let response = fixture.operation("messaging", &send_body()).send().await.unwrap();
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(read(response).await, (418, json!({"odd": true})), "time {time}");
    }
    assert!(fixture.emulator.inbox().is_empty());
    assert_eq!(fixture.call("messaging", &send_body()).await.0, 200, "the fault has no calls left");
}

#[tokio::test]
async fn a_fault_without_a_body_returns_the_documented_one() {
    let fixture = Fixture::start().await;
    let cases = [
        (None, 500, "error", json!("Internal Error")),
        (Some(500), 500, "error", json!("Internal Error")),
        (Some(401), 401, "message", json!("Unauthorized")),
        (
            Some(429),
            429,
            "error",
            json!("This number has exceeded verification attempts, please wait 2 minutes"),
        ),
        (Some(200), 200, "valid", json!(null)),
    ];
    for (status, expected, field, words) in cases {
        fixture.control("faults", &json!({"endpoint": "verify", "status": status})).await;
        let (answered, body) = fixture.call("verify", &verify_body("1234")).await;
        assert_eq!((answered, &body[field]), (expected, &words), "{status:?}");
    }
}

#[tokio::test]
async fn a_text_body_is_sent_as_it_is() {
    let fixture = Fixture::start().await;
    let html = "<html><h1>502 Bad Gateway</h1></html>";
    let cases = [
        (html, "text/html; charset=utf-8"),
        ("upstream gone", "text/plain; charset=utf-8"),
        ("", "text/plain; charset=utf-8"),
    ];
    for (body, content_type) in cases {
        fixture.emulator.fail(Fault::on(Endpoint::Verify).status(502).body(body));
        let response = fixture.operation("verify", &verify_body("1234")).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.text().await.unwrap(), body);
    }
    fixture.emulator.fail(
        Fault::on(Endpoint::Verify)
            .status(200)
            .body("{\"valid\":tr")
            .header("content-type", "application/json"),
    );
    let response = fixture.operation("verify", &verify_body("1234")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json::<serde_json::Value>().await.unwrap_err();
}

#[tokio::test]
async fn a_dropped_connection_is_an_error_without_a_response_to_the_client() {
    let fixture = Fixture::start().await;
    // Try a new connection and a reused one. The client must not silently retry either.
    for warm in [false, true] {
        if warm {
            assert_eq!(fixture.call("messaging", &send_body()).await.0, 200);
        }
        fixture.emulator.clear_inbox();
        fixture.emulator.clear_calls();
        fixture.control("faults", &json!({"endpoint": "messaging", "drop": true})).await;
        let error = fixture.operation("messaging", &send_body()).send().await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout() && error.status().is_none(), "{error:?}");
        let calls = fixture.emulator.calls();
        assert_eq!((calls.len(), calls[0].status), (1, None));
        assert!(fixture.emulator.inbox().is_empty());
    }
}

#[tokio::test]
async fn a_connection_is_dropped_without_writing_a_byte() {
    let fixture = Fixture::start().await;
    fixture.emulator.fail(Fault::on(Endpoint::Verify).drop_connection().times(2));
    for _ in 0..2 {
        let mut stream = TcpStream::connect(("127.0.0.1", fixture.emulator.port())).await.unwrap();
        let request =
            "POST /accounts/1/code/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read =
            tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await.unwrap();
        assert_eq!((read.unwrap(), answer), (0, vec![]));
    }
}

#[tokio::test]
async fn a_send_can_be_accepted_and_its_response_lost() {
    let fixture = Fixture::start().await;
    fixture.control("faults", &json!({"endpoint": "messaging", "drop": true, "after": true})).await;
    fixture.operation("messaging", &send_body()).send().await.unwrap_err();
    let inbox = fixture.emulator.inbox();
    assert_eq!(inbox.len(), 1);
    let (_, answer) = fixture.call("verify", &verify_body(&inbox[0].code)).await;
    assert_eq!(answer, json!({"valid": true}));

    fixture.emulator.fail(Fault::on(Endpoint::Voice).status(503).after());
    assert_eq!(fixture.call("voice", &send_body()).await.0, 503);
    assert_eq!(fixture.emulator.inbox().len(), 2);

    fixture.emulator.fail(Fault::on(Endpoint::Voice).delay(Duration::from_secs(600)).after());
    let waiting = tokio::spawn(fixture.operation("voice", &send_body()).send());
    // The code is sent at once. Only the response is late.
    until(|| fixture.emulator.inbox().len() == 3).await;
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_delay_alone_ends_in_the_correct_response() {
    let fixture = Fixture::start().await;
    fixture.control("faults", &json!({"endpoint": "messaging", "delay_ms": 150})).await;
    let asked = Instant::now();
    assert_eq!(fixture.call("messaging", &send_body()).await.0, 200);
    assert!(asked.elapsed() >= Duration::from_millis(150));
    assert_eq!(fixture.emulator.inbox().len(), 1);

    fixture.control("faults", &json!({"endpoint": "messaging", "delay_ms": 150, "status": 503})).await;
    let asked = Instant::now();
    assert_eq!(fixture.call("messaging", &send_body()).await.0, 503);
    assert!(asked.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_call_runs_to_completion_even_if_the_client_disconnects() {
    let fixture = Fixture::start().await;
    fixture.emulator.fail(Fault::on(Endpoint::Messaging).delay(Duration::from_secs(1)));
    let impatient = tokio::spawn(fixture.operation("messaging", &send_body()).send());
    until(|| fixture.emulator.calls().len() == 1).await;
    impatient.abort();
    until(|| fixture.emulator.inbox().len() == 1).await;
}

/// Waits until the condition holds.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the condition holds in time");
}

#[tokio::test]
async fn faults_apply_before_credentials_and_to_the_token_endpoint() {
    let fixture = Fixture::start().await;
    fixture.control("faults", &json!({"endpoint": "token", "status": 503})).await;
    let sent = fixture.client.post(fixture.emulator.token_url()).send().await.unwrap();
    assert_eq!(sent.status(), 503);
    assert_eq!(fixture.emulator.calls()[0].endpoint, Endpoint::Token);
}

#[tokio::test]
async fn faults_can_be_removed() {
    let fixture = Fixture::start().await;
    fixture.control("faults", &json!({"endpoint": "voice", "times": 100})).await;
    assert_eq!(fixture.delete("/control/faults").await.status(), 204);
    assert_eq!(fixture.call("voice", &send_body()).await.0, 200);

    fixture.emulator.fail(Fault::on(Endpoint::Voice).times(100));
    fixture.emulator.clear_faults();
    assert_eq!(fixture.call("voice", &send_body()).await.0, 200);
}

#[tokio::test]
async fn an_invalid_control_request_is_a_400_that_states_what_to_write() {
    let fixture = Fixture::start().await;
    let cases = [
        ("faults", json!({"status": 500}), "\"endpoint\":\"messaging|voice|verify|token|text\""),
        ("faults", json!({"endpoint": "verify", "staus": 500}), "staus"),
        ("faults", json!({"endpoint": "verify", "status": 1000}), "from 200 to 599"),
        ("clock", json!({}), "{\"advance_s\":600}"),
        ("clock", json!({"advance_s": -1}), "never goes back"),
        ("clock", json!({"advance_s": 1e300}), "advance_s must be from 0"),
        ("clock", json!({"advance_s": 1, "advance": 2}), "{\"advance_s\":600}"),
    ];
    for (control, body, words) in cases {
        let (status, answer) = fixture.control(control, &body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
    }
    let wrong = fixture.get("/control/faults").await;
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["allow"], "POST, DELETE");
}
