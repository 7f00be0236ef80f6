//! Layer around the whole app.

use std::{
    fmt,
    iter::once_with,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use http_body_util::Full;
use mfakit_core::{BoxError, Mfa};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    admission::Admission,
    answer,
    rejection::Rejection,
    sealed::Seal,
    tower::{
        identify::IntoIdentify,
        request_context::{LayerState, RequestContext},
        translate,
        unread_body::{UnreadBody, discard},
    },
};

/// Value of [`ResponseChanges::cache_control`](crate::admission::ResponseChanges::cache_control), so that no response checks
/// its characters.
const NO_STORE: HeaderValue = HeaderValue::from_static(answer::NO_STORE.1);

/// Layer around the whole app, added once. It provides the guards inside it with the engine and the identify function.
///
/// It does no IO itself: a route without a guard costs a small allocation or two. Every answer of a route with a guard
/// has `Cache-Control: no-store` [HTTP-8].
///
/// A guard that is not inside this layer answers 500 and logs the reason.
///
/// The rest of a rejected request is discarded, so that browsers receive the answer instead of a connection error.
/// [`Policy::drain_bytes`](mfakit_core::Policy::drain_bytes) limits this.
///
/// On axum, the identify function is an async function of extractors:
///
#[cfg_attr(feature = "axum", doc = "```")]
#[cfg_attr(not(feature = "axum"), doc = "```ignore")]
/// use axum::{Router, http::HeaderMap, routing::get};
/// use mfakit_core::{LoginId, Mfa, Subject};
/// use mfakit_middleware::{RequireMfa, tower::MfaLayer};
///
/// /// Identifies the caller. A real app reads its session here.
/// async fn identify(headers: HeaderMap) -> Result<Option<Subject>, Box<dyn std::error::Error + Send + Sync>> {
///     let Some(login) = headers.get("session") else { return Ok(None) };
///     let login: LoginId = login.to_str()?.parse()?;
///     Ok(Some(Subject::cookie("alice", login)))
/// }
///
/// fn app(mfa: Mfa) -> Router {
///     Router::new()
///         .route("/reports", get(async || "reports").layer(RequireMfa::scope("reports")))
///         .merge(mfakit_middleware::axum::routes(&mfa))
///         .layer(MfaLayer::new(mfa, identify))
/// }
/// ```
#[derive(Clone)]
pub struct MfaLayer {
    state: Arc<LayerState>,
}

impl MfaLayer {
    /// Creates a layer for this engine. `identify` is an [`Identify`](crate::tower::Identify) or, on axum, an
    /// async function of extractors to `Result<Option<Subject>, E>`.
    pub fn new<M>(mfa: Mfa, identify: impl IntoIdentify<M>) -> Self {
        let identify = Arc::new(identify.into_identify(Seal));
        Self { state: Arc::new(LayerState { mfa, identify, on_rejection: None, answers_routes: false }) }
    }

    /// Returns the engine.
    pub(super) fn mfa(&self) -> &Mfa {
        &self.state.mfa
    }

    /// Returns the layer with a record that it answers the routes.
    pub(super) fn answering_routes(self) -> Self {
        Self { state: Arc::new(LayerState { answers_routes: true, ..(*self.state).clone() }) }
    }

    /// Sets a function that writes rejections in the app's own format.
    ///
    /// The function is called each time a guard or a route rejects a program. It receives the rejection and the default
    /// response in `application/problem+json`, and returns the response to send. It is not called for pages and
    /// redirects. It is not async: build the response from its arguments alone.
    ///
    /// - The handler never runs.
    /// - `Cache-Control: no-store` is always set. `WWW-Authenticate`, `Retry-After`, `Set-Cookie` and our
    ///   other headers are restored if they are missing.
    /// - If the function panics, returns a success status, or returns a body that is not in memory, the
    ///   default response is sent and an event reports it.
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
    /// On axum, any `IntoResponse` works. Call `into_response()` on it and on the default response, so that both
    /// branches have the same type:
    ///
    #[cfg_attr(feature = "axum", doc = "```")]
    #[cfg_attr(not(feature = "axum"), doc = "```ignore")]
    /// use axum::{http::StatusCode, response::IntoResponse};
    /// use mfakit_middleware::{ProblemKind, tower::MfaLayer};
    ///
    /// fn in_plain_text(layer: MfaLayer) -> MfaLayer {
    ///     layer.on_rejection(|rejection, response| match rejection.kind() {
    ///         ProblemKind::StepUpRequired => (StatusCode::UNAUTHORIZED, "code required").into_response(),
    ///         _ => response.into_response(),
    ///     })
    /// }
    /// ```
    ///
    /// Keep the status 401 if pages use `mfa.fetch`, which relies on it and on the `Link` header.
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

/// Service around the whole app. [`MfaLayer`] creates it.
///
/// ```
/// use mfakit_middleware::tower::{MfaLayer, MfaService};
/// use tower_layer::Layer;
///
/// fn around<S>(layer: &MfaLayer, app: S) -> MfaService<S> {
///     layer.layer(app)
/// }
/// ```
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
        let unread = UnreadBody::from(&mut request);
        let context = RequestContext::new(&self.state, &request, unread.is_some());
        let admission = context.admission.clone();
        if let Some(outer) = request.extensions_mut().insert(context) {
            outer.admission.hand_over_to(&self.state.mfa);
            if let Some(inner) = request.extensions_mut().get_mut::<RequestContext>() {
                inner.is_inner = outer.admission.mfa().is(&self.state.mfa);
            }
        }
        ResponseFuture { inner: self.inner.call(request), admission, unread }
    }
}

pin_project! {
    /// Future of the response of [`MfaService`].
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        admission: Admission,
        unread: Option<UnreadBody>,
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
        // Looked up only if a form's page stays in the browser.
        let set_cookies = once_with(|| response.headers().get_all(header::SET_COOKIE)).flatten();
        let set_cookies = set_cookies.map(HeaderValue::as_bytes);
        let changes = this.admission.finish(response.status().as_u16(), set_cookies);
        if changes.cache_control.is_some() {
            response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
        }
        if let Some(Ok(value)) = changes.set_cookie.map(HeaderValue::try_from) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        if this.admission.is_answered()
            && let Some(body) = this.unread.take().and_then(|unread| unread.take())
        {
            discard(body, this.admission.mfa().policy().drain());
        }
        Poll::Ready(Ok(response))
    }
}
