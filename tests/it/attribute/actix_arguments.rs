//! Arguments of actix-web handlers, also together with `Grant` and `StepUp`.

#![deny(warnings, clippy::all, clippy::pedantic)]

use actix_multipart::Multipart;
use actix_web::{App, Either, Error, HttpRequest, get, http::Method, post, web};
use mfakit::{Granted, RequireMfa, StepUp, require_mfa};
use serde::{Deserialize, Serialize};

struct Bank {
    name: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Order {
    amount: u64,
}

#[post("/json")]
#[require_mfa(scope = "transfer")]
async fn json(order: web::Json<Order>) -> web::Json<Order> {
    order
}

#[post("/form")]
#[require_mfa(scope = "transfer")]
async fn form(web::Form(mut order): web::Form<Order>) -> String {
    order.amount += 1;
    order.amount.to_string()
}

#[get("/path/{id}/{name}")]
#[require_mfa(scope = "transfer")]
async fn path(path: web::Path<(u64, String)>, query: web::Query<Order>) -> String {
    let (id, name) = path.into_inner();
    format!("{id} {name} {}", query.amount)
}

#[get("/data")]
#[require_mfa(scope = "transfer")]
async fn data(bank: web::Data<Bank>, thin: web::ThinData<u8>, request: HttpRequest) -> String {
    format!("{} {} {}", bank.name, thin.0, request.path())
}

#[post("/payload")]
#[require_mfa(scope = "transfer")]
async fn payload(method: Method, mut payload: web::Payload) -> Result<String, Error> {
    use futures_util::StreamExt as _;
    let mut length = 0;
    while let Some(piece) = payload.next().await {
        length += piece?.len();
    }
    Ok(format!("{method} {length}"))
}

#[post("/multipart")]
#[require_mfa(scope = "transfer")]
async fn multipart(mut parts: Multipart) -> Result<String, Error> {
    use futures_util::StreamExt as _;
    Ok(parts.next().await.transpose()?.map_or_else(String::new, |_| "a field".to_owned()))
}

#[post("/whole")]
#[require_mfa(scope = "transfer")]
async fn whole(bytes: web::Bytes, _: Option<web::Path<u64>>) -> web::Bytes {
    bytes
}

#[post("/either")]
#[require_mfa(scope = "transfer")]
async fn either(order: Either<web::Json<Order>, web::Form<Order>>) -> String {
    match order {
        Either::Left(order) => order.amount.to_string(),
        Either::Right(order) => order.amount.to_string(),
    }
}

#[get("/proof")]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn proof(Granted(grant): Granted) -> String {
    format!("{} by {}", grant.scope(), grant.channel())
}

#[post("/ask")]
#[require_mfa(scope = "reports")]
async fn ask(step_up: StepUp, Granted(grant): Granted, order: web::Json<Order>) -> Result<String, Error> {
    if order.amount > 100 {
        step_up.require(RequireMfa::scope("transfer")).await?;
    }
    Ok(grant.verified_at().as_secs().to_string())
}

#[test]
fn handlers_of_actix_web_take_every_kind_of_argument() {
    let _app = App::new()
        .app_data(web::Data::new(Bank { name: "bank" }))
        .app_data(web::ThinData(1_u8))
        .service((json, form, path, data, payload, multipart, whole, either, proof, ask));
}
