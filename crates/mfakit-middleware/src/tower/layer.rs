//! The layer around the whole app.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body::Body;
use http_body_util::Full;
use mfakit_core::{BoxError, Mfa};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    admission::Admission,
    answer::NOT_KEPT,
    keep_page::KeepPage,
    rejection::Rejection,
    tower::{
        identify::IntoIdentify,
        request_context::{LayerState, RequestContext, keep_page_of},
        translate,
        unread_body::{UnreadBody, discard},
    },
};

/// Layer around the whole app, added once. It gives the guards inside their engine and the identity function.
///
/// Does no IO by itself: a route without a guard costs a small allocation or two. Every answer of a route
/// with a guard has `Cache-Control: no-store` [HTTP-8].
///
/// A guard that is not inside this layer answers 500 and logs the reason.
///
/// The rest of a rejected request is discarded, so that browsers receive the answer and not a lost
/// connection. [`Policy::drain_bytes`](mfakit_core::Policy::drain_bytes) limits this.
#[derive(Clone)]
pub struct MfaLayer {
    state: Arc<LayerState>,
}

impl MfaLayer {
    /// A layer for this engine. `identify` is an [`Identify`](crate::tower::Identify) or, on axum, an async
    /// function of extractors to `Result<Option<Subject>, E>`.
    pub fn new<M>(mfa: Mfa, identify: impl IntoIdentify<M>) -> Self {
        let identify = Arc::new(identify.into_identify());
        Self { state: Arc::new(LayerState { mfa, identify, login_page: None, on_rejection: None }) }
    }

    /// Sets the app's sign-in page, to which unauthenticated browsers are redirected. Without it they are
    /// answered with 401.
    ///
    /// The path is the app's own: behind a proxy that strips a prefix, the [public
    /// path](mfakit_core::MfaBuilder::public_path) is prepended.
    #[must_use]
    pub fn login(self, page: impl Into<String>) -> Self {
        let state = LayerState { login_page: Some(page.into().into()), ..(*self.state).clone() };
        Self { state: Arc::new(state) }
    }

    /// Sets a function that writes rejections in the app's own format.
    ///
    /// The function is called for each rejection of a program, by a guard or by the routes. It gets the
    /// rejection and the default answer in `application/problem+json`, and returns the answer to send. It is
    /// not called for pages and redirects.
    ///
    /// - The handler never runs.
    /// - `Cache-Control: no-store` is always set. `WWW-Authenticate`, `Retry-After`, `Set-Cookie` and our
    ///   other headers are restored if they are missing.
    /// - If the function panics, returns a success status, or returns a body that is not in memory, the
    ///   default answer is sent and an event reports it.
    ///
    /// ```
    /// use http::{HeaderValue, header};
    /// use http_body_util::Full;
    /// use mfakit_middleware::{ProblemKind, tower::MfaLayer};
    ///
    /// fn in_our_format(layer: MfaLayer) -> MfaLayer {
    ///     layer.on_rejection(|rejection, mut response| {
    ///         if rejection.kind() == ProblemKind::StepUpRequired {
    ///             let error = serde_json::json!({
    ///                 "code": "MFA_REQUIRED",
    ///                 "message": rejection.title(),
    ///                 "confirm_at": rejection.challenge_url(),
    ///             });
    ///             let json = HeaderValue::from_static("application/json");
    ///             response.headers_mut().insert(header::CONTENT_TYPE, json);
    ///             *response.body_mut() = Full::from(error.to_string());
    ///         }
    ///         response
    ///     })
    /// }
    /// ```
    ///
    /// Keep the status 401 if pages use `mfa.fetch`, which relies on it and on the `Link` header. On axum,
    /// return any `IntoResponse` by calling `into_response()` on it and on the default answer.
    #[must_use]
    pub fn on_rejection<B>(
        self,
        function: impl Fn(&Rejection, Response<Full<Bytes>>) -> Response<B> + Send + Sync + 'static,
    ) -> Self
    where
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let on_rejection = Some(translate::on_rejection(function));
        Self { state: Arc::new(LayerState { on_rejection, ..(*self.state).clone() }) }
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
    B: 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let kept = UnreadBody::from(&mut request);
        let carried = RequestContext::new(&self.state, kept.is_some());
        let admission = carried.admission.clone();
        let stay = keep_page_of(&request);
        request.extensions_mut().insert(carried);
        ResponseFuture { inner: self.inner.call(request), admission, kept, stay }
    }
}

pin_project! {
    /// What [`MfaService`] answers with.
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        admission: Admission,
        kept: Option<UnreadBody>,
        stay: Option<KeepPage>,
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
            this.admission.report_ignored_guard(response.status().as_u16());
            let (name, value) = NOT_KEPT;
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if let Some(stay) = this.stay.take() {
            let mut set = response.headers().get_all(header::SET_COOKIE).iter();
            if !set.any(|cookie| stay.is_set_by(cookie.as_bytes()))
                && let Ok(over) = HeaderValue::try_from(stay.over())
            {
                response.headers_mut().append(header::SET_COOKIE, over);
            }
        }
        if this.admission.is_answered()
            && let Some(body) = this.kept.take().and_then(|kept| kept.take())
        {
            discard(body, this.admission.mfa().policy().drain());
        }
        Poll::Ready(Ok(response))
    }
}
