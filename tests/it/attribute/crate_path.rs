//! The facade under another name, as a path and as a string.

mod company {
    pub mod web {
        pub use mfakit as mfa;
    }
}

use axum::Router;
use axum::routing::{get, post};
use company::web::mfa::require_mfa as second_factor;
use mfakit as renamed;

#[second_factor(crate = company::web::mfa, scope = "transfer")]
async fn by_path(body: String) -> String {
    body
}

#[second_factor(scope = "transfer", crate = crate::attribute::crate_path::company::web::mfa)]
async fn from_the_root(body: String) -> String {
    body
}

#[renamed::require_mfa(scope = "transfer", max_age = "1m", crate = "renamed")]
async fn by_string(body: String) -> String {
    body
}

#[second_factor(scope = "transfer", crate = "::mfakit")]
async fn absolute() {}

#[test]
fn the_facade_can_have_another_name() {
    let _app: Router = Router::new()
        .route("/path", post(by_path))
        .route("/root", post(from_the_root))
        .route("/string", post(by_string))
        .route("/absolute", get(absolute));
}
