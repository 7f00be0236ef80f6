//! Async functions of extractors that identify the caller.

use std::marker::PhantomData;

use async_trait::async_trait;
use axum::body::to_bytes;
use axum_core::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::request::Parts;
use mfakit_core::{BoxError, Mfa, Subject};

use crate::{
    identify::{self, IdentifyError, LONGEST_TEXT},
    sealed::Seal,
    tower::{Identify, IdentifyFuture, IntoIdentify, MfaLayer},
};

/// Async function of up to eight extractors, none of which may read the body, to `Result<Option<Subject>,
/// E>`. It is an identify function for [`MfaLayer::new`](crate::tower::MfaLayer::new).
///
/// The guards of a request share its answer. One of mfakit's routes calls it again if the body took more than a second to
/// arrive. A credential for a single use, such as a proof of possession, is rejected at the second call, and the request
/// fails.
///
/// This trait is sealed.
///
/// ```
/// use axum::{Extension, http::HeaderMap};
/// use mfakit_core::{LoginId, Mfa, Subject};
/// use mfakit_middleware::tower::MfaLayer;
///
/// #[derive(Clone)]
/// struct Session { user: String, login: LoginId }
///
/// async fn identify(session: Option<Extension<Session>>) -> Result<Option<Subject>, std::convert::Infallible> {
///     Ok(session.map(|Extension(session)| Subject::cookie(session.user.as_str(), session.login)))
/// }
///
/// fn layer(mfa: Mfa) -> MfaLayer {
///     MfaLayer::new(mfa, identify)
/// }
/// ```
///
/// | an extractor rejects the request with | the request is |
/// |---|---|
/// | a redirect or a client error, such as 401 | unauthenticated |
/// | 408, 425 or 429 | answered with 503: the caller could not be identified |
/// | a server error, such as a session store that is down | answered with 503, and reported as an outage of the app |
/// | a server error because an extension or a layer is missing | answered with 500, and reported as a mistake |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an identify function for the state `{S}`",
    label = "not an identify function for this state",
    note = "write `async fn(extractors…) -> Result<Option<Subject>, E>`, with at most eight extractors; none of them may \
            read the body",
    note = "`State<T>` is extracted from the state that is passed to `MfaLayer::with_state`: pass a `T`, or a state from \
            which `T` implements `FromRef`",
    note = "`E` must implement `std::error::Error + Send + Sync`; otherwise return `IdentifyError`, for example with \
            `.map_err(|error| IdentifyError::failed(error.to_string()))`"
)]
pub trait ExtractorFn<S, T>: Send + Sync + 'static {
    #[doc(hidden)]
    fn call(
        &self,
        parts: &mut Parts,
        state: &S,
        seal: Seal,
    ) -> impl Future<Output = Result<Option<Subject>, IdentifyError>> + Send;
}

