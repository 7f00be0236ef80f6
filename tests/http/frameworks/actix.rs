//! The standard app on actix-web.

mod bound;
mod once;

use std::{
    future::{Ready, ready},
    io,
    net::SocketAddr,
    rc::Rc,
};

use actix_cors::Cors;
use actix_files::Files;
use actix_http::Request;
use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse, Resource, Route,
    body::{MessageBody, to_bytes},
    dev::{Payload, Service, ServiceResponse},
    error::PayloadError,
    guard,
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::{Condition, NormalizePath},
    test::{self, TestRequest},
    web::{self, Bytes, Data, Form, ServiceConfig},
};
use async_trait::async_trait;
use futures_util::{
    FutureExt, StreamExt,
    future::LocalBoxFuture,
    stream::{self, LocalBoxStream},
};
use mfakit::{
    Granted, Mfa, MfaMiddleware, MfaRejection, Rejection, RequireMfa, StepUp, Subject, require_mfa,
};

use crate::http::{
    ask::{self, Ask},
    framework::{Answered, App, Framework, Layer, Ledger, Manner, Rejections, Rest, Server, Taken, told},
    served,
    world::{TRUSTED, foreign_engine},
};

/// actix-web, served in process.
#[derive(Clone, Copy)]
pub(crate) struct Actix;

#[async_trait(?Send)]
impl Framework for Actix {
    fn name(&self) -> &'static str {
        "actix"
    }

    fn manner(&self) -> Manner {
        Manner {
            layer_name: "MfaMiddleware",
            layer_covers_later: true,
            layer_covers_outer_rest: true,
            nest_has_its_slash: true,
        }
    }

    async fn serve(&self, app: App) -> Box<dyn Server> {
        let App { mfa, ledger, shape } = app;
        let around_of = |mfa: Mfa| {
            let middleware = MfaMiddleware::new(mfa, identify);
            match shape.rejections {
                Rejections::Default => middleware,
                how => middleware.on_rejection(move |rejection, response| rejected(how, rejection, response)),
            }
        };
        let around = || around_of(if shape.layer == Layer::Foreign { foreign_engine() } else { mfa.clone() });
        let inside = Condition::new(shape.layer == Layer::InsideGuard, around());
        let reports = || RequireMfa::scope("reports");
        let mut app = actix_web::App::new()
            .app_data(Data::new(ledger.clone()))
            .service(at("/pay", web::post().to(pay)))
            .service(at("/settings", look().to(settings)))
            .service(at("/own-cache", look().to(own_cache)))
            .service(at("/hour", look().to(hour)))
            .service(at("/report", look().to(report)).wrap(inside).wrap(reports()))
            .service(at("/upload", web::post().to(upload)))
            .service(at("/maybe", web::post().to(maybe)))
            .service(at("/both", look().to(both)).wrap(reports()))
            .service(at("/proof", look().to(proof)))
            .service(at("/grant", look().to(grant_without_guard)))
            .service(at("/public", look().to(public)))
            .service(at("/undeclared", look().to(undeclared)))
            .service(at("/managed", look().to(report)).wrap(RequireMfa::scope("mfakit.manage")))
            .service(at("/enrolled", look().to(report)).wrap(RequireMfa::scope("mfakit.enroll")))
            .configure(nests)
            .service(once::routes())
            .service(bound::routes())
            .configure(mfakit::web::actix::routes(&mfa));
        match shape.rest {
            Rest::Nothing => {}
            Rest::Guarded => app = app.default_service(web::to(rest)),
            Rest::Open => app = app.default_service(web::to(report)),
        }
        let app = app
            .wrap(Condition::new(
                matches!(shape.layer, Layer::Around | Layer::Foreign | Layer::InsideForeign | Layer::Twice),
                around(),
            ))
            .wrap(Condition::new(shape.layer == Layer::Twice, around()))
            .wrap(Condition::new(shape.layer == Layer::InsideForeign, around_of(foreign_engine())))
            .service(at("/late", look().to(settings)))
            .wrap(Condition::new(shape.cors, cors()))
            .wrap(Condition::new(shape.normalized, NormalizePath::trim()));
        let answer = door(test::init_service(app).await);
        Box::new(Running { answer, ledger })
    }
}

/// Adds the nests, which are guarded as a whole or in part.
fn nests(config: &mut ServiceConfig) {
    let guard = || RequireMfa::scope("reports");
    let list = || at("/list", look().to(report));
    let vault = web::scope("/vault")
        .service(list())
        .service(web::scope("/deep").service(list()))
        .default_service(web::to(report))
        .wrap(guard())
        .service(at("/late", look().to(report)));
    let loose = web::scope("/loose").service(list().wrap(guard())).default_service(web::to(report));
    let hollow = web::scope("/hollow").service(list()).wrap(guard());
    let files = web::scope("/files").service(Files::new("", served::FOLDER)).wrap(guard());
    config.service(vault).service(loose).service(hollow).service(files);
}

fn cors() -> Cors {
    Cors::default()
        .allowed_origin(TRUSTED)
        .allowed_methods([Method::GET, Method::POST])
        .allowed_header(header::CONTENT_TYPE)
        .supports_credentials()
}

/// Writes a rejection, like the app's own function.
fn rejected(how: Rejections, rejection: &Rejection, mut response: HttpResponse) -> HttpResponse {
    match how {
        Rejections::Default => response,
        Rejections::Own => HttpResponse::ImATeapot().json(told(rejection)),
        Rejections::Marked => {
            response.headers_mut().insert(HeaderName::from_static("x-own"), HeaderValue::from_static("1"));
            response
        }
        Rejections::Panicking => std::panic::resume_unwind(Box::new("as the case wants it")),
        Rejections::Succeeding => HttpResponse::Ok().body("all is well"),
        Rejections::Streaming => HttpResponse::Forbidden().streaming(stream::pending::<io::Result<Bytes>>()),
    }
}

