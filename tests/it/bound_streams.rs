//! Bound routes that answer with a stream over real TCP: a WebSocket and server-sent events.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use axum::{
    Router,
    body::Body,
    extract::{Query, WebSocketUpgrade},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{Stream, StreamExt, stream};
use mfakit::{
    Action, DeclaredScope, LoginId, Mfa, MfaLayer, MfaMiddleware, PhoneNumber, RequireMfa, StepUp, Subject,
    UserId, require_mfa, testing::TestProvider,
};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const SESSION: &str = "session=alice";
const EVENT_STREAM: [(&str, &str); 1] = [("content-type", "text/event-stream")];

#[derive(Serialize, Deserialize, Action)]
struct Desk {
    #[action(line)]
    desk: String,
}

fn alice() -> Subject {
    Subject::cookie("alice", "00000000000000000000000000000001".parse::<LoginId>().unwrap())
}

fn engine() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .declare(DeclaredScope::new("trade", "trade at a desk").bound())
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .build()
        .unwrap()
}

fn subject(cookie: Option<&str>) -> Option<Subject> {
    cookie.is_some_and(|cookie| cookie.starts_with(SESSION)).then(alice)
}

/// Returns two events, the second of which is written after the handler has answered.
fn events(desk: String) -> impl Stream<Item = Result<web::Bytes, io::Error>> {
    stream::iter(["open", "closed"]).then(move |state| {
        let event = format!("data: {desk} {state}\n\n");
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(web::Bytes::from(event))
        }
    })
}

#[require_mfa(scope = "trade")]
async fn axum_socket(upgrade: WebSocketUpgrade, #[approve] Query(desk): Query<Desk>) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(_)) = socket.recv().await {
            if socket.send(desk.desk.as_str().into()).await.is_err() {
                break;
            }
        }
    })
}

#[require_mfa(scope = "trade")]
async fn axum_events(#[approve] Query(desk): Query<Desk>) -> impl IntoResponse {
    (EVENT_STREAM, Body::from_stream(events(desk.desk)))
}

async fn actix_socket(
    step_up: StepUp,
    request: HttpRequest,
    desk: web::Query<Desk>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let (desk, _) = step_up.approve(desk.into_inner(), RequireMfa::scope("trade")).await?;
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(_))) = messages.next().await {
            if session.text(desk.desk.as_str()).await.is_err() {
                break;
            }
        }
    });
    Ok(response)
}

#[require_mfa(scope = "trade")]
async fn actix_events(#[approve] desk: web::Query<Desk>) -> HttpResponse {
    HttpResponse::Ok().insert_header(EVENT_STREAM[0]).streaming(events(desk.into_inner().desk))
}

#[tokio::test]
async fn a_bound_route_answers_with_a_stream_on_axum() {
    let mfa = engine();
    let identify = async |headers: HeaderMap| {
        Ok::<_, Infallible>(subject(headers.get("cookie").and_then(|value| value.to_str().ok())))
    };
    let app = Router::new()
        .route("/socket", get(axum_socket))
        .route("/events", get(axum_events))
        .layer(MfaLayer::new(mfa.clone(), identify));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    holds(address, &mfa).await;
    server.abort();
}

#[actix_web::test]
async fn a_bound_route_answers_with_a_stream_on_actix_web() {
    let mfa = engine();
    let engine = mfa.clone();
    let app = move || {
        let identify = async |request: HttpRequest| {
            let cookie = request.headers().get("cookie").and_then(|value| value.to_str().ok());
            Ok::<_, Infallible>(subject(cookie))
        };
        actix_web::App::new()
            .route("/socket", web::get().to(actix_socket))
            .route("/events", web::get().to(actix_events))
            .wrap(MfaMiddleware::new(engine.clone(), identify))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    holds(address, &mfa).await;
    handle.stop(false).await;
}

/// Requests each stream without an approval, with one of another value, with the right one, and with the same again.
async fn holds(address: SocketAddr, mfa: &Mfa) {
    for (door, success) in [("/socket", 101), ("/events", 200)] {
        let target = format!("{door}?desk=north");
        let approve = async |desk: &str| {
            let grant = mfa.testing().approve(&alice(), "trade", &Desk { desk: desk.to_owned() }).await;
            format!("{SESSION}; {grant}")
        };
        let (other, right) = (approve("south").await, approve("north").await);
        for (cookies, status) in
            [(SESSION, 401), (&*other, 401), (&*right, success), (&*right, 401), (&*other, 401)]
        {
            let (mut stream, head) = request(address, &target, cookies).await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{door} {cookies}: {head}");
            let is_upgraded = head.to_lowercase().contains("sec-websocket-accept");
            assert_eq!(is_upgraded, status == 101, "{door} {cookies}: {head}");
            match status {
                101 => {
                    stream.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).await.unwrap();
                    reads_until(&mut stream, b"\x81\x05north").await;
                }
                200 => {
                    reads_until(&mut stream, b"data: north closed\n\n").await;
                }
                _ => {}
            }
        }
    }
}

/// Requests a stream like a browser, and returns the head of the answer.
async fn request(address: SocketAddr, target: &str, cookies: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-Fetch-Mode: websocket\r\n";
    let upgrade = if target.starts_with("/socket") { upgrade } else { "" };
    let ask = format!(
        "GET {target} HTTP/1.1\r\nHost: bank.example\r\n{upgrade}Sec-Fetch-Site: same-origin\r\nCookie: {cookies}\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let head = reads_until(&mut stream, b"\r\n\r\n").await;
    (stream, String::from_utf8(head).unwrap())
}

/// Reads a stream until some bytes have arrived.
async fn reads_until(stream: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = async {
        while !bytes.ends_with(end) {
            bytes.push(stream.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(60), read).await.expect("the bytes in time");
    bytes
}
