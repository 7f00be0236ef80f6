//! Payload that is passed on only while the guard's decision is valid.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use futures_util::Stream;

use crate::{body_watch::BodyWatch, handler_watch::BodyTooLate};

/// Takes the payload out of a request, unless it has none or is the handshake of a WebSocket.
pub(super) fn to_come(request: &mut ServiceRequest) -> Option<Payload> {
    if opens_socket(request) {
        return None;
    }
    match request.take_payload() {
        Payload::None => None,
        payload => Some(payload),
    }
}

/// Returns whether this is the handshake of a WebSocket (RFC 6455, section 4.1). Its messages arrive as its
/// payload, long after the handler has started.
fn opens_socket(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    let has_body =
        headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
    let upgrade = headers.get(header::UPGRADE).map(HeaderValue::as_bytes);
    request.method() == Method::GET
        && !has_body
        && upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case(b"websocket"))
        && headers.contains_key(header::SEC_WEBSOCKET_KEY)
}

/// Wraps a payload. Nothing more of it is passed on once the decision is no longer valid.
pub(super) fn watched(payload: Payload, watch: BodyWatch) -> Payload {
    Payload::Stream { payload: Box::pin(Watched { payload, watch, arrived: None }) }
}

/// Item of a payload's stream.
type Piece = Option<Result<Bytes, PayloadError>>;

/// Payload, and the watch that lets it pass.
struct Watched {
    payload: Payload,
    watch: BodyWatch,
    /// Piece that has arrived and is waiting to be passed on.
    arrived: Option<Piece>,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Piece> {
        let this = self.get_mut();
        if this.arrived.is_none() && !this.watch.is_over() {
            this.arrived = Some(ready!(Pin::new(&mut this.payload).poll_next(cx)));
        }
        let passed = ready!(this.watch.poll_pass(cx));
        let piece = this.arrived.take().flatten();
        Poll::Ready(match passed {
            Ok(()) => piece,
            Err(late) => Some(Err(too_late(late))),
        })
    }
}

fn too_late(late: BodyTooLate) -> PayloadError {
    PayloadError::Io(io::Error::other(late))
}
