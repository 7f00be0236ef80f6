//! Body that is passed on only while the guard's decision is valid.
//!
//! A layer cannot change the body type of its inner service. axum's body and the boxed body of
//! `http-body-util` can hold any other body, so those are watched. Any other type is passed on as it is.

use std::{
    any::Any,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, combinators::UnsyncBoxBody};
use mfakit_core::BoxError;

use crate::watch::Watch;

/// Boxed body, as used by tower stacks without axum.
type Boxed = UnsyncBoxBody<Bytes, BoxError>;

/// Returns whether part of a body has yet to arrive, and its type can be watched.
pub(super) fn is_to_come<B: 'static>(body: &B) -> bool {
    let body: &dyn Any = body;
    #[cfg(feature = "axum")]
    if let Some(body) = body.downcast_ref::<axum_core::body::Body>() {
        return !body.is_end_stream();
    }
    body.downcast_ref::<Boxed>().is_some_and(|body| !body.is_end_stream())
}

/// Wraps a body. Nothing more of it is passed on once the decision is no longer valid.
pub(super) fn watched<B: 'static>(mut body: B, watch: Watch) -> B {
    let any: &mut dyn Any = &mut body;
    #[cfg(feature = "axum")]
    if let Some(body) = any.downcast_mut::<axum_core::body::Body>() {
        let inner = mem::take(body);
        *body = axum_core::body::Body::new(Watched::new(inner, watch));
    } else if let Some(body) = any.downcast_mut::<Boxed>() {
        let empty = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let inner = mem::replace(body, empty);
        *body = Watched::new(inner, watch).boxed_unsync();
    }
    body
}

/// Item of a body with this error.
type Piece<E> = Option<Result<Frame<Bytes>, E>>;

/// Body, and the watch that lets it pass.
struct Watched<B: Body<Data = Bytes>> {
    body: B,
    watch: Watch,
    /// Piece that has arrived and waits to be passed on.
    arrived: Option<Piece<B::Error>>,
}

impl<B: Body<Data = Bytes>> Watched<B> {
    const fn new(body: B, watch: Watch) -> Self {
        Self { body, watch, arrived: None }
    }
}

impl<B> Body for Watched<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Piece<BoxError>> {
        let this = self.get_mut();
        if this.watch.is_over() {
            return Poll::Ready(Some(Err(crate::watch::BodyTooLate.into())));
        }
        if this.arrived.is_none() {
            this.arrived = Some(ready!(Pin::new(&mut this.body).poll_frame(cx)));
        }
        let passed = ready!(this.watch.poll_pass(cx));
        let piece = this.arrived.take().flatten();
        Poll::Ready(match passed {
            Ok(()) => piece.map(|piece| piece.map_err(Into::into)),
            Err(late) => Some(Err(late.into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.arrived.is_none() && !self.watch.is_over() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // The body no longer counts the piece that waits to be passed on.
        if self.arrived.is_some() { SizeHint::default() } else { self.body.size_hint() }
    }
}
