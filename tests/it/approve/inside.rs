//! An approval inside a handler.

use axum::{Form, Router, body::Body, routing::post};
use mfakit::{MfaLayer, MfaRejection, RequireMfa, StepUp};
use tower::ServiceExt as _;

use super::order::Order;

async fn pay(step_up: StepUp, Form(order): Form<Order>) -> Result<String, MfaRejection> {
    if order.amount.minor() < 3000 {
        return Ok("paid without a code".to_owned());
    }
    let (order, grant) = step_up.approve(order, RequireMfa::scope("transfer")).await?;
    Ok(format!("paid {}, approved over {}", order.payee, grant.channel()))
}

#[tokio::test]
async fn a_small_payment_needs_no_code() {
    let mfa = super::engine(mfakit::testing::TestProvider::new());
    let identify = async || Ok::<_, std::convert::Infallible>(super::subject(Some("Bearer alice")));
    let app = Router::new().route("/pay", post(pay)).layer(MfaLayer::new(mfa, identify));
    for (amount, status) in [("29.99", 200), ("30", 401)] {
        let form = format!("amount={amount}+EUR&payee=ACME&reference=1&account=1");
        let request =
            axum::http::Request::post("/pay").header("content-type", "application/x-www-form-urlencoded");
        let answer = app.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{amount}");
    }
}
