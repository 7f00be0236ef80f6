//! Number of requests for each call, and the time that a caller waits.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Instant,
};

use mfakit_core::provider::ProviderErrorKind;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpSocket},
    time::sleep,
};

use super::*;

#[tokio::test]
async fn a_written_request_is_never_sent_again() {
    let drip = Act::Drip(Duration::from_secs(10), r#"{"valid": true, "messageId": "m-1"}"#.into());
    let elsewhere = "Location: /api/v1/elsewhere\r\n";
    let throttled = ProviderErrorKind::Throttled { retry_after: Duration::from_secs(120) };
    for (name, act, kind) in [
        ("a 500", Act::answer(500, ""), ProviderErrorKind::Failed),
        ("a 503", Act::AnswerWith(503, "Retry-After: 0\r\n", String::new()), ProviderErrorKind::Failed),
        ("a 429", Act::answer(429, ""), throttled),
        ("a 408", Act::answer(408, ""), ProviderErrorKind::Failed),
        ("a 421", Act::answer(421, ""), ProviderErrorKind::Request),
        ("a 425", Act::answer(425, ""), ProviderErrorKind::Request),
        ("a 403", Act::answer(403, ""), ProviderErrorKind::Credentials),
        ("a 401 to a password", Act::answer(401, ""), ProviderErrorKind::Credentials),
        ("a redirect", Act::AnswerWith(307, elsewhere, String::new()), ProviderErrorKind::Answer),
        ("nonsense", Act::answer(200, "<html>"), ProviderErrorKind::Answer),
        ("an endless answer", Act::Endless, ProviderErrorKind::Answer),
        ("an answer that breaks off", Act::Break(200, "{".into()), ProviderErrorKind::Failed),
        ("an error response that breaks off", Act::Break(400, "{".into()), ProviderErrorKind::Request),
        ("a dropped connection", Act::Drop, ProviderErrorKind::Failed),
        ("silence", Act::Silence, ProviderErrorKind::Failed),
        ("an answer byte by byte", drip, ProviderErrorKind::Failed),
    ] {
        let is_slow = matches!(act, Act::Silence | Act::Drip(..));
        let server = Server::start(move |_, _| act.clone()).await;
        let credentials = Credentials::basic("user", "pass");
        let bandwidth = if is_slow { hurried(set_up(&server, credentials)) } else { basic(&server) };
        let started = Instant::now();
        assert_eq!(verify(&bandwidth).await.unwrap_err().kind(), kind, "verify: {name}");
        assert_eq!(send(&bandwidth).await.unwrap_err().kind(), kind, "send: {name}");
        // A busy machine may be late, but not as late as an answer that never arrives.
        assert!(started.elapsed() < Duration::from_secs(60), "{name}");
        let endpoints: Vec<_> = server.calls().iter().map(|call| call.endpoint().to_owned()).collect();
        assert_eq!(endpoints, ["verify", "messaging"], "{name}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(|call, _| well(call)).await;
    let location: &'static str = format!("Location: {}\r\n", other.base_url()).leak();
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |_, _| Act::AnswerWith(status, location, String::new())).await;
        for bandwidth in [basic(&server), oauth2(&server)] {
            let error = verify(&bandwidth).await.unwrap_err();
            assert_eq!(error.kind(), ProviderErrorKind::Answer, "{error}");
        }
    }
    assert!(other.calls().is_empty());
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_replaced() {
    let answer = |status| Act::AnswerWith(status, "Connection: close\r\n", r#"{"valid": true}"#.into());
    let server = Server::start(move |_, _| answer(200)).await;
    let bandwidth = basic(&server);
    for _ in 0..20 {
        assert_eq!(verify(&bandwidth).await.unwrap(), Verdict::Approved);
    }
    assert_eq!(server.count("verify"), 20);
}

#[tokio::test]
async fn only_a_send_is_retried_if_the_connection_was_refused() {
    for (is_send, expected_calls) in [(true, 1), (false, 0)] {
        // The port belongs to the test from the beginning, and accepts no connection until the test listens.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let bandwidth = set_up_on(&format!("http://{}", socket.local_addr().unwrap()));
        let late = tokio::spawn(async move {
            sleep(Duration::from_millis(50)).await;
            Server::on(socket.listen(1024).unwrap(), |call, _| well(call))
        });
        let outcome = if is_send {
            send(&bandwidth).await.map(drop)
        } else {
            verify(&bandwidth).await.map(drop_verdict)
        };
        let server = late.await.unwrap();
        assert_eq!(outcome.is_ok(), is_send);
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ProviderErrorKind::Unreachable);
        }
        assert_eq!(server.calls().len(), expected_calls);
    }
}

#[tokio::test]
async fn a_failed_tls_handshake_is_not_a_request_and_a_send_tries_twice() {
    for stalls in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, SeqCst);
                if stalls {
                    kept.push(stream);
                } else {
                    // Reads the greeting first, so that closing is an end and not a reset.
                    let _ = stream.read(&mut [0; 1024]).await;
                }
            }
        });
        let bandwidth = set_up_on(&format!("https://127.0.0.1:{port}"));
        let error = verify(&bandwidth).await.unwrap_err();
        assert_eq!(error.kind(), ProviderErrorKind::Unreachable, "{error:?}");
        assert_eq!(connections.swap(0, SeqCst), 1, "stalls: {stalls}");
        let error = send(&bandwidth).await.unwrap_err();
        assert_eq!(error.kind(), ProviderErrorKind::Unreachable, "{error:?}");
        assert_eq!(connections.load(SeqCst), 2, "stalls: {stalls}");
    }
}

#[tokio::test]
async fn the_timeout_of_a_call_includes_its_token_requests() {
    let server = Server::start(|call, _| match call.endpoint() {
        "token" => Act::Late(Duration::from_millis(800), 200, r#"{"access_token": "t"}"#.into()),
        _ => Act::Late(Duration::from_millis(1700), 200, r#"{"valid": true}"#.into()),
    })
    .await;
    let bandwidth = set_up(&server, Credentials::oauth2("client", "secret"))
        .timeout(Duration::from_secs(1), Duration::from_secs(2))
        .build()
        .unwrap();
    // Each answer alone would be in time.
    assert_eq!(verify(&bandwidth).await.unwrap_err().kind(), ProviderErrorKind::Failed);
    assert_eq!((server.count("token"), server.count("verify")), (1, 1));
}

fn set_up_on(base_url: &str) -> Bandwidth {
    Bandwidth::builder("9900000", Credentials::basic("user", "pass"))
        .from("+19195554321")
        .messaging_application("app-m")
        .base_url(base_url)
        .timeout(Duration::from_millis(300), Duration::from_secs(1))
        .build()
        .unwrap()
}

fn drop_verdict(verdict: Verdict) {
    let _: Verdict = verdict;
}
