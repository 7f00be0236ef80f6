//! Failures on order.

use std::time::{Duration, Instant};

use mfakit_emulator::{Endpoint, Fault};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::desk::{Desk, read, send_body, verify_body};

#[tokio::test]
async fn a_fault_answers_its_status_and_body_so_many_times_and_does_nothing_else() {
    let desk = Desk::start().await;
    let order = json!({"endpoint": "messaging", "status": 418, "body": {"odd": true}, "times": 2,
                       "headers": {"Retry-After": "7"}});
    assert_eq!(desk.control("faults", &order).await.0, 204);
    for time in 1..=2 {
        let response = desk.operation("messaging", &send_body()).send().await.unwrap();
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(read(response).await, (418, json!({"odd": true})), "time {time}");
    }
    assert!(desk.emulator.inbox().is_empty());
    assert_eq!(desk.ask("messaging", &send_body()).await.0, 200, "the fault is used up");
}

#[tokio::test]
async fn a_fault_without_a_body_has_the_documented_one() {
    let desk = Desk::start().await;
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
        desk.control("faults", &json!({"endpoint": "verify", "status": status})).await;
        let (answered, body) = desk.ask("verify", &verify_body("1234")).await;
        assert_eq!((answered, &body[field]), (expected, &words), "{status:?}");
    }
}

#[tokio::test]
async fn a_text_for_a_body_goes_out_raw() {
    let desk = Desk::start().await;
    let html = "<html><h1>502 Bad Gateway</h1></html>";
    let cases = [
        (html, "text/html; charset=utf-8"),
        ("upstream gone", "text/plain; charset=utf-8"),
        ("", "text/plain; charset=utf-8"),
    ];
    for (body, content_type) in cases {
        desk.emulator.fail(Fault::on(Endpoint::Verify).status(502).body(body));
        let response = desk.operation("verify", &verify_body("1234")).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.text().await.unwrap(), body);
    }
    desk.emulator.fail(
        Fault::on(Endpoint::Verify)
            .status(200)
            .body("{\"valid\":tr")
            .header("content-type", "application/json"),
    );
    let response = desk.operation("verify", &verify_body("1234")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json::<serde_json::Value>().await.unwrap_err();
}

#[tokio::test]
async fn a_dropped_connection_is_an_error_to_the_client_and_not_an_answer() {
    let desk = Desk::start().await;
    // A fresh connection and one that is reused: neither may be quietly tried again.
    for warm in [false, true] {
        if warm {
            assert_eq!(desk.ask("messaging", &send_body()).await.0, 200);
        }
        desk.emulator.clear_inbox();
        desk.emulator.clear_calls();
        desk.control("faults", &json!({"endpoint": "messaging", "drop": true})).await;
        let error = desk.operation("messaging", &send_body()).send().await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout() && error.status().is_none(), "{error:?}");
        let calls = desk.emulator.calls();
        assert_eq!((calls.len(), calls[0].status), (1, None));
        assert!(desk.emulator.inbox().is_empty());
    }
}

#[tokio::test]
async fn not_a_byte_is_written_before_a_connection_is_dropped() {
    let desk = Desk::start().await;
    desk.emulator.fail(Fault::on(Endpoint::Verify).drop_connection().times(2));
    for _ in 0..2 {
        let mut stream = TcpStream::connect(("127.0.0.1", desk.emulator.port())).await.unwrap();
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
async fn a_send_can_be_accepted_and_its_answer_lost() {
    let desk = Desk::start().await;
    desk.control("faults", &json!({"endpoint": "messaging", "drop": true, "after": true})).await;
    desk.operation("messaging", &send_body()).send().await.unwrap_err();
    let inbox = desk.emulator.inbox();
    assert_eq!(inbox.len(), 1);
    let (_, answer) = desk.ask("verify", &verify_body(&inbox[0].code)).await;
    assert_eq!(answer, json!({"valid": true}));

    desk.emulator.fail(Fault::on(Endpoint::Voice).status(503).after());
    assert_eq!(desk.ask("voice", &send_body()).await.0, 503);
    assert_eq!(desk.emulator.inbox().len(), 2);

    desk.emulator.fail(Fault::on(Endpoint::Voice).delay(Duration::from_secs(600)).after());
    let waiting = tokio::spawn(desk.operation("voice", &send_body()).send());
    // Sent at once; only the answer is late.
    until(|| desk.emulator.inbox().len() == 3).await;
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_delay_alone_ends_in_the_right_answer() {
    let desk = Desk::start().await;
    desk.control("faults", &json!({"endpoint": "messaging", "delay_ms": 150})).await;
    let asked = Instant::now();
    assert_eq!(desk.ask("messaging", &send_body()).await.0, 200);
    assert!(asked.elapsed() >= Duration::from_millis(150));
    assert_eq!(desk.emulator.inbox().len(), 1);

    desk.control("faults", &json!({"endpoint": "messaging", "delay_ms": 150, "status": 503})).await;
    let asked = Instant::now();
    assert_eq!(desk.ask("messaging", &send_body()).await.0, 503);
    assert!(asked.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_call_runs_to_its_end_though_the_client_stopped_waiting() {
    let desk = Desk::start().await;
    desk.emulator.fail(Fault::on(Endpoint::Messaging).delay(Duration::from_secs(1)));
    let impatient = tokio::spawn(desk.operation("messaging", &send_body()).send());
    until(|| desk.emulator.calls().len() == 1).await;
    impatient.abort();
    until(|| desk.emulator.inbox().len() == 1).await;
}

/// Waits until the condition holds.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes in time");
}

#[tokio::test]
async fn faults_come_before_credentials_and_reach_the_token_endpoint() {
    let desk = Desk::start().await;
    desk.control("faults", &json!({"endpoint": "token", "status": 503})).await;
    let sent = desk.client.post(desk.emulator.token_url()).send().await.unwrap();
    assert_eq!(sent.status(), 503);
    assert_eq!(desk.emulator.calls()[0].endpoint, Endpoint::Token);
}

#[tokio::test]
async fn faults_can_be_taken_back() {
    let desk = Desk::start().await;
    desk.control("faults", &json!({"endpoint": "voice", "times": 100})).await;
    assert_eq!(desk.delete("/control/faults").await.status(), 204);
    assert_eq!(desk.ask("voice", &send_body()).await.0, 200);

    desk.emulator.fail(Fault::on(Endpoint::Voice).times(100));
    desk.emulator.clear_faults();
    assert_eq!(desk.ask("voice", &send_body()).await.0, 200);
}

#[tokio::test]
async fn a_bad_order_is_a_400_that_says_what_to_write() {
    let desk = Desk::start().await;
    let cases = [
        ("faults", json!({"status": 500}), "\"endpoint\":\"messaging|voice|verify|token\""),
        ("faults", json!({"endpoint": "verify", "staus": 500}), "staus"),
        ("faults", json!({"endpoint": "verify", "status": 1000}), "from 200 to 599"),
        ("clock", json!({}), "{\"advance_s\":600}"),
        ("clock", json!({"advance_s": -1}), "never goes back"),
        ("clock", json!({"advance_s": 1e300}), "advance_s must be from 0"),
        ("clock", json!({"advance_s": 1, "advance": 2}), "{\"advance_s\":600}"),
    ];
    for (control, body, words) in cases {
        let (status, answer) = desk.control(control, &body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
    }
    let wrong = desk.get("/control/faults").await;
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["allow"], "POST, DELETE");
}
