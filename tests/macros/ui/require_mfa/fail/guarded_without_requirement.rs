//! `Guarded` of a type that is not a requirement.

use axum::{Router, routing::post};
use mfakit::Guarded;

struct Pay;

async fn pay(guarded: Guarded<Pay, (String,)>) -> String {
    guarded.args.0
}

fn main() {
    let _app: Router = Router::new().route("/pay", post(pay));
}
