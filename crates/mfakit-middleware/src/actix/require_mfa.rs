//! The middleware around what is guarded.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    Error,
    body::EitherBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use futures_util::future::LocalBoxFuture;
use mfakit_core::{Misconfigured, Requirement};

use crate::{
    actix::{
        mfa_rejection::into_response,
        request_context::{claim, facts_of},
        watched::{to_come, watched},
    },
    answer::Answer,
    mfa_rejection::MfaRejection,
    require::RequireMfa,
};

impl<S, B> Transform<S, ServiceRequest> for RequireMfa
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireMfaService<S>;
    type InitError = ();
    type Future = Ready<Result<RequireMfaService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireMfaService { inner: Rc::new(inner), require: Rc::new(self.requirement()) }))
    }
}

/// What [`RequireMfa`] makes of a service: the same, for those who may pass.
#[derive(Debug)]
pub struct RequireMfaService<S> {
    inner: Rc<S>,
    require: Rc<Result<Requirement, Misconfigured>>,
}

impl<S, B> Service<ServiceRequest> for RequireMfaService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, require) = (Rc::clone(&self.inner), Rc::clone(&self.require));
        Box::pin(async move {
            let facts = |request: &ServiceRequest| facts_of(request.request());
            let claim = match claim(request.request(), (*require).as_ref()).await {
                Ok(claim) => claim,
                Err(answer) => return Ok(rejected(request, answer)),
            };
            let Some(payload) = to_come(&mut request) else {
                return match claim.take(|| facts(&request)).await {
                    Ok(_) => Ok(inner.call(request).await?.map_into_left_body()),
                    Err(answer) => Ok(rejected(request, answer)),
                };
            };
            let (watch, lookout) = match claim.take_and_watch(facts(&request)).await {
                Ok(taken) => taken,
                Err(answer) => return Ok(rejected(request, answer)),
            };
            request.set_payload(watched(payload, watch));
            match lookout.run(inner.call(request)).await {
                Ok(response) => Ok(response?.map_into_left_body()),
                // The request is gone with what was guarded, since actix-web routes no request of which there is a
                // second copy. So this answer is an error.
                Err(late) => Err(MfaRejection::new(late).into()),
            }
        })
    }
}

/// Return a response and not an error, so that outer middleware handles it like any other.
fn rejected<B>(request: ServiceRequest, answer: Answer) -> ServiceResponse<EitherBody<B>> {
    request.into_response(into_response(answer)).map_into_right_body()
}
