//! Credentials that are each good for one request, such as proofs of possession with a `jti` (RFC 9449, section 11.1). An
//! ordinary call to one of the routes uses its credential once.

use std::{
    collections::HashSet,
    convert::Infallible,
    io,
    net::SocketAddr,
    panic::resume_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, HttpServer};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use futures_util::stream::once;
use mfakit::{
    IdentifyError, Mfa, MfaLayer, MfaMiddleware, Subject, UserId,
    testing::{ManualClock, TestProvider},
    web::actix,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

use crate::small_engine::mfa;

/// Proofs that the app has seen.
#[derive(Clone, Default)]
struct Proofs {
    seen: Arc<Mutex<HashSet<String>>>,
    asked: Arc<AtomicUsize>,
}

impl Proofs {
    fn subject(&self, proof: Option<&str>) -> Option<Subject> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let is_new = self.seen.lock().unwrap().insert(proof?.to_owned());
        is_new.then(program)
    }
}

fn program() -> Subject {
    Subject::bearer("alice", "sid-1")
}

const SEND: &str = r#"{"channel":"messaging"}"#;

/// Starts a challenge like a client that sends the body in a packet of its own.
async fn start(address: SocketAddr) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.set_nodelay(true).unwrap();
    let head = format!(
        "POST /mfa/pay/challenge HTTP/1.1\r\nhost: bank.example\r\ndpop: proof-1\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        SEND.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    client.write_all(SEND.as_bytes()).await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    reply
}

#[tokio::test]
async fn a_start_with_a_credential_for_one_request_is_accepted_on_axum() {
    let proofs = Proofs::default();
    let of_identify = proofs.clone();
    let identify = move |headers: HeaderMap| {
        let subject = of_identify.subject(headers.get("dpop").and_then(|value| value.to_str().ok()));
        async move { Ok::<_, Infallible>(subject) }
    };
    let app = Router::new().layer(MfaLayer::new(mfa(), identify).with_routes());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let reply = start(address).await;
    server.abort();
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    assert_eq!(proofs.asked.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn a_start_with_a_credential_for_one_request_is_accepted_on_actix_web() {
    let (mfa, proofs) = (mfa(), Proofs::default());
    let of_app = proofs.clone();
    let app = move || {
        let of_identify = of_app.clone();
        let identify = move |request: HttpRequest| {
            let proof = request.headers().get("dpop").and_then(|value| value.to_str().ok());
            let subject = of_identify.subject(proof);
            async move { Ok::<_, Infallible>(subject) }
        };
        actix_web::App::new().configure(actix::routes(&mfa)).wrap(MfaMiddleware::new(mfa.clone(), identify))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let reply = start(address).await;
    handle.stop(false).await;
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    assert_eq!(proofs.asked.load(Ordering::SeqCst), 1);
}

fn engine(clock: &ManualClock) -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Some("+19195551234".to_owned()))
        .messaging_to(["US"])
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// A body that takes more than a second. The answer fits the second identification, and nothing is sent for the first
/// caller.
#[tokio::test]
async fn the_identification_after_a_slow_body_decides() {
    for (second, expected) in
        [("none", 401), ("fails", 503), ("wrong", 500), ("panics", 500), ("bob", 201), ("nameless", 500)]
    {
        let clock = ManualClock::new();
        let (mfa, asked) = (engine(&clock), Arc::new(AtomicUsize::new(0)));
        let identify = move || {
            let nth = asked.fetch_add(1, Ordering::SeqCst);
            async move {
                match second {
                    _ if nth == 0 => Ok(Some(program())),
                    "none" => Ok(None),
                    "fails" => Err(IdentifyError::failed(io::Error::other("down"))),
                    "wrong" => Err(IdentifyError::misconfigured("no layer")),
                    "bob" => Ok(Some(Subject::bearer("bob", "sid-2"))),
                    "nameless" => Ok(Some(Subject::bearer("", "sid-2"))),
                    _ => resume_unwind(Box::new("for the test")),
                }
            }
        };
        let app = Router::new().layer(MfaLayer::new(mfa.clone(), identify).with_routes());
        let late = once(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            clock.advance(Duration::from_millis(1001));
            Ok::<_, Infallible>(SEND)
        });
        let request = Request::post("/mfa/pay/challenge")
            .header("content-type", "application/json")
            .body(Body::from_stream(late))
            .unwrap();
        let status = app.oneshot(request).await.unwrap().status().as_u16();
        assert_eq!(status, expected, "{second}");
        for (user, starts) in [("alice", false), ("bob", second == "bob")] {
            let status = mfa.status(&user.into()).await.unwrap();
            assert_eq!(status.resend_at.is_some(), starts, "{second}: {user} {status:?}");
        }
    }
}
