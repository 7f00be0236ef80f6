//! Tests of every documented limit, on both sides of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, changed, read, send_body, verify_body};

async fn assert_rejected(fixture: &Fixture, operation: &str, name: &str, body: &Value, words: &str) {
    let response = fixture.operation(operation, body).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8", "{name}");
    let (status, answer) = read(response).await;
    assert_eq!(status, 400, "{operation}, {name}: {answer}");
    assert_eq!(answer["error"], words, "{operation}, {name}");
    assert_eq!(answer["requestId"].as_str().unwrap().len(), 36, "{name}");
}

#[tokio::test]
async fn a_send_beyond_a_limit_is_a_400_that_names_the_limit() {
    let fixture = Fixture::start().await;
    let cases = [
        ("no to", json!({"to": null}), "to number is required"),
        ("empty to", json!({"to": ""}), "to number is required"),
        ("to is not a string", json!({"to": 1}), "to number must be a string"),
        ("to without plus", json!({"to": "12025550123"}), "to number must be in E.164 format"),
        ("to as in the live tests", json!({"to": "+1invalid"}), "to number must be in E.164 format"),
        ("to of one digit", json!({"to": "+1"}), "to number must be in E.164 format"),
        ("to of sixteen digits", json!({"to": "+1234567890123456"}), "to number must be in E.164 format"),
        ("to begins with zero", json!({"to": "+0202555012"}), "to number must be in E.164 format"),
        ("no from", json!({"from": null}), "from number is required"),
        ("short code", json!({"from": "12345"}), "from number must be in E.164 format"),
        ("long from", json!({"from": "1".repeat(33)}), "from number must be at most 32 characters"),
        ("no application", json!({"applicationId": null}), "applicationId is required"),
        (
            "long application",
            json!({"applicationId": "a".repeat(51)}),
            "applicationId must be at most 50 characters",
        ),
        (
            "unknown application",
            json!({"applicationId": "not_an_application_id"}),
            "applicationId is not valid",
        ),
        ("no message", json!({"message": null}), "message is required"),
        ("message without {CODE}", json!({"message": "{NAME} {code}"}), "message must contain {CODE}"),
        (
            "long message",
            json!({"message": format!("{{CODE}}{}", "é".repeat(2043))}),
            "message must be at most 2048 characters",
        ),
        ("no digits", json!({"digits": null}), "digits is required"),
        ("three digits", json!({"digits": 3}), "digits must be an integer from 4 to 8"),
        ("nine digits", json!({"digits": 9}), "digits must be an integer from 4 to 8"),
        ("half a digit", json!({"digits": 4.5}), "digits must be an integer from 4 to 8"),
        ("digits as a string", json!({"digits": "6"}), "digits must be a number"),
        ("long scope", json!({"scope": "s".repeat(26)}), "scope must be at most 25 characters"),
        ("scope is not a string", json!({"scope": 2}), "scope must be a string"),
    ];
    for (name, change, words) in cases {
        for operation in ["messaging", "voice"] {
            assert_rejected(&fixture, operation, name, &changed(send_body(), &change), words).await;
        }
    }
    assert!(fixture.emulator.inbox().is_empty());
}

