//! The response to a rejected request has its kind in its extensions, where the app's own middleware can read it.

use actix_web::{
    HttpResponse,
    test::{TestRequest, call_service, init_service},
    web,
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::IntoResponse,
    routing::get,
};
use mfakit::{LoginId, MfaLayer, MfaMiddleware, ProblemKind, RequireMfa, Subject, error::InvalidPhoneNumber};
use tower::ServiceExt;

use crate::small_engine::mfa;

async fn alice() -> Result<Option<Subject>, InvalidPhoneNumber> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
}

/// Clients that are answered with a redirect, a page and JSON.
const CLIENTS: [(&str, &str, u16); 3] =
    [("navigate", "text/html", 303), ("cors", "text/html", 401), ("cors", "*/*", 401)];

#[tokio::test]
async fn on_axum_every_form_of_a_rejection_has_its_kind() {
    let plain = MfaLayer::new(mfa(), alice);
    let own =
        plain.clone().on_rejection(|_, _| (StatusCode::UNAUTHORIZED, "a code is needed").into_response());
    for layer in [plain, own] {
        let app =
            Router::new().route("/pay", get(async || "paid").layer(RequireMfa::scope("pay"))).layer(layer);
        for (mode, accept, status) in CLIENTS {
            let request = Request::get("/pay").header("sec-fetch-mode", mode).header("accept", accept);
            let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.extensions().get(), Some(&ProblemKind::StepUpRequired), "{mode} {accept}");
        }
    }
}

#[actix_web::test]
async fn on_actix_web_every_form_of_a_rejection_has_its_kind() {
    let plain = MfaMiddleware::new(mfa(), alice);
    let own = plain.clone().on_rejection(|_, _| HttpResponse::Unauthorized().body("a code is needed"));
    for middleware in [plain, own] {
        let pay = web::resource("/pay").wrap(RequireMfa::scope("pay")).to(async || "paid");
        let app = init_service(actix_web::App::new().service(pay).wrap(middleware)).await;
        for (mode, accept, status) in CLIENTS {
            let request = TestRequest::with_uri("/pay")
                .insert_header(("sec-fetch-mode", mode))
                .insert_header(("accept", accept));
            let response = call_service(&app, request.to_request()).await;
            assert_eq!(response.status(), status);
            let kind = response.response().extensions().get().copied();
            assert_eq!(kind, Some(ProblemKind::StepUpRequired), "{mode} {accept}");
        }
    }
}
