//! The attribute beside actix-web's attributes: it guards in every position, and before anything else.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use actix_web::{
    App, FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, Service, ServiceResponse},
    error::PayloadError,
    get,
    http::{Method, header},
    post, route, routes, test, web,
};
use futures_util::{Stream, stream};
use mfakit::{
    Granted, LoginId, MemoryStore, Mfa, MfaMiddleware, MfaStore, PhoneNumber, StepUp, Subject, UserId,
    require_mfa, testing::TestProvider,
};

use crate::late_store::late_store;

/// Counts of started extractors and of polls of the body.
#[derive(Clone, Default)]
struct Counters {
    extractors: Arc<AtomicUsize>,
    polls: Arc<AtomicUsize>,
}

impl Counters {
    fn read(&self) -> (usize, usize) {
        (self.extractors.load(Ordering::SeqCst), self.polls.load(Ordering::SeqCst))
    }
}

/// Extractor that counts its starts.
struct Counted;

impl FromRequest for Counted {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let counters = request.app_data::<Counters>().unwrap();
        counters.extractors.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Self))
    }
}

/// A body that counts every poll.
struct CountedBody {
    counters: Counters,
    pieces: Vec<Result<web::Bytes, PayloadError>>,
}

impl Stream for CountedBody {
    type Item = Result<web::Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.counters.polls.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(self.pieces.pop())
    }
}

#[require_mfa(scope = "transfer")]
#[get("/get/above")]
async fn get_above(_: Counted) -> &'static str {
    "done"
}

#[get("/get/below")]
#[require_mfa(scope = "transfer")]
async fn get_below(_: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
#[post("/post/above")]
async fn post_above(_: Counted, _: web::Form<Vec<(String, String)>>) -> &'static str {
    "done"
}

#[post("/post/below")]
#[require_mfa(scope = "transfer")]
async fn post_below(_: web::Form<Vec<(String, String)>>, _: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
#[route("/route/above", method = "PUT", method = "POST", method = "PURGE")]
async fn route_above(_: Counted) -> &'static str {
    "done"
}

#[route("/route/below", method = "PUT", method = "POST", method = "PURGE")]
#[require_mfa(scope = "transfer")]
async fn route_below(_: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
#[routes]
#[get("/routes/above")]
#[post("/routes/above/too")]
async fn routes_above(_: Counted) -> &'static str {
    "done"
}

#[routes]
#[get("/routes/below")]
#[post("/routes/below/too")]
#[require_mfa(scope = "transfer")]
async fn routes_below(_: Counted) -> &'static str {
    "done"
}

#[routes]
#[get("/routes/between")]
#[require_mfa(scope = "transfer")]
#[post("/routes/between/too")]
async fn routes_between(_: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
#[tracing::instrument(skip_all)]
#[get("/instrument/below")]
async fn instrument_below(_: Counted) -> &'static str {
    "done"
}

#[get("/instrument/above")]
#[tracing::instrument(skip_all)]
#[require_mfa(scope = "transfer")]
async fn instrument_above(_: Counted) -> &'static str {
    "done"
}

#[utoipa::path(responses((status = 200, body = String)))]
#[get("/utoipa/outermost")]
#[require_mfa(scope = "transfer")]
async fn utoipa_and_route_above(_: Counted) -> &'static str {
    "done"
}

#[utoipa::path(responses((status = 200, body = String)))]
#[require_mfa(scope = "transfer")]
#[get("/utoipa/above")]
async fn utoipa_above(_: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
async fn registered(_: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
async fn json(_: Counted, _: web::Json<Vec<u8>>, _: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
async fn multipart(_: actix_multipart::Multipart, _: Counted) -> &'static str {
    "done"
}

#[require_mfa(scope = "transfer")]
async fn payload(payload: web::Payload, _: Counted) -> web::Bytes {
    payload.to_bytes().await.unwrap()
}

#[require_mfa(scope = "transfer")]
async fn everything(
    path: web::Path<u64>,
    _: HttpRequest,
    query: web::Query<Vec<(String, String)>>,
    Granted(grant): Granted,
    counters: web::Data<&'static str>,
    _: StepUp,
    _: Counted,
    body: web::Bytes,
) -> String {
    format!("{path} {} {} {} {}", query.len(), grant.scope(), counters.len(), body.len())
}

/// Identifies the caller by a header; a real app uses its session.
struct Session(Option<Subject>);

impl FromRequest for Session {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.extensions().get::<Subject>().cloned())))
    }
}

async fn identify(Session(subject): Session) -> Result<Option<Subject>, Infallible> {
    Ok(subject)
}

fn mfa(store: impl MfaStore) -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .store(store)
        .build()
        .unwrap()
}

/// Builds the app with every handler of this file.
async fn app(
    mfa: &Mfa,
    counters: &Counters,
) -> impl Service<actix_http::Request, Response = ServiceResponse, Error = actix_web::Error> {
    let app = App::new()
        .app_data(counters.clone())
        .app_data(web::Data::new("four"))
        .service((get_above, get_below, post_above, post_below, route_above, route_below))
        .service((routes_above, routes_below, routes_between))
        .service((instrument_above, instrument_below, utoipa_above, utoipa_and_route_above))
        .route("/registered", web::get().to(registered))
        .route("/json", web::post().to(json))
        .route("/multipart", web::post().to(multipart))
        .route("/payload", web::post().to(payload))
        .route("/everything/{id}", web::post().to(everything))
        .wrap(MfaMiddleware::new(mfa.clone(), identify));
    test::init_service(app).await
}

const FORM: (&str, &str) = ("application/x-www-form-urlencoded", "amount=7");