macro_rules! extractor_fn {
    ($($extractor:ident),*) => {
        impl<Func, Fut, E, S, $($extractor,)*> ExtractorFn<S, ($($extractor,)*)> for Func
        where
            Func: Fn($($extractor),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<Option<Subject>, E>> + Send,
            E: Into<BoxError>,
            S: Send + Sync,
            $($extractor: FromRequestParts<S> + Send,)*
        {
            #[allow(non_snake_case, unused_variables, reason = "an argument is named as its type; there may be none")]
            async fn call(&self, parts: &mut Parts, state: &S, _: Seal) -> Result<Option<Subject>, IdentifyError> {
                $(
                    let extracted = $extractor::from_request_parts(parts, state).await;
                    let $extractor = match extracted.map_err(IntoResponse::into_response) {
                        Ok(extracted) => extracted,
                        // Boxed, so that every other call fits into the room of a guard.
                        Err(rejection) => {
                            let extractor = std::any::type_name::<$extractor>();
                            return Box::pin(rejected(extractor, rejection)).await;
                        }
                    };
                )*
                self($($extractor),*).await.map_err(IdentifyError::failed)
            }
        }
    };
}

extractor_fn!();
extractor_fn!(T1);
extractor_fn!(T1, T2);
extractor_fn!(T1, T2, T3);
extractor_fn!(T1, T2, T3, T4);
extractor_fn!(T1, T2, T3, T4, T5);
extractor_fn!(T1, T2, T3, T4, T5, T6);
extractor_fn!(T1, T2, T3, T4, T5, T6, T7);
extractor_fn!(T1, T2, T3, T4, T5, T6, T7, T8);

/// Converts the rejection of an extractor.
async fn rejected(extractor: &str, rejection: Response) -> Result<Option<Subject>, IdentifyError> {
    let status = rejection.status().as_u16();
    let text = to_bytes(rejection.into_body(), LONGEST_TEXT).await.unwrap_or_default();
    identify::rejected(extractor, status, &String::from_utf8_lossy(&text), |text| {
        let missing_extension = text.contains("Missing request extension");
        // This is the wording of tower-sessions, axum-login and tower-cookies.
        let missing_layer = text.contains("Is `") && text.contains("` enabled?");
        (missing_extension || missing_layer)
            .then_some("put its layer around MfaLayer, or between it and the guard")
    })
}

/// Marker of the conversion from a function of extractors.
#[derive(Debug)]
pub struct ViaExtractors<T>(PhantomData<fn() -> T>);

/// Function of extractors, with the state that they may extract.
#[derive(Debug)]
pub struct WithState<F, S, T> {
    function: F,
    state: S,
    extractors: PhantomData<fn() -> T>,
}

#[async_trait]
impl<F, S, T> Identify for WithState<F, S, T>
where
    F: ExtractorFn<S, T>,
    S: Send + Sync + 'static,
    T: 'static,
{
    async fn identify(&self, parts: &mut Parts) -> Result<Option<Subject>, IdentifyError> {
        self.function.call(parts, &self.state, Seal).await
    }

    fn identify_in_place<'a>(&'a self, parts: &'a mut Parts, _: Seal) -> IdentifyFuture<'a> {
        IdentifyFuture::new(self.function.call(parts, &self.state, Seal))
    }
}

impl<F: ExtractorFn<(), T>, T: 'static> IntoIdentify<ViaExtractors<T>> for F {
    type Identify = WithState<F, (), T>;

    fn into_identify(self, _: Seal) -> Self::Identify {
        WithState { function: self, state: (), extractors: PhantomData }
    }
}

impl MfaLayer {
    /// Creates a layer whose identify function may extract `State`. A router's layers do not have access to its
    /// state, so pass it here as well.
    ///
    /// ```
    /// use axum::{extract::State, http::HeaderMap};
    /// use mfakit_core::{LoginId, Mfa, Subject};
    /// use mfakit_middleware::tower::MfaLayer;
    ///
    /// #[derive(Clone)]
    /// struct Sessions;
    ///
    /// impl Sessions {
    ///     async fn find(&self, _headers: &HeaderMap) -> Result<Option<(String, LoginId)>, std::io::Error> {
    ///         Ok(None)
    ///     }
    /// }
    ///
    /// async fn identify(
    ///     State(sessions): State<Sessions>,
    ///     headers: HeaderMap,
    /// ) -> Result<Option<Subject>, std::io::Error> {
    ///     let session = sessions.find(&headers).await?;
    ///     Ok(session.map(|(user, login)| Subject::cookie(user, login)))
    /// }
    ///
    /// fn layer(mfa: Mfa, sessions: Sessions) -> MfaLayer {
    ///     MfaLayer::with_state(mfa, sessions, identify)
    /// }
    /// ```
    pub fn with_state<S, T>(mfa: Mfa, state: S, identify: impl ExtractorFn<S, T>) -> Self
    where
        S: Send + Sync + 'static,
        T: 'static,
    {
        Self::new(mfa, WithState { function: identify, state, extractors: PhantomData })
    }
}
