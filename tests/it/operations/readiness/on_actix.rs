//! A readiness route on actix-web.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use mfakit::Mfa;

pub(super) async fn ready(mfa: Data<Mfa>) -> HttpResponse {
    let health = mfa.health().await;
    let status = if health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).content_type("application/json").body(health.to_json())
}
