//! The site on axum.

use std::net::TcpListener;

use axum::{
    Form, Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use mfakit::{MfaLayer, RequireMfa, require_mfa};
use tokio::{runtime, sync::oneshot};

use super::{Order, Post, Served, non_blocking};

pub(super) fn serve(listener: TcpListener, served: Served, closed: oneshot::Receiver<()>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(non_blocking(listener)).unwrap();
        tokio::select! {
            served = axum::serve(listener, router(served)) => served.unwrap(),
            _ = closed => {}
        }
    });
}

fn router(served: Served) -> Router {
    let who = served.clone();
    let identify = move |headers: HeaderMap| {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let identified = who.identify(cookies);
        async move { identified }
    };
    let pay = RequireMfa::scope("pay");
    Router::new()
        .route("/", get(page))
        .route("/{page}", get(page))
        .route("/open/{kind}", post(answer))
        .route("/kept/{kind}", post(answer).layer(pay))
        .route("/once/{kind}", post(answer).layer(pay.once()))
        .route("/bound", post(bound))
        .route("/both/{kind}", post(answer).layer((pay, RequireMfa::scope("sign"))))
        .merge(mfakit::web::axum::routes(&served.mfa))
        .layer(MfaLayer::new(served.mfa.clone(), identify))
        .layer(from_fn_with_state(served.clone(), record))
        .with_state(served)
}

async fn page(State(served): State<Served>, request: Request) -> Html<String> {
    Html(served.page(request.uri().path()))
}

async fn answer(State(served): State<Served>, Path(kind): Path<String>) -> Response {
    let plain = served.answer(&kind);
    let headers: HeaderMap = plain
        .headers
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    (StatusCode::from_u16(plain.status).unwrap(), headers, plain.body).into_response()
}

#[require_mfa(scope = "pay")]
async fn bound(#[approve] Form(order): Form<Order>) -> String {
    order.sent()
}

async fn record(State(served): State<Served>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let target = parts.uri.to_string();
    let records = parts.method == "POST" && !target.starts_with("/mfa/");
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if records {
        let body = String::from_utf8_lossy(&body).into_owned();
        let status = response.status().as_u16();
        served.posts.lock().unwrap().push(Post { target, content_type, body, status });
    }
    response
}
