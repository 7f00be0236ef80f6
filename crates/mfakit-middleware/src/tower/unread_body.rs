//! Drains the rest of the body of a rejected request.
//!
//! This happens in a separate task, so that the response is complete at once and the connection continues to read. If
//! draining is abandoned, the task drops the body, and the server closes the connection.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Buf;
use http_body::Body;
use mfakit_core::policy::DrainRule;

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

/// Returns the length of the next piece, or `None` at the end of the body or after an error.
fn next_piece<B: Body>(body: Pin<&mut B>, cx: &mut Context<'_>) -> Poll<Option<usize>> {
    body.poll_frame(cx).map(|frame| {
        let frame = frame?.ok()?;
        Some(frame.data_ref().map_or(0, Buf::remaining))
    })
}

pub(super) use unread::UnreadBody;

/// Without axum, the type of the body is unknown here, and every caller hands over its body itself.
#[cfg(not(feature = "axum"))]
mod unread {
    use std::convert::Infallible;

    use bytes::Bytes;
    use http::Request;
    use http_body_util::Empty;

    /// Empty type, because there is no body to keep.
    #[derive(Clone)]
    pub(in crate::tower) struct UnreadBody(Infallible);

    impl UnreadBody {
        pub(in crate::tower) fn from<B>(_: &mut Request<B>) -> Option<Self> {
            None
        }

        pub(in crate::tower) fn take(&self) -> Option<Empty<Bytes>> {
            match self.0 {}
        }
    }
}

/// On axum the body is returned automatically, even if a guard, an extractor, or a handler that uses `StepUp`
/// drops it.
#[cfg(feature = "axum")]
mod unread {
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

    /// Slot for a body that was dropped before its end.
    #[derive(Clone, Default)]
    pub(in crate::tower) struct UnreadBody(Arc<Mutex<Option<Body>>>);

    impl UnreadBody {
        /// Keeps the body of this request from being lost. Returns `None` if there is nothing to keep: no
        /// body, one of another type, or HTTP/2, where the rest of a body does not block other requests.
        pub(in crate::tower) fn from<B: 'static>(request: &mut Request<B>) -> Option<Self> {
            if request.version() > Version::HTTP_11 {
                return None;
            }
            let body = <dyn Any>::downcast_mut::<Body>(request.body_mut())?;
            if http_body::Body::is_end_stream(body) {
                return None;
            }
            let unread = Self::default();
            let returning = ReturningBody { body: Some(mem::take(body)), place: Arc::downgrade(&unread.0) };
            *body = Body::new(returning);
            Some(unread)
        }

        /// Takes the body, if it was dropped before its end.
        pub(in crate::tower) fn take(&self) -> Option<Body> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
        }
    }

    /// Body that is returned to its slot when it is dropped.
    struct ReturningBody {
        body: Option<Body>,
        place: Weak<Mutex<Option<Body>>>,
    }

    impl http_body::Body for ReturningBody {
        type Data = Bytes;
        /// The error that the body had before axum wrapped it. axum wraps it again, and recognizes its own
        /// errors only to a limited depth.
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

    impl Drop for ReturningBody {
        fn drop(&mut self) {
            if let (Some(body), Some(place)) = (self.body.take(), self.place.upgrade()) {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
            }
        }
    }
}
