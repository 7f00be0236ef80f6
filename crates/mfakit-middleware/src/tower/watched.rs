//! Body that is passed on only while the guard's decision is valid.
//!
//! A layer cannot change the body type of the service inside it. axum's body and the boxed body of `http-body-util` can
//! hold any other body, so those are watched. A body of another type is passed on only if it is already in memory.

use std::{
    any::Any,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use mfakit_core::BoxError;

use crate::{body_watch::BodyWatch, tower::body::Body as GuardedBody};

/// Boxed body, as used by tower stacks without axum.
type Boxed = UnsyncBoxBody<Bytes, BoxError>;

/// Description of a stack in which the body could not be watched.
pub(super) const UNWATCHABLE: &str = "RequireMfa cannot watch the request's body while it arrives, because of the type \
    that the server or a layer around RequireMfa gives it: use #[require_mfa(scope = \"…\")], or on axum put RequireMfa in \
    a .layer() of its own, or in another tower stack call RequireMfa::guard, or box the body around MfaLayer as \
    mfakit::web::tower::Body";

/// State of a body's arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The whole body is in memory.
    Here,
    /// Part of the body has not arrived yet, and its type can be watched.
    Watchable,
    /// Part of the body may not have arrived yet, and its type cannot be watched.
    Unwatchable,
}

impl Arrival {
    /// Returns the state of this body.
    pub(super) fn of<B: Body + 'static>(body: &B) -> Self {
        if body.is_end_stream() {
            return Self::Here;
        }
        let body: &dyn Any = body;
        #[cfg(feature = "axum")]
        if body.is::<axum_core::body::Body>() {
            return Self::Watchable;
        }
        if body.is::<Boxed>() || body.is::<GuardedBody>() {
            Self::Watchable
        } else if body.is::<Full<Bytes>>() || body.is::<String>() {
            Self::Here
        } else {
            Self::Unwatchable
        }
    }
}

/// Wraps a body. Nothing more of it is passed on once the decision is no longer valid.
pub(super) fn watched<B: 'static>(mut body: B, watch: BodyWatch) -> B {
    let any: &mut dyn Any = &mut body;
    if let Some(body) = any.downcast_mut::<Boxed>() {
        let empty = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let inner = mem::replace(body, empty);
        *body = Watched::new(inner, watch).boxed_unsync();
    } else if let Some(body) = any.downcast_mut::<GuardedBody>() {
        *body = held_back(mem::take(body), watch);
    } else {
        #[cfg(feature = "axum")]
        if let Some(body) = any.downcast_mut::<axum_core::body::Body>() {
            let inner = mem::take(body);
            *body = axum_core::body::Body::new(Watched::new(inner, watch));
        }
    }
    body
}

/// Wraps a body of any type, as [`watched`] does.
pub(super) fn held_back<B>(body: B, watch: BodyWatch) -> GuardedBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    GuardedBody::new(Watched::new(body.map_err(Into::into).boxed_unsync(), watch))
}

/// Item of a body with this error.
type Piece<E> = Option<Result<Frame<Bytes>, E>>;

/// Body, and the watch that lets it pass.
struct Watched<B: Body<Data = Bytes>> {
    body: B,
    watch: BodyWatch,
    /// Piece that has arrived and is waiting to be passed on.
    arrived: Option<Piece<B::Error>>,
}

impl<B: Body<Data = Bytes>> Watched<B> {
    const fn new(body: B, watch: BodyWatch) -> Self {
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
        if this.arrived.is_none() && !this.watch.is_over() {
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
        // The body no longer counts the piece that is waiting to be passed on.
        if self.arrived.is_some() { SizeHint::default() } else { self.body.size_hint() }
    }
}
