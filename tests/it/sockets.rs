//! WebSocket upgrades over real TCP: rejected before 101 without a grant, upgraded with one.
//!
//! The table runs in process, where nothing can be upgraded; this is the same conversation on both frameworks.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
    routing::get,
};
use futures_util::StreamExt;
use mfakit::{
    LoginId, Mfa, MfaLayer, MfaMiddleware, PhoneNumber, RequireMfa, Subject, UserId, require_mfa,
    testing::{ManualClock, TestProvider},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const LOGIN: &str = "00000000000000000000000000000001";
const SESSION: &str = "session=alice";
/// Routes with the attribute, with a layer on the route, and with a layer around the nest.
const DOORS: [&str; 3] = ["/attribute", "/layer", "/nest/socket"];

/// Number of opened sockets.
type Opened = Arc<AtomicUsize>;

fn alice() -> Subject {
    Subject::cookie("alice", LOGIN.parse::<LoginId>().unwrap())
}

fn engine(clock: &ManualClock) -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("reports", "see the reports")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .clock(clock.clone())
        .build()
        .unwrap()
}

fn subject(cookie: Option<&str>) -> Result<Option<Subject>, io::Error> {
    match cookie.unwrap_or_default().split("; ").next() {
        Some(SESSION) => Ok(Some(alice())),
        Some("session=lookup-fails") => Err(io::Error::other("the table of sessions is away")),
        _ => Ok(None),
    }
}

async fn axum_identify(headers: HeaderMap) -> Result<Option<Subject>, io::Error> {
    subject(headers.get("cookie").and_then(|value| value.to_str().ok()))
}

async fn axum_socket(State(opened): State<Opened>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        opened.fetch_add(1, Ordering::SeqCst);
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

#[require_mfa(scope = "reports")]
async fn axum_guarded(opened: State<Opened>, upgrade: WebSocketUpgrade) -> Response {
    axum_socket(opened, upgrade).await
}

async fn actix_identify(request: HttpRequest) -> Result<Option<Subject>, io::Error> {
    subject(request.headers().get("cookie").and_then(|value| value.to_str().ok()))
}

async fn actix_socket(
    opened: web::Data<AtomicUsize>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    opened.fetch_add(1, Ordering::SeqCst);
    actix_web::rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(text))) = messages.next().await {
            if session.text(text).await.is_err() {
                break;
            }
        }
    });
    Ok(response)
}

#[require_mfa(scope = "reports")]
async fn actix_guarded(
    opened: web::Data<AtomicUsize>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    actix_socket(opened, request, body).await
}

#[tokio::test]
async fn a_websocket_is_upgraded_with_a_grant_only_on_axum() {
    let clock = ManualClock::new();
    let (mfa, opened, guard) = (engine(&clock), Opened::default(), RequireMfa::scope("reports"));
    let nest = Router::new().route("/socket", get(axum_socket)).layer(guard);
    let app = Router::new()
        .route("/attribute", get(axum_guarded))
        .route("/layer", get(axum_socket).layer(guard))
        .nest("/nest", nest)
        .layer(MfaLayer::new(mfa.clone(), axum_identify))
        .with_state(opened.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    holds(address, &mfa, &opened, &clock).await;
    server.abort();
}

#[actix_web::test]
async fn a_websocket_is_upgraded_with_a_grant_only_on_actix_web() {
    let clock = ManualClock::new();
    let (mfa, opened) = (engine(&clock), Opened::default());
    let (address, server) = actix(&mfa, &opened);
    holds(address, &mfa, &opened, &clock).await;
    server.stop(false).await;
}

fn actix(mfa: &Mfa, opened: &Opened) -> (SocketAddr, ServerHandle) {
    let (mfa, opened, guard) = (mfa.clone(), opened.clone(), RequireMfa::scope("reports"));
    let socket = move || web::get().to(actix_socket);
    let app = move || {
        actix_web::App::new()
            .app_data(web::Data::from(opened.clone()))
            .route("/attribute", web::get().to(actix_guarded))
            .service(web::resource("/layer").route(socket()).wrap(guard))
            .service(web::scope("/nest").route("/socket", socket()).wrap(guard))
            .wrap(MfaMiddleware::new(mfa.clone(), actix_identify))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

/// Upgrades with and without a grant.
async fn holds(address: SocketAddr, mfa: &Mfa, opened: &Opened, clock: &ManualClock) {
    let mut open = Vec::new();
    let (grant, other) =
        (mfa.testing().grant(&alice(), "reports").await, mfa.testing().grant(&alice(), "pay").await);
    for (n, door) in DOORS.into_iter().enumerate() {
        for (cookies, status) in [
            (String::new(), 401),
            (grant.clone(), 401),
            (SESSION.to_owned(), 401),
            (format!("{SESSION}; {other}"), 401),
            (format!("{SESSION}; {}x", grant), 401),
            ("session=lookup-fails".to_owned(), 503),
        ] {
            let (_, head) = shake_hands(address, door, &cookies).await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{door} {cookies}: {head}");
            assert!(!head.to_lowercase().contains("sec-websocket-accept"), "{door} {cookies}: {head}");
        }
        assert_eq!(opened.load(Ordering::SeqCst), n, "{door}: a refusal opens nothing");
        let (mut stream, head) = shake_hands(address, door, &format!("{SESSION}; {grant}")).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{door}: {head}");
        echoes(&mut stream, door).await;
        assert_eq!(opened.load(Ordering::SeqCst), n + 1, "{door}");
        open.push((stream, door));
    }
    // The handler has answered long ago, so the messages are not a withheld body.
    clock.advance(Duration::from_secs(11 * 60));
    for (mut stream, door) in open {
        echoes(&mut stream, door).await;
    }
}

/// Sends a masked text frame, and expects the same text unmasked (RFC 6455, section 5.7).
async fn echoes(stream: &mut TcpStream, door: &str) {
    stream.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).await.unwrap();
    let mut back = [0; 4];
    stream.read_exact(&mut back).await.unwrap();
    assert_eq!(back, [0x81, 0x02, b'h', b'i'], "{door}");
}

/// Requests an upgrade like a browser, and returns the head of the answer.
async fn shake_hands(address: SocketAddr, target: &str, cookies: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let ask = format!(
        "GET {target} HTTP/1.1\r\nHost: bank.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-Fetch-Mode: websocket\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookies}\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    let read = async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(60), read).await.expect("an answer in time");
    (stream, String::from_utf8(head).unwrap())
}
