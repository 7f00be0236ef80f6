//! Extractor of the guard for use inside a handler.

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    actix::LocalFuture,
    mfa_rejection::MfaRejection,
    step_up::{StepUp, step_up},
};

impl FromRequest for StepUp {
    type Error = MfaRejection;
    type Future = LocalFuture<'static, Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut request = request.clone();
        Box::pin(async move { step_up(&mut request).await })
    }
}
