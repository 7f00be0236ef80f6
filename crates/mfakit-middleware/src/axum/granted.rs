//! Extractors of the grant and of its approval.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    guarded::{Approved, Granted, approved, granted},
    mfa_rejection::MfaRejection,
};

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        granted(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for Approved {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        approved(parts)
    }
}
