//! Routes, for `.configure(..)`.

use actix_web::{HttpRequest, HttpResponse, web};
use mfakit_core::{Mfa, adapter::MfaExt as _};

use crate::{actix::mfa_rejection::into_response, endpoints::BodyError, serve::serve};

/// Returns mfakit's routes: the page, start, verify and drop, below the builder's path (`/mfa`).
///
/// Pass them to the app's own `.configure(..)`, inside the `MfaMiddleware` of the same engine, which identifies the
/// caller. Inside the middleware of another engine, every call is answered with 500. Do not use them inside a scope,
/// because the builder's path is the full path. The routes have no trailing slash: `NormalizePath` may trim slashes
/// around them, and must not add any.
///
/// ```
/// # use mfakit_core::{Mfa, adapter::MfaExt as _};
/// # fn example(mfa: Mfa) {
/// let app = actix_web::App::new().configure(mfakit_middleware::actix::routes(&mfa));
/// # }
/// ```
pub fn routes(mfa: &Mfa) -> impl FnOnce(&mut web::ServiceConfig) + Clone + use<> {
    let mfa = mfa.clone();
    move |config| {
        let path = mfa.site().path();
        for pattern in [format!("{path}/{{scope}}"), format!("{path}/{{scope}}/{{action}}")] {
            let mfa = mfa.clone();
            let handler = move |request: HttpRequest, payload: web::Payload| {
                let mfa = mfa.clone();
                async move { respond(&mfa, request, payload).await }
            };
            config.service(web::resource(pattern).to(handler));
        }
    }
}

async fn respond(mfa: &Mfa, mut request: HttpRequest, payload: web::Payload) -> HttpResponse {
    into_response(serve(mfa, &mut request, |longest| read(payload, longest)).await)
}

async fn read(payload: web::Payload, longest: usize) -> Result<web::Bytes, BodyError> {
    match payload.to_bytes_limited(longest).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooLarge),
    }
}
