//! Sign-out.

use actix_identity::Identity;
use actix_session::Session;
use actix_web::{HttpResponse, post, web::Data};
use mfakit::Mfa;

use crate::{AppError, page::see_other, session};

/// `POST /logout`
#[post("/logout")]
pub(crate) async fn log_out(
    identity: Option<Identity>,
    session: Session,
    mfa: Data<Mfa>,
) -> Result<HttpResponse, AppError> {
    if let Some(identity) = identity {
        session::log_out(identity, &session, &mfa).await?;
    }
    Ok(see_other("/"))
}
