//! Extractor of the grant.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    actix::request_context::{RequestContext, facts_of},
    guarded::Granted,
    mfa_rejection::MfaRejection,
};

impl FromRequest for Granted {
    type Error = MfaRejection;
    type Future = Ready<Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let granted =
            RequestContext::by(request).and_then(|carried| carried.admission.grant(|| facts_of(request)));
        ready(granted.map(Self).map_err(MfaRejection::new))
    }
}
