//! Drains the rest of the body of a rejected request.
//!
//! actix-web reads a request's body while its response is being sent, and for one second after that. So the response
//! does not end before the body is drained. If draining is abandoned, the response ends while the payload still exists,
//! because actix-web then closes the connection. It would read a dropped chunked payload indefinitely.
//!
//! The response to a form whose page stays in the browser is a 204, which has no body that could last. The payload is
//! drained before it is sent.

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
use mfakit_core::policy::DrainRule;

use crate::drain::Drain;

/// Slot for a payload that was dropped before its end.
#[derive(Clone, Default)]
pub(super) struct UnreadPayload(Rc<RefCell<Option<Payload>>>);

impl UnreadPayload {
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
                let unread = Self::default();
                let returning = ReturningPayload { payload: Some(payload), place: Rc::downgrade(&unread.0) };
                request.set_payload(Payload::Stream { payload: Box::pin(returning) });
                Some(unread)
            }
        }
    }

    /// Extends the response until the payload is drained, if it was dropped before its end. If the response cannot be
    /// extended, because it is a 204 or other middleware gave it a body of another type, the payload is drained before
    /// the response is sent.
    pub(super) async fn drain<B: 'static>(
        self,
        rule: DrainRule,
        response: ServiceResponse<B>,
    ) -> ServiceResponse<B> {
        let (method, status) = (response.request().method(), response.status());
        // A form whose page stays in the browser. A browser sends all of it before it reads the answer.
        let keeps_page = method == Method::POST && status == StatusCode::NO_CONTENT;
        let bodiless =
            method == Method::HEAD || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if bodiless && !keeps_page {
            return response;
        }
        let mut rest = self.rest(rule);
        if rest.is_none() {
            return response;
        }
        let response = response.map_body(|_, mut body| {
            if let Some(body) = boxed(&mut body).filter(|_| !keeps_page) {
                let whole = mem::replace(body, BoxBody::new(()));
                *body = BoxBody::new(Lasting { body: Some(whole), rest: rest.take() });
            }
            body
        });
        let Some(mut rest) = rest else { return response };
        poll_fn(|cx| rest.poll(cx)).await;
        response.map_body(|_, mut body| {
            if let Some(body) = boxed(&mut body).filter(|_| keeps_page) {
                *body = BoxBody::new(Lasting { body: None, rest: Some(rest) });
            }
            body
        })
    }

    /// Drains the payload, if it was dropped before its end, before actix-web turns an error into a response.
    pub(super) async fn drain_before_error(self, rule: DrainRule) {
        if let Some(mut rest) = self.rest(rule) {
            poll_fn(|cx| rest.poll(cx)).await;
        }
    }

    fn rest(self, rule: DrainRule) -> Option<Rest> {
        let payload = self.0.take()?;
        Some(Rest { payload, drain: Drain::begin(rule)? })
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

/// Payload that is returned to its slot when it is dropped.
struct ReturningPayload {
    payload: Option<Payload>,
    place: Weak<RefCell<Option<Payload>>>,
}

impl Stream for ReturningPayload {
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

impl Drop for ReturningPayload {
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
        // With a known length, actix-web would end the response after its last byte. Without a body to send, this only
        // holds the payload.
        if self.body.is_some() { BodySize::Stream } else { BodySize::None }
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(body) = self.body.as_mut() {
            match ready!(Pin::new(body).poll_next(cx)) {
                Some(bytes) => return Poll::Ready(Some(bytes)),
                None => self.body = None,
            }
        }
        // The payload is not dropped when draining is abandoned. See the module docs.
        self.rest.as_mut().map_or(Poll::Ready(()), |rest| rest.poll(cx)).map(|()| None)
    }
}
