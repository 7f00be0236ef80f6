//! The proof as a handler's argument.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    Grant, Refused,
    tower::{Carried, facts_of},
};

impl<S: Sync> FromRequestParts<S> for Grant {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let granted = Carried::by(parts).and_then(|carried| carried.admission.grant(|| facts_of(parts)));
        granted.map(Self::from).map_err(Refused::new)
    }
}
