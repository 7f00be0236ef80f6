//! The values on axum.

use std::{convert::Infallible, fmt::Debug};

use axum::{Json, Router, body::Body, http::HeaderMap, routing::post};
use mfakit::{
    MfaLayer, MfaRejection, RequireMfa, StepUp,
    action::Action,
    require_mfa,
    testing::{HttpCall, HttpReply, TestProvider},
};
use tower::ServiceExt as _;

use super::{
    Client,
    values::{Big, Charged, Deep, Mapped, Moved, Optional, Renamed, Small, Timed},
};

#[require_mfa(scope = "pay")]
async fn received<A: Action + Debug + 'static>(#[approve] Json(value): Json<A>) -> String {
    format!("{value:?}")
}

#[require_mfa(scope = "transfer")]
async fn transferred(#[approve] Json(value): Json<Optional>) -> String {
    format!("{value:?}")
}

async fn inside(step_up: StepUp, Json(order): Json<Deep>) -> Result<String, MfaRejection> {
    let (order, _) = step_up.approve(order, RequireMfa::scope("pay")).await?;
    Ok(format!("{order:?}"))
}

async fn timed(step_up: StepUp, Json(when): Json<String>) -> Result<String, MfaRejection> {
    let (value, _) = step_up.approve(Timed::named(&when), RequireMfa::scope("pay")).await?;
    Ok(format!("{value:?}"))
}

#[tokio::test]
async fn the_handler_receives_what_was_approved() {
    let provider = TestProvider::new();
    let mfa = super::engine(provider.clone());
    let identify = async |headers: HeaderMap| {
        let token = headers.get("authorization").and_then(|token| token.to_str().ok());
        Ok::<_, Infallible>(super::subject(token))
    };
    let app: Router = Router::new()
        .route("/deep", post(received::<Deep>))
        .route("/charged", post(received::<Charged>))
        .route("/small", post(received::<Small>))
        .route("/big", post(received::<Big>))
        .route("/renamed", post(received::<Renamed>))
        .route("/moved", post(received::<Moved>))
        .route("/mapped", post(received::<Mapped>))
        .route("/optional", post(transferred))
        .route("/inside", post(inside))
        .route("/timed", post(timed))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify));
    let send = async |call: HttpCall| {
        let mut request = axum::http::Request::builder().method(call.method).uri(call.path());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let answer = app.clone().oneshot(request.body(Body::from(call.body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        HttpReply::new(parts.status.as_u16(), &parts.headers, String::from_utf8_lossy(&body))
    };
    Client { app: send, provider: &provider }.walk().await;
}
