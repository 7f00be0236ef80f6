//! The page a person reads.

use serde_json::json;

use crate::desk::{Desk, changed, send_body};

#[tokio::test]
async fn an_empty_inbox_says_what_to_do() {
    let desk = Desk::start().await;
    let html = desk.get("/").await.text().await.unwrap();
    assert!(html.contains("No code yet") && html.contains(&desk.emulator.base_url()), "{html}");
    for (name, value) in desk.emulator.environment() {
        assert!(html.contains(&format!("{name}={value}\n")), "{name} in {html}");
    }
    assert!(html.contains("<section id=\"empty\">"));
}

#[tokio::test]
async fn messages_stand_newest_first_and_as_nothing_but_text() {
    let desk = Desk::start().await;
    let first = desk.send(&send_body()).await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'& {CODE}";
    let second = desk.send(&changed(send_body(), &json!({"message": hostile, "scope": "</dd><b>x"}))).await;

    let html = desk.get("/").await.text().await.unwrap();
    assert!(html.contains("<section id=\"empty\" hidden>"));
    let (newer, older) = (html.find(&second.id).unwrap(), html.find(&first.id).unwrap());
    assert!(newer < older);
    assert!(html.contains(&format!("<output>{}</output>", second.code)));
    for markup in ["<script>alert", "<img", "<b>x", "</dd><b"] {
        assert!(!html.contains(markup), "{markup} in {html}");
    }
    assert!(html.contains("alert(1)"), "the text itself is there to read");
}

#[tokio::test]
async fn the_page_runs_only_its_own_two_files() {
    let desk = Desk::start().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/inbox.css", "text/css; charset=utf-8"),
        ("/inbox.js", "text/javascript; charset=utf-8"),
    ] {
        let response = desk.get(path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let html = desk.get("/").await.text().await.unwrap();
    assert!(!html.contains("style=") && !html.contains("onclick"));
    assert_eq!(html.matches("<script").count(), 1);
    let script = desk.get("/inbox.js").await.text().await.unwrap();
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(markup), "{markup}");
    }
}
