//! Sign-out.

use axum::{extract::State, response::Redirect};
use mfakit::Mfa;
use tower_sessions::Session;

use crate::{AppError, session};

/// `POST /logout`
pub(crate) async fn log_out(session: Session, State(mfa): State<Mfa>) -> Result<Redirect, AppError> {
    session::log_out(&session, &mfa).await?;
    Ok(Redirect::to("/"))
}
