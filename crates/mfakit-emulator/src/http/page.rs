//! The inbox as a web page.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    clock::rfc3339,
    message::{Channel, Message},
    state::EmulatorState,
    text::Text,
};

/// Number of messages on the page, which the script also requests. `GET /inbox` returns all messages.
const SHOWN: usize = 100;

/// Allows only the page's own two files and an empty icon, so that a message is harmless even if its text were
/// interpreted as markup.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<EmulatorState>> {
    Router::new().route("/", get(page)).route("/inbox.css", get(style)).route("/inbox.js", get(script))
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    shown: usize,
    messages: Vec<DisplayedMessage>,
    texts: Vec<DisplayedText>,
    base_url: String,
    environment: Vec<(&'static str, String)>,
}

/// A message as the page displays it.
struct DisplayedMessage {
    message: Message,
    time: String,
    channel: &'static str,
}

/// A text message without a code as the page displays it.
struct DisplayedText {
    text: Text,
    to: String,
    time: String,
}

async fn page(State(state): State<Arc<EmulatorState>>) -> Response {
    let messages = state.newest_messages(SHOWN).into_iter().rev().map(|message| DisplayedMessage {
        time: rfc3339(message.time),
        channel: match message.channel {
            Channel::Messaging => "Text message",
            Channel::Voice => "Voice call",
        },
        message,
    });
    let texts = state.newest_texts(SHOWN).into_iter().rev();
    let texts = texts.map(|text| DisplayedText { to: text.to.join(", "), time: rfc3339(text.time), text });
    let page = Page {
        shown: SHOWN,
        messages: messages.collect(),
        texts: texts.collect(),
        base_url: state.address().base_url(),
        environment: state.environment(),
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
