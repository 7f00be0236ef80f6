//! The proof as a handler's argument.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    Grant, MfaRejection,
    tower::{Carried, facts_of},
};

impl<S: Sync> FromRequestParts<S> for Grant {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        let granted = Carried::by(parts).and_then(|carried| carried.admission.grant(|| facts_of(parts)));
        granted.map(Self::from).map_err(MfaRejection::new)
    }
}
