//! Extractor of the grant.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    guarded::{Granted, granted},
    mfa_rejection::MfaRejection,
};

impl FromRequest for Granted {
    type Error = MfaRejection;
    type Future = Ready<Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request))
    }
}
