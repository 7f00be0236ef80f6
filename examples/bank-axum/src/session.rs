//! Sign-in: stores it in a session, reports it to mfakit, and ends it.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use mfakit::{Clock as _, LoginId, Mfa, Subject, SystemClock, Timestamp};
use serde::{Deserialize, Serialize};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::Duration},
    session::Error,
};

use crate::AppError;

/// Key of the sign-in in the session's data.
const LOG_IN: &str = "log-in";

/// The user, the identifier of the sign-in, to which grants are bound, and the time of the sign-in. Adding the first
/// phone number requires a recent one.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LogIn {
    user: String,
    id: LoginId,
    at: Timestamp,
}

/// Identifies the sender of a request to mfakit, based on the session.
///
/// # Errors
///
/// Returns an error if the session cannot be read. The request is then rejected with a 503.
pub async fn identify(session: Session) -> Result<Option<Subject>, Error> {
    let log_in: Option<LogIn> = session.get(LOG_IN).await?;
    Ok(log_in.map(|log_in| Subject::cookie(log_in.user, log_in.id).with_signed_in_at(log_in.at)))
}

/// Stores a sign-in in the session.
///
/// The session gets a new id, so that an id that was planted in the browser is useless. The sign-in gets a permanent
/// id, to which mfakit binds grants.
pub(crate) async fn log_in(session: &Session, user: String) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(LOG_IN, LogIn { user, id: LoginId::random(), at: SystemClock.now() }).await?;
    // Save now. If the store failed after the handler, the response would be a 500 without a page.
    session.save().await
}

/// Ends the session and revokes its grants.
///
/// The session ends even if the grants cannot be revoked. The customer is then informed, although the grants cannot
/// be used without the session.
pub(crate) async fn log_out(session: &Session, mfa: &Mfa) -> Result<(), AppError> {
    let log_in: Option<LogIn> = session.get(LOG_IN).await?;
    let revoked = match log_in {
        Some(LogIn { user, id, .. }) => mfa.revoke_login(&user.into(), &id).await,
        None => Ok(()),
    };
    session.flush().await?;
    revoked.map_err(AppError::from)
}

/// Builds the session layer for any store.
pub(crate) fn layer<S: SessionStore + Clone>(store: S) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name("bank-axum")
        // Needed only for plain http on your own machine. Remove this line everywhere else.
        .with_secure(false)
        // `Lax`, so that customers who follow a link in an e-mail are signed in.
        .with_same_site(SameSite::Lax)
        // The session expires one hour after the last change, which is the sign-in. If it were extended by every
        // request, every request would save the session, and one in progress at sign-out would restore it.
        .with_expiry(Expiry::OnInactivity(Duration::hours(1)))
}

/// A customer who is signed in. Other visitors are redirected to the sign-in page.
#[derive(Debug)]
pub struct Customer {
    /// User id.
    pub id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Customer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let customer = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        customer.ok_or_else(|| Redirect::to("/login").into_response())
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Customer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Response> {
        let session = Session::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let log_in: Option<LogIn> =
            session.get(LOG_IN).await.map_err(|error| AppError::from(error).into_response())?;
        Ok(log_in.map(|log_in| Self { id: log_in.user }))
    }
}
