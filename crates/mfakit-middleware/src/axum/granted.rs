//! Extractor of the grant.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    guarded::Granted,
    mfa_rejection::MfaRejection,
    tower::{RequestContext, facts_of},
};

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        let granted =
            RequestContext::by(parts).and_then(|carried| carried.admission.grant(|| facts_of(parts)));
        granted.map(Self).map_err(MfaRejection::new)
    }
}
