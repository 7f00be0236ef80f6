//! Tests of credentials and access tokens.

use std::time::Duration;

use mfakit_emulator::Emulator;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::fixture::{Fixture, read, send_body, verify_body};

fn unauthorized() -> (u16, Value) {
    (401, json!({"message": "Unauthorized"}))
}

async fn token(fixture: &Fixture) -> String {
    let sent = fixture
        .client
        .post(fixture.emulator.token_url())
        .basic_auth("emulator", Some("emulator"))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .unwrap();
    assert_eq!(sent.headers()["cache-control"], "no-store");
    let (status, answer) = read(sent).await;
    assert_eq!((status, &answer["expires_in"], &answer["token_type"]), (200, &json!(3600), &json!("Bearer")));
    answer["access_token"].as_str().unwrap().to_owned()
}

fn verify(fixture: &Fixture) -> RequestBuilder {
    fixture
        .client
        .post(format!("{}/accounts/9900000/code/verify", fixture.emulator.base_url()))
        .json(&verify_body("123456"))
}

async fn answer_to(request: RequestBuilder) -> (u16, Value) {
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn missing_or_malformed_credentials_are_a_401() {
    let fixture = Fixture::start().await;
    assert_eq!(answer_to(verify(&fixture)).await, unauthorized());
    for header in ["", "Basic", "Basic !!", "Basic ZW11bGF0b3I=", "Digest a", "Bearer", "emulator:emulator"] {
        assert_eq!(
            answer_to(verify(&fixture).header("authorization", header)).await,
            unauthorized(),
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_403_with_a_capital_m() {
    let fixture = Fixture::with(Emulator::builder().credentials("client", "s3:cret")).await;
    let denied = json!({"Message": "User is not authorized to access this resource with an explicit deny"});
    for (user, password) in [("client", "wrong"), ("emulator", "emulator"), ("client", ""), ("", "")] {
        let answer = answer_to(verify(&fixture).basic_auth(user, Some(password))).await;
        assert_eq!(answer, (403, denied.clone()), "{user}:{password}");
    }
    assert_eq!(answer_to(verify(&fixture).basic_auth("client", Some("s3:cret"))).await.0, 200);
}

#[tokio::test]
async fn credentials_are_checked_before_the_body() {
    let fixture = Fixture::start().await;
    let sent =
        fixture.request(Method::POST, "/api/v1/accounts/1/code/messaging").body("nonsense").send().await;
    assert_eq!(read(sent.unwrap()).await, unauthorized());
}

#[tokio::test]
async fn a_token_is_valid_for_an_hour_of_the_emulators_clock() {
    let fixture = Fixture::start().await;
    let first = token(&fixture).await;
    assert_eq!(answer_to(verify(&fixture).bearer_auth(&first)).await.0, 200);
    fixture.emulator.advance(Duration::from_secs(1800));
    let second = token(&fixture).await;
    assert_ne!(first, second);
    assert_eq!(
        answer_to(verify(&fixture).bearer_auth(&first)).await.0,
        200,
        "a new token does not revoke an older one"
    );

    fixture.emulator.advance(Duration::from_secs(1800));
    assert_eq!(answer_to(verify(&fixture).bearer_auth(&first)).await, unauthorized());
    assert_eq!(answer_to(verify(&fixture).bearer_auth(&second)).await.0, 200);
    assert_eq!(answer_to(verify(&fixture).bearer_auth("made-up")).await, unauthorized());
}

#[tokio::test]
async fn tokens_are_issued_on_both_paths_and_for_credentials_in_the_form() {
    let fixture = Fixture::start().await;
    let form =
        [("grant_type", "client_credentials"), ("client_id", "emulator"), ("client_secret", "emulator")];
    for path in ["/oauth2/token", "/api/v1/oauth2/token"] {
        let (status, answer) = answer_to(fixture.request(Method::POST, path).form(&form)).await;
        assert_eq!(status, 200, "{answer}");
        let token = answer["access_token"].as_str().unwrap();
        let sent =
            fixture.request(Method::POST, "/accounts/1/code/voice").bearer_auth(token).json(&send_body());
        assert_eq!(answer_to(sent).await.0, 200);
    }
}

#[tokio::test]
async fn a_rejected_token_request_has_the_error_of_rfc_6749() {
    let fixture = Fixture::start().await;
    let ask = |password: &'static str, form: &'static [(&str, &str)]| {
        let request = fixture.request(Method::POST, "/oauth2/token");
        let request =
            if password.is_empty() { request } else { request.basic_auth("emulator", Some(password)) };
        request.form(form)
    };
    let client_credentials = &[("grant_type", "client_credentials")];
    let secret_twice = &[("grant_type", "client_credentials"), ("client_secret", "emulator")];
    let cases = [
        ("wrong secret", ask("wrong", client_credentials), 401, "invalid_client"),
        ("no client", ask("", client_credentials), 401, "invalid_client"),
        ("wrong grant", ask("emulator", &[("grant_type", "password")]), 400, "unsupported_grant_type"),
        ("no grant", ask("emulator", &[]), 400, "invalid_request"),
        ("secret twice", ask("emulator", secret_twice), 400, "invalid_request"),
    ];
    for (name, request, status, error) in cases {
        let (answered, answer) = answer_to(request).await;
        assert_eq!((answered, &answer["error"]), (status, &json!(error)), "{name}");
    }
    let challenged = ask("wrong", client_credentials).send().await.unwrap();
    assert!(challenged.headers().contains_key("www-authenticate"), "RFC 6749, section 5.2");
}
