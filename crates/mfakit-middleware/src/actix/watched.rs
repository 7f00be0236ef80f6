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
    web::Bytes,
};
use futures_util::Stream;

use crate::{body_watch::BodyWatch, handler_watch::BodyTooLate};

/// Takes the payload out of a request, unless it has none.
///
/// A request that wants to open a socket has a payload too, without an end. No header shows that its handler opens one:
/// the handler may read this payload as a body, and `sec-websocket-key` is what the client makes it. So it is watched like
/// any other, until the handler answers with 101 (RFC 6455, section 4.2.2).
pub(super) fn to_come(request: &mut ServiceRequest) -> Option<Payload> {
    match request.take_payload() {
        Payload::None => None,
        payload => Some(payload),
    }
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
