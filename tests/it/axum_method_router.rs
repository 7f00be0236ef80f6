//! A guard around axum's `MethodRouter` covers everything added before it, and nothing added after it
//! [GUARD-3].

use std::convert::Infallible;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, get_service, post},
};
use mfakit::{LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId, testing::TestProvider};
use tower::{Service, ServiceExt, service_fn};

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
}

async fn handler() -> &'static str {
    "ran"
}

fn service() -> impl Service<Request<Body>, Response = Response, Error = Infallible, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    service_fn(async |_: Request<Body>| Ok(handler().await.into_response()))
}

fn guard() -> RequireMfa {
    RequireMfa::scope("reports")
}

/// Returns the methods that run a handler without a code.
async fn open(routes: Router) -> Vec<&'static str> {
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("reports", "see the reports")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap();
    let app = routes.layer(MfaLayer::new(mfa, identify));
    let mut open = Vec::new();
    for method in ["GET", "POST", "PUT"] {
        let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
        let request = request.uri("/report").body(Body::empty()).unwrap();
        let status = app.clone().oneshot(request).await.unwrap().status().as_u16();
        assert!(matches!(status, 200 | 401 | 405), "{method}: {status}");
        if status == 200 {
            open.push(method);
        }
    }
    open
}

#[tokio::test]
async fn a_guard_on_a_method_router_covers_methods_added_before_it() {
    let around: [(&str, MethodRouter); 6] = [
        ("get, post, layer", get(handler).post(handler).layer(guard())),
        ("get, fallback, layer", get(handler).fallback(handler).layer(guard())),
        ("any, layer", any(handler).layer(guard())),
        ("get, post, route_layer", get(handler).post(handler).route_layer(guard())),
        ("get, merge, layer", get(handler).merge(post(handler)).layer(guard())),
        ("get_service, post_service, layer", get_service(service()).post_service(service()).layer(guard())),
    ];
    for (name, routes) in around {
        let expected: &[&str] = &[];
        assert_eq!(open(Router::new().route("/report", routes)).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_guard_on_a_method_router_does_not_cover_methods_added_after_it() {
    let beside: [(&str, MethodRouter, &[&str]); 7] = [
        ("get, layer, post", get(handler).layer(guard()).post(handler), &["POST"]),
        ("get, route_layer, post", get(handler).route_layer(guard()).post(handler), &["POST"]),
        ("get, layer, fallback", get(handler).layer(guard()).fallback(handler), &["POST", "PUT"]),
        ("get, fallback, route_layer", get(handler).fallback(handler).route_layer(guard()), &["POST", "PUT"]),
        ("get, layer, post_service", get(handler).layer(guard()).post_service(service()), &["POST"]),
        ("get, layer, merge", get(handler).layer(guard()).merge(post(handler)), &["POST"]),
        ("any, layer, post", any(handler).layer(guard()).post(handler), &["POST"]),
    ];
    for (name, routes, expected) in beside {
        assert_eq!(open(Router::new().route("/report", routes)).await, expected, "{name}");
    }
    let twice = Router::new().route("/report", get(handler).layer(guard())).route("/report", post(handler));
    assert_eq!(open(twice).await, ["POST"], "a route of the same path added to the router");
    let once = Router::new().route("/report", get(handler)).route("/report", post(handler)).layer(guard());
    assert_eq!(open(once).await, [""; 0], "the layer of the router comes last");
}
