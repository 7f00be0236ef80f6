//! What a test asks of the emulator beside the API: the inbox, the calls, faults and the clock.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::answer;
use crate::clock::{FURTHEST, rfc3339};
use crate::desk::Desk;
use crate::fault::Fault;

/// The longest control body; what a fault is to answer fits well.
const LONGEST_BODY: usize = 256 * 1024;

pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/inbox", get(inbox).delete(clear_inbox).fallback(|| answer::wrong_method("GET, DELETE")))
        .route("/calls", get(calls).delete(clear_calls).fallback(|| answer::wrong_method("GET, DELETE")))
        .route(
            "/control/faults",
            post(fail).delete(clear_faults).fallback(|| answer::wrong_method("POST, DELETE")),
        )
        .route("/control/clock", post(advance).fallback(|| answer::wrong_method("POST")))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

#[derive(Deserialize)]
struct Part {
    newest: Option<usize>,
}

async fn inbox(State(desk): State<Arc<Desk>>, Query(part): Query<Part>) -> Response {
    listed(&desk.newest(part.newest.unwrap_or(usize::MAX)))
}

async fn clear_inbox(State(desk): State<Arc<Desk>>) -> Response {
    desk.clear_inbox();
    answer::no_content()
}

async fn calls(State(desk): State<Arc<Desk>>) -> Response {
    listed(&desk.calls())
}

async fn clear_calls(State(desk): State<Arc<Desk>>) -> Response {
    desk.clear_calls();
    answer::no_content()
}

async fn fail(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    match Fault::read(&body) {
        Ok(fault) => {
            desk.fail(fault);
            answer::no_content()
        }
        Err(why) => answer::json(400, &json!({"error": why})),
    }
}

async fn clear_faults(State(desk): State<Arc<Desk>>) -> Response {
    desk.clear_faults();
    answer::no_content()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: f64,
}

async fn advance(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let advance = match serde_json::from_slice::<Advance>(&body) {
        Ok(advance) => advance.advance_s,
        Err(error) => {
            let why = format!("{error}; write JSON like {{\"advance_s\":600}}");
            return answer::json(400, &json!({"error": why}));
        }
    };
    match Duration::try_from_secs_f64(advance) {
        Ok(advance) if advance <= FURTHEST => {
            let now = desk.advance(advance);
            answer::json(200, &json!({"now": rfc3339(now)}))
        }
        Ok(_) | Err(_) => {
            let why =
                format!("advance_s must be from 0 to {}: the clock never goes back", FURTHEST.as_secs());
            answer::json(400, &json!({"error": why}))
        }
    }
}

fn listed(entries: &impl serde::Serialize) -> Response {
    // Written straight from the structs, which keeps the fields in the order the documentation has them.
    match serde_json::to_string(entries) {
        Ok(list) => answer::json_text(list),
        Err(error) => answer::json(500, &json!({"error": error.to_string()})),
    }
}
