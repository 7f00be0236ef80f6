//! What a request carries for the guards in it.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest,
    http::{
        header::{self, HeaderValue},
        uri::PathAndQuery,
    },
};
use mfakit_core::{Misconfigured, Requirement, Subject};

use crate::{
    actix::identify::Identify,
    admission::Admission,
    answer::Answer,
    claim::Claim,
    facts::{Facts, Method},
    keep_page::KeepPage,
};

/// What the middleware puts into a request for the guards in it.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) admission: Admission,
    pub(crate) identify: Arc<dyn Identify>,
}

impl RequestContext {
    /// What is in a request, or the answer to a request that nothing is in.
    pub(crate) fn by(request: &HttpRequest) -> Result<Self, Answer> {
        Self::within(request).ok_or_else(|| Admission::missing("MfaMiddleware", &facts_of(request)))
    }

    /// Returns the state in a request, if the middleware has put it there.
    pub(crate) fn within(request: &HttpRequest) -> Option<Self> {
        request.extensions().get().cloned()
    }

    /// Who it is, asked at most once.
    pub(crate) async fn subject(&self, request: &HttpRequest) -> Result<Option<Subject>, Answer> {
        if let Some(subject) = self.admission.known_subject() {
            return Ok(subject);
        }
        let asked = self.admission.ask(self.identify.identify(request)).await;
        asked.map_err(|why| self.admission.unidentified(&why, &facts_of(request)))
    }
}

/// Whether a request may pass: what every guard asks, whatever it is made of.
pub(crate) async fn claim(
    request: &HttpRequest,
    requirement: Result<&Requirement, &Misconfigured>,
) -> Result<Claim, Answer> {
    let carried = RequestContext::by(request)?;
    let admission = &carried.admission;
    admission.mark_guarded();
    let claimed = async {
        let requirement =
            requirement.map_err(|what| admission.misconfigured(&facts_of(request), what.clone()))?;
        let subject = carried.subject(request).await?;
        admission.claim(requirement, subject, cookies(request), || facts_of(request)).await
    };
    claimed.await.inspect_err(|answer| admission.mark_rejected(answer.status))
}

/// The `Cookie` headers.
pub(crate) fn cookies(request: &HttpRequest) -> impl Iterator<Item = &[u8]> {
    request.headers().get_all(header::COOKIE).map(HeaderValue::as_bytes)
}

/// Returns the page that sent this request, if it stays in the browser.
pub(crate) fn keep_page_of(request: &HttpRequest) -> Option<KeepPage> {
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    KeepPage::of(Method::named(request.method().as_str()), target, cookies(request))
}

/// What of a request may influence an answer.
pub(crate) fn facts_of(request: &HttpRequest) -> Facts {
    let target = request.uri().path_and_query().map(PathAndQuery::as_str);
    Facts::read(request.method().as_str(), target, |name| {
        request.headers().get_all(name).map(HeaderValue::as_bytes)
    })
}
