//! Tests of text messages without a code.

use mfakit_emulator::{Endpoint, Fault};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, TO, changed, read, send_body};

const PATH: &str = "/api/v2/users/9900000/messages";

fn text_body() -> Value {
    json!({
        "to": [TO],
        "from": "+12025550100",
        "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
        "text": "Your phone number is being replaced."
    })
}

async fn call(fixture: &Fixture, body: &Value) -> (u16, Value) {
    let request = fixture.request(Method::POST, PATH).basic_auth("emulator", Some("emulator"));
    read(request.json(body).send().await.unwrap()).await
}

#[tokio::test]
async fn a_text_is_queued_and_kept_apart_from_the_codes() {
    let fixture = Fixture::start().await;
    let (status, answer) = call(&fixture, &text_body()).await;
    assert_eq!(status, 202, "{answer}");
    let [text] = &fixture.emulator.texts()[..] else { panic!("one text") };
    assert_eq!((answer["id"].as_str(), text.id.len()), (Some(&*text.id), 29));
    assert_eq!((&answer["to"], &answer["direction"]), (&json!([TO]), &json!("out")));
    assert!(fixture.emulator.inbox().is_empty());
    let (status, listed) = read(fixture.get("/texts").await).await;
    assert_eq!((status, &listed[0]["text"]), (200, &text_body()["text"]));
    assert_eq!(listed[0]["applicationId"], text_body()["applicationId"]);
    assert_eq!(fixture.delete("/texts").await.status(), 204);
    assert!(fixture.emulator.texts().is_empty());
    assert_eq!(fixture.emulator.calls()[0].endpoint, Endpoint::Text);
}

#[tokio::test]
async fn the_page_shows_texts_newest_first_and_only_as_text() {
    let fixture = Fixture::start().await;
    let html = fixture.get("/").await.text().await.unwrap();
    assert!(html.contains("<section id=\"texts\" hidden>"), "{html}");
    for text in ["<script>alert(1)</script>", "The second one."] {
        assert_eq!(call(&fixture, &changed(text_body(), &json!({"text": text}))).await.0, 202);
    }
    let html = fixture.get("/").await.text().await.unwrap();
    assert!(html.contains("<section id=\"texts\">") && !html.contains("<script>alert"), "{html}");
    assert!(html.find("The second one.").unwrap() < html.find("alert(1)").unwrap(), "{html}");
    let (_, newest) = read(fixture.get("/texts?newest=1").await).await;
    assert_eq!((newest.as_array().unwrap().len(), &newest[0]["text"]), (1, &json!("The second one.")));
}

#[tokio::test]
async fn every_mistake_in_a_field_is_named() {
    let fixture = Fixture::start().await;
    for (change, field, word) in [
        (json!({"to": null}), "to", "at least one"),
        (json!({"to": []}), "to", "at least one"),
        (json!({"to": ["+invalid"]}), "to", "'+invalid' must be replaced"),
        (json!({"to": [TO, TO]}), "to", "twice"),
        (json!({"from": "12"}), "from", "exactly one"),
        (json!({"from": "Twelve letters"}), "from", "exactly one"),
        (json!({"applicationId": null}), "applicationId", "required"),
        (json!({"applicationId": "not_an_application_id"}), "applicationId", "does not exist"),
        (json!({"text": null}), "text", "unless media"),
        (json!({"text": 7}), "text", "string"),
        (json!({"text": "x".repeat(2049)}), "text", "2048"),
    ] {
        let (status, answer) = call(&fixture, &changed(text_body(), &change)).await;
        assert_eq!((status, &answer["type"]), (400, &json!("request-validation")), "{change}");
        let [error] = &answer["fieldErrors"].as_array().unwrap()[..] else { panic!("{answer}") };
        assert_eq!(error["fieldName"], field, "{change}");
        assert!(error["description"].as_str().unwrap().contains(word), "{answer}");
    }
    let (_, answer) = call(&fixture, &json!({})).await;
    assert_eq!(answer["fieldErrors"].as_array().unwrap().len(), 4, "{answer}");
    for good in [
        json!({"to": TO}),
        json!({"to": [TO, "+12025550124"]}),
        json!({"from": "The Bank"}),
        json!({"text": "x".repeat(2048)}),
    ] {
        assert_eq!(call(&fixture, &changed(text_body(), &good)).await.0, 202, "{good}");
    }
    assert_eq!(fixture.emulator.texts().len(), 4);
}

#[tokio::test]
async fn credentials_and_the_content_type_are_checked() {
    let fixture = Fixture::start().await;
    let post = || fixture.request(Method::POST, PATH);
    let body = text_body().to_string();
    for (request, status, kind) in [
        (post().json(&text_body()), 401, "unauthorized"),
        (post().basic_auth("emulator", Some("wrong")).json(&text_body()), 403, "forbidden"),
        (post().basic_auth("emulator", Some("emulator")).body(body), 415, "unsupported-content-type"),
    ] {
        let (answered, answer) = read(request.send().await.unwrap()).await;
        assert_eq!((answered, &answer["type"]), (status, &json!(kind)), "{answer}");
    }
    assert!(fixture.emulator.texts().is_empty());
    let at_v1 = fixture.request(Method::POST, "/api/v1/users/9900000/messages").json(&text_body());
    assert_eq!(read(at_v1.send().await.unwrap()).await.0, 403, "it is no operation of the MFA API");
}

#[tokio::test]
async fn a_fault_of_texts_fails_no_code() {
    let fixture = Fixture::start().await;
    for (status, kind) in [(429, "too-many-requests"), (500, "internal-server-error"), (403, "forbidden")] {
        fixture.emulator.fail(Fault::on(Endpoint::Text).status(status));
        assert_eq!(fixture.call("messaging", &send_body()).await.0, 200);
        let (answered, answer) = call(&fixture, &text_body()).await;
        assert_eq!((answered, &answer["type"]), (status, &json!(kind)), "{answer}");
    }
    assert_eq!(call(&fixture, &text_body()).await.0, 202, "the faults are over");
    let fault = json!({"endpoint": "text", "drop": true, "after": true});
    assert_eq!(fixture.control("faults", &fault).await.0, 204);
    let request = fixture.request(Method::POST, PATH).basic_auth("emulator", Some("emulator"));
    assert!(request.json(&text_body()).send().await.is_err());
    assert_eq!(fixture.emulator.texts().len(), 2, "it was sent before the connection broke");
}
