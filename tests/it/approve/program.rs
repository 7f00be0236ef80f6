//! A whole program with a bound guard.

#![allow(dead_code, reason = "the test has its own server")]

use std::{convert::Infallible, error::Error};

use axum::{Json, Router, http::HeaderMap, routing::post};
use mfakit::{
    Action, Approved, BuildError, DeclaredScope, Mfa, MfaLayer, MfaProvider, PhoneNumber, Policy, Subject,
    UserId, action::Money, bandwidth::Bandwidth, require_mfa,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Debug, Serialize, Deserialize, Action)]
struct Payment {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    payee: String,
    #[action(line = "Account")]
    iban: String,
}

#[derive(Serialize)]
struct Booked {
    approval: String,
    payment: Payment,
}

#[require_mfa(scope = "payment")]
async fn pay(Approved(approval): Approved, #[approve] Json(payment): Json<Payment>) -> Json<Booked> {
    // Book the payment here, under this key.
    Json(Booked { approval: approval.id.to_string(), payment })
}

/// Stands in for your tokens: the token is the name of the user.
async fn identify(headers: HeaderMap) -> Result<Option<Subject>, Infallible> {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    Ok(token.map(|user| Subject::bearer(user, user)))
}

/// Stands in for a table of your users.
async fn phone_book(_: UserId) -> Result<Option<PhoneNumber>, Infallible> {
    Ok(PhoneNumber::new("+19195551234").ok())
}

fn engine(provider: impl MfaProvider, origin: &str) -> Result<Mfa, BuildError> {
    Mfa::builder(provider, origin)
        .name("Example Bank")
        .declare(DeclaredScope::new("payment", "make a payment").psd2::<Payment>())
        .policy(Policy::default().lock_after(5))
        .directory(phone_book)
        .messaging_to(["US"])
        .build()
}

fn app(mfa: Mfa) -> Router {
    let layer = MfaLayer::new(mfa, identify).with_routes();
    Router::new().route("/payments", post(pay)).layer(layer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mfa = engine(Bandwidth::from_env()?, "http://localhost:3000")?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(mfa)).await?;
    Ok(())
}

mod tests {
    use mfakit::testing::{HttpCall, HttpReply, TestProvider, on_tower};
    use serde_json::{Value, json};

    use super::{app, engine};

    /// Returns the JSON of a reply with this status.
    fn json_of(reply: &HttpReply, status: u16) -> Value {
        assert_eq!(reply.status, status, "{}", reply.body);
        serde_json::from_str(&reply.body).unwrap()
    }

    #[tokio::test]
    async fn the_program_makes_a_payment_in_four_requests() {
        let provider = TestProvider::new();
        let send = on_tower(app(engine(provider.clone(), "http://localhost:3000").unwrap()));
        let post = async |path: &str, body: &Value| {
            let call = HttpCall::new("POST", path).header("authorization", "Bearer alice");
            send(call.header("content-type", "application/json").body(body.to_string())).await.unwrap()
        };
        let payment = json!({"amount": "100.00 EUR", "payee": "ACME Ltd", "iban": "DE89370400440532013000"});

        let rejected = json_of(&post("/payments", &payment).await, 401);
        let url = rejected["challenge_url"].as_str().unwrap();
        assert_eq!(
            url,
            format!("/mfa/payment/challenge?approval={}", rejected["approval"].as_str().unwrap())
        );
        let sent = json_of(&post(url, &json!({"channel": "messaging"})).await, 201);
        let (code, message) = (provider.last_code().unwrap(), provider.inbox().pop().unwrap().message);
        assert!(message.starts_with("Example Bank code ") && message.contains("Send 100.00 EUR to ACME Ltd"));
        let entered = json!({"challenge": sent["challenge"], "code": code});
        let verified = json_of(&post("/mfa/payment/verify", &entered).await, 200);
        assert_eq!(verified["approval"], rejected["approval"]);
        let booked = json_of(&post("/payments", &payment).await, 200);
        assert_eq!(booked["approval"], rejected["approval"]);
        assert_eq!(booked["payment"]["payee"], "ACME Ltd");
        json_of(&post("/payments", &payment).await, 401);
    }
}
