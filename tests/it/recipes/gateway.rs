//! Sessions that a gateway keeps, in a tower stack without a web framework.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use mfakit::{BoxError, ClientAddress, LoginId, Mfa, MfaLayer, MfaProvider, RequireMfa, Subject, UserId};
use mfakit::{bandwidth::Bandwidth, web::tower::Body};
use tokio::net::TcpListener;
use tower::{ServiceBuilder, service_fn};

// Used by the test only.
use mfakit::testing::{Confirm, HttpCall, HttpReply, TestProvider};

async fn identify(parts: Parts) -> Result<Option<Subject>, Infallible> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let signed_in = header("x-user").zip(header("x-session"));
    Ok(signed_in.map(|(user, session)| Subject::cookie(user, LoginId::from_session_id(session))))
}

const TRANSFER: RequireMfa = RequireMfa::scope("transfer").max_age(Duration::from_secs(300));

async fn handle(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    match (request.method().as_str(), request.uri().path()) {
        ("POST", "/transfer") => TRANSFER.guard(request, transfer).await,
        _ => Ok(reply(StatusCode::NOT_FOUND, "not found")),
    }
}

async fn transfer(request: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(match request.into_body().collect().await {
        Ok(order) => reply(StatusCode::OK, [b"sent ", &*order.to_bytes()].concat()),
        Err(_) => reply(StatusCode::BAD_REQUEST, "the body ended early"),
    })
}

fn engine(provider: impl MfaProvider) -> Result<Mfa, BoxError> {
    let mfa = Mfa::builder(provider, "https://bank.example") // the gateway's origin, as browsers see it
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| Some("+12025550123".to_owned()))
        .messaging_to(["US"])
        .login_url("/login")
        .client_address(ClientAddress::TrustedProxies(1))
        .build()?;
    Ok(mfa)
}

async fn serve(mfa: Mfa, listener: TcpListener) -> Result<(), BoxError> {
    let app =
        ServiceBuilder::new().layer(MfaLayer::new(mfa, identify).with_routes()).service(service_fn(handle));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
                eprintln!("{error}");
            }
        });
    }
}

#[expect(dead_code, reason = "the test serves the app on a free port, with a provider of its own")]
#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mfa = engine(Bandwidth::from_env()?)?;
    serve(mfa, TcpListener::bind("127.0.0.1:3000").await?).await
}

async fn signed_out(mfa: &Mfa, user: &str, session: &str) -> Result<(), BoxError> {
    Ok(mfa.sign_out(&Subject::cookie(user, LoginId::from_session_id(session))).await?)
}

fn reply(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.into()));
    *response.status_mut() = status;
    response
}

/// Sends a call over HTTP, as the gateway does for a session of alice. Without one, no headers are set.
async fn send(address: &str, call: HttpCall, session: Option<&str>) -> HttpReply {
    let mut request =
        reqwest::Client::new().request(call.method.parse().unwrap(), format!("{address}{}", call.path()));
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    if let Some(session) = session {
        request = request.header("x-user", "alice").header("x-session", session);
    }
    let reply = request.header("x-forwarded-for", "192.0.2.1").body(call.body).send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    HttpReply::new(status, &headers, reply.text().await.unwrap())
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_a_gateway() {
    let provider = TestProvider::new();
    let mfa = engine(provider.clone()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(mfa.clone(), listener));
    let transfer = || HttpCall::new("POST", "/transfer").body("$5");
    let status = async |call, session| send(&address, call, session).await.status;
    assert_eq!(status(transfer(), None).await, 401);
    assert_eq!(status(HttpCall::new("GET", "/"), None).await, 404);
    assert_eq!(status(HttpCall::new("GET", "/mfa/-/mfa.js"), None).await, 200);
    assert_eq!(status(HttpCall::new("GET", "/mfa/unknown"), Some("s1")).await, 404);
    assert_eq!(status(transfer(), Some("s1")).await, 401);

    let confirm = Confirm::new("transfer");
    let confirmed = confirm.run(&provider, async |call| Ok(send(&address, call, Some("s1")).await)).await;
    let cookie = confirmed.unwrap().cookie().unwrap().to_string();
    let again = || transfer().header("cookie", cookie.as_str());
    let sent = send(&address, again(), Some("s1")).await;
    assert_eq!((sent.status, sent.body.as_str()), (200, "sent $5"));
    assert_eq!(status(again(), Some("s2")).await, 401, "another session");

    signed_out(&mfa, "alice", "s1").await.unwrap();
    assert_eq!(status(again(), Some("s1")).await, 401);
    assert_eq!(status(transfer(), Some("")).await, 500, "an empty id is a mistake");
    server.abort();
}
