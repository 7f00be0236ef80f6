//! Tests of the protection against pages of other sites.

use reqwest::Method;
use serde_json::json;

use crate::fixture::{Fixture, read, send_body};

#[tokio::test]
async fn a_host_that_is_not_loopback_is_rejected_on_every_path() {
    let fixture = Fixture::start().await;
    let paths = [
        (Method::GET, "/"),
        (Method::GET, "/inbox"),
        (Method::GET, "/calls"),
        (Method::DELETE, "/inbox"),
        (Method::POST, "/control/clock"),
        (Method::POST, "/api/v1/accounts/1/code/messaging"),
        (Method::GET, "/nowhere"),
    ];
    for (method, path) in paths {
        for host in ["evil.example", "127.0.0.1.evil.example:4010", "127.0.0.1@evil.example", ""] {
            let sent = fixture.request(method.clone(), path).header("host", host).send().await.unwrap();
            let (status, answer) = read(sent).await;
            assert_eq!(status, 403, "{method} {path} {host}");
            assert!(answer["error"].as_str().unwrap().contains("the Host must be 127.0.0.1"), "{answer}");
        }
    }
    for host in ["localhost:4010", "127.0.0.1", "[::1]:4010"] {
        let sent = fixture.request(Method::GET, "/inbox").header("host", host).send().await.unwrap();
        assert_eq!(sent.status(), 200, "{host}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_control_the_emulator() {
    let fixture = Fixture::start().await;
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", ""] {
        let sent = fixture.request(Method::DELETE, "/inbox").header("origin", origin).send().await.unwrap();
        assert_eq!(sent.status(), 403, "{origin:?}");
    }
    let own =
        fixture.request(Method::DELETE, "/inbox").header("origin", "http://localhost:3000").send().await;
    assert_eq!(own.unwrap().status(), 204);
}

#[tokio::test]
async fn requests_from_other_sites_are_rejected_except_a_link_to_the_inbox() {
    let fixture = Fixture::start().await;
    for (method, path, site, mode, status) in [
        (Method::GET, "/inbox", "cross-site", "no-cors", 403),
        (Method::GET, "/inbox", "same-site", "cors", 403),
        (Method::DELETE, "/inbox", "cross-site", "navigate", 403),
        (Method::GET, "/inbox", "same-origin", "cors", 200),
        (Method::GET, "/", "cross-site", "navigate", 200),
        (Method::GET, "/", "none", "navigate", 200),
    ] {
        let ask = fixture
            .request(method.clone(), path)
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", mode);
        assert_eq!(ask.send().await.unwrap().status(), status, "{method} {path} {site} {mode}");
    }
}

#[tokio::test]
async fn cors_allows_nothing() {
    let fixture = Fixture::start().await;
    fixture.send(&send_body()).await;
    let sent = fixture
        .request(Method::GET, "/inbox")
        .header("origin", "http://localhost:3000")
        .send()
        .await
        .unwrap();
    assert!(!sent.headers().contains_key("access-control-allow-origin"));
    let preflight = fixture.request(Method::OPTIONS, "/control/clock").send().await.unwrap();
    assert_eq!(read(preflight).await, (405, json!({"error": "the allowed methods are POST"})));
}
