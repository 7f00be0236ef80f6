//! Sessions that a gateway keeps, in a tower stack without a web framework.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response, request::Parts};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use mfakit::{BoxError, ClientAddress, LoginId, Mfa, MfaLayer, MfaProvider, RequireMfa, Subject, UserId};
use mfakit::{bandwidth::Bandwidth, web::tower::Body};
use tokio::net::TcpListener;
use tower::{ServiceBuilder, service_fn};

use http::StatusCode;
use http_body_util::BodyExt;

// Used by the test only.
use mfakit::testing::{Confirm, HttpCall, HttpReply, TestProvider};

async fn identify(parts: Parts) -> Result<Option<Subject>, Infallible> {
    let header = |name| parts.headers.get(name)?.to_str().ok();
    let signed_in = header("x-user").zip(header("x-session"));
    Ok(signed_in.map(|(user, session)| Subject::cookie(user, LoginId::from_session_id(session))))
}

const SETTINGS: RequireMfa = RequireMfa::scope("settings").max_age(Duration::from_secs(300));

async fn settings(_: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("These are your settings.")))
}

fn engine(provider: impl MfaProvider) -> Result<Mfa, BoxError> {
    let mfa = Mfa::builder(provider, "http://localhost:3000") // later, the gateway's origin
        .scope("settings", "change your settings")
        .directory(async |_: UserId| Some("+12025550123".to_owned()))
        .messaging_to(["US"])
        .client_address(ClientAddress::TrustedProxies(1))
        .build()?;
    Ok(mfa)
}

/// The blank lines let the document show the first arm without the second.
async fn handle(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    match (request.method().as_str(), request.uri().path()) {
        ("GET", "/settings") => SETTINGS.guard(request, settings).await,

        ("POST", "/settings") => SETTINGS.guard(request, save).await,

        _ => Ok(Response::new(Full::from("This page needs no code."))),
    }
}

async fn serve(mfa: Mfa, listener: TcpListener) -> Result<(), BoxError> {
    let mfa = MfaLayer::new(mfa, identify).with_routes();
    let app = ServiceBuilder::new().layer(mfa).service(service_fn(handle));
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
    tracing_subscriber::fmt().init();
    let mfa = engine(Bandwidth::from_env()?)?;
    serve(mfa, TcpListener::bind("127.0.0.1:3000").await?).await
}

async fn signed_out(mfa: &Mfa, user: &str, session: &str) -> Result<(), BoxError> {
    Ok(mfa.sign_out(&Subject::cookie(user, LoginId::from_session_id(session))).await?)
}

async fn save(request: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Ok(body) = request.into_body().collect().await else {
        let mut response = Response::new(Full::from("the body ended early"));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(response);
    };
    Ok(Response::new(Full::from([b"saved ", &*body.to_bytes()].concat())))
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
    let settings = || HttpCall::new("GET", "/settings");
    let save = || HttpCall::new("POST", "/settings").body("a name");
    let status = async |call, session| send(&address, call, session).await.status;
    for call in [settings, save] {
        assert_eq!(status(call(), None).await, 401, "not signed in");
        assert_eq!(status(call(), Some("s1")).await, 401, "no code yet");
        assert_eq!(status(call(), Some("")).await, 500, "an empty id is a mistake");
    }
    assert_eq!(status(HttpCall::new("GET", "/"), None).await, 200);
    assert_eq!(status(HttpCall::new("GET", "/mfa/-/mfa.js"), None).await, 200);
    assert_eq!(status(HttpCall::new("GET", "/mfa/unknown"), Some("s1")).await, 404);

    let confirm = Confirm::new("settings");
    let confirmed = confirm.run(&provider, async |call| Ok(send(&address, call, Some("s1")).await)).await;
    let confirmed = confirmed.unwrap();
    assert_eq!(confirmed.expires_in(), 600, "the lifetime of the scope's grants, not the route's `max_age`");
    let with_grant = |call: HttpCall| call.header("cookie", confirmed.cookie().unwrap());
    for (call, body) in [(settings(), "These are your settings."), (save(), "saved a name")] {
        let reply = send(&address, with_grant(call), Some("s1")).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, body));
    }
    assert_eq!(status(with_grant(settings()), Some("s2")).await, 401, "another session");

    signed_out(&mfa, "alice", "s1").await.unwrap();
    for call in [settings, save] {
        assert_eq!(status(with_grant(call()), Some("s1")).await, 401);
    }
    server.abort();
}
