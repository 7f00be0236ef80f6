//! Concurrent calls and callers that disconnect. What was counted stays counted, and a code makes one grant.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::Request, routing::get};
use futures_util::{FutureExt, future::join_all};
use http_body_util::BodyExt;
use mfakit::{
    ChallengeId, Channel, Code, Decision, LiveChallenge, LoginId, MemoryStore, Mfa, MfaLayer, PhoneNumber,
    RequireMfa, Requirement, Scope, StartError, StartRequest, Subject, UserId, VerifyError,
    testing::{ManualClock, TestProvider},
};
use mfakit_core::adapter::MfaExt as _;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

/// Builds an engine whose provider is slow, so that calls overlap.
fn engine(store: MemoryStore) -> (Mfa, TestProvider, ManualClock) {
    let (provider, clock) = (TestProvider::new(), ManualClock::new());
    provider.delay(Duration::from_millis(20));
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .store(store)
        .clock(clock.clone())
        .build()
        .unwrap();
    (mfa, provider, clock)
}

fn alice() -> Subject {
    Subject::cookie("alice", "00000000000000000000000000000001".parse().unwrap())
}

async fn start(mfa: &Mfa, subject: &Subject) -> Result<LiveChallenge, StartError> {
    mfa.start(subject, StartRequest::new(pay(), Channel::Messaging)).await
}

fn code(provider: &TestProvider) -> Code {
    Code::parse(&provider.last_code().unwrap()).unwrap()
}

fn wrong(code: &Code) -> Code {
    Code::parse(if code.expose_digits() == "000000" { "000001" } else { "000000" }).unwrap()
}

