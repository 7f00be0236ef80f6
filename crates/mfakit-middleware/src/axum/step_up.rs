//! The guard inside a handler, as its argument.

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    mfa_rejection::MfaRejection,
    step_up::StepUp,
    tower::{RequestContext, cookies, facts_of},
};

impl<S: Sync> FromRequestParts<S> for StepUp {
    type Rejection = MfaRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, MfaRejection> {
        let carried = RequestContext::by(parts).map_err(MfaRejection::new)?;
        // What the handler answers may depend on a grant, whether or not it asks for one this time.
        carried.admission.mark_guarded();
        let subject = carried.subject(parts).await.map_err(MfaRejection::new)?;
        let cookies = cookies(&parts.headers).map(<[u8]>::to_vec).collect();
        Ok(Self { admission: carried.admission, subject, cookies, facts: facts_of(parts) })
    }
}
