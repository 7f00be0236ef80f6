//! Who is logged in: kept in a session, said to mfakit, and ended.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use mfakit::{LoginId, Mfa, Subject};
use serde::{Deserialize, Serialize};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::Duration},
    session::Error,
};

use crate::AppError;

/// Where in a session's data the log-in is.
const LOG_IN: &str = "log-in";

/// Who logged in, and which log-in it is: what an elevation is bound to.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LogIn {
    user: String,
    id: LoginId,
}

/// Says to mfakit who sends a request: whoever the session says it is.
///
/// # Errors
///
/// When the session cannot be read; the request is then refused with 503.
pub async fn identify(session: Session) -> Result<Option<Subject>, Error> {
    let log_in: Option<LogIn> = session.get(LOG_IN).await?;
    Ok(log_in.map(|log_in| Subject::cookie(log_in.user, log_in.id)))
}

/// Remembers that somebody has logged in.
///
/// The session gets a new id, so that one planted in the browser beforehand is worth nothing; the log-in gets
/// an id that stays, which mfakit binds elevations to.
pub(crate) async fn log_in(session: &Session, user: String) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(LOG_IN, LogIn { user, id: LoginId::random() }).await?;
    // Here and not only on the way out, where a store that is down is a 500 without a word.
    session.save().await
}

/// Ends the log-in with everything that was granted to it.
///
/// The session ends whether or not the grants could be ended. If not, the person is told, although nobody
/// can use them without a session.
pub(crate) async fn log_out(session: &Session, mfa: &Mfa) -> Result<(), AppError> {
    let log_in: Option<LogIn> = session.get(LOG_IN).await?;
    let revoked = match log_in {
        Some(LogIn { user, id }) => mfa.revoke_login(&user.into(), &id).await,
        None => Ok(()),
    };
    session.flush().await?;
    revoked.map_err(AppError::from)
}

/// The sessions, in any store.
pub(crate) fn layer<S: SessionStore + Clone>(store: S) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name("bank-axum")
        // Only because this is plain http on one's own machine. Anywhere else leave the line out.
        .with_secure(false)
        // Lax, so that people who follow a link from their mail find themselves logged in.
        .with_same_site(SameSite::Lax)
        // Counted from the log-in. Were it counted from the last request, every request would save the
        // session, and one that is still under way at log-out would bring it back.
        .with_expiry(Expiry::OnInactivity(Duration::hours(1)))
}

/// A customer who is logged in. Anybody else is sent to the log-in page.
#[derive(Debug)]
pub struct Customer {
    /// Who it is.
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
