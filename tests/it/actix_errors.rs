//! Middleware that returns an error instead of a response, which only actix-web has.

use std::convert::Infallible;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    error::ErrorNotFound,
    http::header,
    middleware::{Next, from_fn},
    test, web,
};
use mfakit::{LoginId, Mfa, MfaMiddleware, PhoneNumber, RequireMfa, Subject, UserId, testing::TestProvider};

const LOGIN: &str = "00000000000000000000000000000001";

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LOGIN.parse::<LoginId>().unwrap())))
}

async fn errs(_: ServiceRequest, _: Next<impl MessageBody>) -> Result<ServiceResponse, Error> {
    Err(ErrorNotFound("alice has no such account"))
}

#[actix_web::test]
async fn an_error_inside_a_guard_is_not_cacheable_and_other_errors_are_unchanged() {
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap();
    let cookie = mfa.testing().grant(&identify().await.unwrap().unwrap(), "pay").await;
    let app = App::new()
        .service(
            web::resource("/guarded").wrap(from_fn(errs)).wrap(RequireMfa::scope("pay")).to(async || "paid"),
        )
        .service(web::resource("/public").wrap(from_fn(errs)).to(async || "hello"))
        .wrap(MfaMiddleware::new(mfa, identify));
    let app = test::init_service(app).await;
    for (path, kept_out) in [("/guarded", true), ("/public", false)] {
        let ask =
            test::TestRequest::with_uri(path).insert_header((header::COOKIE, cookie.clone())).to_request();
        // Like the server, for an error that the app returns.
        let response = app.call(ask).await.unwrap_err().error_response();
        assert_eq!(response.status(), 404, "{path}");
        let says = response.headers().get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store");
        assert_eq!(says, kept_out, "{path}");
    }
}
