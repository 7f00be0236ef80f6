//! `#[tracing::instrument]` beside a routing macro in every order, with fields that use the arguments.

use actix_web::{App, Error, post, web};
use mfakit::require_mfa;

#[derive(Debug)]
struct Bank {
    name: String,
}

type Order = web::Form<Vec<(String, String)>>;

#[post("/outermost")]
#[tracing::instrument(skip(order), fields(bank = %bank.name), ret, err)]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn guard_innermost(bank: web::Data<Bank>, order: Order) -> Result<String, Error> {
    Ok(format!("{} {}", bank.name, order.len()))
}

#[post("/middle")]
#[require_mfa(scope = "transfer", max_age = "5m")]
#[tracing::instrument(skip(order), fields(bank = %bank.name), ret, err)]
async fn guard_in_the_middle(bank: web::Data<Bank>, order: Order) -> Result<String, Error> {
    Ok(format!("{} {}", bank.name, order.len()))
}

#[require_mfa(scope = "transfer", max_age = "5m")]
#[post("/innermost")]
#[tracing::instrument(skip(order), fields(bank = %bank.name), ret, err)]
async fn guard_outermost(bank: web::Data<Bank>, order: Order) -> Result<String, Error> {
    Ok(format!("{} {}", bank.name, order.len()))
}

#[tracing::instrument(skip_all)]
#[require_mfa(scope = "transfer")]
#[tracing::instrument]
async fn without_a_routing_macro(bank: web::Data<Bank>) -> String {
    bank.name.clone()
}

#[test]
fn instrument_works_beside_a_routing_macro_of_actix_web_in_every_order() {
    let _app = App::new()
        .app_data(web::Data::new(Bank { name: "bank".to_owned() }))
        .service(guard_innermost)
        .service(guard_in_the_middle)
        .service(guard_outermost)
        .route("/plain", web::post().to(without_a_routing_macro));
}
