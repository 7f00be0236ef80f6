//! Several payments that a person approves with one code.

use std::fmt;

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use mfakit::{
    Action, ApprovedArgument, DeclaredScope, Mfa, MfaBuilder, MfaLayer, Policy, action::Money, require_mfa,
    testing::TestProvider,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::order::Order;

#[derive(Serialize, Deserialize, Action)]
pub struct Batch {
    #[action(amount)]
    total: Money,
    #[action(payee)]
    payees: String,
    #[action(line = "Payment")]
    payments: Vec<Payment>,
}

#[derive(Serialize, Deserialize)]
pub struct Payment {
    amount: Money,
    payee: String,
    iban: String,
}

/// The line of a payment on the challenge page.
impl fmt::Display for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}, {}", self.amount, self.payee, self.iban)
    }
}

impl Batch {
    /// Returns a batch with its total. `None` if there is no payment, or if there are several currencies.
    pub fn of(payments: Vec<Payment>) -> Option<Self> {
        let (first, rest) = payments.split_first()?;
        let mut minor = first.amount.minor();
        for payment in rest {
            if payment.amount.currency() != first.amount.currency() {
                return None;
            }
            minor = minor.checked_add(payment.amount.minor())?;
        }
        let total = Money::new(minor, first.amount.currency());
        let payees = match rest.len() {
            0 => first.payee.clone(),
            more => format!("{} and {more} more", first.payee),
        };
        Some(Self { total, payees, payments })
    }
}

/// A batch that is made of the payments in the request.
pub struct Summed(pub Batch);

impl<S: Send + Sync> FromRequest<S> for Summed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let payments = Json::<Vec<Payment>>::from_request(request, state).await;
        let Json(payments) = payments.map_err(JsonRejection::into_response)?;
        let batch = Batch::of(payments).ok_or_else(|| StatusCode::UNPROCESSABLE_ENTITY.into_response())?;
        Ok(Self(batch))
    }
}

impl ApprovedArgument for Summed {
    type Action = Batch;

    fn action(&self) -> &Batch {
        &self.0
    }

    fn of_action(batch: Batch) -> Self {
        Self(batch)
    }
}

#[require_mfa(scope = "transfer")]
async fn pay_all(#[approve] Summed(batch): Summed) -> String {
    // Book all payments in one transaction here.
    format!("booked {} payments", batch.payments.len())
}

pub fn payments_and_batches(engine: MfaBuilder) -> MfaBuilder {
    let transfer = DeclaredScope::new("transfer", "make a transfer").psd2::<Order>().psd2::<Batch>();
    engine.declare(transfer).policy(Policy::default().lock_after(5))
}

fn payments(amounts: &[&str]) -> Value {
    let payment = |(at, amount)| json!({"amount": amount, "payee": format!("Payee {at}"), "iban": "DE89"});
    amounts.iter().enumerate().map(payment).collect()
}

#[tokio::test]
async fn a_batch_is_shown_and_approved_as_a_whole() {
    let provider = TestProvider::new();
    let mfa = super::built(payments_and_batches(Mfa::builder(provider.clone(), "http://localhost")));
    let identify = async || Ok::<_, std::convert::Infallible>(super::subject(Some("Bearer alice")));
    let layer = MfaLayer::new(mfa, identify).with_routes();
    let app = Router::new().route("/batches", post(pay_all)).layer(layer);
    let ask = async |path: &str, body: &Value| {
        let request = axum::http::Request::post(path).header("content-type", "application/json");
        let request = request.header("accept", "application/json").body(Body::from(body.to_string()));
        let answer = app.clone().oneshot(request.unwrap()).await.unwrap();
        let (status, body) = (answer.status(), to_bytes(answer.into_body(), usize::MAX).await.unwrap());
        (status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    };
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();

    let batch = payments(&["100.00 EUR", "20.50 EUR", "0.01 EUR"]);
    for bad in [payments(&[]), payments(&["1.00 EUR", "1.00 USD"])] {
        assert_eq!(ask("/batches", &bad).await.0, 422, "{bad}");
    }
    let (status, rejected) = ask("/batches", &batch).await;
    assert_eq!(status, 401, "{rejected}");
    let url = read(&rejected)["challenge_url"].as_str().unwrap().to_owned();
    let (status, started) = ask(&url, &json!({"channel": "messaging"})).await;
    assert_eq!(status, 201, "{started}");
    let sent = provider.inbox().last().unwrap().clone();
    assert!(sent.message.contains("Send 120.51 EUR to Payee 0 and 2 more"), "{}", sent.message);
    let entered = json!({"challenge": read(&started)["challenge"], "code": sent.code});
    assert_eq!(ask("/mfa/transfer/verify", &entered).await.0, 200);

    for other in [
        payments(&["20.50 EUR", "100.00 EUR", "0.01 EUR"]),
        payments(&["100.00 EUR", "20.51 EUR"]),
        payments(&["100.00 EUR", "20.50 EUR", "0.00 EUR", "0.01 EUR"]),
    ] {
        assert_eq!(ask("/batches", &other).await.0, 401, "{other}");
    }
    assert_eq!(ask("/batches", &batch).await, (200, "booked 3 payments".to_owned()));
    assert_eq!(ask("/batches", &batch).await.0, 401, "again");
}

#[test]
fn each_payment_of_a_batch_has_a_line() {
    let batch = payments(&["100.00 EUR", "20.50 EUR"]);
    let batch = Batch::of(serde_json::from_value(batch).unwrap()).unwrap();
    let text = batch.words().text(&mfakit::Messages::english(), "make a transfer");
    let lines: Vec<_> = text.lines().iter().map(|line| format!("{}: {}", line.label, line.value)).collect();
    assert_eq!(
        lines,
        [
            "Amount: 120.50 EUR",
            "To: Payee 0 and 1 more",
            "Payment: 100.00 EUR to Payee 0, DE89",
            "Payment: 20.50 EUR to Payee 1, DE89",
        ]
    );
}
