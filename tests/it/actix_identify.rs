//! Identify functions with extractors of actix-web, and a guard around a whole app.

use std::{
    convert::Infallible,
    future::{Pending, Ready, pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, FromRequest, HttpRequest, HttpResponse,
    dev::{Payload, Service},
    error::{InternalError, JsonPayloadError},
    http::{StatusCode, header},
    test::{TestRequest, init_service},
    web,
};
use mfakit::{
    Guarded, LoginId, Mfa, MfaMiddleware, PhoneNumber, RequireMfa, Required, Requirement, Scope, StepUp,
    Subject, UserId, testing::TestProvider,
};

use crate::log::Log;

fn mfa() -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap()
}

/// Returns the answer of an app inside this middleware, which is guarded as a whole and routes further inside.
async fn answer(middleware: MfaMiddleware, cookie: &str) -> HttpResponse {
    let app = App::new()
        .service(web::scope("/nest").route("/{what}", web::get().to(async || "paid")))
        .default_service(web::to(async || "the rest"))
        .wrap(RequireMfa::scope("pay"))
        .wrap(middleware);
    let app = init_service(app).await;
    let ask = TestRequest::with_uri("/nest/pay")
        .insert_header(("sec-fetch-mode", "navigate"))
        .insert_header((header::COOKIE, cookie));
    app.call(ask.to_request()).await.unwrap().into_parts().1.map_into_boxed_body()
}

/// Extractor that rejects every request with a status.
struct Turned<const STATUS: u16>;

impl<const STATUS: u16> FromRequest for Turned<STATUS> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        let status = StatusCode::from_u16(STATUS).unwrap();
        ready(Err(InternalError::new("redis is away", status).into()))
    }
}

async fn turning<const STATUS: u16>(_: Turned<STATUS>) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::random())))
}

#[actix_web::test]
async fn an_extractor_that_rejects_the_request_makes_it_anonymous() {
    for middleware in [
        MfaMiddleware::new(mfa(), turning::<303>),
        MfaMiddleware::new(mfa(), turning::<400>),
        MfaMiddleware::new(mfa(), turning::<401>),
    ] {
        let answer = answer(middleware, "").await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers().get(header::LOCATION).unwrap(), "/login");
    }
}

#[actix_web::test]
async fn an_extractor_that_fails_is_an_outage_of_the_app() {
    for middleware in [
        MfaMiddleware::new(mfa(), turning::<500>),
        MfaMiddleware::new(mfa(), turning::<502>),
        MfaMiddleware::new(mfa(), turning::<503>),
        MfaMiddleware::new(mfa(), turning::<408>),
        MfaMiddleware::new(mfa(), turning::<429>),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        let answer = answer(middleware, "").await;
        assert_eq!(
            (answer.status().as_u16(), answer.headers().get(header::RETRY_AFTER).unwrap().to_str().unwrap()),
            (503, "5")
        );
        let log = log.text();
        assert!(log.contains("sys_app_failed") && log.contains("redis is away"), "{log}");
        assert!(!log.contains("MfaMiddleware"), "it is no matter of middleware: {log}");
    }
}

#[actix_web::test]
async fn an_extractor_without_its_data_is_a_misconfiguration_and_is_logged() {
    async fn by_data(_: web::Data<String>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(Subject::cookie("alice", LoginId::random())))
    }
    async fn by_extension(_: web::ReqData<String>) -> Result<Option<Subject>, Infallible> {
        Ok(Some(Subject::cookie("alice", LoginId::random())))
    }
    for (middleware, says) in [
        (MfaMiddleware::new(mfa(), by_data), "add it to the app by app_data"),
        (MfaMiddleware::new(mfa(), by_extension), "put its middleware around MfaMiddleware"),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        assert_eq!(answer(middleware, "").await.status(), 500);
        assert!(log.text().contains(says), "{}", log.text());
    }
}

#[actix_web::test]
async fn an_extractor_that_panics_rejects_the_request() {
    struct Panicking;

    impl FromRequest for Panicking {
        type Error = actix_web::Error;
        type Future = Ready<Result<Self, actix_web::Error>>;

        fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
            // Like a panic, but without output on stderr.
            std::panic::resume_unwind(Box::new("as the test wants it"))
        }
    }

    async fn panicking(_: Panicking) -> Result<Option<Subject>, Infallible> {
        Ok(Some(Subject::cookie("alice", LoginId::random())))
    }

    assert_eq!(answer(MfaMiddleware::new(mfa(), panicking), "").await.status(), 500);
}

