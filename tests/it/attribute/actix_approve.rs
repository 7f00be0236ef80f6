//! Handlers of actix-web with an approved argument, and one in which another argument reads the body.

use std::convert::Infallible;

use actix_web::{
    App, HttpRequest,
    http::{Method, StatusCode},
    post,
    test::{TestRequest, call_service, init_service, read_body},
    web::{self, Bytes, Form, Json},
};
use mfakit::{
    Mfa, MfaMiddleware, PhoneNumber, Policy, Subject, UserId,
    action::{Action, Words},
    require_mfa,
    testing::{Confirm, HttpReply, TestProvider},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(self.payee.as_str())
    }
}

#[post("/above")]
#[require_mfa(scope = "transfer")]
async fn above(#[approve] order: Json<Order>) -> String {
    order.into_inner().payee
}

#[require_mfa(scope = "transfer")]
#[post("/below")]
async fn below(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

struct Handlers<A>(std::marker::PhantomData<A>);

impl<A: Action + 'static> Handlers<A> {
    #[require_mfa(scope = "transfer")]
    async fn transfer(#[approve] _order: Form<A>) -> &'static str {
        "associated"
    }
}

type M = Method;

#[require_mfa(scope = "transfer")]
async fn most(
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    _: M,
    #[approve] order: Form<Order>,
) -> String {
    order.into_inner().payee
}

/// The body is not approved.
#[require_mfa(scope = "transfer")]
async fn beside_body(body: Bytes, #[approve] order: Form<Order>) -> String {
    format!("{} bytes to {}", body.len(), order.payee)
}

async fn identify(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
    Ok(request.headers().contains_key("authorization").then(|| Subject::bearer("alice", "token-1")))
}

#[actix_web::test]
async fn another_argument_that_reads_the_body_is_a_mistake() {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .policy(Policy::for_tests())
        .build()
        .unwrap();
    let app = App::new()
        .service(above)
        .service(below)
        .route("/associated", web::post().to(Handlers::<Order>::transfer))
        .route("/most", web::post().to(most))
        .route("/beside-body", web::post().to(beside_body))
        .configure(mfakit::web::actix::routes(&mfa))
        .wrap(MfaMiddleware::new(mfa, identify));
    let app = &init_service(app).await;
    let send = async |path: &str, json: bool| {
        let request = TestRequest::post().uri(path).insert_header(("authorization", "Bearer x"));
        let order = Order { payee: "ACME".to_owned() };
        let request = if json { request.set_json(order) } else { request.set_form(order) };
        let response = call_service(app, request.to_request()).await;
        (response.status(), String::from_utf8(read_body(response).await.to_vec()).unwrap())
    };
    for (path, json, answer) in [
        ("/above", true, Ok("ACME")),
        ("/below", false, Ok("ACME")),
        ("/associated", false, Ok("associated")),
        ("/most", false, Ok("ACME")),
        ("/beside-body", false, Err("misconfigured")),
    ] {
        let (status, body) = send(path, json).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}: {body}");
        let members: serde_json::Value = serde_json::from_str(&body).unwrap();
        let confirm = Confirm::new("transfer").bearer("x").approval(members["approval"].as_str().unwrap());
        let confirmed = confirm.run(&provider, async |call| {
            let request = TestRequest::with_uri(call.path()).method(call.method.parse()?);
            let request =
                call.headers.into_iter().fold(request, |request, header| request.insert_header(header));
            let response = call_service(app, request.set_payload(call.body).to_request()).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = read_body(response).await;
            Ok(HttpReply::new(status, headers.iter(), String::from_utf8_lossy(&body)))
        });
        confirmed.await.unwrap();
        if answer.is_err() {
            // The mistake shows in a request without a body as well, and the approval is left.
            let named = TestRequest::post().uri(path).insert_header(("authorization", "Bearer x"));
            let named = named.insert_header(("mfa-approval", members["approval"].as_str().unwrap()));
            let mut named = named.to_request();
            // The server gives a request without a body no payload, unlike the request of a test.
            let _empty = named.take_payload();
            let response = call_service(app, named).await;
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path} by name");
        }
        let (status, body) = send(path, json).await;
        match answer {
            Ok(text) => assert_eq!((status, body.as_str()), (StatusCode::OK, text), "{path}"),
            Err(kind) => {
                assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {body}");
                assert!(body.contains(kind), "{path}: {body}");
            }
        }
    }
}
