//! Requests whose heads arrive before a sign-out, and whose bodies arrive after it.

use std::{
    convert::Infallible,
    future::ready,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, HttpRequest,
    dev::{Payload, Service},
    error::PayloadError,
    test,
    web::{self, Bytes},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
    routing::post,
};
use futures_util::{
    future::join,
    stream::{Stream, once},
};
use http_body_util::BodyExt;
use mfakit::{
    Mfa, MfaLayer, MfaMiddleware, MfaRejection, RequireMfa, StepUp, Subject, UserId, require_mfa,
    testing::{ManualClock, TestProvider},
    web::actix,
};
use tokio::sync::oneshot::{self, Receiver};
use tower::ServiceExt;

/// Access tokens of one user, of which the server knows whether they are valid.
#[derive(Clone, Default)]
struct Tokens {
    revoked: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Tokens {
    fn subject(&self, known: bool) -> Option<Subject> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        (known && !self.revoked.load(Ordering::SeqCst)).then(alice)
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

fn alice() -> Subject {
    Subject::bearer("alice", "sid-1")
}

async fn inside(step_up: StepUp, _: String) -> Result<&'static str, MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    Ok("paid")
}

#[require_mfa(scope = "pay")]
async fn attribute(_: String) -> &'static str {
    "paid"
}

#[require_mfa(scope = "pay", once)]
async fn single(_: String) -> &'static str {
    "paid"
}

/// Engine, and everything around it that a test changes.
#[derive(Clone)]
struct Bank {
    mfa: Mfa,
    provider: TestProvider,
    clock: ManualClock,
    tokens: Tokens,
}

fn bank() -> Bank {
    let (provider, clock) = (TestProvider::new(), ManualClock::new());
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Some("+19195551234".to_owned()))
        .messaging_to(["US"])
        .clock(clock.clone())
        .build()
        .unwrap();
    Bank { mfa, provider, clock, tokens: Tokens::default() }
}

/// Body of a request.
enum Sent {
    AtOnce(String),
    Later(Receiver<String>),
}

async fn later(body: Receiver<String>) -> Bytes {
    Bytes::from(body.await.unwrap())
}