#[tokio::test(start_paused = true)]
async fn an_extractor_that_hangs_times_out_after_ten_seconds() {
    struct Silent;

    impl FromRequest for Silent {
        type Error = actix_web::Error;
        type Future = Pending<Result<Self, actix_web::Error>>;

        fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
            pending()
        }
    }

    async fn silent(_: Silent) -> Result<Option<Subject>, Infallible> {
        Ok(Some(Subject::cookie("alice", LoginId::random())))
    }

    let asked = tokio::time::Instant::now();
    let asking = answer(MfaMiddleware::new(mfa(), silent), "");
    let answer = tokio::task::LocalSet::new().run_until(asking).await;
    assert_eq!((answer.status().as_u16(), asked.elapsed().as_secs()), (503, 10));
}

#[actix_web::test]
async fn an_identity_function_gets_no_byte_of_the_body() {
    async fn by_body(
        body: Result<web::Json<String>, actix_web::Error>,
        bytes: web::Bytes,
    ) -> Result<Option<Subject>, Infallible> {
        let unread = body.is_err_and(|error| error.as_error::<JsonPayloadError>().is_some());
        assert!(unread && bytes.is_empty());
        Ok(None)
    }
    assert_eq!(answer(MfaMiddleware::new(mfa(), by_body), "").await.status(), 303);
}

#[actix_web::test]
async fn an_identity_function_can_take_the_whole_request_and_release_it() {
    // actix-web routes further only while nothing else holds the request. A guard that kept what it lends to
    // the function would panic here.
    let (mfa, login) = (mfa(), LoginId::random());
    let cookie = mfa.testing().grant(&Subject::cookie("alice", login), "pay").await;
    let identify = move |one: HttpRequest, other: HttpRequest| async move {
        actix_web::rt::task::yield_now().await;
        assert_eq!(one.path(), other.path());
        Ok::<_, Infallible>(Some(Subject::cookie("alice", login)))
    };
    assert_eq!(answer(MfaMiddleware::new(mfa.clone(), identify), &cookie).await.status(), 200);
    assert_eq!(answer(MfaMiddleware::new(mfa, identify), "").await.status(), 303);
}

struct Pay;

impl Required for Pay {
    const REQUIREMENT: Requirement = match Scope::new("pay") {
        Ok(scope) => Requirement::new(scope),
        Err(_) => panic!("not a valid scope"),
    };
}

async fn guard_first(guarded: Guarded<Pay, ()>, step_up: StepUp, second: StepUp) -> String {
    format!("{:?} {step_up:?} {second:?}", guarded.grant.recognition())
}

async fn guard_last(step_up: StepUp, second: StepUp, guarded: Guarded<Pay, ()>) -> String {
    guard_first(guarded, step_up, second).await
}

/// actix-web polls the arguments of a handler together. This identify function waits, and returns another caller each time.
#[actix_web::test]
async fn guards_that_are_arguments_of_one_handler_share_one_call_of_identify() {
    let mfa = mfa();
    mfa.testing().grant(&Subject::bearer("user-0", "sid"), "pay").await;
    for path in ["/first", "/last"] {
        let asked = Arc::new(AtomicUsize::new(0));
        let of_identify = asked.clone();
        let identify = move || {
            let nth = of_identify.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok::<_, Infallible>(Some(Subject::bearer(format!("user-{nth}"), "sid")))
            }
        };
        let app = App::new()
            .route("/first", web::post().to(guard_first))
            .route("/last", web::post().to(guard_last))
            .wrap(MfaMiddleware::new(mfa.clone(), identify));
        let app = init_service(app).await;
        let answer = app.call(TestRequest::post().uri(path).to_request()).await.unwrap();
        let status = answer.status();
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let body = String::from_utf8_lossy(&body);
        assert_eq!((status.as_u16(), asked.load(Ordering::SeqCst)), (200, 1), "{path}: {body}");
        assert!(body.contains("user-0"), "{path}: {body}");
    }
}

/// The client hangs up, or another argument fails first, while the first of two guards waits.
#[actix_web::test]
async fn a_guard_that_is_dropped_while_it_identifies_the_caller_holds_up_no_other() {
    let asked = Arc::new(AtomicUsize::new(0));
    let of_identify = asked.clone();
    let identify = move || {
        let nth = of_identify.fetch_add(1, Ordering::SeqCst);
        async move {
            if nth == 0 {
                pending::<()>().await;
            }
            Ok::<_, Infallible>(Some(Subject::bearer("alice", "sid")))
        }
    };
    let handler = async |request: HttpRequest| {
        let first = StepUp::extract(&request);
        assert!(tokio::time::timeout(Duration::from_millis(5), first).await.is_err());
        StepUp::extract(&request).await.map(|step_up| format!("{step_up:?}"))
    };
    let app = App::new().route("/", web::post().to(handler)).wrap(MfaMiddleware::new(mfa(), identify));
    let app = init_service(app).await;
    let answer = app.call(TestRequest::post().uri("/").to_request()).await.unwrap();
    assert_eq!((answer.status().as_u16(), asked.load(Ordering::SeqCst)), (200, 2));
}
