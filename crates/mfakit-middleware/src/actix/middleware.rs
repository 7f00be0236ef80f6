//! The middleware around the whole app.

use std::{
    fmt,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::future::LocalBoxFuture;
use mfakit_core::Mfa;

use crate::{
    actix::{
        identify::{ErasedIdentify, ExtractorFn, Identify},
        mfa_rejection::on_rejection,
        request_context::{RequestContext, keep_page_of},
        unread_payload::UnreadPayload,
    },
    admission::Admission,
    answer::NOT_KEPT,
    keep_page::KeepPage,
    rejection::{OnRejection, Rejection},
};

/// Middleware around the whole app, added once. It gives the guards inside their engine and the identity
/// function.
///
/// Does no IO by itself. Every answer of a route with a guard has `Cache-Control: no-store` [HTTP-8]. A guard
/// that is not inside this middleware answers 500 and logs the reason.
///
/// The rest of a rejected request is discarded, so that browsers receive the answer and not a lost
/// connection. [`Policy::drain_bytes`](mfakit_core::Policy::drain_bytes) limits this.
#[derive(Clone)]
pub struct MfaMiddleware {
    mfa: Mfa,
    identify: Arc<dyn Identify>,
    login_page: Option<Arc<str>>,
    on_rejection: Option<OnRejection>,
}

impl MfaMiddleware {
    /// Middleware for this engine. `identify` is an [async function of extractors](ExtractorFn) to
    /// `Result<Option<Subject>, E>`.
    ///
    /// Build the engine once, outside of the closure that `HttpServer::new` calls for every worker, and clone
    /// it into that: an engine of its own for every worker would count every limit once for each.
    pub fn new<Args: 'static>(mfa: Mfa, identify: impl ExtractorFn<Args>) -> Self {
        Self { mfa, identify: Arc::new(ErasedIdentify::new(identify)), login_page: None, on_rejection: None }
    }

    /// Sets the app's sign-in page, to which unauthenticated browsers are redirected. Without it they are
    /// answered with 401.
    ///
    /// The path is the app's own: behind a proxy that strips a prefix, the [public
    /// path](mfakit_core::MfaBuilder::public_path) is prepended.
    #[must_use]
    pub fn login(mut self, page: impl Into<String>) -> Self {
        self.login_page = Some(page.into().into());
        self
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
    /// use actix_web::HttpResponse;
    /// use mfakit_middleware::{ProblemKind, actix::MfaMiddleware};
    ///
    /// fn in_our_format(middleware: MfaMiddleware) -> MfaMiddleware {
    ///     middleware.on_rejection(|rejection, response| match rejection.kind() {
    ///         ProblemKind::StepUpRequired => {
    ///             let error = serde_json::json!({
    ///                 "code": "MFA_REQUIRED",
    ///                 "message": rejection.title(),
    ///                 "confirm_at": rejection.challenge_url(),
    ///             });
    ///             HttpResponse::Unauthorized().json(serde_json::json!({ "error": error }))
    ///         }
    ///         _ => response,
    ///     })
    /// }
    /// ```
    ///
    /// Keep the status 401 if pages use `mfa.fetch`, which relies on it and on the `Link` header.
    #[must_use]
    pub fn on_rejection(
        mut self,
        function: impl Fn(&Rejection, HttpResponse) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        self.on_rejection = Some(on_rejection(function));
        self
    }
}

impl fmt::Debug for MfaMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaMiddleware").field("mfa", &self.mfa).finish_non_exhaustive()
    }
}

impl<S, B> Transform<S, ServiceRequest> for MfaMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = MfaService<S>;
    type InitError = ();
    type Future = Ready<Result<MfaService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(MfaService { inner, middleware: self.clone() }))
    }
}

/// What [`MfaMiddleware`] makes of a service.
#[derive(Debug)]
pub struct MfaService<S> {
    inner: S,
    middleware: MfaMiddleware,
}

impl<S, B> Service<ServiceRequest> for MfaService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let kept = UnreadPayload::from(&mut request);
        let MfaMiddleware { mfa, identify, login_page, on_rejection } = &self.middleware;
        let admission = Admission::new(mfa.clone(), login_page.clone(), on_rejection.clone());
        let carried = RequestContext { admission: admission.clone(), identify: identify.clone() };
        let stay = keep_page_of(request.request());
        request.extensions_mut().insert(carried);
        let answered = self.inner.call(request);
        Box::pin(async move {
            match answered.await {
                Ok(mut response) => {
                    if admission.is_guarded() {
                        admission.report_ignored_guard(response.status().as_u16());
                        keep_out_of_caches(response.headers_mut());
                    }
                    if let Some(stay) = stay {
                        end(&stay, response.headers_mut());
                    }
                    Ok(match kept.filter(|_| admission.is_answered()) {
                        Some(kept) => kept.drain(admission.mfa().policy().drain(), response).await,
                        None => response,
                    })
                }
                // Middleware inside erred, or a guard whose request is gone. actix-web will make a response of that when
                // we are done.
                Err(error) => {
                    if let Some(kept) = kept.filter(|_| admission.is_answered()) {
                        kept.drain_before_error(admission.mfa().policy().drain()).await;
                    }
                    if admission.is_guarded() { Err(NotKept { error, stay }.into()) } else { Err(error) }
                }
            }
        })
    }
}

/// Tells a page that stayed that no code is needed, unless a guard has required one.
fn end(stay: &KeepPage, headers: &mut HeaderMap) {
    let told = headers.get_all(header::SET_COOKIE).any(|cookie| stay.is_set_by(cookie.as_bytes()));
    if let (false, Ok(over)) = (told, HeaderValue::try_from(stay.over())) {
        headers.append(header::SET_COOKIE, over);
    }
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    let (name, value) = NOT_KEPT;
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

/// An error of a guarded route: the same, kept out of caches.
#[derive(Debug)]
struct NotKept {
    error: Error,
    stay: Option<KeepPage>,
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for NotKept {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        keep_out_of_caches(response.headers_mut());
        if let Some(stay) = &self.stay {
            end(stay, response.headers_mut());
        }
        response
    }
}
