//! An app on actix-web with a session cookie, called in process.

use actix_session::{Session, SessionGetError, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, HttpResponse, cookie::Key, web};
use mfakit::{LoginId, Mfa, MfaMiddleware, Subject, require_mfa};

// Used by the test only.
use actix_web::test;
use mfakit::{
    Policy,
    testing::{Confirm, HttpCall, HttpReply, TestProvider},
};

use super::app::step_up;

async fn identify(session: Session) -> Result<Option<Subject>, SessionGetError> {
    let log_in: Option<(String, LoginId)> = session.get("log-in")?;
    Ok(log_in.map(|(user, login)| Subject::cookie(user, login)))
}

#[require_mfa(scope = "transfer", once)]
async fn transfer() -> &'static str {
    "sent"
}

async fn log_in(session: Session, user: String) -> HttpResponse {
    session.renew();
    session.insert("log-in", (user, LoginId::random())).unwrap();
    HttpResponse::Ok().finish()
}

fn routes(mfa: Mfa) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config
            .route("/transfer", web::post().to(transfer))
            .route("/login", web::post().to(log_in))
            .configure(mfakit::web::actix::routes(&mfa));
    }
}

#[actix_web::test]
async fn a_code_lets_a_transfer_pass() {
    let provider = TestProvider::new();
    let mfa = step_up(provider.clone(), "https://bank.example").policy(Policy::for_tests()).build().unwrap();
    let app = App::new()
        .configure(routes(mfa.clone()))
        .wrap(MfaMiddleware::new(mfa.clone(), identify))
        .wrap(SessionMiddleware::new(CookieSessionStore::default(), Key::generate()));
    let app = test::init_service(app).await;

    let send = async |call: HttpCall| {
        let request = test::TestRequest::with_uri(call.path()).method(call.method.parse()?);
        let request = call.headers.into_iter().fold(request, |request, header| request.insert_header(header));
        let response = test::call_service(&app, request.set_payload(call.body).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = test::read_body(response).await;
        Ok(HttpReply::new(status, headers.iter(), String::from_utf8_lossy(&body)))
    };

    let signed_in = send(HttpCall::new("POST", "/login").body("alice")).await.unwrap();
    let (name, value) = signed_in.cookies().next().unwrap();
    let session = format!("{name}={value}");
    let transfer = |cookies: &str| HttpCall::new("POST", "/transfer").header("cookie", cookies);
    assert_eq!(send(transfer(&session)).await.unwrap().status, 401);

    let confirmed = Confirm::new("transfer").cookie(&session).run(&provider, &send).await.unwrap();
    let cookies = format!("{session}; {}", confirmed.cookie().unwrap());
    assert_eq!(send(transfer(&cookies)).await.unwrap().status, 200);

    mfa.testing().grant_user("alice", "transfer");
    assert_eq!(send(transfer(&session)).await.unwrap().status, 200);
    assert_eq!(send(transfer(&session)).await.unwrap().status, 401);
}
