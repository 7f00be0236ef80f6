//! The layer around the whole app.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{HeaderName, HeaderValue, Request, Response};
use mfakit_core::Mfa;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    admission::Admission,
    answer::NOT_KEPT,
    tower::{
        identify::IntoIdentify,
        request::{Carried, LayerState},
    },
};

/// Goes around the whole app, once: it tells the guards inside which engine to ask, and how to find out who
/// sends a request.
///
/// Does no IO, and asks nothing by itself: a route without a guard costs a small allocation or two. Every
/// answer of a route with a guard leaves with `Cache-Control: no-store` [HTTP-8].
///
/// A guard that is not inside this layer answers 500 and says so in the log.
#[derive(Clone)]
pub struct MfaLayer {
    state: Arc<LayerState>,
}

impl MfaLayer {
    /// A layer for this engine. `identify` is an [`Identify`](crate::tower::Identify) or, on axum, an async
    /// function of extractors to `Result<Option<Subject>, E>`.
    pub fn new<M>(mfa: Mfa, identify: impl IntoIdentify<M>) -> Self {
        let identify = Arc::new(identify.into_identify());
        Self { state: Arc::new(LayerState { mfa, identify, login_page: None }) }
    }

    /// The app's log-in page, where a browser is sent that nobody is logged in with. Without it such a
    /// browser is answered with 401.
    #[must_use]
    pub fn login(self, page: impl Into<String>) -> Self {
        let LayerState { mfa, identify, .. } = &*self.state;
        let (mfa, identify, login_page) = (mfa.clone(), identify.clone(), Some(page.into().into()));
        Self { state: Arc::new(LayerState { mfa, identify, login_page }) }
    }
}

impl fmt::Debug for MfaLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaLayer").field("mfa", &self.state.mfa).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for MfaLayer {
    type Service = MfaService<S>;

    fn layer(&self, inner: S) -> MfaService<S> {
        MfaService { inner, state: self.state.clone() }
    }
}

/// What [`MfaLayer`] makes of a service.
#[derive(Clone)]
pub struct MfaService<S> {
    inner: S,
    state: Arc<LayerState>,
}

impl<S> fmt::Debug for MfaService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaService").field("mfa", &self.state.mfa).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for MfaService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let carried = Carried::new(&self.state);
        let admission = carried.admission.clone();
        request.extensions_mut().insert(carried);
        ResponseFuture { inner: self.inner.call(request), admission }
    }
}

pin_project! {
    /// What [`MfaService`] answers with.
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        admission: Admission,
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        if this.admission.is_guarded() {
            let (name, value) = NOT_KEPT;
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Poll::Ready(Ok(response))
    }
}
