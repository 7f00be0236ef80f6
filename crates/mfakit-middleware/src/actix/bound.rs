//! The guard of an approved value as an extractor.
//!
//! It takes the payload, and extracts the other arguments and the marked one in turn. Another argument that reads the body is
//! a mistake of the app, because what it reads is not approved.

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use futures_util::stream;

use crate::{
    actix::LocalFuture,
    answer::Answer,
    approved_argument::ApprovedArgument,
    bound::Bound,
    bound_claim::{Begun, NamedClaim},
    bound_request::{BoundRequest, Unproven},
    mfa_rejection::MfaRejection,
    request_head::RequestHead,
    require::Required,
};

impl<R, O, M> FromRequest for Bound<R, O, M>
where
    R: Required,
    O: FromRequest + 'static,
    M: FromRequest + ApprovedArgument + 'static,
{
    type Error = Error;
    type Future = LocalFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(bound::<R, O, M>(request.clone(), payload.take()))
    }
}

async fn bound<R, O, M>(mut request: HttpRequest, mut payload: Payload) -> Result<Bound<R, O, M>, Error>
where
    R: Required,
    O: FromRequest,
    M: FromRequest + ApprovedArgument,
{
    let (claim, rest, approved) = match Begun::of(&mut request, R::REQUIREMENT).await.map_err(rejected)? {
        Begun::Extract(claim) => {
            let rest = others(claim.request(), &request, &mut payload).await?;
            (claim, rest, M::from_request(&request, &mut payload).await.map_err(Into::into)?)
        }
        Begun::ExtractMarkedFirst(claim) => {
            let approved = M::from_request(&request, &mut payload).await.map_err(Into::into)?;
            let approved = claim.find(approved, || request.facts()).await.map_err(rejected)?;
            let rest = others(claim.request(), &request, &mut Payload::None).await?;
            (claim, rest, approved)
        }
        Begun::Unproven(unproven) => {
            return Err(not_approved::<M>(unproven, &request, &mut payload).await);
        }
        Begun::Named(claim) => return named(&claim, &request, &mut payload).await,
    };
    let (approved, grant) = claim.take(approved, || request.facts()).await.map_err(rejected)?;
    Ok(Bound::new(rest, approved, grant))
}

/// Rejects a request without a grant. Its value is kept, unless its own extractor rejects it.
async fn not_approved<M: FromRequest + ApprovedArgument>(
    unproven: Unproven,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Error {
    match unproven.in_time(M::from_request(request, payload), || request.facts()).await {
        Ok(Ok(approved)) => rejected(unproven.reject(approved, &request.facts()).await),
        Ok(Err(rejection)) => rejection.into(),
        Err(answer) => rejected(answer),
    }
}

/// Extracts the other arguments of a request that names its approval.
async fn named<R, O: FromRequest, M: ApprovedArgument>(
    claim: &NamedClaim,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<Bound<R, O, M>, Error> {
    let facts = request.facts();
    let approved = claim.value(&facts).map_err(rejected)?;
    let rest = others(claim.request(), request, payload).await?;
    let (approved, grant) = claim.take(approved, &facts).await.map_err(rejected)?;
    Ok(Bound::new(rest, approved, grant))
}

/// Extracts the other arguments, and rejects the request if one of them has taken the payload. A request without a body has
/// an empty one, so that the mistake shows in every request.
async fn others<O: FromRequest>(
    bound: &BoundRequest,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<O, Error> {
    if matches!(payload, Payload::None) {
        *payload = Payload::Stream { payload: Box::pin(stream::empty()) };
    }
    let others = O::from_request(request, payload).await.map_err(Into::into)?;
    if matches!(payload, Payload::None) {
        return Err(rejected(bound.other_reads_body(&request.facts())));
    }
    Ok(others)
}

fn rejected(answer: Answer) -> Error {
    MfaRejection::new(answer).into()
}
