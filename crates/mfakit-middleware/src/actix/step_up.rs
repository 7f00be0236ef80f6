//! The guard inside a handler, as its argument.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

use crate::{
    actix::request_context::{RequestContext, cookies, facts_of},
    mfa_rejection::MfaRejection,
    step_up::StepUp,
};

impl FromRequest for StepUp {
    type Error = MfaRejection;
    type Future = LocalBoxFuture<'static, Result<Self, MfaRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let carried = RequestContext::by(&request).map_err(MfaRejection::new)?;
            // What the handler answers may depend on a grant, whether or not it asks for one this time.
            carried.admission.mark_guarded();
            let subject = carried.subject(&request).await.map_err(MfaRejection::new)?;
            let cookies = cookies(&request).map(<[u8]>::to_vec).collect();
            Ok(Self { admission: carried.admission, subject, cookies, facts: facts_of(&request) })
        })
    }
}
