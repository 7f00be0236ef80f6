//! The guard of an approved value as an extractor.
//!
//! There are two implementations, for the same reason as for [`Guarded`](crate::guarded::Guarded). The other arguments never
//! read the body in either, because the marked argument is the last.

use axum_core::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{
    approved_argument::ApprovedArgument,
    axum::head_snapshot::HeadSnapshot,
    bound::Bound,
    bound_claim::{Begun, BoundClaim, NamedClaim},
    bound_request::Unproven,
    facts::Facts,
    request_head::RequestHead,
    require::Required,
    tower::into_response,
};

impl<S, R, O, M> FromRequest<S> for Bound<R, O, M>
where
    S: Send + Sync,
    R: Required,
    O: FromRequestParts<S> + Send,
    M: FromRequest<S> + ApprovedArgument + Send,
{
    type Rejection = Response;

    fn from_request(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send {
        // The request is split before the future begins, so that the future holds one copy of it, not two.
        let (mut parts, body) = request.into_parts();
        async move {
            let begun = Begun::of(&mut parts, R::REQUIREMENT).await.map_err(into_response)?;
            let snapshot = HeadSnapshot::of(&parts);
            let (claim, rest, approved) = match begun {
                Begun::Extract(claim) => {
                    let rest = of_parts(&mut parts, state).await?;
                    (claim, rest, of_request(Request::from_parts(parts, body), state).await?)
                }
                Begun::ExtractMarkedFirst(claim) => {
                    let marked = of_request(Request::from_parts(parts.clone(), body), state);
                    let approved = Box::pin(found(&claim, marked, || snapshot.facts())).await?;
                    (claim, of_parts(&mut parts, state).await?, approved)
                }
                Begun::Unproven(unproven) => {
                    let marked = of_request::<S, M>(Request::from_parts(parts, body), state);
                    return Err(Box::pin(rejected(unproven, marked, || snapshot.facts())).await);
                }
                Begun::Named(claim) => return Box::pin(named(claim, &mut parts, state)).await,
            };
            let taken = Box::pin(claim.take(approved, || snapshot.facts())).await;
            let (approved, grant) = taken.map_err(into_response)?;
            Ok(Self::new(rest, approved, grant))
        }
    }
}

impl<S, R, O, M> FromRequestParts<S> for Bound<R, O, M>
where
    S: Send + Sync,
    R: Required,
    O: FromRequestParts<S> + Send,
    M: FromRequestParts<S> + ApprovedArgument + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let (claim, rest, approved) = match Begun::of(parts, R::REQUIREMENT).await.map_err(into_response)? {
            Begun::Extract(claim) => {
                let rest = of_parts(parts, state).await?;
                (claim, rest, of_parts(parts, state).await?)
            }
            Begun::ExtractMarkedFirst(claim) => {
                let snapshot = HeadSnapshot::of(parts);
                let marked = of_parts(parts, state);
                let approved = Box::pin(found(&claim, marked, || snapshot.facts())).await?;
                (claim, of_parts(parts, state).await?, approved)
            }
            Begun::Unproven(unproven) => {
                let snapshot = HeadSnapshot::of(parts);
                let marked = of_parts::<S, M>(parts, state);
                return Err(Box::pin(rejected(unproven, marked, || snapshot.facts())).await);
            }
            Begun::Named(claim) => return Box::pin(named(claim, parts, state)).await,
        };
        let taken = Box::pin(claim.take(approved, || parts.facts())).await;
        let (approved, grant) = taken.map_err(into_response)?;
        Ok(Self::new(rest, approved, grant))
    }
}

async fn of_parts<S, T: FromRequestParts<S>>(parts: &mut Parts, state: &S) -> Result<T, Response> {
    T::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)
}

async fn of_request<S, T: FromRequest<S>>(request: Request, state: &S) -> Result<T, Response> {
    T::from_request(request, state).await.map_err(IntoResponse::into_response)
}

/// Extracts the marked argument first, and finds its grant.
async fn found<M: ApprovedArgument>(
    claim: &BoundClaim,
    marked: impl Future<Output = Result<M, Response>>,
    facts: impl FnOnce() -> Facts,
) -> Result<M, Response> {
    claim.find(marked.await?, facts).await.map_err(into_response)
}

/// Rejects a request without a grant. Its value is kept, unless its own extractor rejects it.
async fn rejected<M: ApprovedArgument>(
    unproven: Unproven,
    marked: impl Future<Output = Result<M, Response>>,
    facts: impl Fn() -> Facts,
) -> Response {
    match unproven.in_time(marked, &facts).await {
        Ok(Ok(approved)) => into_response(unproven.reject(approved, &facts()).await),
        Ok(Err(rejection)) => rejection,
        Err(answer) => into_response(answer),
    }
}

/// Extracts the other arguments of a request that names its approval.
async fn named<S, R, O, M>(
    claim: NamedClaim,
    parts: &mut Parts,
    state: &S,
) -> Result<Bound<R, O, M>, Response>
where
    O: FromRequestParts<S>,
    M: ApprovedArgument,
{
    let facts = parts.facts();
    let approved = claim.value(&facts).map_err(into_response)?;
    let rest = of_parts(parts, state).await?;
    let (approved, grant) = claim.take(approved, &facts).await.map_err(into_response)?;
    Ok(Bound::new(rest, approved, grant))
}
