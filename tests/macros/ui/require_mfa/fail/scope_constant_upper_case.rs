//! A constant with a capital letter as the scope.

use mfakit::require_mfa;

mod scopes {
    pub const TRANSFER: &str = "Transfer";
}

#[require_mfa(scope = scopes::TRANSFER)]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/transfer", axum::routing::post(transfer));
}
