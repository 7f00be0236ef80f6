//! What can go wrong, and the page for it.

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
use mfakit::{BoxError, store::StoreError};

use crate::page::{page, see_other};

/// What can go wrong inside. A customer reads the status in words; the cause goes to the log.
///
/// What mfakit refuses is not among them: the attribute and the middleware answer by themselves. A handler
/// that asks for a code in its middle, with [`StepUp`](mfakit::StepUp), adds
/// `MfaRejection(#[from] mfakit::MfaRejection)` and hands on its `error_response()`.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody, where somebody has to be logged in.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// An identity that cannot be read.
    #[error("the identity could not be read")]
    Identity(#[source] GetIdentityError),
    /// A session that cannot be read.
    #[error("the session could not be read")]
    SessionRead(#[from] SessionGetError),
    /// A session that cannot be written.
    #[error("the session could not be written")]
    SessionWritten(#[from] SessionInsertError),
    /// The store of sessions.
    #[error("the sessions cannot be reached: {0}")]
    SessionsDown(String),
    /// An identity that cannot be written.
    #[error("the identity could not be written")]
    LogIn(#[from] LoginError),
    /// The store of grants, at log-out.
    #[error("the grants of a log-in could not be ended")]
    StillGranted(#[from] StoreError),
    /// A page.
    #[error("a page could not be written")]
    Page(#[from] askama::Error),
    /// Anything of the bank.
    #[error("the bank could not do its work")]
    Bank(#[source] BoxError),
    /// A customer without an account, which the bank never has.
    #[error("a customer has no account")]
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
        let mut response = saying(self.status_code(), &message);
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(MessagePage::RETRY_AFTER));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

/// The answer to a path that leads nowhere.
pub(crate) async fn not_found() -> HttpResponse {
    saying(StatusCode::NOT_FOUND, &MessagePage::NOT_FOUND)
}

/// The answer to a form that another site sent.
pub(crate) fn cross_site() -> HttpResponse {
    saying(StatusCode::FORBIDDEN, &MessagePage::CROSS_SITE)
}

fn saying(status: StatusCode, message: &MessagePage) -> HttpResponse {
    page(status, message).unwrap_or_else(|_| {
        HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR).body("Something is wrong on our side.")
    })
}
