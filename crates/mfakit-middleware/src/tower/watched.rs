//! A body that is passed on only while the guard's yes counts.
//!
//! A layer cannot change the type of the body that the service inside it takes. axum's body and `http-body-util`'s
//! boxed one can hold any other body, so those are watched; another type is passed on as it is.

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

/// A boxed body, as tower stacks without axum use it.
type Boxed = UnsyncBoxBody<Bytes, BoxError>;

/// Returns whether some of a body has still to arrive, and its type is one that can be watched.
pub(super) fn is_to_come<B: 'static>(body: &B) -> bool {
    let body: &dyn Any = body;
    #[cfg(feature = "axum")]
    if let Some(body) = body.downcast_ref::<axum_core::body::Body>() {
        return !body.is_end_stream();
    }
    body.downcast_ref::<Boxed>().is_some_and(|body| !body.is_end_stream())
}

/// The same body, of which nothing is passed on once the yes no longer counts.
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

/// What `poll_frame` of a body with this error gives.
type Piece<E> = Option<Result<Frame<Bytes>, E>>;

/// A body and the yes that lets it through.
struct Watched<B: Body<Data = Bytes>> {
    body: B,
    watch: Watch,
    /// What has arrived and waits to be passed on.
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
        // What waits to be passed on is no longer among what the body says is to come.
        if self.arrived.is_some() { SizeHint::default() } else { self.body.size_hint() }
    }
}
