//! HTTP API for tests and people: the inbox, the call log, faults and the clock.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::response;
use crate::{
    clock::{MAX_AHEAD, rfc3339},
    fault::Fault,
    state::EmulatorState,
};

/// Longest body of a control request, in bytes. The body of any realistic fault fits.
const MAX_BODY: usize = 256 * 1024;

pub(crate) fn routes() -> Router<Arc<EmulatorState>> {
    Router::new()
        .route("/inbox", get(inbox).delete(clear_inbox).fallback(|| response::wrong_method("GET, DELETE")))
        .route("/texts", get(texts).delete(clear_texts).fallback(|| response::wrong_method("GET, DELETE")))
        .route("/calls", get(calls).delete(clear_calls).fallback(|| response::wrong_method("GET, DELETE")))
        .route(
            "/control/faults",
            post(fail).delete(clear_faults).fallback(|| response::wrong_method("POST, DELETE")),
        )
        .route("/control/clock", post(advance).fallback(|| response::wrong_method("POST")))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

#[derive(Deserialize)]
/// Query of `GET /inbox` and of `GET /texts`.
struct InboxQuery {
    newest: Option<usize>,
}

async fn inbox(State(state): State<Arc<EmulatorState>>, Query(query): Query<InboxQuery>) -> Response {
    listed(&state.newest_messages(query.newest.unwrap_or(usize::MAX)))
}

async fn clear_inbox(State(state): State<Arc<EmulatorState>>) -> Response {
    state.clear_inbox();
    response::no_content()
}

async fn texts(State(state): State<Arc<EmulatorState>>, Query(query): Query<InboxQuery>) -> Response {
    listed(&query.newest.map_or_else(|| state.texts(), |newest| state.newest_texts(newest)))
}

async fn clear_texts(State(state): State<Arc<EmulatorState>>) -> Response {
    state.clear_texts();
    response::no_content()
}

async fn calls(State(state): State<Arc<EmulatorState>>) -> Response {
    listed(&state.calls())
}

async fn clear_calls(State(state): State<Arc<EmulatorState>>) -> Response {
    state.clear_calls();
    response::no_content()
}

async fn fail(State(state): State<Arc<EmulatorState>>, body: Bytes) -> Response {
    match Fault::parse(&body) {
        Ok(fault) => {
            state.fail(fault);
            response::no_content()
        }
        Err(why) => response::json(400, &json!({"error": why})),
    }
}

async fn clear_faults(State(state): State<Arc<EmulatorState>>) -> Response {
    state.clear_faults();
    response::no_content()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: f64,
}

async fn advance(State(state): State<Arc<EmulatorState>>, body: Bytes) -> Response {
    let advance = match serde_json::from_slice::<Advance>(&body) {
        Ok(advance) => advance.advance_s,
        Err(error) => {
            let why = format!("{error}; write JSON like {{\"advance_s\":600}}");
            return response::json(400, &json!({"error": why}));
        }
    };
    match Duration::try_from_secs_f64(advance) {
        Ok(advance) if advance <= MAX_AHEAD => {
            let now = state.advance(advance);
            response::json(200, &json!({"now": rfc3339(now)}))
        }
        Ok(_) | Err(_) => {
            let why =
                format!("advance_s must be from 0 to {}; the clock never goes back", MAX_AHEAD.as_secs());
            response::json(400, &json!({"error": why}))
        }
    }
}

fn listed(entries: &impl serde::Serialize) -> Response {
    // Serialize the structs directly, so that the fields keep the documented order.
    match serde_json::to_string(entries) {
        Ok(list) => response::json_text(list),
        Err(error) => response::json(500, &json!({"error": error.to_string()})),
    }
}