/// Runs calls in separate tasks, on several threads, and returns all answers.
async fn at_once<T: Send + 'static>(
    count: usize,
    call: impl Fn() -> std::pin::Pin<Box<dyn Future<Output = T> + Send>>,
) -> Vec<T> {
    let gate = Arc::new(tokio::sync::Barrier::new(count));
    let tasks: Vec<_> = std::iter::repeat_with(|| {
        let (gate, call) = (gate.clone(), call());
        tokio::spawn(async move {
            gate.wait().await;
            call.await
        })
    })
    .take(count)
    .collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_wrong_codes_at_once_five_reach_the_provider() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let live = start(&mfa, &alice()).await.unwrap();
    let guess = wrong(&code(&provider));
    let answers = at_once(200, || {
        let (mfa, guess) = (mfa.clone(), guess.clone());
        async move { mfa.verify(&alice(), &pay(), &live.id, &guess).await }.boxed()
    })
    .await;
    assert_eq!(provider.verifies(), 5);
    let mut left: Vec<_> = answers
        .into_iter()
        .filter_map(|answer| match answer.unwrap_err() {
            VerifyError::WrongCode { attempts_left } => Some(attempts_left),
            VerifyError::ChallengeOver => None,
            other => panic!("{other:?}"),
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_right_codes_at_once_one_reaches_the_provider_and_all_get_its_grant() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let live = start(&mfa, &alice()).await.unwrap();
    let code = code(&provider);
    let answers = at_once(100, || {
        let (mfa, code) = (mfa.clone(), code.clone());
        async move { mfa.verify(&alice(), &pay(), &live.id, &code).await }.boxed()
    })
    .await;
    assert_eq!(provider.verifies(), 1);
    let tokens: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().token.unwrap()).collect();
    assert!(tokens.iter().all(|token| token.expose() == tokens[0].expose()), "one grant, one token");
    let checked = mfa.check(Some(&alice()), &Requirement::new(pay()), tokens.first()).await;
    assert!(matches!(checked, Ok(Decision::Granted(_))), "{checked:?}");
    assert_eq!(mfa.status(alice().user()).await.unwrap().failures, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_starts_at_once_one_sends() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let answers = at_once(20, || {
        let mfa = mfa.clone();
        async move { start(&mfa, &alice()).await }.boxed()
    })
    .await;
    assert_eq!(provider.sends(), 1);
    let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(sent.len(), 1);
    for refusal in refused {
        let Err(StartError::CoolingDown { retry_after, .. }) = refusal else { panic!("{refusal:?}") };
        assert_eq!(retry_after, Duration::from_secs(30));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_starts_at_once_in_twenty_logins_one_sends() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let answers = at_once(20, || {
        let mfa = mfa.clone();
        async move { start(&mfa, &Subject::cookie("alice", LoginId::random())).await }.boxed()
    })
    .await;
    assert_eq!((provider.sends(), answers.iter().filter(|answer| answer.is_ok()).count()), (1, 1));
}

#[tokio::test]
async fn a_guess_is_counted_if_its_caller_disconnects() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let live = start(&mfa, &alice()).await.unwrap();
    let code = code(&provider);
    let guess = wrong(&code);
    for _ in 0..5 {
        // Polled once, then dropped.
        assert!(mfa.verify(&alice(), &pay(), &live.id, &guess).now_or_never().is_none());
    }
    until(|| provider.verifies() == 5).await;
    let late = mfa.verify(&alice(), &pay(), &live.id, &code).await;
    assert!(matches!(late, Err(VerifyError::ChallengeOver)), "{late:?}");
    assert_eq!(provider.verifies(), 5);
}

#[tokio::test]
async fn a_right_code_is_answered_again_if_its_caller_disconnected() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let live = start(&mfa, &alice()).await.unwrap();
    let code = code(&provider);
    assert!(mfa.verify(&alice(), &pay(), &live.id, &code).now_or_never().is_none());
    while mfa.status(alice().user()).await.unwrap().grants.is_empty() {
        tokio::task::yield_now().await;
    }
    let again = mfa.verify(&alice(), &pay(), &live.id, &code).await;
    let token = again.unwrap().token;
    let checked = mfa.check(Some(&alice()), &Requirement::new(pay()), token.as_ref()).await;
    assert!(matches!(checked, Ok(Decision::Granted(_))), "{checked:?}");
    assert_eq!(provider.verifies(), 1);
}

#[tokio::test]
async fn a_start_makes_a_live_challenge_if_its_caller_disconnects() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    assert!(start(&mfa, &alice()).now_or_never().is_none());
    let live = loop {
        if let Some(live) = mfa.situation(&alice(), &Requirement::new(pay()), None).await.unwrap().live {
            break live;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(provider.sends(), 1);
    let verified = mfa.verify(&alice(), &pay(), &live.id, &code(&provider)).await;
    assert!(verified.is_ok(), "{verified:?}");
}

#[tokio::test]
async fn a_full_store_rejects_new_entries_and_keeps_live_ones() {
    let (mfa, provider, clock) = engine(MemoryStore::with_capacity(2));
    provider.delay(Duration::ZERO);
    let user = |name: &str| Subject::cookie(name, LoginId::random());
    let (anna, ben) = (user("anna"), user("ben"));
    let challenge = start(&mfa, &anna).await.unwrap();
    let annas_code = code(&provider);
    let bens = start(&mfa, &ben).await.unwrap();
    let verified = mfa.verify(&ben, &pay(), &bens.id, &code(&provider)).await.unwrap();
    for n in 0..50 {
        clock.advance(Duration::from_secs(1));
        let refused = start(&mfa, &user(&format!("user {n}"))).await;
        assert!(matches!(refused, Err(StartError::Unavailable)), "{refused:?}");
    }
    assert_eq!(provider.sends(), 2, "no code is sent that cannot be stored");
    let checked = mfa.check(Some(&ben), &Requirement::new(pay()), verified.token.as_ref()).await;
    assert!(matches!(checked, Ok(Decision::Granted(_))), "{checked:?}");
    let met = mfa.verify(&anna, &pay(), &challenge.id, &annas_code).await;
    assert!(met.is_ok(), "{met:?}");
    clock.advance(Duration::from_secs(2 * 60 * 60));
    assert!(start(&mfa, &user("late")).await.is_ok(), "what has ended makes room");
}

/// Builds the app of the races over HTTP. Every request is from Alice.
fn app(mfa: &Mfa) -> Router {
    Router::new()
        .route("/pay", get(async || "paid").layer(RequireMfa::scope("pay")))
        .merge(mfakit::web::axum::routes(mfa))
        .layer(MfaLayer::new(mfa.clone(), async || Ok::<_, Infallible>(Some(alice()))))
}

fn post(target: &str, body: &Value) -> Request<Body> {
    Request::post(target)
        .header("content-type", "application/json")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn started(app: &Router) -> String {
    let request = post("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
    let response = app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 201);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    body["challenge"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_right_codes_over_http_all_get_one_cookie_that_works() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let app = app(&mfa);
    let guess = json!({ "challenge": started(&app).await, "code": provider.last_code() });
    let answers = at_once(100, || {
        let (app, request) = (app.clone(), post("/mfa/pay/verify", &guess));
        async move { app.oneshot(request).await.unwrap() }.boxed()
    })
    .await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    let set = answers.iter().map(|answer| answer.headers()["set-cookie"].to_str().unwrap());
    let cookies: Vec<_> = set.map(|set| set.split(';').next().unwrap()).collect();
    let cookie = cookies[0];
    assert!(cookies.iter().all(|other| *other == cookie), "one grant, one cookie");
    let request = Request::get("/pay").header("cookie", cookie).body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_starts_over_http_nineteen_are_told_to_wait() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let app = app(&mfa);
    let answers = at_once(20, || {
        let (app, request) = (app.clone(), post("/mfa/pay/challenge", &json!({ "channel": "messaging" })));
        async move { app.oneshot(request).await.unwrap() }.boxed()
    })
    .await;
    assert_eq!(provider.sends(), 1);
    let told: Vec<_> = answers.iter().filter(|answer| answer.status() == 429).collect();
    assert_eq!((told.len(), answers.iter().filter(|answer| answer.status() == 201).count()), (19, 1));
    assert!(told.iter().all(|answer| answer.headers()["retry-after"] == "30"));
}

/// Serves the app on a real socket.
async fn serve(app: Router) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Sends a call over a new connection.
async fn send(address: std::net::SocketAddr, target: &str, body: &Value) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    let head = format!(
        "POST {target} HTTP/1.1\r\nhost: bank.example\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn until(mut holds: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.expect("it comes true in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_guesses_over_connections_that_are_closed_at_once_are_five_attempts() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let app = app(&mfa);
    let challenge = started(&app).await;
    let right = code(&provider);
    provider.delay(Duration::from_millis(200));
    let address = serve(app).await;
    let guess = json!({ "challenge": challenge, "code": wrong(&right).expose_digits() });
    for n in 1..=5 {
        let connection = send(address, "/mfa/pay/verify", &guess).await;
        until(|| provider.verifies() == n).await;
        // The provider has not answered yet, and no caller waits for it any more.
        drop(connection);
    }
    let mut late =
        send(address, "/mfa/pay/verify", &json!({ "challenge": challenge, "code": right.expose_digits() }))
            .await;
    let mut answer = String::new();
    late.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 410"), "{answer}");
    assert_eq!(provider.verifies(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_over_a_connection_that_is_closed_at_once_leaves_a_live_challenge() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    provider.delay(Duration::from_millis(200));
    let address = serve(app(&mfa)).await;
    let connection = send(address, "/mfa/pay/challenge", &json!({ "channel": "messaging" })).await;
    until(|| provider.sends() == 1).await;
    drop(connection);
    until(|| !provider.inbox().is_empty()).await;
    let live = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            if let Some(live) = mfa.situation(&alice(), &Requirement::new(pay()), None).await.unwrap().live {
                return live;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let live = live.await.expect("the challenge is live in time");
    assert!(mfa.verify(&alice(), &pay(), &live.id, &code(&provider)).await.is_ok());
}

#[tokio::test]
async fn a_challenge_that_was_never_started_is_over_for_every_caller() {
    let (mfa, provider, _) = engine(MemoryStore::new());
    let id = ChallengeId::decode(&"A".repeat(43)).unwrap();
    let answer = mfa.verify(&alice(), &pay(), &id, &Code::parse("123456").unwrap()).await;
    assert!(matches!(answer, Err(VerifyError::ChallengeOver)));
    assert_eq!(provider.verifies(), 0);
}
