//! Apps of `docs/approve.md`. Its code is taken from these files.

#![allow(unreachable_pub, reason = "the page shows it as an app writes it")]

mod actix;
mod axum;
mod batch;
mod inside;
mod ledger;
mod order;
mod own_extractor;
mod profile;
mod program;
mod words;

use mfakit::{
    Mfa, MfaBuilder, Subject,
    testing::{HttpCall, HttpReply, TestProvider},
};
use serde_json::{Value, json};

use crate::shown_code::assert_shown;

#[test]
fn the_code_of_the_page_is_tested_here() {
    assert_shown(
        include_str!("../../../docs/approve.md"),
        &[
            ("order", include_str!("order.rs")),
            ("ledger", include_str!("ledger.rs")),
            ("axum", include_str!("axum.rs")),
            ("actix", include_str!("actix.rs")),
            ("own_extractor", include_str!("own_extractor.rs")),
            ("inside", include_str!("inside.rs")),
            ("words", include_str!("words.rs")),
            ("batch", include_str!("batch.rs")),
            ("profile", include_str!("profile.rs")),
            ("program", include_str!("program.rs")),
        ],
    );
}

/// Builds the engine of the page.
fn engine(provider: TestProvider) -> Mfa {
    built(profile::payments(Mfa::builder(provider, "http://localhost")))
}

fn built(builder: MfaBuilder) -> Mfa {
    builder
        .directory(async |_: mfakit::UserId| mfakit::PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap()
}

/// Recognizes the caller by a bearer token, which is the name of the user.
fn subject(token: Option<&str>) -> Option<Subject> {
    let user = token?.strip_prefix("Bearer ")?;
    Some(Subject::bearer(user, user))
}

/// Approves a payment and makes it, by its value and by its id. Asserts that each is booked once.
async fn walk(provider: &TestProvider, app: impl AsyncFn(HttpCall) -> HttpReply) {
    let order = "amount=100.00+EUR&payee=ACME+Ltd&reference=2026-17&account=checking";
    let other = &order.replace("100.00", "100.01");
    let form =
        async |path: &str, body: &str| app(call(path, "application/x-www-form-urlencoded", body)).await;
    let approve = async || {
        let rejected = form("/transfer", order).await;
        assert_eq!(rejected.status, 401, "{}", rejected.body);
        let problem: Value = serde_json::from_str(&rejected.body).unwrap();
        let url = problem["challenge_url"].as_str().unwrap().to_owned();
        let started = app(call(&url, "application/json", &json!({"channel": "messaging"}).to_string())).await;
        assert_eq!(started.status, 201, "{}", started.body);
        let challenge: Value = serde_json::from_str(&started.body).unwrap();
        let sent = provider.inbox().last().unwrap().clone();
        assert!(sent.message.contains("Send 100.00 EUR to ACME Ltd"), "{}", sent.message);
        let entered = json!({"challenge": challenge["challenge"], "code": sent.code}).to_string();
        let verified = app(call("/mfa/transfer/verify", "application/json", &entered)).await;
        assert_eq!(verified.status, 200, "{}", verified.body);
        problem["approval"].as_str().unwrap().to_owned()
    };

    let first = approve().await;
    assert_eq!(form("/transfer", other).await.status, 401, "another amount");
    let booked = form("/transfer", order).await;
    assert_eq!((booked.status, booked.body.as_str()), (200, format!("booked as {first}").as_str()));
    assert_eq!(form("/transfer", order).await.status, 401, "again");

    let second = approve().await;
    assert_ne!(first, second);
    let by_id = format!("/transfer?mfa-approval={second}");
    let booked = form(&by_id, other).await;
    assert_eq!((booked.status, booked.body.as_str()), (200, format!("booked as {second}").as_str()));
    assert_eq!(form(&by_id, order).await.status, 410, "the same id again");
}

fn call(path: &str, media_type: &str, body: &str) -> HttpCall {
    let call = HttpCall::new("POST", path).body(body).header("content-type", media_type);
    call.header("authorization", "Bearer alice").header("accept", "application/json")
}
