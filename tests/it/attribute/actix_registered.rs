//! Handlers that are registered without a routing macro: free, generic and associated functions.

use actix_web::{App, FromRequest, HttpResponse, Responder, web};
use mfakit::{RequireMfa, require_mfa};
use std::marker::PhantomData;

#[require_mfa(scope = "transfer", max_age = "5m")]
async fn transfer(order: web::Form<Vec<(String, String)>>) -> impl Responder {
    HttpResponse::Ok().body(order.len().to_string())
}

#[require_mfa(scope = "reports")]
async fn generic<T: FromRequest + 'static>(_: T) -> &'static str {
    "numbers"
}

struct Accounts<T>(PhantomData<T>);

impl<T> Accounts<T>
where
    T: ToString + 'static,
{
    #[require_mfa(scope = "reports")]
    async fn list(bank: web::Data<T>) -> String {
        bank.to_string()
    }
}

/// The future is not `Send`, which actix-web does not require.
#[require_mfa(scope = "reports")]
async fn on_one_thread() -> String {
    let shared = std::rc::Rc::new(1);
    std::future::ready(()).await;
    shared.to_string()
}

#[test]
fn handlers_of_actix_web_need_no_routing_macro() {
    let _app = App::new()
        .route("/transfer", web::post().to(transfer))
        .service(web::resource("/report").route(web::get().to(generic::<String>)).to(generic::<web::Bytes>))
        .service(
            web::scope("/accounts")
                .wrap(RequireMfa::scope("settings"))
                .route("/list", web::get().to(Accounts::<u64>::list)),
        )
        .route("/thread", web::get().to(on_one_thread))
        .default_service(web::to(transfer));
}