/// Returns a function that sends a JSON request with a token to an axum app.
fn on_axum(bank: &Bank) -> impl AsyncFn(&'static str, Sent) -> (u16, String) {
    let tokens = bank.tokens.clone();
    let identify = move |headers: HeaderMap| {
        let subject = tokens.subject(headers.contains_key("authorization"));
        async move { Ok::<_, Infallible>(subject) }
    };
    let app = Router::new()
        .route("/inside", post(inside))
        .route("/attribute", post(attribute))
        .route("/single", post(single))
        .layer(MfaLayer::new(bank.mfa.clone(), identify).with_routes());
    async move |path, body| {
        let body = match body {
            Sent::AtOnce(body) => Body::from(body),
            Sent::Later(body) => Body::from_stream(once(async { Ok::<_, Infallible>(later(body).await) })),
        };
        let request = Request::post(path)
            .header("authorization", "Bearer t")
            .header("content-type", "application/json")
            .header("accept", "application/json");
        let reply = app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = reply.status().as_u16();
        let body = reply.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// Runs `$walk` with a function that sends a JSON request with a token to an actix-web app.
macro_rules! on_actix {
    ($bank:expr, $walk:expr) => {{
        let tokens = $bank.tokens.clone();
        let identify = move |request: HttpRequest| {
            let subject = tokens.subject(request.headers().contains_key("authorization"));
            async move { Ok::<_, Infallible>(subject) }
        };
        let app = App::new()
            .configure(actix::routes(&$bank.mfa))
            .route("/inside", web::post().to(inside))
            .route("/attribute", web::post().to(attribute))
            .route("/single", web::post().to(single))
            .wrap(MfaMiddleware::new($bank.mfa.clone(), identify));
        let app = test::init_service(app).await;
        let ask = async |path: &'static str, body: Sent| {
            let stream: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = match body {
                Sent::AtOnce(body) => Box::pin(once(ready(Ok(Bytes::from(body))))),
                Sent::Later(body) => Box::pin(once(async { Ok(later(body).await) })),
            };
            let request = test::TestRequest::post()
                .uri(path)
                .insert_header(("authorization", "Bearer t"))
                .insert_header(("content-type", "application/json"))
                .insert_header(("accept", "application/json"))
                .to_request();
            let request = request.replace_payload(Payload::Stream { payload: stream }).0;
            match app.call(request).await {
                Ok(reply) => {
                    let status = reply.status().as_u16();
                    let body = test::read_body(reply).await;
                    (status, String::from_utf8(body.to_vec()).unwrap())
                }
                Err(error) => (error.as_response_error().status_code().as_u16(), String::new()),
            }
        };
        $walk(&$bank, ask).await;
    }};
}

/// Sends the head of a request, runs `meanwhile`, and sends the body, which is its result.
async fn across(
    ask: &impl AsyncFn(&'static str, Sent) -> (u16, String),
    path: &'static str,
    meanwhile: impl AsyncFnOnce() -> String,
) -> (u16, String) {
    let (send, body) = oneshot::channel();
    let rest = async {
        // The app gets the head first.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let body = meanwhile().await;
        // The app has dropped the body if it has already answered.
        let _ = send.send(body);
    };
    join(ask(path, Sent::Later(body)), rest).await.0
}

const SEND: &str = r#"{"channel":"messaging"}"#;

/// Longer than the answer of the identify function is used without asking again.
const LATE: Duration = Duration::from_millis(1001);

/// A session that ended while the body arrived can neither request nor enter a code. A body in a packet of its own arrives
/// at once, like any other.
async fn requests_and_enters_no_code(bank: &Bank, ask: impl AsyncFn(&'static str, Sent) -> (u16, String)) {
    let Bank { mfa, provider, tokens, .. } = bank;
    for (wait, asked) in [(Duration::from_secs(1), 1), (LATE, 2)] {
        let answer = across(&ask, "/mfa/pay/challenge", async || {
            bank.clock.advance(wait);
            "{}".to_owned()
        });
        assert_eq!((answer.await.0, tokens.asked()), (422, asked), "{wait:?}");
    }
    let started = across(&ask, "/mfa/pay/challenge", async || SEND.to_owned()).await;
    assert_eq!((started.0, tokens.asked()), (201, 1), "{started:?}");
    let started: serde_json::Value = serde_json::from_str(&started.1).unwrap();
    let guess =
        |code: String| serde_json::json!({"challenge": started["challenge"], "code": code}).to_string();
    let wrong = ask("/mfa/pay/verify", Sent::AtOnce(guess("000000".to_owned()))).await;
    assert_eq!((wrong.0 != 200, tokens.asked()), (true, 1), "a body that is there at once: {wrong:?}");

    let right = guess(provider.last_code().unwrap());
    let verified = across(&ask, "/mfa/pay/verify", async || {
        tokens.revoked.store(true, Ordering::SeqCst);
        bank.clock.advance(LATE);
        right
    });
    assert_eq!(verified.await.0, 401);
    tokens.revoked.store(false, Ordering::SeqCst);
    bank.clock.advance(Duration::from_secs(60));
    let resent = across(&ask, "/mfa/pay/challenge", async || {
        tokens.revoked.store(true, Ordering::SeqCst);
        mfa.sign_out(&alice()).await.unwrap();
        bank.clock.advance(LATE);
        SEND.to_owned()
    });
    assert_eq!(resent.await.0, 401);
    assert_eq!(provider.sends(), 1);
}

/// A grant that was made after the sign-out does not admit a request whose caller was identified before it.
async fn passes_by_no_later_grant(bank: &Bank, ask: impl AsyncFn(&'static str, Sent) -> (u16, String)) {
    let Bank { mfa, clock, .. } = bank;
    for path in ["/inside", "/attribute", "/single"] {
        mfa.testing().grant(&alice(), "pay").await;
        let kept = across(&ask, path, async || {
            clock.advance(Duration::from_secs(6));
            String::new()
        });
        assert_eq!(kept.await.0, 200, "{path}: the grant is the same");

        mfa.testing().grant(&alice(), "pay").await;
        let paid = across(&ask, path, async || {
            mfa.sign_out(&alice()).await.unwrap();
            clock.advance(Duration::from_secs(6));
            mfa.testing().grant(&alice(), "pay").await;
            String::new()
        });
        assert_eq!(paid.await.0, 401, "{path}: the grant is a later one");
        let again = ask(path, Sent::AtOnce(String::new())).await;
        assert_eq!(again.0, 200, "{path}: a new request");
    }
}

#[tokio::test]
async fn a_session_that_ends_while_a_body_arrives_requests_and_enters_no_code_on_axum() {
    let bank = bank();
    requests_and_enters_no_code(&bank, on_axum(&bank)).await;
}

#[actix_web::test]
async fn a_session_that_ends_while_a_body_arrives_requests_and_enters_no_code_on_actix() {
    let bank = bank();
    on_actix!(bank, requests_and_enters_no_code);
}

#[tokio::test]
async fn a_grant_made_after_a_sign_out_admits_no_request_from_before_it_on_axum() {
    let bank = bank();
    passes_by_no_later_grant(&bank, on_axum(&bank)).await;
}

#[actix_web::test]
async fn a_grant_made_after_a_sign_out_admits_no_request_from_before_it_on_actix() {
    let bank = bank();
    on_actix!(bank, passes_by_no_later_grant);
}
