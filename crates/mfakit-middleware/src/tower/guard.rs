//! Guard around a handler that is called by hand.

use bytes::Bytes;
use http::{Request, Response};
use mfakit_core::BoxError;

use crate::{
    claim::claim,
    request_head::RequestHead,
    require::RequireMfa,
    tower::{body::Body, into_response, require_mfa::rejected, watched::held_back},
};

impl RequireMfa {
    /// Calls `handler` with the request if it has a grant, and rejects it otherwise. For a tower stack that routes by hand,
    /// such as an app on hyper alone. [`MfaLayer`](crate::tower::MfaLayer) must be around it.
    ///
    /// The handler receives the body as a [`Body`], whatever the type of the server's body is. The grant is checked again
    /// while the body arrives, as [by a layer](#slow-bodies), and [`once`](Self::once) consumes it before the handler runs.
    ///
    /// ```
    /// use std::{convert::Infallible, time::Duration};
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use mfakit_middleware::{RequireMfa, tower::Body};
    /// # type Incoming = http_body_util::Empty<bytes::Bytes>;
    ///
    /// const RESTART: RequireMfa = RequireMfa::scope("restart").max_age(Duration::from_secs(300));
    ///
    /// async fn restart(_: Request<Body>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
    ///     Ok(Response::new(Full::from("restarting")))
    /// }
    ///
    /// async fn handle(request: Request<Incoming>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
    ///     match (request.method().as_str(), request.uri().path()) {
    ///         ("POST", "/restart") => RESTART.guard(request, restart).await,
    ///         _ => Ok(Response::new(Full::from("all is well"))),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the error of the handler. A rejection is a response.
    pub fn guard<B, R, E, F, Fut>(
        self,
        request: Request<B>,
        handler: F,
    ) -> impl Future<Output = Result<Response<R>, E>> + Send
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
        R: From<Bytes>,
        F: FnOnce(Request<Body>) -> Fut + Send,
        Fut: Future<Output = Result<Response<R>, E>> + Send,
    {
        let (mut parts, body) = request.into_parts();
        async move {
            let requirement = self.requirement();
            let claim = match claim(&mut parts, requirement.as_ref()).await {
                Ok(claim) => claim,
                Err(answer) => return Ok(rejected(&parts, body, answer)),
            };
            if body.is_end_stream() {
                return match claim.take_from(&parts).await {
                    Ok(_) => handler(Request::from_parts(parts, Body::default())).await,
                    Err(answer) => Ok(rejected(&parts, body, answer)),
                };
            }
            let (body_watch, handler_watch) = match claim.take_and_watch(parts.facts()).await {
                Ok(taken) => taken,
                Err(answer) => return Ok(rejected(&parts, body, answer)),
            };
            let guarded = handler(Request::from_parts(parts, held_back(body, body_watch)));
            handler_watch.run(guarded).await.unwrap_or_else(|late| Ok(into_response(late)))
        }
    }
}
