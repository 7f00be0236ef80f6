//! The guard as an extractor.
//!
//! There are two implementations, because axum's tuples of extractors that leave the body alone implement only
//! `FromRequestParts`. The implementations do not overlap for the same reason.

use axum_core::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{
    axum::head_snapshot::HeadSnapshot, claim::claim_in, guarded::Guarded, request_head::RequestHead,
    require::Required, tower::into_response,
};

impl<S, R, T> FromRequest<S> for Guarded<R, T>
where
    S: Send + Sync,
    R: Required,
    T: FromRequest<S> + Send,
{
    type Rejection = Response;

    fn from_request(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send {
        // The request is split before the future begins, so that the future holds one copy of it, not two.
        let (mut parts, body) = request.into_parts();
        async move {
            let mut place = None;
            let claim = claim_in(&mut place, &mut parts, Ok(&R::REQUIREMENT)).await.map_err(into_response)?;
            let snapshot = HeadSnapshot::of(&parts);
            let request = Request::from_parts(parts, body);
            let args = T::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            if let Some(grant) = claim.take_at_once() {
                return Ok(Self::new(args, grant));
            }
            let token = claim.token(snapshot.cookies());
            let taken = Box::pin(claim.take_anew(token, || snapshot.facts())).await;
            let grant = taken.map_err(into_response)?;
            Ok(Self::new(args, grant))
        }
    }
}

impl<S, R, T> FromRequestParts<S> for Guarded<R, T>
where
    S: Send + Sync,
    R: Required,
    T: FromRequestParts<S> + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut place = None;
        let claim = claim_in(&mut place, parts, Ok(&R::REQUIREMENT)).await.map_err(into_response)?;
        let args = T::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        if let Some(grant) = claim.take_at_once() {
            return Ok(Self::new(args, grant));
        }
        let token = claim.token(parts.cookies());
        let grant = Box::pin(claim.take_anew(token, || parts.facts())).await.map_err(into_response)?;
        Ok(Self::new(args, grant))
    }
}

#[cfg(test)]
mod tests {
    use mfakit_core::{Requirement, Scope};

    use super::*;

    /// Bytes up to which glibc keeps freed memory for the same thread.
    const CACHED: usize = 1032;

    struct Pay;

    impl Required for Pay {
        const REQUIREMENT: Requirement = match Scope::new("pay") {
            Ok(scope) => Requirement::new(scope),
            Err(_) => panic!("not a valid scope"),
        };
    }

    /// axum allocates the future of a handler for each request. Above the limit, that takes longer than the whole check.
    #[test]
    fn a_guarded_handler_fits_into_the_memory_of_an_earlier_one() {
        async fn pay(_: Guarded<Pay, ()>) {}
        let handler = axum::handler::Handler::<_, ()>::call(pay, Request::default(), ());
        let size = size_of_val(&*handler);
        assert!(size <= CACHED, "{size} bytes");
    }
}