/// Method, target, body and its type, and the number of counting extractors of the handler.
const HANDLERS: &[(&str, &str, (&str, &str), usize)] = &[
    ("GET", "/get/above", ("", ""), 1),
    ("GET", "/get/below", ("", ""), 1),
    ("POST", "/post/above", FORM, 1),
    ("POST", "/post/below", FORM, 1),
    ("PUT", "/route/above", ("", ""), 1),
    ("POST", "/route/above", ("", ""), 1),
    ("PURGE", "/route/above", ("", ""), 1),
    ("PUT", "/route/below", ("", ""), 1),
    ("POST", "/route/below", ("", ""), 1),
    ("PURGE", "/route/below", ("", ""), 1),
    ("GET", "/routes/above", ("", ""), 1),
    ("POST", "/routes/above/too", FORM, 1),
    ("GET", "/routes/below", ("", ""), 1),
    ("POST", "/routes/below/too", FORM, 1),
    ("GET", "/routes/between", ("", ""), 1),
    ("POST", "/routes/between/too", FORM, 1),
    ("GET", "/instrument/above", ("", ""), 1),
    ("GET", "/instrument/below", ("", ""), 1),
    ("GET", "/utoipa/above", ("", ""), 1),
    ("GET", "/utoipa/outermost", ("", ""), 1),
    ("GET", "/registered", ("", ""), 1),
    ("POST", "/json", ("application/json", "[7]"), 2),
    ("POST", "/multipart", ("multipart/form-data; boundary=b", "--b--\r\n"), 1),
    ("POST", "/payload", ("text/plain", "words"), 1),
    ("POST", "/everything/7?a=1&b=2", ("text/plain", "words"), 1),
];

/// Builds a request with a body that counts its polls.
fn request(
    (method, target, (kind, body)): (&str, &str, (&str, &'static str)),
    counters: &Counters,
    alice: &Subject,
    cookie: Option<&str>,
) -> actix_http::Request {
    let mut request =
        test::TestRequest::with_uri(target).method(Method::from_bytes(method.as_bytes()).unwrap());
    if !kind.is_empty() {
        request = request
            .insert_header((header::CONTENT_TYPE, kind))
            .insert_header((header::CONTENT_LENGTH, body.len()));
    }
    if let Some(cookie) = cookie {
        request = request.insert_header((header::COOKIE, cookie));
    }
    let request = request.to_request();
    request.extensions_mut().insert(alice.clone());
    let pieces = vec![Ok(web::Bytes::from_static(body.as_bytes()))];
    let body: Pin<Box<dyn Stream<Item = _>>> = Box::pin(CountedBody { counters: counters.clone(), pieces });
    request.replace_payload(Payload::Stream { payload: body }).0
}

/// Returns the status. A rejection by an extractor is an error until something turns it into a response.
fn status(answered: Result<ServiceResponse, actix_web::Error>) -> u16 {
    answered.map_or_else(|error| error.error_response().status(), |response| response.status()).as_u16()
}

async fn every_handler_guards(mfa: Mfa) {
    let counters = Counters::default();
    let app = app(&mfa, &counters).await;
    let alice = Subject::cookie("alice", LoginId::random());
    let ask = |of, cookie| app.call(request(of, &counters, &alice, cookie));

    for &(method, target, body, _) in HANDLERS {
        let status = status(ask((method, target, body), None).await);
        assert_eq!((status, counters.read()), (401, (0, 0)), "{method} {target}");
    }
    let cookie = mfa.testing().grant(&alice, "transfer").await;
    for &(method, target, body, extractors) in HANDLERS {
        let before = counters.read();
        let response = ask((method, target, body), Some(&cookie)).await.unwrap();
        assert_eq!(response.status(), 200, "{method} {target}");
        let after = counters.read();
        assert_eq!(after.0 - before.0, extractors, "{method} {target}");
    }
    assert!(counters.read().1 > 0, "the bodies of those who may pass are read");
}

#[actix_web::test]
async fn the_attribute_guards_before_any_other_extractor_in_every_position() {
    every_handler_guards(mfa(MemoryStore::new())).await;
}

#[actix_web::test]
async fn the_attribute_guards_first_even_if_the_store_answers_late() {
    every_handler_guards(mfa(late_store())).await;
}

#[actix_web::test]
async fn an_unreadable_body_is_rejected_like_any_other_and_left_unread() {
    let counters = Counters::default();
    let mfa = mfa(late_store());
    let app = app(&mfa, &counters).await;
    let alice = Subject::cookie("alice", LoginId::random());
    let kinds = [("/json", "application/json"), ("/post/above", "text/plain"), ("/multipart", "none")];
    for (target, kind) in kinds {
        let ask = || request(("POST", target, (kind, "{")), &counters, &alice, None);
        let silent: Pin<Box<dyn Stream<Item = _>>> = Box::pin(stream::pending());
        for (what, ask) in
            [("broken", ask()), ("silent", ask().replace_payload(Payload::Stream { payload: silent }).0)]
        {
            let status = status(app.call(ask).await);
            assert_eq!((status, counters.read()), (401, (0, 0)), "{target}, {what}");
        }
    }
}

#[actix_web::test]
async fn the_arguments_arrive_as_sent() {
    let counters = Counters::default();
    let mfa = mfa(MemoryStore::new());
    let app = app(&mfa, &counters).await;
    let alice = Subject::cookie("alice", LoginId::random());
    let cookie = mfa.testing().grant(&alice, "transfer").await;
    for (target, answer) in [("/everything/7?a=1&b=2", "7 2 transfer 4 5"), ("/payload", "words")] {
        let ask = request(("POST", target, ("text/plain", "words")), &counters, &alice, Some(&cookie));
        let body = test::read_body(app.call(ask).await.unwrap()).await;
        assert_eq!(body, answer.as_bytes(), "{target}");
    }
}
