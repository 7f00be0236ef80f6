//! The cases on actix-web.

use std::pin::Pin;

use actix_web::{
    App, Error, FromRequest, HttpRequest,
    body::to_bytes,
    dev::Payload,
    test::{TestRequest, call_service, init_service},
    web::{self, Bytes, Data},
};
use mfakit::{IdentifyError, MfaMiddleware, MfaRejection, RequireMfa, StepUp, Subject, require_mfa};

use super::{Seen, World, check};

/// Argument that leaves the body alone.
struct Argument;

impl FromRequest for Argument {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let world = request.app_data::<Data<World>>().unwrap().clone();
        Box::pin(async move {
            world.extract().await;
            Ok(Self)
        })
    }
}

async fn identify(world: Data<World>) -> Result<Option<Subject>, IdentifyError> {
    world.identify().await
}

#[require_mfa(scope = "pay")]
async fn parts(world: Data<World>, _: Argument) -> &'static str {
    world.handle()
}

#[require_mfa(scope = "pay")]
async fn body(world: Data<World>, _: Argument, body: Bytes) -> &'static str {
    assert_eq!(body, "amount=700");
    world.handle()
}

async fn behind_a_layer(world: Data<World>, _: Argument) -> &'static str {
    world.handle()
}

async fn inside(step_up: StepUp, world: Data<World>) -> Result<&'static str, MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    Ok(world.handle())
}

async fn ask(world: World, route: &'static str) -> Seen {
    let layer = || RequireMfa::scope("pay");
    let app = App::new()
        .app_data(Data::new(world.clone()))
        .route("/parts", web::post().to(parts))
        .route("/body", web::post().to(body))
        .service(web::resource("/layer").wrap(layer()).to(behind_a_layer))
        .service(web::resource("/both").wrap(layer()).to(parts))
        .route("/inside", web::post().to(inside))
        .wrap(MfaMiddleware::new(world.mfa.clone(), identify));
    let app = init_service(app).await;
    let request = TestRequest::post()
        .uri(route)
        .insert_header(("accept", "application/json"))
        .insert_header(("cookie", world.cookies()))
        .set_payload("amount=700");
    let response = call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let headers = headers.collect();
    let body = to_bytes(response.into_body()).await.unwrap();
    world.seen(status, headers, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn on_actix_web_a_guard_gives_the_same_answer_at_once_and_later() {
    check(ask).await;
}
