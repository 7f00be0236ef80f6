//! Extractors of the grant and of its approval.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    guarded::{Approved, Granted, approved, granted},
    mfa_rejection::MfaRejection,
};

impl FromRequest for Granted {
    type Error = MfaRejection;
    type Future = Ready<Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request))
    }
}

impl FromRequest for Approved {
    type Error = MfaRejection;
    type Future = Ready<Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(approved(request))
    }
}
