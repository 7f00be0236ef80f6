//! Errors, and the pages for them.

use actix_identity::error::{GetIdentityError, LoginError};
use actix_session::{SessionGetError, SessionInsertError};
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue, RETRY_AFTER},
    },
};
use bank::pages::MessagePage;
use mfakit::{BackendError, BoxError};

use crate::page::{page, see_other};

/// An internal error. The response is a page for the customer, and the cause is logged.
///
/// Rejections by mfakit are not included: the attribute and the middleware respond themselves. A handler
/// that requires a code inside its body, with [`StepUp`](mfakit::StepUp), adds
/// `MfaRejection(#[from] mfakit::MfaRejection)` and returns its `error_response()`.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The request needs a session, and has none.
    #[error("the request has no session")]
    NotLoggedIn,
    /// The identity cannot be read.
    #[error("the identity could not be read")]
    Identity(#[source] GetIdentityError),
    /// The session cannot be read.
    #[error("the session could not be read")]
    SessionRead(#[from] SessionGetError),
    /// The session cannot be written.
    #[error("the session could not be written")]
    SessionWritten(#[from] SessionInsertError),
    /// The session store cannot be reached.
    #[error("the sessions cannot be reached: {0}")]
    SessionsDown(String),
    /// The identity cannot be written.
    #[error("the identity could not be written")]
    LogIn(#[from] LoginError),
    /// The store failed to revoke grants at sign-out.
    #[error("the grants of a session could not be revoked")]
    StillGranted(#[from] BackendError),
    /// A page failed to render.
    #[error("a page could not be rendered")]
    Page(#[from] askama::Error),
    /// The bank failed.
    #[error("the bank failed")]
    Bank(#[source] BoxError),
    /// The customer has no account, which never happens.
    #[error("the customer has no account")]
    NoAccount,
}

impl From<GetIdentityError> for AppError {
    fn from(error: GetIdentityError) -> Self {
        match error {
            GetIdentityError::MissingIdentityError(_) => Self::NotLoggedIn,
            error => Self::Identity(error),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn => StatusCode::SEE_OTHER,
            Self::Identity(_)
            | Self::SessionRead(_)
            | Self::SessionWritten(_)
            | Self::SessionsDown(_)
            | Self::LogIn(_)
            | Self::StillGranted(_)
            | Self::Bank(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Page(_) | Self::NoAccount => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let message = match self {
            Self::NotLoggedIn => return see_other("/login"),
            Self::StillGranted(_) => MessagePage::STILL_GRANTED,
            Self::Identity(_)
            | Self::SessionRead(_)
            | Self::SessionWritten(_)
            | Self::SessionsDown(_)
            | Self::LogIn(_)
            | Self::Bank(_) => MessagePage::TRY_LATER,
            Self::Page(_) | Self::NoAccount => MessagePage::OUR_MISTAKE,
        };
        tracing::error!(error = mfakit::event::with_causes(self), "a request failed");
        let mut response = message_page(self.status_code(), &message);
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(MessagePage::RETRY_AFTER));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

/// Responds to an unknown path.
pub(crate) async fn not_found() -> HttpResponse {
    message_page(StatusCode::NOT_FOUND, &MessagePage::NOT_FOUND)
}

/// Responds to a form from another site.
pub(crate) fn cross_site() -> HttpResponse {
    message_page(StatusCode::FORBIDDEN, &MessagePage::CROSS_SITE)
}

fn message_page(status: StatusCode, message: &MessagePage) -> HttpResponse {
    page(status, message).unwrap_or_else(|_| {
        HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR).body("Something went wrong on our side.")
    })
}
