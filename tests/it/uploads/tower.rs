//! A plain tower stack, on hyper.

use std::convert::Infallible;

use async_trait::async_trait;
use axum::body::Bytes;
use http::{Request, Response, request::Parts};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use mfakit::{
    IdentifyError, MfaLayer, Policy, RequireMfa, Subject,
    web::tower::{Identify, MfaRoutes},
};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

use super::{Past, Served, engine, subject};

/// Identifies by the cookie, as on the other frameworks.
struct ByCookie;

#[async_trait]
impl Identify for ByCookie {
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError> {
        let cookie = parts.headers.get("cookie").and_then(|value| value.to_str().ok());
        subject(cookie).map_err(IdentifyError::failed)
    }
}

type Answer = Response<Full<Bytes>>;

async fn serve(policy: Policy) -> Served {
    let (mfa, past) = (engine(policy), Past::default());
    let (behind, routes) = (past.clone(), MfaRoutes::<Full<Bytes>>::new(&mfa));
    let pay = service_fn(move |request: Request<Incoming>| {
        let past = behind.clone();
        async move {
            past.add(1 + request.into_body().collect().await.unwrap().to_bytes().len());
            Ok::<_, Infallible>(Answer::default())
        }
    });
    let pay = RequireMfa::scope("pay").layer(pay);
    let app = service_fn(move |request: Request<Incoming>| {
        let (pay, routes) = (pay.clone(), routes.clone());
        async move {
            match request.uri().path() {
                "/layer" => pay.oneshot(request).await,
                path if path.starts_with("/mfa/") => routes.oneshot(request).await,
                _ => Ok(Response::builder().status(404).body(Full::default()).unwrap()),
            }
        }
    });
    let app = TowerToHyperService::new(MfaLayer::new(mfa, ByCookie).layer(app));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), app.clone()));
        }
    });
    Served { address, past, doors: &["/layer"], keeps_alive: true, always_continues: false }
}

#[tokio::test]
async fn a_rejection_arrives_on_tower() {
    super::a_rejection_arrives(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn an_answer_of_the_routes_arrives_on_tower() {
    super::an_answer_of_the_routes_arrives(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn a_client_that_expects_100_continue_is_answered_first_on_tower() {
    super::a_client_that_expects_100_continue_is_answered_first(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn a_stalling_client_is_cut_off_on_tower() {
    super::a_stalling_client_is_cut_off(&serve(super::tight()).await).await;
}

#[tokio::test]
async fn an_endless_client_is_cut_off_on_tower() {
    super::an_endless_client_is_cut_off(&serve(super::tight()).await).await;
}
