//! Tests of a bound route.

use axum::{Json, Router, http::HeaderMap, routing::post};
use mfakit::{
    Action, DeclaredScope, Mfa, MfaBuilder, MfaLayer, MfaProvider, Policy, Subject,
    action::Money,
    require_mfa,
    testing::{Confirm, HttpCall, TestProvider, on_tower},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::app::step_up;

#[derive(Clone, Serialize, Deserialize, Action)]
struct Payment {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    payee: String,
}

#[require_mfa(scope = "payment")]
async fn pay(#[approve] Json(payment): Json<Payment>) -> String {
    format!("{} to {}", payment.amount, payment.payee)
}

fn payments(provider: impl MfaProvider) -> MfaBuilder {
    step_up(provider, "http://localhost")
        .declare(DeclaredScope::new("payment", "make a payment").psd2::<Payment>())
}

fn app(mfa: Mfa) -> Router {
    let identify = async |headers: HeaderMap| {
        let user =
            headers.get("authorization").and_then(|token| token.to_str().ok()?.strip_prefix("Bearer "));
        Ok::<_, std::convert::Infallible>(user.map(|user| Subject::bearer(user, user)))
    };
    Router::new().route("/payments", post(pay)).layer(MfaLayer::new(mfa, identify).with_routes())
}

fn payment(amount: &str) -> Payment {
    Payment { amount: amount.parse().unwrap(), payee: "ACME Ltd".to_owned() }
}

/// A request of alice to pay.
fn paying(payment: &Payment) -> HttpCall {
    let call = HttpCall::new("POST", "/payments").body(serde_json::to_string(payment).unwrap());
    call.header("authorization", "Bearer alice").header("content-type", "application/json")
}

#[tokio::test]
async fn an_approved_payment_passes_once_and_another_amount_does_not() {
    let mfa = payments(TestProvider::new()).policy(Policy::for_tests()).build().unwrap();
    mfa.testing().approve_user("alice", "payment", &payment("100.00 EUR"));
    let send = on_tower(app(mfa));
    assert_eq!(send(paying(&payment("100.01 EUR"))).await.unwrap().status, 401);
    assert_eq!(send(paying(&payment("100.00 EUR"))).await.unwrap().body, "100.00 EUR to ACME Ltd");
    assert_eq!(send(paying(&payment("100.00 EUR"))).await.unwrap().status, 401);
}

#[tokio::test]
async fn the_message_names_the_payment_and_its_code_lets_it_pass() {
    let provider = TestProvider::new();
    let mfa = payments(provider.clone()).policy(Policy::for_tests()).build().unwrap();
    let (send, payment) = (on_tower(app(mfa)), payment("100.00 EUR"));
    let rejected = send(paying(&payment)).await.unwrap();
    let problem: Value = serde_json::from_str(&rejected.body).unwrap();

    let confirm = Confirm::new("payment").bearer("alice").approval(problem["approval"].as_str().unwrap());
    confirm.run(&provider, &send).await.unwrap();
    assert!(provider.inbox()[0].message.contains("Send 100.00 EUR to ACME Ltd"));
    assert_eq!(send(paying(&payment)).await.unwrap().status, 200);
}
