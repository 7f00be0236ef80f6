//! The cases on axum.

use std::convert::Infallible;

use axum::{
    Extension, Router,
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::post,
};
use http_body_util::BodyExt;
use mfakit::{IdentifyError, MfaLayer, MfaRejection, RequireMfa, StepUp, Subject, require_mfa};
use tower::ServiceExt;

use super::{Seen, World, check};

/// Argument that leaves the body alone.
struct Argument;

impl<S: Send + Sync> FromRequestParts<S> for Argument {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        parts.extensions.get::<World>().unwrap().clone().extract().await;
        Ok(Self)
    }
}

/// Argument that reads the body.
struct WholeBody;

impl<S: Send + Sync> FromRequest<S> for WholeBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        Argument::from_request_parts(&mut parts, state).await.unwrap_or_else(|never| match never {});
        let body = body.collect().await.map_err(|error| error.to_string().into_response())?;
        assert_eq!(body.to_bytes(), "amount=700");
        Ok(Self)
    }
}

async fn identify(Extension(world): Extension<World>) -> Result<Option<Subject>, IdentifyError> {
    world.identify().await
}

#[require_mfa(scope = "pay")]
async fn parts(Extension(world): Extension<World>, _: Argument) -> &'static str {
    world.handle()
}

#[require_mfa(scope = "pay")]
async fn body(Extension(world): Extension<World>, _: WholeBody) -> &'static str {
    world.handle()
}

async fn behind_a_layer(Extension(world): Extension<World>, _: Argument) -> &'static str {
    world.handle()
}

async fn inside(step_up: StepUp, Extension(world): Extension<World>) -> Result<&'static str, MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    Ok(world.handle())
}

async fn ask(world: World, route: &'static str) -> Seen {
    let layer = || RequireMfa::scope("pay");
    let app = Router::new()
        .route("/parts", post(parts))
        .route("/body", post(body))
        .route("/layer", post(behind_a_layer).layer(layer()))
        .route("/both", post(parts).layer(layer()))
        .route("/inside", post(inside))
        .layer(MfaLayer::new(world.mfa.clone(), identify))
        .layer(Extension(world.clone()));
    let request = Request::post(route)
        .header("accept", "application/json")
        .header("cookie", world.cookies())
        .body(Body::from("amount=700"))
        .unwrap();
    let (head, body) = app.oneshot(request).await.unwrap().into_parts();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let body = body.collect().await.unwrap().to_bytes();
    world.seen(head.status.as_u16(), headers.collect(), String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn on_axum_a_guard_gives_the_same_answer_at_once_and_later() {
    check(ask).await;
}
