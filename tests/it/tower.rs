//! Guards and routes in a plain tower stack: readiness, and a stack without axum.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use axum::body::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::{Request, Response, request::Parts};
use http_body_util::{BodyExt, Full};
use mfakit::{
    ClientAddress, IdentifyError, LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId,
    testing::TestProvider,
    web::tower::{Identify, MfaRoutes, PeerAddress},
};
use serde_json::{Value, json};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, limit::ConcurrencyLimit, service_fn};

type Body = Full<Bytes>;

fn engine() -> (Mfa, TestProvider) {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap();
    (mfa, provider)
}

/// Identifies the caller by a header, which a real app would not trust.
struct ByHeader;

#[async_trait]
impl Identify for ByHeader {
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError> {
        let Some(login) = parts.headers.get("login") else { return Ok(None) };
        let login = login.to_str().map_err(IdentifyError::failed)?;
        let login: LoginId = login.parse().map_err(IdentifyError::failed)?;
        Ok(Some(Subject::cookie("alice", login)))
    }
}

const LOGIN: &str = "00000000000000000000000000000001";

fn ask(cookie: &str) -> Request<Body> {
    Request::get("/pay").header("login", LOGIN).header("cookie", cookie).body(Body::default()).unwrap()
}

async fn grant(mfa: &Mfa) -> String {
    mfa.testing().grant(&Subject::cookie("alice", LOGIN.parse().unwrap()), "pay").await
}

/// Handler that records the largest number of its concurrent runs.
#[derive(Clone, Default)]
struct Slow {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    runs: Arc<AtomicUsize>,
}

impl Slow {
    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

impl Service<Request<Body>> for Slow {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let Self { now, most, runs } = self.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            runs.fetch_add(1, Ordering::SeqCst);
            Ok(Response::new(Body::from("paid")))
        }
        .boxed()
    }
}

/// Builds a guard around a limit, inside the layer.
fn limited(
    mfa: &Mfa,
    handler: Slow,
    limit: usize,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let guarded = RequireMfa::scope("pay").layer(ConcurrencyLimit::new(handler, limit));
    MfaLayer::new(mfa.clone(), ByHeader).layer(guarded)
}

#[tokio::test]
async fn a_guard_calls_the_service_that_it_made_ready() {
    let (mfa, _) = engine();
    let (cookie, handler) = (grant(&mfa).await, Slow::default());
    let mut service = limited(&mfa, handler.clone(), 1);
    for (n, cookie) in [&cookie, "", &cookie, "", "", &cookie].into_iter().enumerate() {
        let ready = tokio::time::timeout(Duration::from_secs(60), service.ready()).await;
        let answer =
            ready.expect("a permit comes back after every call").unwrap().call(ask(cookie)).await.unwrap();
        assert_eq!(answer.status(), if cookie.is_empty() { 401 } else { 200 }, "call {n}");
    }
    assert_eq!(handler.runs(), 3);
}

#[tokio::test]
async fn a_guard_holds_only_the_permit_of_its_pending_call() {
    let (mfa, _) = engine();
    let (cookie, handler) = (grant(&mfa).await, Slow::default());
    let mut service = limited(&mfa, handler.clone(), 1);
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let mut call = Box::pin(service.call(ask(&cookie)));
    assert!(service.poll_ready(&mut context).is_pending(), "the one permit is in the call");
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert!(service.poll_ready(&mut context).is_pending(), "and stays there");
    assert_eq!(call.await.unwrap().status(), 200);
    assert!(service.poll_ready(&mut context).is_ready(), "until it is answered");
    let refused = service.call(ask("")).await.unwrap();
    assert_eq!(refused.status(), 401);
    assert!(service.poll_ready(&mut context).is_ready(), "a refusal gives it back too");
    drop(service.call(ask(&cookie)));
    assert!(service.poll_ready(&mut context).is_ready(), "and so does a call that was canceled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_concurrent_requests_pass_a_guard_around_a_limit_one_at_a_time() {
    for limit in [1, 3] {
        let (mfa, _) = engine();
        let (cookie, handler) = (grant(&mfa).await, Slow::default());
        let service = limited(&mfa, handler.clone(), limit);
        let calls: Vec<_> = (0..40)
            .map(|n| {
                let (service, cookie) =
                    (service.clone(), if n % 2 == 0 { cookie.clone() } else { String::new() });
                tokio::spawn(async move { service.oneshot(ask(&cookie)).await.unwrap().status() })
            })
            .collect();
        let answers =
            tokio::time::timeout(Duration::from_secs(60), futures_util::future::join_all(calls)).await;
        let answers = answers.expect("every request is answered in time");
        let passed = answers.iter().filter(|status| status.as_ref().unwrap().as_u16() == 200).count();
        assert_eq!((passed, handler.runs()), (20, 20));
        assert!(handler.most() <= limit, "{} at once", handler.most());
    }
}

/// Service whose readiness fails, which the guard passes on.
#[tokio::test]
async fn a_guard_is_ready_when_its_inner_service_is() {
    #[derive(Clone)]
    struct Broken;
    impl Service<Request<Body>> for Broken {
        type Response = Response<Body>;
        type Error = &'static str;
        type Future = std::future::Ready<Result<Response<Body>, &'static str>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Err("never ready"))
        }
        fn call(&mut self, _: Request<Body>) -> Self::Future {
            panic!("called without being ready")
        }
    }
    let (mfa, _) = engine();
    let mut service = MfaLayer::new(mfa, ByHeader).layer(RequireMfa::scope("pay").layer(Broken));
    assert_eq!(service.ready().await.err(), Some("never ready"));
}

