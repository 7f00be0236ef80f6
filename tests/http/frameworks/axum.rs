//! The standard app on axum.

mod bound;
mod once;

use std::{convert::Infallible, io, net::SocketAddr};

use async_trait::async_trait;
use axum::{
    Form, Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequestParts, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts,
    },
    response::IntoResponse,
    routing::{get, post},
};
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Full};
use mfakit::{Granted, Mfa, MfaLayer, MfaRejection, Rejection, RequireMfa, StepUp, Subject, require_mfa};
use tower::ServiceExt;
use tower_http::{cors::CorsLayer, normalize_path::NormalizePath, services::ServeDir};

use crate::http::{
    ask::{self, Ask},
    framework::{Answered, App, Framework, Layer, Ledger, Manner, Rejections, Rest, Server, Taken, told},
    served,
    world::{TRUSTED, foreign_engine},
};

/// axum, served in process.
#[derive(Clone, Copy)]
pub(crate) struct Axum;

#[async_trait(?Send)]
impl Framework for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn manner(&self) -> Manner {
        Manner {
            layer_name: "MfaLayer",
            layer_covers_later: false,
            layer_covers_outer_rest: false,
            nest_has_its_slash: false,
        }
    }

    async fn serve(&self, app: App) -> Box<dyn Server> {
        Box::new(Running { router: router(&app), ledger: app.ledger })
    }
}

struct Running {
    router: Router,
    ledger: Ledger,
}

#[async_trait(?Send)]
impl Server for Running {
    async fn answer(&self, ask: Ask) -> Answered {
        let mut request = Request::builder().method(ask.method.as_str()).uri(&ask.target);
        for (name, value) in ask.all_headers() {
            let (name, value) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_bytes()));
            request = request.header(name.unwrap(), value.unwrap());
        }
        if let Some(peer) = ask.peer {
            request = request.extension(ConnectInfo(SocketAddr::new(peer, 49152)));
        }
        let taken = self.ledger.taken();
        let request = request.body(body(ask.body, taken.clone())).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        taken.answered();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Answered {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }
}

/// A body that counts the bytes that are read.
fn body(body: ask::Body, taken: Taken) -> Body {
    let pieces = |bytes: &[u8]| bytes.chunks(1024).map(|piece| Ok(piece.to_vec())).collect::<Vec<_>>();
    let broken = || Err(io::Error::other("the body breaks off, as the case wants it"));
    let counted = move |piece: &Result<Vec<u8>, io::Error>| {
        taken.count(piece.as_ref().map_or(0, Vec::len));
    };
    match body {
        ask::Body::Empty => Body::empty(),
        ask::Body::Bytes(bytes) => Body::from_stream(stream::iter(pieces(&bytes)).inspect(counted)),
        ask::Body::Broken(bytes) => {
            let pieces = pieces(&bytes).into_iter().chain([broken()]);
            Body::from_stream(stream::iter(pieces).inspect(counted))
        }
        ask::Body::Pausing([first, second], pause) => {
            let second = stream::once(async move {
                pause.wait().await;
                Ok(second)
            });
            Body::from_stream(stream::iter([Ok(first)]).chain(second).inspect(counted))
        }
        ask::Body::Silent => {
            let touched = stream::once(async { Ok(vec![0]) }).inspect(counted).skip(1);
            Body::from_stream(touched.chain(stream::pending()))
        }
    }
}

fn router(app: &App) -> Router {
    let App { mfa, ledger, shape } = app;
    let around_of = |mfa: Mfa| {
        let layer = MfaLayer::with_state(mfa, ledger.clone(), identify);
        match shape.rejections {
            Rejections::Default => layer,
            how => layer.on_rejection(move |rejection, response| rejected(how, rejection, response)),
        }
    };
    let around = || around_of(if shape.layer == Layer::Foreign { foreign_engine() } else { mfa.clone() });
    let mut reports = get(report);
    if shape.layer == Layer::InsideGuard {
        reports = reports.layer(around());
    }
    let mut router = handlers()
        .route("/report", reports.layer(RequireMfa::scope("reports")))
        .merge(mfakit::web::axum::routes(mfa));
    match shape.rest {
        Rest::Nothing => {}
        Rest::Guarded => router = router.fallback(rest),
        Rest::Open => router = router.fallback(report),
    }
    if matches!(shape.layer, Layer::Around | Layer::Foreign | Layer::InsideForeign | Layer::Twice) {
        router = router.layer(around());
    }
    if shape.layer == Layer::Twice {
        router = router.layer(around());
    }
    if shape.layer == Layer::InsideForeign {
        router = router.layer(around_of(foreign_engine()));
    }
    router = router.route("/late", get(settings));
    if shape.cors {
        router = router.layer(cors());
    }
    let router = router.with_state(ledger.clone());
    if shape.normalized {
        // A layer of the router itself would run after the route was chosen.
        return Router::new().fallback_service(NormalizePath::trim_trailing_slash(router));
    }
    router
}

