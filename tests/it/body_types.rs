//! Guards around bodies of other types than the framework's.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::post,
};
use futures_util::stream;
use http::Request;
use http_body_util::Limited;
use mfakit::{LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId, testing::TestProvider};
use tower::{ServiceBuilder, ServiceExt};

fn alice() -> Subject {
    Subject::cookie("alice", LoginId::from_bytes([1; 16]))
}

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(alice()))
}

fn engine() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap()
}

/// Requests a route whose guard sees a body of another type, and returns the status and how often the handler ran.
async fn limited(mfa: &Mfa, grant: &str, body: Body) -> (u16, usize) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let handler = post(async move |_: Bytes| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let layers = ServiceBuilder::new()
        .map_request(|request: Request<Body>| request.map(|body| Limited::new(body, 100_000)))
        .layer(RequireMfa::scope("pay").once());
    let app = Router::new().route("/pay", handler.layer(layers)).layer(MfaLayer::new(mfa.clone(), identify));
    let request = Request::post("/pay").header("cookie", grant).body(body).unwrap();
    (app.oneshot(request).await.unwrap().status().as_u16(), runs.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_guard_rejects_a_body_that_it_cannot_watch() {
    let mfa = engine();
    let grant = mfa.testing().grant(&alice(), "pay").await;
    let streamed = || Body::from_stream(stream::iter([Ok::<_, Infallible>("amount=700")]));
    assert_eq!(limited(&mfa, "", streamed()).await, (401, 0), "as any request without a grant");
    assert_eq!(limited(&mfa, &grant, streamed()).await, (500, 0), "with a grant");
    assert_eq!(limited(&mfa, &grant, Body::empty()).await, (200, 1), "no body, and the grant is still there");
}
