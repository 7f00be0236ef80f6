//! The guard as an extractor.
//!
//! actix-web polls all extractors of a handler together. If the guard were merely the first of them, another could read
//! the body in the meantime. So it is the only one: it takes the payload, waits for the check, and only then extracts
//! the rest.

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};

use crate::{
    actix::LocalFuture, claim::claim, guarded::Guarded, mfa_rejection::MfaRejection,
    request_head::RequestHead, require::Required,
};

impl<R, T> FromRequest for Guarded<R, T>
where
    R: Required,
    T: FromRequest + 'static,
{
    type Error = Error;
    type Future = LocalFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (mut request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let claim = claim(&mut request, Ok(&R::REQUIREMENT)).await.map_err(MfaRejection::new)?;
            let args = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            let grant = claim.take(|| request.facts()).await.map_err(MfaRejection::new)?;
            Ok(Self::new(args, grant))
        })
    }
}
