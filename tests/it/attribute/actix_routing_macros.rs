//! actix-web's routing macros, with the attribute above, below and between them.

use actix_web::{App, HttpResponse, Responder, get, post, route, routes, web};
use mfakit::require_mfa;

#[require_mfa(scope = "reports")]
#[get("/get/above")]
async fn get_above() -> &'static str {
    "numbers"
}

#[get("/get/below/{id}")]
#[require_mfa(scope = "reports", max_age = "1h")]
async fn get_below(id: web::Path<u64>) -> String {
    id.to_string()
}

#[require_mfa(scope = "transfer")]
#[post("/post/above")]
async fn post_above(form: web::Form<Vec<(String, String)>>) -> Result<String, actix_web::Error> {
    let form = form.into_inner();
    form.first().map(|(name, _)| name.clone()).ok_or_else(|| actix_web::error::ErrorBadRequest("empty"))
}

#[post("/post/below", name = "below", guard = "json")]
#[require_mfa(scope = "transfer", max_age = "5m")]
async fn post_below(web::Json(order): web::Json<Vec<u64>>) -> impl Responder {
    web::Json(order)
}

fn json(context: &actix_web::guard::GuardContext<'_>) -> bool {
    context.head().headers().contains_key("content-type")
}

#[require_mfa(scope = "settings")]
#[route("/route/above", method = "GET", method = "POST", method = "PURGE")]
async fn route_above() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[route("/route/below", method = "GET", method = "POST", method = "PURGE")]
#[require_mfa(scope = "settings")]
async fn route_below() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[require_mfa(scope = "settings")]
#[routes]
#[get("/routes/above")]
#[post("/routes/above/too")]
async fn routes_above() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[routes]
#[get("/routes/below")]
#[post("/routes/below/too")]
#[require_mfa(scope = "settings")]
async fn routes_below() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[routes]
#[get("/routes/between")]
#[require_mfa(scope = "settings")]
#[post("/routes/between/too")]
async fn routes_between() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[require_mfa(scope = "reports")]
#[get("/twice")]
#[require_mfa(scope = "transfer")]
async fn twice() -> &'static str {
    "both"
}

#[test]
fn routing_macros_of_actix_web_work_above_below_and_between() {
    let _app = App::new()
        .service(get_above)
        .service(get_below)
        .service(post_above)
        .service(post_below)
        .service(route_above)
        .service(route_below)
        .service(routes_above)
        .service(routes_below)
        .service(routes_between)
        .service(twice);
}
