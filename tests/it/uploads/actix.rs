//! actix-web.

use actix_cors::Cors;
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    middleware::{Condition, Logger},
    web::{self, Bytes, Data, Payload, ServiceConfig},
};
use mfakit::{MfaMiddleware, MfaRejection, Policy, RequireMfa, StepUp, Subject, require_mfa};

use super::{DOORS, Past, Served, engine, subject};

async fn identify(request: HttpRequest) -> Result<Option<Subject>, std::io::Error> {
    subject(request.headers().get("cookie").and_then(|value| value.to_str().ok()))
}

async fn open(past: Data<Past>, body: Bytes) -> HttpResponse {
    past.add(1 + body.len());
    HttpResponse::Ok().finish()
}

#[require_mfa(scope = "pay")]
async fn guarded(past: Data<Past>, body: Bytes) -> HttpResponse {
    open(past, body).await
}

#[require_mfa(scope = "pay")]
async fn parts(past: Data<Past>) -> HttpResponse {
    past.add(1);
    HttpResponse::Ok().finish()
}

/// Extractor that holds the body unread, like an extractor of files.
async fn inside(step_up: StepUp, past: Data<Past>, body: Payload) -> Result<HttpResponse, MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    drop(body);
    past.add(1);
    Ok(HttpResponse::Ok().finish())
}

/// Serves the doors inside these middleware, the first innermost.
macro_rules! serve {
    ($policy:expr $(, $middleware:expr)*) => {{
        let (mfa, past) = (engine($policy), Past::default());
        let behind = past.clone();
        let app = move || {
            App::new()
                .app_data(Data::new(behind.clone()))
                .configure(doors)
                .configure(mfakit::web::actix::routes(&mfa))
                $(.wrap($middleware))*
                .wrap(MfaMiddleware::new(mfa.clone(), identify))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0];
        actix_web::rt::spawn(server.run());
        Served { address, past, doors: &DOORS, keeps_alive: false, always_continues: true }
    }};
}

fn doors(config: &mut ServiceConfig) {
    config
        .route("/attribute", web::post().to(guarded))
        .route("/parts", web::post().to(parts))
        .service(web::resource("/layer").route(web::post().to(open)).wrap(RequireMfa::scope("pay")))
        .route("/inside", web::post().to(inside));
}

#[actix_web::test]
async fn a_rejection_arrives_on_actix_web() {
    super::a_rejection_arrives(&serve!(Policy::default())).await;
}

#[actix_web::test]
async fn an_answer_of_the_routes_arrives_on_actix_web() {
    super::an_answer_of_the_routes_arrives(&serve!(Policy::default())).await;
}

#[actix_web::test]
async fn a_client_that_expects_100_continue_is_answered_first_on_actix_web() {
    super::a_client_that_expects_100_continue_is_answered_first(&serve!(Policy::default())).await;
}

#[actix_web::test]
async fn a_stalling_client_is_cut_off_on_actix_web() {
    super::a_stalling_client_is_cut_off(&serve!(super::tight())).await;
}

#[actix_web::test]
async fn an_endless_client_is_cut_off_on_actix_web() {
    super::an_endless_client_is_cut_off(&serve!(super::tight())).await;
}

#[actix_web::test]
async fn a_rejection_arrives_through_middleware_that_answers_by_itself() {
    let served = serve!(super::tight(), Condition::new(true, Cors::default()));
    super::a_stalling_client_is_cut_off(&served).await;
    super::an_endless_client_is_cut_off(&served).await;
}

#[actix_web::test]
async fn a_rejection_arrives_through_middleware_with_its_own_body_type() {
    super::a_rejection_arrives(&serve!(Policy::default(), Logger::default())).await;
}

#[actix_web::test]
async fn a_rejection_that_keeps_its_page_arrives_on_actix_web() {
    super::a_rejection_that_keeps_its_page_arrives(&serve!(Policy::default())).await;
}
