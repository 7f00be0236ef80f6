//! The routes, for `.configure(..)`.

use actix_web::{HttpRequest, HttpResponse, http::header::HeaderValue, web};
use mfakit_core::{
    Mfa,
    adapter::{MfaExt as _, with_timeout},
};

use crate::{
    actix::{
        mfa_rejection::into_response,
        request_context::{RequestContext, facts_of},
    },
    answer::Answer,
    endpoints::{self, BodyError},
};

/// Returns the routes of mfakit: the page, start, verify and drop, below the builder's path (`/mfa`).
///
/// Pass it to the app's own `.configure(..)`, inside the `MfaMiddleware` of the same engine, which identifies
/// the caller. Inside the middleware of another engine, every call is answered with 500. Do not use it inside
/// a scope, because the builder's path is the whole path. The routes have no trailing slash: `NormalizePath`
/// may trim slashes around them, and must not add any.
///
/// ```
/// # use mfakit_core::Mfa;
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

async fn respond(mfa: &Mfa, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let answer = answer(mfa, &request, payload).await;
    into_response(match RequestContext::within(&request) {
        Some(carried) => carried.admission.shape(answer),
        None => answer,
    })
}

async fn answer(mfa: &Mfa, request: &HttpRequest, payload: web::Payload) -> Answer {
    let carried = match RequestContext::by(request) {
        Ok(carried) => carried,
        Err(answer) => return answer,
    };
    carried.admission.mark_answered();
    let path = request.path().strip_prefix(mfa.site().path()).unwrap_or_default();
    let login_page = carried.admission.login_page();
    let peer = || request.peer_addr().map(|socket| socket.ip());
    let headers = |name| request.headers().get_all(name).map(HeaderValue::as_bytes);
    let facts = facts_of(request).coming_from(mfa.client_address(), peer, headers);
    if let Some(file) = endpoints::file(mfa, path, &facts) {
        return file;
    }
    if let Err(answer) = carried.admission.belongs_to(mfa, &facts) {
        return answer;
    }
    let subject = match carried.subject(request).await {
        Ok(subject) => subject,
        Err(answer) => return answer,
    };
    let opened = match endpoints::open(mfa, login_page, path, &facts, subject) {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let Some(longest) = opened.longest_body() else {
        return opened.finish(&[]).await;
    };
    let read = with_timeout(payload.to_bytes_limited(longest)).await;
    if read.is_none() {
        // The client has stalled for the whole wait already, so its body is not drained.
        carried.admission.unmark_answered();
    }
    match read {
        Some(Ok(Ok(body))) => opened.finish(&body).await,
        Some(Ok(Err(_))) => opened.without_body(BodyError::Broken),
        Some(Err(_)) => opened.without_body(BodyError::TooLarge),
        None => opened.without_body(BodyError::TooSlow),
    }
}
