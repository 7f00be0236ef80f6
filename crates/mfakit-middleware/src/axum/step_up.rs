//! Extractor of the guard for use inside a handler.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    mfa_rejection::MfaRejection,
    step_up::{StepUp, step_up},
};

impl<S: Sync> FromRequestParts<S> for StepUp {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        step_up(parts).await
    }
}
