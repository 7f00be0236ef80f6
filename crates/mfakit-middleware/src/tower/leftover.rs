//! What is left of the body of a rejected request.
//!
//! It is drained in a task of its own, so that the response is complete at once and the connection goes on reading. On
//! giving up, the task drops the body, and the server closes the connection.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Buf;
use http_body::Body;
use mfakit_core::DrainRule;

use crate::drain::Drain;

/// Discards the rest of a body, within these limits.
pub(super) fn discard<B>(body: B, rule: DrainRule)
where
    B: Body + Send + 'static,
{
    if body.is_end_stream() {
        return;
    }
    if let Some(mut drain) = Drain::begin(rule) {
        let mut body = Box::pin(body);
        tokio::spawn(poll_fn(move |cx| drain.poll(cx, |cx| next_piece(body.as_mut(), cx))));
    }
}

/// The length of the next piece, or `None` at the end of the body and where it broke off.
fn next_piece<B: Body>(body: Pin<&mut B>, cx: &mut Context<'_>) -> Poll<Option<usize>> {
    body.poll_frame(cx).map(|frame| {
        let frame = frame?.ok()?;
        Some(frame.data_ref().map_or(0, Buf::remaining))
    })
}

pub(super) use kept::Kept;

/// Without axum no type of body is known here, and those that hold one leave it.
#[cfg(not(feature = "axum"))]
mod kept {
    use std::convert::Infallible;

    use bytes::Bytes;
    use http::Request;
    use http_body_util::Empty;

    /// No body.
    #[derive(Clone)]
    pub(in crate::tower) struct Kept(Infallible);

    impl Kept {
        pub(in crate::tower) fn from<B>(_: &mut Request<B>) -> Option<Self> {
            None
        }

        pub(in crate::tower) fn take(&self) -> Option<Empty<Bytes>> {
            match self.0 {}
        }
    }
}

/// On axum the body comes back by itself, whatever dropped it: a guard, an extractor, or a handler that asked for a code.
#[cfg(feature = "axum")]
mod kept {
    use std::{
        any::Any,
        mem,
        pin::Pin,
        sync::{Arc, Mutex, PoisonError, Weak},
        task::{Context, Poll},
    };

    use axum_core::{BoxError, Error, body::Body};
    use bytes::Bytes;
    use http::{Request, Version};
    use http_body::{Frame, SizeHint};

    /// Where a body that was dropped before its end is kept.
    #[derive(Clone, Default)]
    pub(in crate::tower) struct Kept(Arc<Mutex<Option<Body>>>);

    impl Kept {
        /// Keeps the body of this request from being lost. Returns `None` if there is nothing to keep: no body, one
        /// of another type, or HTTP/2, where the rest of a body stands in no other request's way.
        pub(in crate::tower) fn from<B: 'static>(request: &mut Request<B>) -> Option<Self> {
            if request.version() > Version::HTTP_11 {
                return None;
            }
            let body = <dyn Any>::downcast_mut::<Body>(request.body_mut())?;
            if http_body::Body::is_end_stream(body) {
                return None;
            }
            let kept = Self::default();
            let lent = Lent { body: Some(mem::take(body)), place: Arc::downgrade(&kept.0) };
            *body = Body::new(lent);
            Some(kept)
        }

        /// The body, if it was dropped before its end.
        pub(in crate::tower) fn take(&self) -> Option<Body> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
        }
    }

    /// A body that goes back when it is dropped.
    struct Lent {
        body: Option<Body>,
        place: Weak<Mutex<Option<Body>>>,
    }

    impl http_body::Body for Lent {
        type Data = Bytes;
        /// As it was before axum wrapped it, since axum does so again and looks only so deep for what it knows.
        type Error = BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
            let polled = Pin::new(body).poll_frame(cx);
            if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
                self.body = None;
            }
            polled.map_err(Error::into_inner)
        }

        fn is_end_stream(&self) -> bool {
            self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
        }

        fn size_hint(&self) -> SizeHint {
            self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
        }
    }

    impl Drop for Lent {
        fn drop(&mut self) {
            if let (Some(body), Some(place)) = (self.body.take(), self.place.upgrade()) {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
            }
        }
    }
}
