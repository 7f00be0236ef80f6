//! Middleware around the whole app.

use std::{
    fmt,
    future::{Ready, ready},
    iter::once_with,
    sync::Arc,
};

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    dev::{Response, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use mfakit_core::Mfa;

use crate::{
    actix::{
        LocalFuture,
        identify::{ErasedIdentify, ExtractorFn},
        mfa_rejection::on_rejection,
        request_context::{RequestContext, Settings},
        unread_payload::UnreadPayload,
    },
    admission::Admission,
    answer,
    problem::Kind,
    rejection::Rejection,
    request_head::RequestHead,
};

/// Value of [`ResponseChanges::cache_control`](crate::admission::ResponseChanges::cache_control), so that no response checks
/// its characters.
const NO_STORE: HeaderValue = HeaderValue::from_static(answer::NO_STORE.1);

/// Middleware around the whole app, added once. It provides the guards inside it with the engine and the identify
/// function.
///
/// It does no IO itself. Every answer of a route with a guard has `Cache-Control: no-store` [HTTP-8]. A guard that is
/// not inside this middleware answers 500 and logs the reason.
///
/// The rest of a rejected request is discarded, so that browsers receive the answer instead of a connection error.
/// [`Policy::drain_bytes`](mfakit_core::Policy::drain_bytes) limits this.
///
/// ```
/// use actix_web::{App, HttpRequest, web};
/// use mfakit_core::{LoginId, Mfa, Subject};
/// use mfakit_middleware::{RequireMfa, actix::MfaMiddleware};
///
/// /// Identifies the caller. A real app reads its session here.
/// async fn identify(request: HttpRequest) -> Result<Option<Subject>, Box<dyn std::error::Error + Send + Sync>> {
///     let Some(login) = request.headers().get("session") else { return Ok(None) };
///     let login: LoginId = login.to_str()?.parse()?;
///     Ok(Some(Subject::cookie("alice", login)))
/// }
///
/// fn example(mfa: Mfa) {
///     let reports = web::resource("/reports").wrap(RequireMfa::scope("reports")).to(async || "reports");
///     let app = App::new()
///         .service(reports)
///         .configure(mfakit_middleware::actix::routes(&mfa))
///         .wrap(MfaMiddleware::new(mfa, identify));
/// }
/// ```
#[derive(Clone)]
pub struct MfaMiddleware {
    settings: Arc<Settings>,
}

impl MfaMiddleware {
    /// Creates middleware for this engine. `identify` is an [async function of extractors](ExtractorFn) to
    /// `Result<Option<Subject>, E>`.
    ///
    /// Build the engine once, outside the closure that `HttpServer::new` calls for every worker, and clone it into the
    /// closure. With a separate engine per worker, every limit would apply to each worker separately.
    pub fn new<Args: 'static>(mfa: Mfa, identify: impl ExtractorFn<Args>) -> Self {
        let identify = Arc::new(ErasedIdentify::new(identify));
        Self { settings: Arc::new(Settings { mfa, identify, on_rejection: None }) }
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
        self,
        function: impl Fn(&Rejection, HttpResponse) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        let on_rejection = Some(on_rejection(function));
        Self { settings: Arc::new(Settings { on_rejection, ..(*self.settings).clone() }) }
    }
}

impl fmt::Debug for MfaMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaMiddleware").field("mfa", &self.settings.mfa).finish_non_exhaustive()
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

/// Service around the whole app. [`MfaMiddleware`] creates it.
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
    type Future = LocalFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let unread = UnreadPayload::from(&mut request);
        let settings = &self.middleware.settings;
        let head = request.request();
        let admission = Admission::within(
            settings.clone(),
            head.method().as_str(),
            head.target(),
            // Looked up only if a form may stay in the browser.
            once_with(|| RequestHead::cookies(head)).flatten(),
        );
        let context = RequestContext { admission: admission.clone() };
        if let Some(outer) = request.extensions_mut().insert(context) {
            outer.admission.hand_over_to(&settings.mfa);
        }
        let response = self.inner.call(request);
        Box::pin(async move {
            match response.await {
                Ok(mut response) => {
                    let status = response.status();
                    finish(&admission, status, response.headers_mut());
                    let response = without_rejection(response);
                    Ok(match unread.filter(|_| admission.is_answered()) {
                        Some(unread) => unread.drain(admission.mfa().policy().drain(), response).await,
                        None => response,
                    })
                }
                // Inner middleware returned an error, or a guard did because its request is gone. actix-web turns it
                // into a response after this future ends.
                Err(error) => {
                    if let Some(unread) = unread.filter(|_| admission.is_answered()) {
                        unread.drain_before_error(admission.mfa().policy().drain()).await;
                    }
                    if admission.is_guarded() {
                        Err(Finished { error, admission }.into())
                    } else {
                        Err(error)
                    }
                }
            }
        })
    }
}

/// Removes the error from the response to a rejected request, so that middleware around this one logs an ordinary
/// step-up as a response, like that of a guard that is middleware. An extractor can reject a request only with an error,
/// which actix-web keeps beside the response. The error of a server error is kept.
fn without_rejection<B>(response: ServiceResponse<B>) -> ServiceResponse<B> {
    let is_rejection = response.response().extensions().get::<Kind>().is_some();
    if response.response().error().is_none() || !is_rejection || response.status().is_server_error() {
        return response;
    }
    let (request, response) = response.into_parts();
    ServiceResponse::new(request, HttpResponse::from(Response::from(response)))
}

/// Applies the header changes that a response needs on its way out.
fn finish(admission: &Admission, status: StatusCode, headers: &mut HeaderMap) {
    // Looked up only if a form's page stays in the browser.
    let set_cookies = once_with(|| headers.get_all(header::SET_COOKIE)).flatten().map(HeaderValue::as_bytes);
    let changes = admission.finish(status.as_u16(), set_cookies);
    if changes.cache_control.is_some() {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    if let Some(Ok(value)) = changes.set_cookie.map(HeaderValue::try_from) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Error of a guarded route, whose response gets the same header changes as any other.
#[derive(Debug)]
struct Finished {
    error: Error,
    admission: Admission,
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        let status = response.status();
        finish(&self.admission, status, response.headers_mut());
        response
    }
}
