//! The proof as a handler's argument.

use axum_core::extract::FromRequestParts;
use http::request::Parts;
use mfakit_core::Misconfigured;

use crate::{
    Grant, Refused,
    tower::{Carried, facts_of},
};

impl<S: Sync> FromRequestParts<S> for Grant {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let admission = Carried::by(parts).map_err(Refused::new)?.admission;
        admission.grant().map(Self::from).ok_or_else(|| {
            let what =
                "a handler asks for a Grant where no guard ran: add #[require_mfa(scope = \"…\")] to it";
            Refused::new(admission.misconfigured(&facts_of(parts), Misconfigured::new(what)))
        })
    }
}
