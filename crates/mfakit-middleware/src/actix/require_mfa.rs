//! Middleware around a guarded resource or scope.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    Error,
    body::EitherBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::StatusCode,
};
use mfakit_core::{Misconfigured, Requirement};

use crate::{
    actix::{
        LocalFuture,
        mfa_rejection::into_response,
        watched::{to_come, watched},
    },
    answer::Answer,
    claim::claim,
    mfa_rejection::MfaRejection,
    request_head::RequestHead,
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
        ready(Ok(RequireMfaService { inner: Rc::new(inner), require: Rc::new(self.of_layer()) }))
    }
}

/// Service that rejects requests without a grant, and passes all others on. [`RequireMfa`] creates it as
/// middleware.
///
/// ```
/// use actix_web::web;
/// use mfakit_middleware::RequireMfa;
///
/// let reports = web::scope("/reports").wrap(RequireMfa::scope("reports"));
/// ```
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
    type Future = LocalFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, require) = (Rc::clone(&self.inner), Rc::clone(&self.require));
        Box::pin(async move {
            let claim = match claim(request.parts_mut().0, (*require).as_ref()).await {
                Ok(claim) => claim,
                Err(answer) => return Ok(rejected(request, answer)),
            };
            let Some(payload) = to_come(&mut request) else {
                return match claim.take_from(request.request()).await {
                    Ok(_) => Ok(inner.call(request).await?.map_into_left_body()),
                    Err(answer) => Ok(rejected(request, answer)),
                };
            };
            let (body_watch, handler_watch) = match claim.take_and_watch(request.request().facts()).await {
                Ok(taken) => taken,
                Err(answer) => return Ok(rejected(request, answer)),
            };
            request.set_payload(watched(payload, body_watch));
            let switches = |answered: &Result<ServiceResponse<B>, Error>| {
                answered.as_ref().is_ok_and(|response| response.status() == StatusCode::SWITCHING_PROTOCOLS)
            };
            match handler_watch.run_until(inner.call(request), switches).await {
                Ok(response) => Ok(response?.map_into_left_body()),
                // The request was dropped with the guarded service, because actix-web cannot route a request while a
                // second copy exists. So this answer is returned as an error.
                Err(late) => Err(MfaRejection::new(late).into()),
            }
        })
    }
}

/// Returns a response instead of an error, so that outer middleware handles it like any other.
fn rejected<B>(request: ServiceRequest, answer: Answer) -> ServiceResponse<EitherBody<B>> {
    request.into_response(into_response(answer)).map_into_right_body()
}
