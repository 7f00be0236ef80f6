//! Generic functions, `where` clauses, and `impl Trait` as return type and as argument.

use axum::extract::{FromRequestParts, Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use mfakit::require_mfa;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(Clone)]
struct Limit(usize);

#[require_mfa(scope = "reports")]
async fn echo<T, const MORE: usize>(State(Limit(limit)): State<Limit>, Path(id): Path<T>) -> Json<Vec<T>>
where
    T: DeserializeOwned + Serialize + Clone + Send,
{
    Json(vec![id; limit + MORE])
}

#[require_mfa(scope = "reports", max_age = "90s")]
async fn opaque(Path(id): Path<u8>) -> impl IntoResponse + use<> {
    (axum::http::StatusCode::CREATED, id.to_string())
}

/// Only compiled, because the type of its argument cannot be named.
#[allow(dead_code)]
#[require_mfa(scope = "reports")]
async fn anonymous(part: impl FromRequestParts<Limit>, Path(id): Path<u8>) -> String {
    drop(part);
    id.to_string()
}

#[test]
fn generic_functions_are_handlers() {
    let _app: Router = Router::new()
        .route("/echo/{id}", get(echo::<u64, 2>))
        .route("/opaque/{id}", get(opaque))
        .with_state(Limit(3));
}
