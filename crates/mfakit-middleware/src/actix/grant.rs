//! The proof as a handler's argument.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    Grant, MfaRejection,
    actix::request::{Carried, facts_of},
};

impl FromRequest for Grant {
    type Error = MfaRejection;
    type Future = Ready<Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let granted = Carried::by(request).and_then(|carried| carried.admission.grant(|| facts_of(request)));
        ready(granted.map(Self::from).map_err(MfaRejection::new))
    }
}
