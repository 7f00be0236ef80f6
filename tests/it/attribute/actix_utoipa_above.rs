//! `#[utoipa::path]` above reads actix-web's routing macro and the original arguments.

use actix_web::{App, get, post, web};
use mfakit::require_mfa;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

#[derive(Deserialize, Serialize, ToSchema)]
struct Order {
    amount: u64,
}

#[utoipa::path(
    params(("id" = u64, Path, description = "The account")),
    responses((status = 200, body = Order), (status = 401, description = "A code is asked for"))
)]
#[post("/transfer/{id}")]
#[require_mfa(scope = "transfer")]
async fn below_the_route(_id: web::Path<u64>, order: web::Json<Order>) -> web::Json<Order> {
    order
}

#[utoipa::path(responses((status = 200, body = Order)))]
#[require_mfa(scope = "reports")]
#[get("/report/{id}")]
async fn above_the_route(id: web::Path<u64>) -> web::Json<Order> {
    web::Json(Order { amount: *id })
}

#[utoipa::path(get, path = "/plain", responses((status = 200, body = String)))]
#[require_mfa(scope = "reports")]
async fn without_a_routing_macro() -> &'static str {
    "numbers"
}

#[derive(OpenApi)]
#[openapi(paths(below_the_route, above_the_route, without_a_routing_macro))]
struct Api;

#[test]
fn utoipa_reads_the_routes_and_arguments_of_actix_web_handlers() {
    let document = Api::openapi();
    let transfer = document.paths.paths["/transfer/{id}"].post.as_ref().unwrap();
    assert!(transfer.request_body.is_some());
    let report = document.paths.paths["/report/{id}"].get.as_ref().unwrap();
    assert_eq!(report.parameters.as_ref().unwrap()[0].name, "id");
    assert!(document.paths.paths.contains_key("/plain"));
    let _app = App::new()
        .service(below_the_route)
        .service(above_the_route)
        .route("/plain", web::get().to(without_a_routing_macro));
}
