//! The guard as an extractor.
//!
//! actix-web polls the extractors of a handler all together, so a guard that were merely the first of them would
//! let another one read the body meanwhile. This one is the only one: it takes the payload, waits for the check,
//! and only then extracts the rest.

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

use crate::{
    actix::request_context::{claim, facts_of},
    guarded::Guarded,
    mfa_rejection::MfaRejection,
    require::Required,
};

impl<R, T> FromRequest for Guarded<R, T>
where
    R: Required,
    T: FromRequest + 'static,
{
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let claim = claim(&request, Ok(&R::REQUIREMENT)).await.map_err(MfaRejection::new)?;
            let args = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            let grant = claim.take(|| facts_of(&request)).await.map_err(MfaRejection::new)?;
            Ok(Self::new(args, grant.into()))
        })
    }
}
