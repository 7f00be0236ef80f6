//! Service that answers the routes.

use std::{
    convert::Infallible,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use mfakit_core::{BoxError, Mfa};
use tower_service::Service;

use crate::{
    endpoints::BodyError,
    serve::serve,
    tower::{RequestContext, into_response},
};

/// Service that answers the routes below the mount path: the page, start, verify and drop. `R` is the type of
/// the response body.
///
/// It must be inside the [`MfaLayer`](crate::tower::MfaLayer) of the same engine, which identifies the caller. Inside
/// the layer of another engine, whose users differ, every call is answered with 500.
///
/// ```
/// use http_body_util::Full;
/// use mfakit_core::Mfa;
/// use mfakit_middleware::tower::{Identify, MfaLayer, MfaRoutes, MfaService};
/// use tower_layer::Layer;
///
/// fn routes(mfa: &Mfa, identify: impl Identify) -> MfaService<MfaRoutes<Full<bytes::Bytes>>> {
///     MfaLayer::new(mfa.clone(), identify).layer(MfaRoutes::new(mfa))
/// }
/// ```
pub struct MfaRoutes<R> {
    mfa: Mfa,
    body: PhantomData<fn() -> R>,
}

impl<R> MfaRoutes<R> {
    /// Creates the routes of this engine.
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
    B::Error: Into<BoxError>,
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
            let mut body = Box::pin(body);
            let mut answer =
                serve(&mfa, &mut parts, |longest| read(Limited::new(body.as_mut(), longest))).await;
            if let Some(context) = parts.extensions.get::<RequestContext>()
                && context.admission.is_answered()
            {
                context.leave(parts.version, body);
            }
            if is_head {
                answer.body = (&[]).into();
            }
            Ok(into_response(answer))
        })
    }
}

async fn read<B>(body: Limited<Pin<&mut B>>) -> Result<Bytes, BodyError>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::Broken),
    }
}
