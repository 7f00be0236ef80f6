//! The service that answers the routes.

use std::{
    convert::Infallible,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use mfakit_core::{
    Mfa,
    adapter::{MfaExt as _, with_timeout},
};
use tower_service::Service;

use crate::{
    answer::Answer,
    endpoints::{self, BodyError},
    tower::{RequestContext, facts_of, into_response, peer::peer, request_context::original_uri},
};

/// Service that answers the routes below the mount path: the page, start, verify and drop. `R` is the type of
/// the response body.
///
/// Needs the [`MfaLayer`](crate::tower::MfaLayer) of the same engine around it, which identifies the caller.
/// Inside the layer of another engine, whose users differ, every call is answered with 500.
pub struct MfaRoutes<R> {
    mfa: Mfa,
    body: PhantomData<fn() -> R>,
}

impl<R> MfaRoutes<R> {
    /// The routes of this engine.
    #[must_use]
    pub fn new(mfa: &Mfa) -> Self {
        Self { mfa: mfa.clone(), body: PhantomData }
    }
}

impl<R> Clone for MfaRoutes<R> {
    fn clone(&self) -> Self {
        Self::new(&self.mfa)
    }
}

impl<R> fmt::Debug for MfaRoutes<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaRoutes").field("mfa", &self.mfa).finish()
    }
}

impl<B, R> Service<Request<B>> for MfaRoutes<R>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<mfakit_core::BoxError>,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mfa = self.mfa.clone();
        Box::pin(async move {
            let is_head = request.method() == Method::HEAD;
            let (mut parts, body) = request.into_parts();
            let mut answer = match RequestContext::by(&parts) {
                Ok(carried) => {
                    let admission = &carried.admission;
                    admission.mark_answered();
                    let mut body = Box::pin(body);
                    let answer = answer(&mfa, &carried, &mut parts, body.as_mut()).await;
                    if admission.is_answered() {
                        carried.leave(parts.version, body);
                    }
                    admission.shape(answer)
                }
                Err(answer) => answer,
            };
            if is_head {
                answer.body = (&[]).into();
            }
            Ok(into_response(answer))
        })
    }
}

async fn answer<B>(mfa: &Mfa, carried: &RequestContext, parts: &mut Parts, body: Pin<&mut B>) -> Answer
where
    B: Body + Send,
    B::Error: Into<mfakit_core::BoxError>,
{
    let headers = |name| parts.headers.get_all(name).iter().map(HeaderValue::as_bytes);
    let facts = facts_of(parts).coming_from(mfa.client_address(), || peer(&parts.extensions), headers);
    let path = original_uri(parts).path().to_owned();
    let path = path.strip_prefix(mfa.site().path()).unwrap_or_default();
    if let Some(file) = endpoints::file(mfa, path, &facts) {
        return file;
    }
    if let Err(answer) = carried.admission.belongs_to(mfa, &facts) {
        return answer;
    }
    let subject = match carried.subject(parts).await {
        Ok(subject) => subject,
        Err(answer) => return answer,
    };
    let opened = match endpoints::open(mfa, carried.admission.login_page(), path, &facts, subject) {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let Some(longest) = opened.longest_body() else {
        return opened.finish(&[]).await;
    };
    let read = with_timeout(Limited::new(body, longest).collect()).await;
    if read.is_none() {
        // The client has stalled for the whole wait already, so its body is not drained.
        carried.admission.unmark_answered();
    }
    match read {
        Some(Ok(body)) => opened.finish(&body.to_bytes()).await,
        Some(Err(error)) if error.is::<LengthLimitError>() => opened.without_body(BodyError::TooLarge),
        Some(Err(_)) => opened.without_body(BodyError::Broken),
        None => opened.without_body(BodyError::TooSlow),
    }
}
