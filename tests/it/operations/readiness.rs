//! Readiness routes. The code in `docs/operations.md` is taken from this file.

use actix_web::test::{TestRequest, call_service, init_service};
use axum::{Router, body::Body, extract::Request, routing::get};
use http_body_util::BodyExt as _;
use mfakit::{
    MemoryStore, Mfa, PhoneNumber, UserId,
    provider::ProviderErrorKind,
    store::Sharing,
    testing::{HookedStore, Outage, TestProvider},
};
use tower::ServiceExt as _;

use crate::{operations::recorder::Recorder, shown_code::assert_shown};

mod on_actix;
mod on_axum;

/// An engine whose store and provider a test can take down.
struct World {
    mfa: Mfa,
    provider: TestProvider,
    outage: Outage,
}

fn world(sharing: Sharing) -> World {
    let (provider, outage) = (TestProvider::new(), Outage::new());
    let store = HookedStore::new(MemoryStore::new(), outage.clone()).with_sharing(sharing);
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .secret(mfakit::Secret::new("J0x4mUoSk2m0eZ5dN1aUe1xZ0qf0c7yZ8w3lS2tB9hQ=").unwrap())
        .store(store)
        .build()
        .unwrap();
    World { mfa, provider, outage }
}

/// Returns the answers of both frameworks, which are equal.
async fn probe(mfa: &Mfa) -> (u16, String) {
    let router = Router::new().route("/ready", get(on_axum::ready)).with_state(mfa.clone());
    let request = Request::get("/ready").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();

    let app = actix_web::App::new().app_data(actix_web::web::Data::new(mfa.clone()));
    let app = init_service(app.route("/ready", actix_web::web::get().to(on_actix::ready))).await;
    let answer = call_service(&app, TestRequest::get().uri("/ready").to_request()).await;
    assert_eq!(answer.headers().get("content-type").unwrap(), "application/json");
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(actix_web::test::read_body(answer).await, body);
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_probe_is_answered_alike_on_both_frameworks() {
    let World { mfa, provider, outage } = world(Sharing::Shared);
    let (status, body) = probe(&mfa).await;
    let well =
        r#"{"ready":true,"status":"ok","checks":{"store":"ok","provider":"ok","secrets":"ok","clock":"ok"}}"#;
    assert_eq!((status, body.as_str()), (200, well));

    provider.fail(ProviderErrorKind::Credentials);
    let alice = mfakit::Subject::cookie("alice", mfakit::LoginId::random());
    let pay = mfakit::StartRequest::new(mfakit::Scope::new("pay").unwrap(), mfakit::Channel::Messaging);
    let _ = mfa.start(&alice, pay).await.map(drop).unwrap_err();
    outage.begin();
    let (status, body) = probe(&mfa).await;
    assert_eq!(status, 200, "what is down for all instances takes none out of service: {body}");
    assert!(body.contains(r#""store":"failed","provider":"failed""#), "{body}");

    let World { mfa, outage, .. } = world(Sharing::SingleProcess);
    outage.begin();
    let (status, body) = probe(&mfa).await;
    assert_eq!(status, 503, "{body}");
}

#[tokio::test]
async fn the_health_is_a_metric_once_it_is_known() {
    let recorder = Recorder::new();
    let provider = TestProvider::new();
    let builder = Mfa::builder(provider, "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"]);
    let mfa = recorder.build(builder);
    assert!(recorder.scrape().sum("mfakit_health", &[("check", "store")]).is_nan());
    let _ = mfa.health().await;
    let scrape = recorder.scrape();
    assert_eq!(scrape.sum("mfakit_health", &[("check", "store")]), 1.0);
    assert_eq!(scrape.sum("mfakit_health", &[("check", "secrets")]), 0.5);
    assert!(scrape.sum("mfakit_clock_offset_seconds", &[("source", "store")]).is_nan());
}

#[test]
fn the_code_of_the_page_is_tested_here() {
    let page = include_str!("../../../docs/operations.md");
    let (_, readiness) = page.split_once("## Readiness").unwrap();
    assert_shown(
        readiness,
        &[("axum", include_str!("readiness/on_axum.rs")), ("actix", include_str!("readiness/on_actix.rs"))],
    );
}
