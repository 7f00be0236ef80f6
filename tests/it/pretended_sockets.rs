//! Requests that pretend to open a socket, and whose bodies come after the end of the grant.
//!
//! The client writes every header of a handshake, so none shows that the handler opens a socket. A handler that reads the
//! whole body before it acts must not act after the end of the grant.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_multipart::Multipart;
use actix_web::{HttpServer, web};
use axum::{Router, body::Bytes, extract::State, routing::any};
use futures_util::TryStreamExt;
use mfakit::{
    LoginId, Mfa, MfaLayer, MfaMiddleware, RequireMfa, Subject, UserId,
    testing::{ManualClock, TestProvider},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Number of payments.
type Paid = Arc<AtomicUsize>;

/// Multipart body, which says itself where it ends. It is also a chunk of a chunked body.
const BODY: &str = "--B\r\ncontent-disposition: form-data; name=\"to\"\r\n\r\nbob\r\n--B--\r\n";

/// Heads of requests with such a body.
const HEADS: [(&str, &str); 6] = [
    ("of a known length", "content-length: LENGTH\r\n"),
    ("chunked", "transfer-encoding: chunked\r\n"),
    ("after 100 Continue", "expect: 100-continue\r\ncontent-length: LENGTH\r\n"),
    ("as a handshake", "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAA\r\n"),
    (
        "as a handshake of a known length",
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAA\r\ncontent-length: LENGTH\r\n",
    ),
    (
        "as a chunked handshake",
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAA\r\ntransfer-encoding: chunked\r\n",
    ),
];

fn alice() -> Subject {
    Subject::cookie("alice", LoginId::from_bytes([1; 16]))
}

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(alice()))
}

fn engine() -> (Mfa, ManualClock) {
    let clock = ManualClock::new();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Some("+19195551234".to_owned()))
        .messaging_to(["US"])
        .clock(clock.clone())
        .build()
        .unwrap();
    (mfa, clock)
}

/// Sends each head, ends the grant or does not, and then sends the body. Returns the number of requests that were paid in
/// time.
async fn pays_in_time_only(address: SocketAddr, mfa: &Mfa, clock: &ManualClock, paid: &Paid) -> usize {
    let mut in_time = 0;
    for method in ["GET", "POST", "CONNECT"] {
        for (name, headers) in HEADS {
            for path in ["/pay", "/once"] {
                for ends in [false, true] {
                    let cookie = mfa.testing().grant(&alice(), "pay").await;
                    let mut client = TcpStream::connect(address).await.unwrap();
                    let headers = headers.replace("LENGTH", &BODY.len().to_string());
                    let head = format!(
                        "{method} {path} HTTP/1.1\r\nhost: bank.example\r\ncookie: {cookie}\r\n\
                         content-type: multipart/form-data; boundary=B\r\n{headers}\r\n"
                    );
                    client.write_all(head.as_bytes()).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    // A handler that got an empty body has acted before the end of the grant.
                    let before = paid.swap(0, Ordering::SeqCst);
                    if ends {
                        mfa.sign_out(&alice()).await.unwrap();
                        clock.advance(Duration::from_secs(3600));
                    }
                    let body = match headers.contains("chunked") {
                        true => format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len()),
                        false => BODY.to_owned(),
                    };
                    // The server may have hung up.
                    let _ = client.write_all(body.as_bytes()).await;
                    let reply = reply(&mut client).await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let after = paid.swap(0, Ordering::SeqCst);
                    assert!(!ends || after == 0, "{method} {path} {name}: paid after the end, {reply}");
                    in_time += usize::from(!ends && before + after > 0);
                }
            }
        }
    }
    in_time
}

/// Returns the beginning of the answer, after a `100 Continue`. Empty if there is none.
async fn reply(client: &mut TcpStream) -> String {
    loop {
        let mut reply = vec![0; 4096];
        let read = timeout(Duration::from_millis(500), client.read(&mut reply)).await;
        reply.truncate(read.map_or(0, Result::unwrap_or_default));
        let reply = String::from_utf8_lossy(&reply).into_owned();
        let is_interim = reply.starts_with("HTTP/1.1 100") && reply.matches("HTTP/1.1").count() == 1;
        if !is_interim {
            return reply;
        }
    }
}

/// Reads the whole body before it acts. `web::resource(…).to(…)` accepts every method.
async fn actix_pay(paid: web::Data<AtomicUsize>, mut form: Multipart) -> actix_web::Result<&'static str> {
    while let Some(mut field) = form.try_next().await? {
        while field.try_next().await?.is_some() {}
    }
    paid.fetch_add(1, Ordering::SeqCst);
    Ok("paid")
}

#[actix_web::test]
async fn a_body_behind_a_pretended_handshake_starts_no_handler_after_the_end_of_the_grant_on_actix_web() {
    let ((mfa, clock), paid) = (engine(), Paid::default());
    let (of_app, counted) = (mfa.clone(), paid.clone());
    let app = move || {
        let require = RequireMfa::scope("pay");
        actix_web::App::new()
            .app_data(web::Data::from(counted.clone()))
            .service(web::resource("/pay").wrap(require).to(actix_pay))
            .service(web::resource("/once").wrap(require.once()).to(actix_pay))
            .wrap(MfaMiddleware::new(of_app.clone(), identify))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let in_time = pays_in_time_only(address, &mfa, &clock, &paid).await;
    handle.stop(false).await;
    assert!(in_time >= 12, "{in_time}");
}

async fn axum_pay(State(paid): State<Paid>, _: Bytes) -> &'static str {
    paid.fetch_add(1, Ordering::SeqCst);
    "paid"
}

#[tokio::test]
async fn a_body_behind_a_pretended_handshake_starts_no_handler_after_the_end_of_the_grant_on_axum() {
    let ((mfa, clock), paid) = (engine(), Paid::default());
    let require = RequireMfa::scope("pay");
    let app = Router::new()
        .route("/pay", any(axum_pay).layer(require))
        .route("/once", any(axum_pay).layer(require.once()))
        .layer(MfaLayer::new(mfa.clone(), identify))
        .with_state(paid.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let in_time = pays_in_time_only(address, &mfa, &clock, &paid).await;
    server.abort();
    assert!(in_time >= 12, "{in_time}");
}
