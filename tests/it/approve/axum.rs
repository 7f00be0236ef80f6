//! A payment on axum.

use std::convert::Infallible;

use axum::{Form, Router, body::Body, extract::State, http::HeaderMap, routing::post};
use mfakit::{
    Approved, Mfa, MfaLayer, require_mfa,
    testing::{HttpCall, HttpReply, TestProvider},
};
use tower::ServiceExt as _;

use super::{engine, ledger::Ledger, order::Order, subject, walk};

#[require_mfa(scope = "transfer")]
async fn transfer(
    State(ledger): State<Ledger>,
    Approved(approval): Approved,
    #[approve] Form(order): Form<Order>,
) -> String {
    ledger.book(approval.id, order);
    format!("booked as {}", approval.id)
}

fn app(mfa: Mfa) -> Router {
    let identify = async |headers: HeaderMap| {
        let token = headers.get("authorization").and_then(|token| token.to_str().ok());
        Ok::<_, Infallible>(subject(token))
    };
    Router::new()
        .route("/transfer", post(transfer))
        .with_state(Ledger::default())
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify))
}

#[tokio::test]
async fn a_payment_is_approved_and_booked_once_on_axum() {
    let provider = TestProvider::new();
    let app = app(engine(provider.clone()));
    walk(&provider, async |call: HttpCall| send(&app, call).await).await;
}

async fn send(app: &Router, call: HttpCall) -> HttpReply {
    let mut request = axum::http::Request::builder().method(call.method).uri(call.path());
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let answer = app.clone().oneshot(request.body(Body::from(call.body)).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    HttpReply::new(parts.status.as_u16(), &parts.headers, String::from_utf8_lossy(&body))
}
