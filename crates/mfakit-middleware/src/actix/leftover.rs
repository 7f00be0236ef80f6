//! Drains the rest of the body of a rejected request.
//!
//! actix-web reads a request's body while its response is being sent, and for a second afterward. So the
//! response does not end before the body has been drained. If draining is given up, the response ends while
//! the payload still exists, because actix-web then closes the connection. If a chunked payload were dropped,
//! actix-web would go on reading it forever.

use std::{
    any::Any,
    cell::RefCell,
    future::poll_fn,
    mem,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{Method, StatusCode, Version},
    web::Bytes,
};
use futures_util::Stream;
use mfakit_core::DrainRule;

use crate::drain::Drain;

/// Place for a payload that was dropped before its end.
#[derive(Clone, Default)]
pub(super) struct Kept(Rc<RefCell<Option<Payload>>>);

impl Kept {
    /// Keeps the payload of this request even if a guard, an extractor, or a handler that uses `StepUp` drops
    /// it. Returns `None` if there is nothing to keep: no payload, or HTTP/2, where the rest of a body does
    /// not block other requests.
    pub(super) fn from(request: &mut ServiceRequest) -> Option<Self> {
        if request.version() > Version::HTTP_11 {
            return None;
        }
        match request.take_payload() {
            Payload::None => None,
            payload => {
                let kept = Self::default();
                let lent = Lent { payload: Some(payload), place: Rc::downgrade(&kept.0) };
                request.set_payload(Payload::Stream { payload: Box::pin(lent) });
                Some(kept)
            }
        }
    }

    /// Extends the response until the payload is drained, if it was dropped before its end. If other
    /// middleware gave the response a body type that cannot be extended, the payload is drained before the
    /// response.
    pub(super) async fn drain<B: 'static>(
        self,
        rule: DrainRule,
        response: ServiceResponse<B>,
    ) -> ServiceResponse<B> {
        let head = response.request().method() == Method::HEAD;
        let bodiless = head || matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let Some(payload) = self.0.take().filter(|_| !bodiless) else { return response };
        let Some(drain) = Drain::begin(rule) else { return response };
        let mut rest = Some(Rest { payload, drain });
        let response = response.map_body(|_, mut body| {
            if let Some(body) = boxed(&mut body) {
                let whole = mem::replace(body, BoxBody::new(()));
                *body = BoxBody::new(Lasting { body: Some(whole), rest: rest.take() });
            }
            body
        });
        if let Some(mut rest) = rest {
            poll_fn(|cx| rest.poll(cx)).await;
        }
        response
    }
}

/// Returns the body of a response if it is boxed, as those of handlers are, even inside up to two
/// `EitherBody`.
fn boxed<B: 'static>(body: &mut B) -> Option<&mut BoxBody> {
    type Once = EitherBody<BoxBody>;
    type Twice = EitherBody<Once>;
    let body: &mut dyn Any = body;
    if body.is::<Twice>() {
        return match body.downcast_mut::<Twice>()? {
            EitherBody::Left { body } => boxed(body),
            EitherBody::Right { body } => Some(body),
        };
    }
    if body.is::<Once>() {
        return match body.downcast_mut::<Once>()? {
            EitherBody::Left { body } | EitherBody::Right { body } => Some(body),
        };
    }
    body.downcast_mut()
}

/// Payload that goes back when it is dropped.
struct Lent {
    payload: Option<Payload>,
    place: Weak<RefCell<Option<Payload>>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(payload) = self.payload.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(payload).poll_next(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.payload = None;
        }
        polled
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(payload), Some(place)) = (self.payload.take(), self.place.upgrade()) {
            place.replace(Some(payload));
        }
    }
}

/// Body of a response that ends only after the body of the rejected request was drained.
struct Lasting {
    body: Option<BoxBody>,
    rest: Option<Rest>,
}

/// Rest of a request's body.
struct Rest {
    payload: Payload,
    drain: Drain,
}

impl Rest {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Self { payload, drain } = self;
        drain.poll(cx, |cx| Pin::new(&mut *payload).poll_next(cx).map(|piece| Some(piece?.ok()?.len())))
    }
}

impl MessageBody for Lasting {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        // If the length were known, actix-web would treat the body as complete after its last byte.
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(body) = self.body.as_mut() {
            match ready!(Pin::new(body).poll_next(cx)) {
                Some(bytes) => return Poll::Ready(Some(bytes)),
                None => self.body = None,
            }
        }
        // The payload is not dropped when draining is given up; see the module docs.
        self.rest.as_mut().map_or(Poll::Ready(()), |rest| rest.poll(cx)).map(|()| None)
    }
}
