//! Extractor of the grant.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    guarded::{Granted, granted},
    mfa_rejection::MfaRejection,
};

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        granted(parts)
    }
}
