//! What can go wrong, and the page for it.

use axum::{
    http::{HeaderName, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use bank::pages::MessagePage;
use mfakit::{BoxError, store::StoreError};
use tower_sessions::session;

use crate::page::Page;

/// What can go wrong inside. A customer reads the status in words; the cause goes to the log.
///
/// What mfakit refuses is not among them: the attribute and the layer answer by themselves. A handler that
/// asks for a code in its middle, with [`StepUp`](mfakit::StepUp), adds `MfaRejection(#[from] mfakit::MfaRejection)`
/// and hands it back as the response it is.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A session.
    #[error("the session could not be read or written")]
    Session(#[from] session::Error),
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

/// The header of a 503.
const SOON: [(HeaderName, &str); 1] = [(RETRY_AFTER, MessagePage::RETRY_AFTER)];

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        tracing::error!(error = mfakit::event::with_causes(&self), "a request failed");
        match self {
            Self::Session(_) | Self::Bank(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, SOON, Page(MessagePage::TRY_LATER)).into_response()
            }
            Self::StillGranted(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, SOON, Page(MessagePage::STILL_GRANTED)).into_response()
            }
            Self::NoAccount => {
                (StatusCode::INTERNAL_SERVER_ERROR, Page(MessagePage::OUR_MISTAKE)).into_response()
            }
            // Not a page again: that is what just failed.
            Self::Page(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong on our side.").into_response()
            }
        }
    }
}

/// The answer to a path that leads nowhere.
pub(crate) async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, Page(MessagePage::NOT_FOUND))
}

/// The answer to a form that another site sent.
pub(crate) fn cross_site() -> Response {
    (StatusCode::FORBIDDEN, Page(MessagePage::CROSS_SITE)).into_response()
}
