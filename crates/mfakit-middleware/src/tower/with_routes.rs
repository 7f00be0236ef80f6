//! Layer around the whole app that answers the routes itself.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use mfakit_core::{BoxError, Mfa, adapter::MfaExt as _};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    rejection::Rejection,
    tower::{
        layer::{MfaLayer, MfaService},
        request_context::{RequestContext, original},
        routes::MfaRoutes,
    },
};

impl MfaLayer {
    /// Answers the routes as well: the challenge page, start, verify and drop, which are all requests below the builder's
    /// path (`/mfa`). All other requests go on to the app.
    ///
    /// On axum, pass it to `Router::layer` on the outermost router, which also covers paths without a route. Do not add
    /// `mfakit::web::axum::routes` then.
    ///
    /// Call `Router::layer` after `merge`, `fallback` and `nest`. A later `merge` or `fallback` replaces the part that answers
    /// paths without a route, and the routes with it. A nested router does not receive requests for the builder's path. The
    /// guards then still reject requests, and the page is answered with 404. The log names the mistake: at the first
    /// request to a route of a nested router, and otherwise at the third redirect to the page if no request for the routes
    /// has arrived. The latter is a warning if the store is shared, because another instance may have answered for the page.
    ///
    #[cfg_attr(feature = "axum", doc = "```")]
    #[cfg_attr(not(feature = "axum"), doc = "```ignore")]
    /// use axum::Router;
    /// use mfakit_core::{Mfa, Subject};
    /// use mfakit_middleware::tower::MfaLayer;
    ///
    /// fn with_mfa(app: Router, mfa: Mfa) -> Router {
    ///     app.layer(MfaLayer::new(mfa, identify).with_routes())
    /// }
    /// # async fn identify() -> Result<Option<Subject>, std::convert::Infallible> { Ok(None) }
    /// ```
    ///
    /// The body of the app's responses must implement `From<Bytes>`, as axum's body and `http_body_util::Full` do. In one
    /// `ServiceBuilder`, a layer that changes this body, such as compression, must come before this one.
    #[must_use]
    pub fn with_routes(self) -> MfaLayerWithRoutes {
        MfaLayerWithRoutes(self.answering_routes())
    }
}

/// Layer around the whole app that answers the routes itself. [`MfaLayer::with_routes`] creates it.
///
/// ```
/// use mfakit_middleware::tower::{MfaLayer, MfaLayerWithRoutes};
///
/// fn with_routes(layer: MfaLayer) -> MfaLayerWithRoutes {
///     layer.with_routes()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct MfaLayerWithRoutes(MfaLayer);

impl MfaLayerWithRoutes {
    /// Sets a function that writes rejections in the app's own format, as [`MfaLayer::on_rejection`] does.
    ///
    #[cfg_attr(feature = "axum", doc = "```")]
    #[cfg_attr(not(feature = "axum"), doc = "```ignore")]
    /// use axum::{http::StatusCode, response::IntoResponse};
    /// use mfakit_middleware::tower::MfaLayerWithRoutes;
    ///
    /// fn in_plain_text(layer: MfaLayerWithRoutes) -> MfaLayerWithRoutes {
    ///     layer.on_rejection(|rejection, _| (StatusCode::UNAUTHORIZED, rejection.title()).into_response())
    /// }
    /// ```
    #[must_use]
    pub fn on_rejection<B>(
        self,
        function: impl Fn(&Rejection, Response<Full<Bytes>>) -> Response<B> + Send + Sync + 'static,
    ) -> Self
    where
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        Self(self.0.on_rejection(function))
    }
}

impl<S> Layer<S> for MfaLayerWithRoutes {
    type Service = MfaService<RoutesOr<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.0.layer(RoutesOr { inner, mfa: self.0.mfa().clone() })
    }
}

/// Service that answers the routes, and passes all other requests on. [`MfaLayerWithRoutes`] creates it.
#[derive(Clone)]
pub struct RoutesOr<S> {
    inner: S,
    mfa: Mfa,
}

impl<S> fmt::Debug for RoutesOr<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutesOr").field("mfa", &self.mfa).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for RoutesOr<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = RoutesOrFuture<S::Future, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let path = original(request.uri(), request.extensions()).path();
        if path.len() != request.uri().path().len() {
            report_nested(&self.mfa, path, &request);
        }
        let below = path.strip_prefix(self.mfa.site().path());
        if below.is_some_and(|below| below.starts_with('/')) {
            RoutesOrFuture::Routes { answered: MfaRoutes::new(&self.mfa).call(request) }
        } else {
            RoutesOrFuture::Inner { response: self.inner.call(request) }
        }
    }
}

/// Reports a layer on a nested router, which receives no request for the routes. `path` is the path as received. An outer
/// layer of the same engine reports for itself.
fn report_nested<B>(mfa: &Mfa, path: &str, request: &Request<B>) {
    let is_inner = request.extensions().get::<RequestContext>().is_some_and(|context| context.is_inner);
    let below = request.uri().path();
    // The root of a nested router has the path `/`, whether or not the request has the slash.
    let prefix = path.strip_suffix(below).or_else(|| (below == "/").then_some(path));
    if let Some(prefix) = prefix
        && !is_inner
        && !mfa
            .site()
            .path()
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        mfa.report_nested_routes(prefix);
    }
}

/// Future of a response from the routes.
type Answered<R> = Pin<Box<dyn Future<Output = Result<Response<R>, Infallible>> + Send>>;

pin_project! {
    /// Future of the response of [`RoutesOr`].
    #[project = Projected]
    pub enum RoutesOrFuture<F, R> {
        #[doc(hidden)]
        Inner { #[pin] response: F },
        #[doc(hidden)]
        Routes { answered: Answered<R> },
    }
}

impl<F, R> fmt::Debug for RoutesOrFuture<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutesOrFuture").finish_non_exhaustive()
    }
}

impl<F, R, E> Future for RoutesOrFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Projected::Inner { response } => response.poll(cx),
            Projected::Routes { answered } => {
                answered.as_mut().poll(cx).map(|answered| answered.map_err(|never| match never {}))
            }
        }
    }
}
