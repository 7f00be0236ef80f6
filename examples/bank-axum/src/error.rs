//! Errors, and the pages for them.

use axum::{
    http::{HeaderName, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use bank::pages::MessagePage;
use mfakit::{BackendError, BoxError};
use tower_sessions::session;

use crate::page::Page;

/// An internal error. The response is a page for the customer, and the cause is logged.
///
/// Rejections by mfakit are not included: the attribute and the layer respond themselves. A handler that
/// requires a code inside its body, with [`StepUp`](mfakit::StepUp), adds `MfaRejection(#[from] mfakit::MfaRejection)`
/// and returns it as the response.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The session store failed.
    #[error("the session could not be read or written")]
    Session(#[from] session::Error),
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

/// Header of a 503.
const RETRY: [(HeaderName, &str); 1] = [(RETRY_AFTER, MessagePage::RETRY_AFTER)];

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        tracing::error!(error = mfakit::event::with_causes(&self), "a request failed");
        match self {
            Self::Session(_) | Self::Bank(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, RETRY, Page(MessagePage::TRY_LATER)).into_response()
            }
            Self::StillGranted(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, RETRY, Page(MessagePage::STILL_GRANTED)).into_response()
            }
            Self::NoAccount => {
                (StatusCode::INTERNAL_SERVER_ERROR, Page(MessagePage::OUR_MISTAKE)).into_response()
            }
            // Do not render another page, because rendering just failed.
            Self::Page(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response()
            }
        }
    }
}

/// Responds to an unknown path.
pub(crate) async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, Page(MessagePage::NOT_FOUND))
}

/// Responds to a form from another site.
pub(crate) fn cross_site() -> Response {
    (StatusCode::FORBIDDEN, Page(MessagePage::CROSS_SITE)).into_response()
}
