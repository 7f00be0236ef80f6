//! API for a front end on another origin, on axum.

use std::{convert::Infallible, net::TcpListener};

use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    routing::post,
};
use mfakit::{Mfa, MfaLayer, Subject, require_mfa, web::cors};
use tokio::{runtime, sync::oneshot};
use tower_http::cors::CorsLayer;

use super::{Recognition, by_cookie, tokens};

fn app(mfa: Mfa, front_end: HeaderValue) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(front_end)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(cors::ALLOWED_HEADERS.map(HeaderName::from_static))
        .expose_headers(cors::EXPOSED_HEADERS.map(HeaderName::from_static));
    Router::new()
        .route("/transfer", post(transfer))
        .route("/refresh", post(refresh))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify))
        .layer(cors)
}

async fn identify(headers: HeaderMap) -> Result<Option<Subject>, Infallible> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(authorization.and_then(tokens::subject))
}

#[require_mfa(scope = "transfer", once)]
async fn transfer(amount: String) -> String {
    format!("sent ${amount}")
}

async fn refresh() -> String {
    tokens::issue(600)
}

/// The same for a front end on the same site, whose users have a session cookie.
fn app_with_cookies(mfa: Mfa, front_end: HeaderValue) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(front_end)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(cors::ALLOWED_HEADERS.map(HeaderName::from_static))
        .expose_headers(cors::EXPOSED_HEADERS.map(HeaderName::from_static));
    Router::new()
        .route("/transfer", post(transfer))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify_by_cookie))
        .layer(cors)
}

async fn identify_by_cookie(headers: HeaderMap) -> Result<Option<Subject>, Infallible> {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    Ok(cookies.and_then(by_cookie))
}

pub(super) fn serve(
    listener: TcpListener,
    mfa: Mfa,
    front_end: &str,
    recognition: Recognition,
    closed: oneshot::Receiver<()>,
) {
    let front_end = HeaderValue::from_str(front_end).unwrap();
    let router = match recognition {
        Recognition::Bearer => app(mfa, front_end),
        Recognition::Cookie => app_with_cookies(mfa, front_end),
    };
    listener.set_nonblocking(true).unwrap();
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        tokio::select! {
            served = axum::serve(listener, router) => served.unwrap(),
            _ = closed => {}
        }
    });
}
