//! Layer around a guarded service.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, request::Parts};
use http_body::Body;
use mfakit_core::{Misconfigured, Requirement};
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    answer::Answer,
    claim::claim,
    request_head::RequestHead,
    require::RequireMfa,
    tower::{
        RequestContext, into_response,
        watched::{Arrival, UNWATCHABLE, watched},
    },
};

impl<S> Layer<S> for RequireMfa {
    type Service = RequireMfaService<S>;

    fn layer(&self, inner: S) -> RequireMfaService<S> {
        RequireMfaService { inner, require: Arc::new(self.of_layer()) }
    }
}

/// Service that rejects requests without a grant, and passes all others on. [`RequireMfa`] creates it as a layer.
///
/// ```
/// use mfakit_middleware::{RequireMfa, tower::RequireMfaService};
/// use tower_layer::Layer;
///
/// fn guarded<S>(reports: S) -> RequireMfaService<S> {
///     RequireMfa::scope("reports").layer(reports)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct RequireMfaService<S> {
    inner: S,
    require: Arc<Result<Requirement, Misconfigured>>,
}

impl<S, B, R> Service<Request<B>> for RequireMfaService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Only the service that `poll_ready` was called on is ready. A clone has no permit, for example under a
        // concurrency limit. So the clone is kept, and the ready service is called.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let require = self.require.clone();
        let (mut parts, body) = request.into_parts();
        Box::pin(async move {
            let claim = match claim(&mut parts, (*require).as_ref()).await {
                Ok(claim) => claim,
                Err(answer) => return Ok(rejected(&parts, body, answer)),
            };
            match Arrival::of(&body) {
                Arrival::Here => match claim.take_from(&parts).await {
                    Ok(_) => inner.call(Request::from_parts(parts, body)).await,
                    Err(answer) => Ok(rejected(&parts, body, answer)),
                },
                Arrival::Watchable => {
                    let (body_watch, handler_watch) = match claim.take_and_watch(parts.facts()).await {
                        Ok(taken) => taken,
                        Err(answer) => return Ok(rejected(&parts, body, answer)),
                    };
                    let guarded = inner.call(Request::from_parts(parts, watched(body, body_watch)));
                    handler_watch.run(guarded).await.unwrap_or_else(|late| Ok(into_response(late)))
                }
                Arrival::Unwatchable => {
                    let mistake = Misconfigured::new(UNWATCHABLE);
                    let answer = claim.admission().misconfigured(&parts.facts(), mistake);
                    Ok(rejected(&parts, body, answer))
                }
            }
        })
    }
}

/// Hands over the body to be drained, and returns the response.
pub(super) fn rejected<B, R>(parts: &Parts, body: B, answer: Answer) -> Response<R>
where
    B: Body + Send + 'static,
    R: From<Bytes>,
{
    if let Some(context) = parts.extensions.get::<RequestContext>() {
        context.leave(parts.version, body);
    }
    into_response(answer)
}
