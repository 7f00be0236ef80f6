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
    actix::{refused::into_response, request::claim},
    require::RequireMfa,
};

impl<S, B> Transform<S, ServiceRequest> for RequireMfa
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Guard<S>;
    type InitError = ();
    type Future = Ready<Result<Guard<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Guard { inner: Rc::new(inner), require: Rc::new(self.requirement()) }))
    }
}

/// What [`RequireMfa`] makes of a service: the same, for those who may pass.
#[derive(Debug)]
pub struct Guard<S> {
    inner: Rc<S>,
    require: Rc<Result<Requirement, Misconfigured>>,
}

impl<S, B> Service<ServiceRequest> for Guard<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, require) = (Rc::clone(&self.inner), Rc::clone(&self.require));
        Box::pin(async move {
            let claim = claim(request.request(), (*require).as_ref()).await;
            let taken = match claim {
                Ok(claim) => claim.take().await,
                Err(answer) => Err(answer),
            };
            match taken {
                Ok(_) => Ok(inner.call(request).await?.map_into_left_body()),
                // A response and not an error, so that the middleware around sees it as any other.
                Err(answer) => Ok(request.into_response(into_response(answer)).map_into_right_body()),
            }
        })
    }
}
