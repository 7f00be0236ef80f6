//! State that a request carries for the guards inside the layer, and the head of a request.

use std::{future::ready, iter::once_with, net::IpAddr, sync::Arc};

use http::{
    Extensions, HeaderMap, HeaderValue, Request, Uri, Version, header, request::Parts, uri::PathAndQuery,
};
use http_body::Body;
use mfakit_core::Mfa;

use crate::{
    admission::Admission,
    app_wide::AppWide,
    identify::{Identified, IdentifyError},
    rejection::OnRejection,
    request_head::RequestHead,
    sealed::Seal,
    tower::{identify::Identify, identify_future::IdentifyFuture, peer::peer, unread_body::discard},
};

/// Settings of [`MfaLayer`](crate::tower::MfaLayer).
#[derive(Clone)]
pub(crate) struct LayerState {
    pub(crate) mfa: Mfa,
    pub(crate) identify: Arc<dyn Identify>,
    pub(crate) on_rejection: Option<OnRejection>,
    pub(crate) answers_routes: bool,
}

impl AppWide for LayerState {
    fn mfa(&self) -> &Mfa {
        &self.mfa
    }

    fn on_rejection(&self) -> Option<&OnRejection> {
        self.on_rejection.as_ref()
    }

    fn answers_routes(&self) -> bool {
        self.answers_routes
    }
}

/// State that the layer puts into a request for the guards inside it.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) admission: Admission,
    /// True if the layer itself keeps the request's body.
    keeps_body: bool,
    /// True if the layer is inside another one of the same engine.
    pub(super) is_inner: bool,
}

impl RequestContext {
    pub(crate) fn new<B>(layer: &Arc<LayerState>, request: &Request<B>, keeps_body: bool) -> Self {
        let target = original(request.uri(), request.extensions()).path_and_query();
        let admission = Admission::within(
            layer.clone(),
            request.method().as_str(),
            target.map(PathAndQuery::as_str),
            // Looked up only if a form may stay in the browser.
            once_with(|| cookies(request.headers())).flatten(),
        );
        Self { admission, keeps_body, is_inner: false }
    }

    /// Hands over the body of a request that is answered without it. If the layer does not keep the body, it is
    /// discarded here.
    pub(crate) fn leave<B: Body + Send + 'static>(&self, version: Version, body: B) {
        if !self.keeps_body && version <= Version::HTTP_11 {
            discard(body, self.admission.mfa().policy().drain());
        }
    }
}

impl RequestHead for Parts {
    const APP_WIDE: &'static str = "MfaLayer";

    fn admission(&self) -> Option<Admission> {
        self.extensions.get::<RequestContext>().map(|context| context.admission.clone())
    }

    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn target(&self) -> Option<&str> {
        original_uri(self).path_and_query().map(PathAndQuery::as_str)
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.headers.get_all(name).iter().map(HeaderValue::as_bytes)
    }

    fn cookies(&self) -> impl Iterator<Item = &[u8]> {
        cookies(&self.headers)
    }

    fn peer(&self) -> Option<IpAddr> {
        peer(&self.extensions)
    }

    // Returns the future itself, because an async function around it would move it twice more.
    fn identify<'a>(&'a mut self, admission: &'a Admission) -> impl Future<Output = Identified> {
        match admission.app::<LayerState>() {
            // No code of the app runs yet. The future is polled where a panic is caught.
            Some(layer) => layer.identify.identify_in_place(self, Seal),
            None => IdentifyFuture::new(ready(Err(IdentifyError::misconfigured("MfaLayer is missing")))),
        }
    }
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}

/// Returns the URI as received, before routers removed a prefix.
pub(crate) fn original_uri(parts: &Parts) -> &Uri {
    original(&parts.uri, &parts.extensions)
}

#[cfg_attr(not(feature = "axum"), expect(unused_variables, reason = "only axum keeps the original"))]
pub(super) fn original<'a>(uri: &'a Uri, extensions: &'a Extensions) -> &'a Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = extensions.get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    uri
}