fn handlers() -> Router<Ledger> {
    Router::new()
        .route("/pay", post(pay))
        .route("/settings", get(settings))
        .route("/own-cache", get(own_cache))
        .route("/hour", get(hour))
        .route("/upload", post(upload))
        .route("/maybe", post(maybe))
        .route("/both", get(both).layer(RequireMfa::scope("reports")))
        .route("/proof", get(proof))
        .route("/grant", get(grant_without_guard))
        .route("/public", get(public))
        .route("/undeclared", get(undeclared))
        .route("/managed", get(report).layer(RequireMfa::scope("mfakit.manage")))
        .route("/enrolled", get(report).layer(RequireMfa::scope("mfakit.enroll")))
        .nest("/vault", vault())
        .nest("/loose", loose())
        .nest("/hollow", hollow())
        .nest("/files", files())
        .nest("/once", once::routes())
        .nest("/bound", bound::routes())
}

fn vault() -> Router<Ledger> {
    Router::new()
        .route("/list", get(report))
        .nest("/deep", Router::new().route("/list", get(report)))
        .fallback(report)
        .layer(RequireMfa::scope("reports"))
        .route("/late", get(report))
}

fn loose() -> Router<Ledger> {
    Router::new().route("/list", get(report)).fallback(report).route_layer(RequireMfa::scope("reports"))
}

fn hollow() -> Router<Ledger> {
    Router::new().route("/list", get(report)).layer(RequireMfa::scope("reports"))
}

fn files() -> Router<Ledger> {
    Router::new().fallback_service(ServeDir::new(served::FOLDER)).layer(RequireMfa::scope("reports"))
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin([HeaderValue::from_static(TRUSTED)])
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .allow_credentials(true)
}

/// Writes a rejection, like the app's own function.
fn rejected(how: Rejections, rejection: &Rejection, response: Response<Full<Bytes>>) -> Response<Body> {
    match how {
        Rejections::Default => response.into_response(),
        Rejections::Own => (StatusCode::IM_A_TEAPOT, Json(told(rejection))).into_response(),
        Rejections::Marked => ([("x-own", "1")], response).into_response(),
        Rejections::Panicking => std::panic::resume_unwind(Box::new("as the case wants it")),
        Rejections::Succeeding => "all is well".into_response(),
        Rejections::Streaming => Body::from_stream(stream::pending::<io::Result<Bytes>>()).into_response(),
    }
}

async fn identify(State(ledger): State<Ledger>, headers: HeaderMap) -> Result<Option<Subject>, io::Error> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    ledger.identify(authorization, cookies)
}

/// Extractor that counts its runs, and returns the ledger.
struct Counted(Ledger);

impl FromRequestParts<Ledger> for Counted {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, ledger: &Ledger) -> Result<Self, Infallible> {
        ledger.extractor_ran();
        Ok(Self(ledger.clone()))
    }
}

#[derive(serde::Deserialize)]
struct Order {
    amount: u32,
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn pay(Counted(ledger): Counted, Form(order): Form<Order>) -> String {
    ledger.handler_ran();
    format!("paid {}", order.amount)
}

#[require_mfa(scope = "settings")]
async fn settings(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "settings"
}

#[require_mfa(scope = "settings")]
async fn own_cache(Counted(ledger): Counted) -> impl IntoResponse {
    ledger.handler_ran();
    ([(header::CACHE_CONTROL, "public, max-age=3600")], "own cache")
}

#[require_mfa(scope = "settings", max_age = "1h")]
async fn hour(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "hour"
}

#[require_mfa(scope = "settings")]
async fn rest(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "the rest"
}

async fn report(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "report"
}

#[require_mfa(scope = "pay")]
async fn upload(Counted(ledger): Counted, body: Bytes) -> String {
    ledger.handler_ran();
    format!("{} bytes", body.len())
}

async fn maybe(
    Counted(ledger): Counted,
    step_up: StepUp,
    Form(order): Form<Order>,
) -> Result<String, MfaRejection> {
    if order.amount > 100 {
        step_up.require(RequireMfa::scope("pay")).await?;
    }
    ledger.handler_ran();
    Ok(format!("paid {}", order.amount))
}

#[require_mfa(scope = "settings")]
async fn both(Counted(ledger): Counted, Granted(grant): Granted) -> String {
    ledger.handler_ran();
    grant.scope().to_string()
}

#[require_mfa(scope = "settings")]
async fn proof(Granted(grant): Granted, Counted(ledger): Counted) -> String {
    ledger.handler_ran();
    let (from, to) = (grant.verified_at().as_millis(), grant.expires_at().as_millis());
    format!("{} {} {from} {to}", grant.scope(), grant.channel())
}

async fn grant_without_guard(Counted(ledger): Counted, Granted(grant): Granted) -> String {
    ledger.handler_ran();
    grant.scope().to_string()
}

async fn public(Counted(ledger): Counted) -> impl IntoResponse {
    ledger.handler_ran();
    ([(header::CACHE_CONTROL, "public, max-age=3600")], "public")
}

#[require_mfa(scope = "undeclared")]
async fn undeclared(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "undeclared"
}
