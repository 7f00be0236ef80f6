//! The inbox as a page a person reads.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::clock::rfc3339;
use crate::desk::Desk;
use crate::message::{Channel, Message};

/// The page shows this many; all of them are in `GET /inbox`. The script asks for as many.
const SHOWN: usize = 100;

/// Nothing but the page's own two files and an empty icon, so that a message could not do a thing even if it got out of its text.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/", get(page)).route("/inbox.css", get(style)).route("/inbox.js", get(script))
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    shown: usize,
    messages: Vec<Shown>,
    base_url: String,
    environment: Vec<(&'static str, String)>,
}

/// A message in the words of the page.
struct Shown {
    message: Message,
    time: String,
    channel: &'static str,
}

async fn page(State(desk): State<Arc<Desk>>) -> Response {
    let messages = desk.newest(SHOWN).into_iter().rev().map(|message| Shown {
        time: rfc3339(message.time),
        channel: match message.channel {
            Channel::Messaging => "Text message",
            Channel::Voice => "Phone call",
        },
        message,
    });
    let page = Page {
        shown: SHOWN,
        messages: messages.collect(),
        base_url: desk.address().base_url(),
        environment: desk.environment(),
    };
    match page.render() {
        Ok(html) => served("text/html; charset=utf-8", html),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn style() -> Response {
    served("text/css; charset=utf-8", include_str!("../../assets/inbox.css"))
}

async fn script() -> Response {
    served("text/javascript; charset=utf-8", include_str!("../../assets/inbox.js"))
}

fn served(kind: &'static str, content: impl IntoResponse) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, content).into_response()
}
