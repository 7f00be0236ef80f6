//! One thin thread through actix-web.

use actix_web::{
    App, FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, Service},
    http::header,
    post, test, web,
};
use mfakit::{
    Grant, LoginId, Mfa, MfaMiddleware, PhoneNumber, RequireMfa, Subject, UserId, require_mfa,
    testing::TestProvider,
};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    future::{Ready, ready},
};

#[derive(serde::Deserialize)]
struct Order {
    amount: u32,
}

#[post("/transfer")]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(grant: Grant, order: web::Form<Order>) -> String {
    format!("sent {} by {}", order.amount, grant.channel())
}

struct Session(Option<Subject>);

impl FromRequest for Session {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.extensions().get::<Subject>().cloned())))
    }
}

async fn identify(Session(subject): Session) -> Result<Option<Subject>, Infallible> {
    Ok(subject)
}

#[actix_web::test]
async fn a_code_opens_the_door_on_actix_web_too() {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .scope("reports", "see the reports")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .build()
        .unwrap();
    let app = App::new()
        .service(transfer)
        .service(web::resource("/report").wrap(RequireMfa::scope("reports")).to(async || "numbers"))
        .configure(mfakit::actix::routes(&mfa))
        .wrap(MfaMiddleware::new(mfa, identify).login("/login"));
    let app = test::init_service(app).await;
    let alice = Subject::cookie("alice", LoginId::random());
    let ask = async |request: test::TestRequest| {
        let request = request.to_request();
        request.extensions_mut().insert(alice.clone());
        let response = app.call(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = test::read_body(response).await;
        let value = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        (status, headers, value)
    };
    let order = || test::TestRequest::post().uri("/transfer").set_form([("amount", "7")]);
    let (status, _, body) = ask(order()).await;
    assert_eq!((status, &body["challenge_url"]), (401, &json!("/mfa/transfer/challenge")), "{body}");
    let post = |path: &str, body: Value| {
        test::TestRequest::post().uri(path).set_json(body).insert_header(("sec-fetch-site", "same-origin"))
    };
    let (status, _, started) = ask(post("/mfa/transfer/challenge", json!({"channel": "messaging"}))).await;
    assert_eq!(status, 201, "{started}");
    let code = provider.last_code().unwrap();
    let (status, headers, body) =
        ask(post("/mfa/transfer/verify", json!({"challenge": started["challenge"], "code": code}))).await;
    assert_eq!(status, 200, "{body}");
    let cookie =
        headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().split(';').next().unwrap().to_owned();
    let (status, headers, body) = ask(order().insert_header((header::COOKIE, cookie.clone()))).await;
    assert_eq!((status, body), (200, json!("sent 7 by messaging")));
    assert_eq!(headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    let (status, ..) =
        ask(test::TestRequest::get().uri("/report").insert_header((header::COOKIE, cookie))).await;
    assert_eq!(status, 401);
}
