//! A grant for one request: alone, with an age, stacked, and in a generic `impl` block.

use axum::Router;
use axum::extract::{Form, FromRequestParts, State};
use axum::routing::{get, post};
use mfakit::{Granted, require_mfa};

#[require_mfa(scope = "transfer", once)]
async fn transfer(
    Granted(grant): Granted,
    State(bank): State<u8>,
    Form(order): Form<Vec<(String, String)>>,
) -> String {
    format!("{bank}{order:?}{}", grant.scope())
}

#[require_mfa(once, max_age = "5m", scope = "transfer")]
async fn nothing() {}

#[require_mfa(scope = "login", max_age = "1h")]
#[require_mfa(scope = "transfer", once)]
async fn stacked(body: String) -> Result<String, String> {
    (!body.is_empty()).then_some(body).ok_or_else(String::new)
}

struct Pages<T>(T);

impl<T> Pages<T>
where
    T: FromRequestParts<u8> + Send + 'static,
{
    #[require_mfa(scope = "pages", once)]
    async fn page(_extracted: T) -> &'static str {
        "page"
    }
}

/// Handlers of actix-web.
#[actix_web::post("/transfer")]
#[require_mfa(scope = "transfer", max_age = "5m", once)]
async fn actix(order: actix_web::web::Form<Vec<(String, String)>>) -> String {
    format!("{order:?}")
}

#[test]
fn a_handler_can_consume_its_grant() {
    let Pages(()) = Pages(());
    let _app: Router = Router::new()
        .route("/transfer", post(transfer))
        .route("/nothing", get(nothing))
        .route("/stacked", post(stacked))
        .route("/page", get(Pages::<State<u8>>::page))
        .with_state(1);
    let _app = actix_web::App::new().service(actix);
}
