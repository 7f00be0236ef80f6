//! Async functions of extractors that identify the caller.

use std::{any::type_name, marker::PhantomData, pin::Pin};

use actix_web::{Error, FromRequest, Handler, HttpRequest, dev::Payload};
use mfakit_core::{BoxError, Subject};

use crate::{
    actix::LocalFuture,
    identify::{self, Identified, IdentifyError},
    sealed::Seal,
};

/// Async function of actix-web's extractors to `Result<Option<Subject>, E>`. Extractors do not receive the body.
///
/// The guards of a request share its answer. One of mfakit's routes calls it again if the body took more than a second to
/// arrive. A credential for a single use, such as a proof of possession, is rejected at the second call, and the request
/// fails.
///
/// This trait is sealed.
///
/// ```
/// use actix_web::web::ReqData;
/// use mfakit_core::{LoginId, Mfa, Subject};
/// use mfakit_middleware::actix::MfaMiddleware;
///
/// #[derive(Clone)]
/// struct Session { user: String, login: LoginId }
///
/// async fn identify(session: Option<ReqData<Session>>) -> Result<Option<Subject>, std::convert::Infallible> {
///     Ok(session.map(|session| Subject::cookie(session.user.as_str(), session.login)))
/// }
///
/// fn middleware(mfa: Mfa) -> MfaMiddleware {
///     MfaMiddleware::new(mfa, identify)
/// }
/// ```
///
/// It may take the `HttpRequest`, but must drop it before it returns: actix-web cannot continue routing while another
/// task still holds one.
///
/// | an extractor fails with | the request is |
/// |---|---|
/// | a redirect or a client error, such as 401 | unauthenticated |
/// | 408, 425 or 429 | answered with 503: the caller could not be identified |
/// | a server error, such as a session store that is down | answered with 503, and reported as an outage of the app |
/// | a server error because application data or an extension is missing | answered with 500, and reported as a mistake |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an identify function",
    label = "not an identify function",
    note = "write `async fn(extractors…) -> Result<Option<Subject>, E>`; no extractor may read the body",
    note = "to use the app's state, extract `web::Data<T>`; for an unauthenticated request, return `Ok(None)`"
)]
pub trait ExtractorFn<Args>: Send + Sync + 'static {
    #[doc(hidden)]
    fn call(
        &self,
        request: &HttpRequest,
        seal: Seal,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Subject>, IdentifyError>>>>;
}

impl<F, Args, E> ExtractorFn<Args> for F
where
    F: Handler<Args, Output = Result<Option<Subject>, E>> + Send + Sync,
    Args: FromRequest + 'static,
    E: IdentifyFailure + 'static,
{
    fn call(
        &self,
        request: &HttpRequest,
        _: Seal,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Subject>, IdentifyError>>>> {
        let (function, request) = (self.clone(), request.clone());
        Box::pin(async move {
            match Args::from_request(&request, &mut Payload::None).await {
                Ok(args) => function.call(args).await.map_err(IdentifyFailure::into_identify_error),
                Err(error) => rejected(type_name::<Args>(), &error.into()),
            }
        })
    }
}

/// Error of an identify function: any error that implements `std::error::Error + Send + Sync`.
///
/// This trait exists for its error message. It is implemented for every such error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of an identify function",
    label = "this function returns `Result<_, {Self}>`",
    note = "the error must implement `std::error::Error + Send + Sync`, which `actix_web::Error` does not",
    note = "return `IdentifyError` instead, for example with \
            `.map_err(|error| IdentifyError::failed(error.to_string()))`"
)]
pub trait IdentifyFailure {
    #[doc(hidden)]
    fn into_identify_error(self) -> IdentifyError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> IdentifyFailure for E {
    fn into_identify_error(self) -> IdentifyError {
        IdentifyError::failed(self)
    }
}

/// Converts the error of an extractor.
fn rejected(extractors: &str, error: &Error) -> Result<Option<Subject>, IdentifyError> {
    let status = error.as_response_error().status_code().as_u16();
    identify::rejected(extractors, status, &error.to_string(), |text| {
        let missing_data = text.contains("Requested application data is not configured correctly");
        let missing_extension = text.contains("Missing expected request extension data");
        if missing_data {
            Some("add it to the app by app_data")
        } else {
            missing_extension.then_some("put its middleware around MfaMiddleware")
        }
    })
}

/// Identify function whose type was erased.
pub(crate) trait Identify: Send + Sync {
    fn identify(&self, request: &HttpRequest) -> LocalFuture<'static, Identified>;
}

/// Identify function with the type of its arguments, so that both can be erased.
pub(crate) struct ErasedIdentify<F, Args> {
    function: F,
    arguments: PhantomData<fn() -> Args>,
}

impl<F, Args> ErasedIdentify<F, Args> {
    pub(crate) const fn new(function: F) -> Self {
        Self { function, arguments: PhantomData }
    }
}

impl<F: ExtractorFn<Args>, Args> Identify for ErasedIdentify<F, Args> {
    fn identify(&self, request: &HttpRequest) -> LocalFuture<'static, Identified> {
        self.function.call(request, Seal)
    }
}
