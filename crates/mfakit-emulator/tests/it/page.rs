//! Tests of the inbox page.

use serde_json::json;

use crate::fixture::{Fixture, changed, send_body};

#[tokio::test]
async fn an_empty_inbox_states_what_to_do() {
    let fixture = Fixture::start().await;
    let html = fixture.get("/").await.text().await.unwrap();
    assert!(html.contains("No codes yet") && html.contains(&fixture.emulator.base_url()), "{html}");
    for (name, value) in fixture.emulator.environment() {
        assert!(html.contains(&format!("{name}={value}\n")), "{name} in {html}");
    }
    assert!(html.contains("<section id=\"empty\">"));
}

#[tokio::test]
async fn messages_are_shown_newest_first_and_only_as_text() {
    let fixture = Fixture::start().await;
    let first = fixture.send(&send_body()).await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'& {CODE}";
    let second =
        fixture.send(&changed(send_body(), &json!({"message": hostile, "scope": "</dd><b>x"}))).await;

    let html = fixture.get("/").await.text().await.unwrap();
    assert!(html.contains("<section id=\"empty\" hidden>"));
    let (newer, older) = (html.find(&second.id).unwrap(), html.find(&first.id).unwrap());
    assert!(newer < older);
    assert!(html.contains(&format!("<output>{}</output>", second.code)));
    for markup in ["<script>alert", "<img", "<b>x", "</dd><b"] {
        assert!(!html.contains(markup), "{markup} in {html}");
    }
    assert!(html.contains("alert(1)"), "the text itself is shown");
}

#[tokio::test]
async fn the_page_loads_only_its_own_two_files() {
    let fixture = Fixture::start().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/inbox.css", "text/css; charset=utf-8"),
        ("/inbox.js", "text/javascript; charset=utf-8"),
    ] {
        let response = fixture.get(path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let html = fixture.get("/").await.text().await.unwrap();
    assert!(!html.contains("style=") && !html.contains("onclick"));
    assert_eq!(html.matches("<script").count(), 1);
    let script = fixture.get("/inbox.js").await.text().await.unwrap();
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(markup), "{markup}");
    }
}
