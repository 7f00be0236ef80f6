//! The guard as an extractor.
//!
//! Two implementations, because axum's tuples of extractors that leave the body alone are only
//! `FromRequestParts`; they do not overlap for the same reason.

use axum_core::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{
    axum::head_snapshot::HeadSnapshot,
    guarded::Guarded,
    require::Required,
    tower::{claim, facts_of, into_response},
};

impl<S, R, T> FromRequest<S> for Guarded<R, T>
where
    S: Send + Sync,
    R: Required,
    T: FromRequest<S> + Send,
{
    type Rejection = Response;

    fn from_request(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send {
        // Taken apart before the future begins, which then keeps one copy of the request and not two.
        let (mut parts, body) = request.into_parts();
        async move {
            let claim = claim(&mut parts, Ok(&R::REQUIREMENT)).await.map_err(into_response)?;
            let kept = HeadSnapshot::of(&parts);
            let request = Request::from_parts(parts, body);
            let args = T::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            let grant = claim.take(|| kept.facts()).await.map_err(into_response)?;
            Ok(Self::new(args, grant.into()))
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
        let claim = claim(parts, Ok(&R::REQUIREMENT)).await.map_err(into_response)?;
        let args = T::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let grant = claim.take(|| facts_of(parts)).await.map_err(into_response)?;
        Ok(Self::new(args, grant.into()))
    }
}