/// App that a test calls. The app's own type has no name.
type Door = Box<dyn Fn(TestRequest, Payload, Taken) -> LocalBoxFuture<'static, Answered>>;

/// Erases the type of an app.
fn door(
    app: impl Service<Request, Response = ServiceResponse<impl MessageBody + 'static>, Error = Error> + 'static,
) -> Door {
    let app = Rc::new(app);
    Box::new(move |request, payload, taken| {
        let app = Rc::clone(&app);
        async move {
            let (request, _) = request.to_request().replace_payload(payload);
            let late = is_watched(request.path());
            let response = match app.call(request).await {
                Ok(response) => response.into_parts().1.map_into_boxed_body(),
                // Like the server. Middleware cannot touch an `Err`, so only the answer to a body that came too
                // late for a guard around it is one.
                Err(error) if late => error.error_response(),
                Err(error) => panic!("an answer that is an error: {error}"),
            };
            taken.answered();
            answered(response).await
        }
        .boxed_local()
    })
}

struct Running {
    answer: Door,
    ledger: Ledger,
}

#[async_trait(?Send)]
impl Server for Running {
    async fn answer(&self, ask: Ask) -> Answered {
        let method = Method::from_bytes(ask.method.as_bytes()).unwrap();
        let is_head = method == Method::HEAD;
        let mut request = TestRequest::with_uri(&ask.target).method(method);
        for (name, value) in ask.all_headers() {
            let (name, value) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_bytes()));
            request = request.append_header((name.unwrap(), value.unwrap()));
        }
        if let Some(peer) = ask.peer {
            request = request.peer_addr(SocketAddr::new(peer, 49152));
        }
        let taken = self.ledger.taken();
        let mut answered = (self.answer)(request, payload(ask.body, taken.clone()), taken).await;
        if is_head {
            // actix-web's server removes the body of such an answer after the app, and so after this call.
            answered.body.clear();
        }
        answered
    }
}

/// Returns whether a guard around this route watches the body.
fn is_watched(path: &str) -> bool {
    (path.starts_with("/once/") || path.starts_with("/bound/")) && path.contains("layer")
}

async fn answered(response: HttpResponse) -> Answered {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter();
    Answered {
        status: response.status().as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: to_bytes(response.into_body()).await.unwrap().to_vec(),
    }
}

/// A body that counts the bytes that are read.
fn payload(body: ask::Body, taken: Taken) -> Payload {
    let pieces =
        |bytes: &[u8]| bytes.chunks(1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>();
    let broken = || Err(io::Error::other("the body breaks off, as the case wants it").into());
    let counted = move |piece: &Result<Bytes, PayloadError>| {
        taken.count(piece.as_ref().map_or(0, Bytes::len));
    };
    let payload: LocalBoxStream<'static, Result<Bytes, PayloadError>> = match body {
        ask::Body::Empty => return Payload::None,
        ask::Body::Bytes(bytes) => Box::pin(stream::iter(pieces(&bytes)).inspect(counted)),
        ask::Body::Broken(bytes) => {
            Box::pin(stream::iter(pieces(&bytes).into_iter().chain([broken()])).inspect(counted))
        }
        ask::Body::Pausing([first, second], pause) => {
            let second = stream::once(async move {
                pause.wait().await;
                Ok(second.into())
            });
            Box::pin(stream::iter([Ok(first.into())]).chain(second).inspect(counted))
        }
        ask::Body::Silent => {
            let touched = stream::once(async { Ok(Bytes::from_static(&[0])) }).inspect(counted).skip(1);
            Box::pin(touched.chain(stream::pending()))
        }
    };
    Payload::Stream { payload }
}

/// Creates a route that answers 405 to other methods. With `App::route` it would answer 404.
fn at(path: &str, route: Route) -> Resource {
    web::resource(path).route(route)
}

/// Creates a route for `GET` and `HEAD`. `web::get()` alone would not answer `HEAD`.
fn look() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Takes the whole request, as an app that routes further does. That fails if anything else holds a clone.
async fn identify(ledger: Data<Ledger>, request: HttpRequest) -> Result<Option<Subject>, io::Error> {
    let headers = request.headers();
    let cookies = headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    ledger.identify(authorization, cookies)
}

/// Extractor that counts its runs, and returns the ledger.
struct Counted(Ledger);

impl FromRequest for Counted {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ledger = request.app_data::<Data<Ledger>>().expect("the app has its ledger");
        ledger.extractor_ran();
        ready(Ok(Self(ledger.as_ref().clone())))
    }
}

#[derive(serde::Deserialize)]
struct Order {
    amount: u32,
}

#[require_mfa(scope = "pay", max_age = "5m")]
async fn pay(Counted(ledger): Counted, order: Form<Order>) -> String {
    ledger.handler_ran();
    format!("paid {}", order.amount)
}

#[require_mfa(scope = "settings")]
async fn settings(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "settings"
}

#[require_mfa(scope = "settings")]
async fn own_cache(Counted(ledger): Counted) -> HttpResponse {
    ledger.handler_ran();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).body("own cache")
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
    order: Form<Order>,
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

async fn public(Counted(ledger): Counted) -> HttpResponse {
    ledger.handler_ran();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).body("public")
}

#[require_mfa(scope = "undeclared")]
async fn undeclared(Counted(ledger): Counted) -> &'static str {
    ledger.handler_ran();
    "undeclared"
}
