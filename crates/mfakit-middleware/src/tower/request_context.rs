//! What a request carries for the guards in it.

use std::sync::Arc;

use http::{
    Extensions, HeaderMap, HeaderValue, Request, Uri, Version, header, request::Parts, uri::PathAndQuery,
};
use http_body::Body;
use mfakit_core::{Mfa, Misconfigured, Requirement, Subject};

use crate::{
    admission::Admission,
    answer::Answer,
    claim::Claim,
    facts::{Facts, Method},
    keep_page::KeepPage,
    rejection::OnRejection,
    tower::{identify::Identify, unread_body::discard},
};

/// What [`MfaLayer`](crate::tower::MfaLayer) was told.
#[derive(Clone)]
pub(crate) struct LayerState {
    pub(crate) mfa: Mfa,
    pub(crate) identify: Arc<dyn Identify>,
    pub(crate) login_page: Option<Arc<str>>,
    pub(crate) on_rejection: Option<OnRejection>,
}

/// What the layer puts into a request for the guards in it.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) admission: Admission,
    layer: Arc<LayerState>,
    /// True if the layer itself keeps the request's body.
    keeps_body: bool,
}

impl RequestContext {
    pub(crate) fn new(layer: &Arc<LayerState>, keeps_body: bool) -> Self {
        let LayerState { mfa, login_page, on_rejection, .. } = &**layer;
        let admission = Admission::new(mfa.clone(), login_page.clone(), on_rejection.clone());
        Self { admission, layer: layer.clone(), keeps_body }
    }

    /// What is in a request, or the answer to a request that nothing is in.
    pub(crate) fn by(parts: &Parts) -> Result<Self, Answer> {
        let carried = parts.extensions.get::<Self>().cloned();
        carried.ok_or_else(|| Admission::missing("MfaLayer", &facts_of(parts)))
    }

    /// Leaves the body of a request that is answered without it. If the layer does not keep the body, it is
    /// discarded here.
    pub(crate) fn leave<B: Body + Send + 'static>(&self, version: Version, body: B) {
        if !self.keeps_body && version <= Version::HTTP_11 {
            discard(body, self.layer.mfa.policy().drain());
        }
    }

    /// Who it is, asked at most once.
    pub(crate) async fn subject(&self, parts: &mut Parts) -> Result<Option<Subject>, Answer> {
        if let Some(subject) = self.admission.known_subject() {
            return Ok(subject);
        }
        let asked = self.admission.ask(self.layer.identify.identify(parts)).await;
        asked.map_err(|why| self.admission.unidentified(&why, &facts_of(parts)))
    }
}

/// Whether a request may pass: what every guard asks, whatever it is made of.
pub(crate) async fn claim(
    parts: &mut Parts,
    requirement: Result<&Requirement, &Misconfigured>,
) -> Result<Claim, Answer> {
    let carried = RequestContext::by(parts)?;
    let admission = &carried.admission;
    admission.mark_guarded();
    let claimed = async {
        let requirement =
            requirement.map_err(|what| admission.misconfigured(&facts_of(parts), what.clone()))?;
        let subject = carried.subject(parts).await?;
        admission.claim(requirement, subject, cookies(&parts.headers), || facts_of(parts)).await
    };
    claimed.await.inspect_err(|answer| admission.mark_rejected(answer.status))
}

/// The `Cookie` headers.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}

/// What of a request may influence an answer.
pub(crate) fn facts_of(parts: &Parts) -> Facts {
    let target = original_uri(parts).path_and_query().map(PathAndQuery::as_str);
    Facts::read(parts.method.as_str(), target, |name| {
        parts.headers.get_all(name).iter().map(HeaderValue::as_bytes)
    })
}

/// Returns the page that sent this request, if it stays in the browser.
pub(crate) fn keep_page_of<B>(request: &Request<B>) -> Option<KeepPage> {
    let target = original(request.uri(), request.extensions()).path_and_query();
    let method = Method::named(request.method().as_str());
    KeepPage::of(method, target.map_or("/", PathAndQuery::as_str), cookies(request.headers()))
}

/// The target as it came, where routers have cut off a prefix since.
pub(crate) fn original_uri(parts: &Parts) -> &Uri {
    original(&parts.uri, &parts.extensions)
}

#[cfg_attr(not(feature = "axum"), expect(unused_variables, reason = "only axum keeps the original"))]
fn original<'a>(uri: &'a Uri, extensions: &'a Extensions) -> &'a Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = extensions.get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    uri
}
