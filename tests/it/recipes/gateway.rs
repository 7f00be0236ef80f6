//! Sessions that a gateway keeps, in a tower stack without a web framework.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use mfakit::{BoxError, LoginId, Mfa, MfaLayer, RequireMfa, Subject, web::tower::MfaRoutes};
use tokio::net::TcpListener;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

// Used by the test only.
use mfakit::testing::{Confirm, HttpCall, TestProvider, on_tower};

async fn identify(parts: Parts) -> Result<Option<Subject>, Infallible> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let Some((user, session)) = header("x-user").zip(header("x-session")) else { return Ok(None) };
    Ok(Some(Subject::cookie(user, LoginId::from_session_id(session))))
}

fn app<B>(
    mfa: Mfa,
) -> impl Service<Request<B>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send> + Clone + Send
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let routes = MfaRoutes::<Full<Bytes>>::new(&mfa);
    let transfer = ServiceBuilder::new()
        .layer(RequireMfa::scope("transfer").max_age(Duration::from_secs(300)))
        .service(service_fn(transfer));
    ServiceBuilder::new().layer(MfaLayer::new(mfa, identify)).service(service_fn(
        move |request: Request<B>| {
            let (transfer, routes) = (transfer.clone(), routes.clone());
            async move {
                match request.uri().path() {
                    "/transfer" => transfer.oneshot(request).await,
                    path if path.starts_with("/mfa/") => routes.oneshot(request).await,
                    _ => not_found(request).await,
                }
            }
        },
    ))
}

async fn serve(mfa: Mfa, listener: TcpListener) -> Result<(), BoxError> {
    let app = ServiceBuilder::new().map_request(boxed).service(app(mfa)).boxed_clone();
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

fn boxed(request: Request<Incoming>) -> Request<UnsyncBoxBody<Bytes, BoxError>> {
    request.map(|body| body.map_err(BoxError::from).boxed_unsync())
}

async fn signed_out(mfa: &Mfa, user: &str, session: &str) -> Result<(), BoxError> {
    Ok(mfa.revoke_login(&user.into(), &LoginId::from_session_id(session)).await?)
}

async fn transfer<B: Body<Error: Into<BoxError>>>(
    request: Request<B>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let read = request.into_body().collect().await.map_err(Into::into);
    let order = read.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Ok(Response::new(Full::from([b"sent ", order.as_ref()].concat())))
}

async fn not_found<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

fn through_the_gateway(call: HttpCall, session: &str) -> HttpCall {
    call.header("x-user", "alice").header("x-session", session)
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_a_gateway() {
    let provider = TestProvider::new();
    let mfa = super::mfa::builder(provider.clone()).build().unwrap();
    let send = on_tower(app(mfa.clone()));
    let transfer = || HttpCall::new("POST", "/transfer");
    let status = async |call: HttpCall| send(call).await.unwrap().status;
    assert_eq!(status(transfer()).await, 401);
    assert_eq!(status(HttpCall::new("GET", "/")).await, 404);
    assert_eq!(status(through_the_gateway(transfer(), "s1")).await, 401);

    let confirm = Confirm::new("transfer");
    let confirmed = confirm.run(&provider, async |call| send(through_the_gateway(call, "s1")).await).await;
    let cookie = confirmed.unwrap().cookie().unwrap().to_string();
    let again = |session| through_the_gateway(transfer(), session).header("cookie", cookie.as_str());
    assert_eq!(status(again("s1")).await, 200);
    assert_eq!(status(again("s2")).await, 401, "another session");

    signed_out(&mfa, "alice", "s1").await.unwrap();
    assert_eq!(status(again("s1")).await, 401);
    assert_eq!(status(through_the_gateway(transfer(), "")).await, 500, "an empty id is a mistake");
}

#[tokio::test]
async fn on_hyper_a_body_reaches_the_guarded_service_with_a_grant_only() {
    let mfa = super::mfa::builder(TestProvider::new()).build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/transfer", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(mfa.clone(), listener));
    let client = reqwest::Client::new();
    let transfer = async || {
        let request = client.post(&url).header("x-user", "alice").header("x-session", "s1").body("$5");
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    assert_eq!(transfer().await.0, 401);
    mfa.testing().grant_user("alice", "transfer");
    assert_eq!(transfer().await, (200, "sent $5".to_owned()));
    server.abort();
}
