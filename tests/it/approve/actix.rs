//! A payment on actix-web.

use std::convert::Infallible;

use actix_web::{App, HttpRequest, post, test, web};
use mfakit::{
    Approved, MfaMiddleware, require_mfa,
    testing::{HttpCall, HttpReply, TestProvider},
};

use super::{engine, ledger::Ledger, order::Order, subject, walk};

#[post("/transfer")]
#[require_mfa(scope = "transfer")]
async fn transfer(
    ledger: web::Data<Ledger>,
    Approved(approval): Approved,
    #[approve] web::Form(order): web::Form<Order>,
) -> String {
    ledger.book(approval.id, order);
    format!("booked as {}", approval.id)
}

#[actix_web::test]
async fn a_payment_is_approved_and_booked_once_on_actix_web() {
    let provider = TestProvider::new();
    let mfa = engine(provider.clone());
    let identify = async |request: HttpRequest| {
        let token = request.headers().get("authorization").and_then(|token| token.to_str().ok());
        Ok::<_, Infallible>(subject(token))
    };
    let app = App::new()
        .app_data(web::Data::new(Ledger::default()))
        .service(transfer)
        .configure(mfakit::web::actix::routes(&mfa))
        .wrap(MfaMiddleware::new(mfa, identify));
    let app = test::init_service(app).await;
    walk(&provider, async |call: HttpCall| {
        let request = test::TestRequest::with_uri(call.path()).method(call.method.parse().unwrap());
        let request = call.headers.into_iter().fold(request, |request, header| request.insert_header(header));
        let response = test::call_service(&app, request.set_payload(call.body).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = test::read_body(response).await;
        HttpReply::new(status, headers.iter(), String::from_utf8_lossy(&body))
    })
    .await;
}
