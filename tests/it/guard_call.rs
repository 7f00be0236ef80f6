//! `RequireMfa::guard` and `MfaLayer::with_routes` on hyper, with handlers of every type of body.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use mfakit::{
    BoxError, LoginId, Mfa, MfaLayer, RequireMfa, Subject, UserId,
    testing::{ManualClock, TestProvider},
    web::tower::Body,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::{Service, ServiceBuilder, service_fn};

type Reply = Result<Response<Full<Bytes>>, Infallible>;

const PAY: RequireMfa = RequireMfa::scope("pay").max_age(Duration::from_secs(300));

/// Counts of the handler's runs: those that began, and those that read the whole body.
#[derive(Clone, Default)]
struct Runs(Arc<[AtomicUsize; 2]>);

impl Runs {
    fn count(&self) -> (usize, usize) {
        (self.0[0].load(Ordering::SeqCst), self.0[1].load(Ordering::SeqCst))
    }

    /// Reads an order in JSON.
    async fn pay(self, request: Request<Body>) -> Reply {
        self.0[0].fetch_add(1, Ordering::SeqCst);
        let order = request.into_body().collect().await;
        self.0[1].fetch_add(1, Ordering::SeqCst);
        let order =
            order.ok().and_then(|order| serde_json::from_slice::<serde_json::Value>(&order.to_bytes()).ok());
        let status = if order.is_some() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let text = order.map(|order| format!("paid {}", order["amount"])).unwrap_or_default();
        Ok(Response::builder().status(status).body(Full::from(text)).unwrap())
    }
}

fn alice() -> Subject {
    Subject::cookie("alice", LoginId::from_bytes([1; 16]))
}

async fn identify(_: Parts) -> Result<Option<Subject>, Infallible> {
    Ok(Some(alice()))
}

fn not_found() -> Reply {
    Ok(Response::builder().status(404).body(Full::default()).unwrap())
}

async fn of_any_body<B>(runs: Runs, request: Request<B>) -> Reply
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    match (request.method().as_str(), request.uri().path()) {
        ("POST", "/pay") => PAY.guard(request, |request| runs.pay(request)).await,
        _ => not_found(),
    }
}

async fn of_incoming(runs: Runs, request: Request<Incoming>) -> Reply {
    match (request.method().as_str(), request.uri().path()) {
        ("POST", "/pay") => PAY.guard(request, |request| runs.pay(request)).await,
        _ => not_found(),
    }
}

/// Serves an app as an app's own `main` does.
async fn serve<S>(app: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(app.clone());
            tokio::spawn(async move {
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

const ORDER: &str = "{\"amount\": 700}";

/// Sends an order in two pieces, and returns the status line and the body.
async fn order(address: SocketAddr, grant: &str, between: impl AsyncFnOnce()) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (first, second) = ORDER.split_at(5);
    let head = format!(
        "POST /pay HTTP/1.1\r\nhost: bank.example\r\nconnection: close\r\ncookie: {grant}\r\ncontent-length: {}\r\n\r\n{first}",
        ORDER.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    between().await;
    // The server may have answered and closed the connection already.
    let _ = stream.write_all(second.as_bytes()).await;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

async fn walk(mfa: &Mfa, clock: &ManualClock, runs: &Runs, address: SocketAddr) {
    let (status, body) = order(address, "", async || ()).await;
    assert!(status.contains("401") && body.contains("step-up-required"), "{status} {body}");
    assert_eq!(runs.count(), (0, 0));

    let grant = mfa.testing().grant(&alice(), "pay").await;
    let (status, body) = order(address, &grant, async || ()).await;
    assert!(status.contains("200") && body == "paid 700", "{status} {body}");
    assert_eq!(runs.count(), (1, 1));

    // The body pauses while the grant ends. The handler is dropped, and the client is answered.
    let late = order(address, &grant, async || {
        while runs.count().0 < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        clock.advance(Duration::from_secs(301));
    });
    let (status, body) = late.await;
    assert!(status.contains("401") && body.contains("step-up-required"), "{status} {body}");
    assert_eq!(runs.count(), (2, 1));

    let module = reqwest::get(format!("http://{address}/mfa/-/mfa.js")).await.unwrap();
    assert_eq!(module.status(), 200);
    let page = reqwest::get(format!("http://{address}/mfa/pay")).await.unwrap();
    assert_eq!(page.status(), 200);
    let elsewhere = reqwest::get(format!("http://{address}/mfalike")).await.unwrap();
    assert_eq!(elsewhere.status(), 404);
}

fn engine() -> (Mfa, ManualClock, Runs) {
    let clock = ManualClock::new();
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Some("+19195551234".to_owned()))
        .messaging_to(["US"])
        .clock(clock.clone())
        .build();
    (mfa.unwrap(), clock, Runs::default())
}

#[tokio::test]
async fn a_guarded_call_holds_back_the_body_of_a_generic_handler() {
    let (mfa, clock, runs) = engine();
    let counted = runs.clone();
    let app = ServiceBuilder::new()
        .layer(MfaLayer::new(mfa.clone(), identify).with_routes())
        .service(service_fn(move |request| of_any_body::<Incoming>(counted.clone(), request)));
    walk(&mfa, &clock, &runs, serve(app).await).await;
}

#[tokio::test]
async fn a_guarded_call_holds_back_the_body_of_a_handler_of_incoming() {
    let (mfa, clock, runs) = engine();
    let counted = runs.clone();
    let app = ServiceBuilder::new()
        .layer(MfaLayer::new(mfa.clone(), identify).with_routes())
        .service(service_fn(move |request| of_incoming(counted.clone(), request)));
    walk(&mfa, &clock, &runs, serve(app).await).await;
}

#[tokio::test]
async fn a_layer_holds_back_a_body_that_was_boxed_for_it() {
    let (mfa, clock, runs) = engine();
    let counted = runs.clone();
    let pay = ServiceBuilder::new()
        .layer(PAY)
        .service(service_fn(move |request: Request<Body>| counted.clone().pay(request)));
    let app = ServiceBuilder::new()
        .layer(MfaLayer::new(mfa.clone(), identify).with_routes())
        .map_request(|request: Request<Incoming>| request.map(Body::new))
        .service(service_fn(move |request: Request<Body>| {
            let pay = pay.clone();
            async move {
                match request.uri().path() {
                    "/pay" => tower::ServiceExt::oneshot(pay, request).await,
                    _ => not_found(),
                }
            }
        }));
    walk(&mfa, &clock, &runs, serve(app).await).await;
}