/// Builds an app without axum: a function for `/pay` behind a guard, and the routes beside it.
fn plain(mfa: &Mfa) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone {
    let pay = service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(Body::from("paid"))));
    let pay = ServiceBuilder::new().layer(RequireMfa::scope("pay")).service(pay);
    let routes = MfaRoutes::<Body>::new(mfa);
    let app = service_fn(move |request: Request<Body>| {
        let (pay, routes) = (pay.clone(), routes.clone());
        async move {
            match request.uri().path() {
                "/pay" => pay.oneshot(request).await,
                _ => routes.oneshot(request).await,
            }
        }
    });
    MfaLayer::new(mfa.clone(), ByHeader).layer(app)
}

#[tokio::test]
async fn the_whole_ceremony_works_without_axum() {
    let (mfa, provider) = engine();
    let app = plain(&mfa);
    let call = async |request: Request<Body>| {
        let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, body)
    };
    let post = |target: &str, body: &Value| {
        Request::post(target)
            .header("login", LOGIN)
            .header("content-type", "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let (status, headers, body) = call(ask("")).await;
    let refused: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &headers["cache-control"]), (401, &"no-store".parse().unwrap()));
    let challenge_url = refused["challenge_url"].as_str().unwrap();
    let (status, _, body) = call(post(challenge_url, &json!({ "channel": "messaging" }))).await;
    let sent: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, 201, "{sent}");
    let guess = json!({ "challenge": sent["challenge"], "code": provider.last_code() });
    let (status, headers, _) = call(post("/mfa/pay/verify", &guess)).await;
    assert_eq!(status, 200);
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let (status, headers, body) = call(ask(cookie)).await;
    assert_eq!(
        (status, &body[..], &headers["cache-control"]),
        (200, &b"paid"[..], &"no-store".parse().unwrap())
    );
    let anonymous = Request::get("/pay").header("sec-fetch-mode", "navigate").body(Body::default()).unwrap();
    let (status, headers, _) = call(anonymous).await;
    assert_eq!((status, &headers["location"]), (303, &"/login".parse().unwrap()));
    let unreadable = Request::get("/pay").header("login", "nonsense").body(Body::default()).unwrap();
    assert_eq!(call(unreadable).await.0, 503);
    assert_eq!(call(Request::get("/elsewhere").body(Body::default()).unwrap()).await.0, 404);
}

#[tokio::test]
async fn a_stack_without_axum_sets_the_peer_address_by_an_extension() {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .client_address(ClientAddress::Direct)
        .build()
        .unwrap();
    let mut service = MfaLayer::new(mfa.clone(), ByHeader).layer(MfaRoutes::<Body>::new(&mfa));
    let start = || {
        let body = Body::from(json!({ "channel": "messaging" }).to_string());
        let request = Request::post("/mfa/pay/challenge").header("login", LOGIN);
        let request =
            request.header("content-type", "application/json").header("sec-fetch-site", "same-origin");
        request.body(body).unwrap()
    };
    assert_eq!(service.call(start()).await.unwrap().status(), 500);
    assert_eq!(provider.sends(), 0);
    let mut known = start();
    known.extensions_mut().insert(PeerAddress([192, 0, 2, 1].into()));
    assert_eq!(service.call(known).await.unwrap().status(), 201);
    assert_eq!(provider.sends(), 1);
}