#[tokio::test]
async fn a_send_exactly_at_a_limit_is_accepted() {
    let fixture = Fixture::start().await;
    let cases = [
        ("shortest to", json!({"to": "+12"})),
        ("longest to", json!({"to": "+123456789012345"})),
        ("longest application", json!({"applicationId": "a".repeat(50)})),
        ("longest message, in characters", json!({"message": format!("{{CODE}}{}", "é".repeat(2042))})),
        ("four digits", json!({"digits": 4})),
        ("eight digits", json!({"digits": 8})),
        ("a whole number with a fraction part", json!({"digits": 6.0})),
        ("longest scope", json!({"scope": "s".repeat(25)})),
        ("a field of Bandwidth's guides", json!({"callbackUrl": "https://bank.example/sent"})),
        ("an unknown field", json!({"expirationTimeInMinutes": 99})),
    ];
    for (name, change) in cases {
        let (status, answer) = fixture.call("messaging", &changed(send_body(), &change)).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_verify_beyond_a_limit_is_a_400_that_names_the_limit() {
    let fixture = Fixture::start().await;
    let range = "expirationTimeInMinutes must be from 1 to 15";
    let cases = [
        ("no to", json!({"to": null}), "to number is required"),
        ("empty to", json!({"to": ""}), "to number is required"),
        ("bad to", json!({"to": "+1invalid"}), "to number must be in E.164 format"),
        ("no code", json!({"code": null}), "code is required"),
        ("code as a number", json!({"code": 123456}), "code must be a string"),
        ("three characters", json!({"code": "123"}), "code must be from 4 to 8 characters"),
        ("nine characters", json!({"code": "123456789"}), "code must be from 4 to 8 characters"),
        ("no expiration", json!({"expirationTimeInMinutes": null}), "expirationTimeInMinutes is required"),
        (
            "expiration as a string",
            json!({"expirationTimeInMinutes": "3"}),
            "expirationTimeInMinutes must be a number",
        ),
        ("under a minute", json!({"expirationTimeInMinutes": 0.99}), range),
        ("nothing", json!({"expirationTimeInMinutes": 0}), range),
        ("over fifteen", json!({"expirationTimeInMinutes": 15.01}), range),
        ("scope is not a string", json!({"scope": []}), "scope must be a string"),
    ];
    for (name, change, words) in cases {
        assert_rejected(&fixture, "verify", name, &changed(verify_body("123456"), &change), words).await;
    }
}

#[tokio::test]
async fn a_verify_exactly_at_a_limit_is_accepted() {
    let fixture = Fixture::start().await;
    let cases = [
        ("one minute", json!({"expirationTimeInMinutes": 1})),
        ("a fraction", json!({"expirationTimeInMinutes": 3.5})),
        ("fifteen minutes", json!({"expirationTimeInMinutes": 15.0})),
        ("four characters, digits or not", json!({"code": "abcd"})),
        ("eight characters", json!({"code": "12345678"})),
        ("fields of older SDKs", json!({"applicationId": "a", "digits": 6, "from": "+1"})),
    ];
    for (number, (name, change)) in cases.into_iter().enumerate() {
        let own_number = json!({"to": format!("+1202555013{number}")});
        let body = changed(changed(verify_body("123456"), &own_number), &change);
        let (status, answer) = fixture.call("verify", &body).await;
        assert_eq!((status, answer), (200, json!({"valid": false})), "{name}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_malformed() {
    let fixture = Fixture::start().await;
    for body in ["", "{", "[]", "\"to\"", "null", "to=%2B12025550123", "\u{feff}{}"] {
        for operation in ["messaging", "voice", "verify"] {
            let sent = fixture.operation(operation, &json!({})).body(body).send().await;
            let (status, answer) = read(sent.unwrap()).await;
            assert_eq!(
                (status, &answer["error"]),
                (400, &json!("400 Request is malformed or invalid")),
                "{body:?}"
            );
        }
    }
    let (status, answer) = fixture.call("messaging", &json!({})).await;
    assert_eq!((status, &answer["error"]), (400, &json!("to number is required")));
}

#[tokio::test]
async fn a_body_beyond_the_gateways_limit_is_a_413() {
    let fixture = Fixture::start().await;
    let (status, answer) = fixture.call("messaging", &json!({"to": "1".repeat(70_000)})).await;
    assert_eq!((status, answer), (413, json!({"message": "Request Too Long"})));
    assert_eq!(fixture.emulator.calls()[0].status, Some(413));
}

#[tokio::test]
async fn unknown_paths_and_methods_get_the_gateways_response() {
    let fixture = Fixture::start().await;
    let cases = [
        (Method::GET, "/api/v1/accounts/1/code/messaging"),
        (Method::PUT, "/api/v1/accounts/1/code/verify"),
        (Method::POST, "/api/v1/accounts/1/code/email"),
        (Method::POST, "/api/v1/accounts/1/code/verify/"),
        (Method::POST, "/api/v2/accounts/1/code/verify"),
        (Method::POST, "/api/v1/accounts//code/verify"),
        (Method::GET, "/api/v1/oauth2/token"),
        (Method::GET, "/favicon.ico"),
        (Method::POST, "/"),
    ];
    for (method, path) in cases {
        let sent =
            fixture.request(method.clone(), path).basic_auth("emulator", Some("emulator")).send().await;
        let answer = read(sent.unwrap()).await;
        assert_eq!(answer, (403, json!({"message": "Missing Authentication Token"})), "{method} {path}");
    }
}
