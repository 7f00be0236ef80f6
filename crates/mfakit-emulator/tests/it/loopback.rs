//! Pages of other sites get nothing out of it.

use reqwest::Method;
use serde_json::json;

use crate::desk::{Desk, read, send_body};

#[tokio::test]
async fn a_host_that_is_not_loopback_is_refused_on_every_path() {
    let desk = Desk::start().await;
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
            let sent = desk.request(method.clone(), path).header("host", host).send().await.unwrap();
            let (status, answer) = read(sent).await;
            assert_eq!(status, 403, "{method} {path} {host}");
            assert!(answer["error"].as_str().unwrap().contains("answers only to 127.0.0.1"), "{answer}");
        }
    }
    for host in ["localhost:4010", "127.0.0.1", "[::1]:4010"] {
        let sent = desk.request(Method::GET, "/inbox").header("host", host).send().await.unwrap();
        assert_eq!(sent.status(), 200, "{host}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_orders() {
    let desk = Desk::start().await;
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", ""] {
        let sent = desk.request(Method::DELETE, "/inbox").header("origin", origin).send().await.unwrap();
        assert_eq!(sent.status(), 403, "{origin:?}");
    }
    let own = desk.request(Method::DELETE, "/inbox").header("origin", "http://localhost:3000").send().await;
    assert_eq!(own.unwrap().status(), 204);
}

#[tokio::test]
async fn what_a_browser_calls_foreign_is_refused_but_for_a_link_to_the_inbox() {
    let desk = Desk::start().await;
    for (method, path, site, mode, status) in [
        (Method::GET, "/inbox", "cross-site", "no-cors", 403),
        (Method::GET, "/inbox", "same-site", "cors", 403),
        (Method::DELETE, "/inbox", "cross-site", "navigate", 403),
        (Method::GET, "/inbox", "same-origin", "cors", 200),
        (Method::GET, "/", "cross-site", "navigate", 200),
        (Method::GET, "/", "none", "navigate", 200),
    ] {
        let ask =
            desk.request(method.clone(), path).header("sec-fetch-site", site).header("sec-fetch-mode", mode);
        assert_eq!(ask.send().await.unwrap().status(), status, "{method} {path} {site} {mode}");
    }
}

#[tokio::test]
async fn nothing_is_allowed_across_origins() {
    let desk = Desk::start().await;
    desk.send(&send_body()).await;
    let sent =
        desk.request(Method::GET, "/inbox").header("origin", "http://localhost:3000").send().await.unwrap();
    assert!(!sent.headers().contains_key("access-control-allow-origin"));
    let preflight = desk.request(Method::OPTIONS, "/control/clock").send().await.unwrap();
    assert_eq!(read(preflight).await, (405, json!({"error": "this path takes POST"})));
}
