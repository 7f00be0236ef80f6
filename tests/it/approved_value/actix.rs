//! The values on actix-web.

use std::{convert::Infallible, fmt::Debug};

use actix_web::{
    App, HttpRequest, test,
    web::{Json, post},
};
use mfakit::{
    MfaMiddleware, MfaRejection, RequireMfa, StepUp,
    action::Action,
    require_mfa,
    testing::{HttpCall, HttpReply, TestProvider},
};

use super::{
    Client,
    values::{Big, Charged, Deep, Mapped, Moved, Optional, Renamed, Small, Timed},
};

#[require_mfa(scope = "pay")]
async fn received<A: Action + Debug + 'static>(#[approve] Json(value): Json<A>) -> String {
    format!("{value:?}")
}

#[require_mfa(scope = "transfer")]
async fn transferred(#[approve] Json(value): Json<Optional>) -> String {
    format!("{value:?}")
}

async fn inside(step_up: StepUp, Json(order): Json<Deep>) -> Result<String, MfaRejection> {
    let (order, _) = step_up.approve(order, RequireMfa::scope("pay")).await?;
    Ok(format!("{order:?}"))
}

async fn timed(step_up: StepUp, Json(when): Json<String>) -> Result<String, MfaRejection> {
    let (value, _) = step_up.approve(Timed::named(&when), RequireMfa::scope("pay")).await?;
    Ok(format!("{value:?}"))
}

#[actix_web::test]
async fn the_handler_receives_what_was_approved_on_actix_web() {
    let provider = TestProvider::new();
    let mfa = super::engine(provider.clone());
    let identify = async |request: HttpRequest| {
        let token = request.headers().get("authorization").and_then(|token| token.to_str().ok());
        Ok::<_, Infallible>(super::subject(token))
    };
    let app = App::new()
        .route("/deep", post().to(received::<Deep>))
        .route("/charged", post().to(received::<Charged>))
        .route("/small", post().to(received::<Small>))
        .route("/big", post().to(received::<Big>))
        .route("/renamed", post().to(received::<Renamed>))
        .route("/moved", post().to(received::<Moved>))
        .route("/mapped", post().to(received::<Mapped>))
        .route("/optional", post().to(transferred))
        .route("/inside", post().to(inside))
        .route("/timed", post().to(timed))
        .configure(mfakit::web::actix::routes(&mfa))
        .wrap(MfaMiddleware::new(mfa, identify));
    let app = test::init_service(app).await;
    let send = async |call: HttpCall| {
        let request = test::TestRequest::with_uri(call.path()).method(call.method.parse().unwrap());
        let request = call.headers.into_iter().fold(request, |request, header| request.insert_header(header));
        let response = test::call_service(&app, request.set_payload(call.body).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = test::read_body(response).await;
        HttpReply::new(status, headers.iter(), String::from_utf8_lossy(&body))
    };
    Client { app: send, provider: &provider }.walk().await;
}
