//! State that a request carries for the guards inside the middleware, and the head of a request.

use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpMessage, HttpRequest,
    http::{
        header::{self, HeaderValue},
        uri::PathAndQuery,
    },
};
use mfakit_core::{Mfa, Subject};

use crate::{
    actix::identify::Identify, admission::Admission, app_wide::AppWide, identify::IdentifyError,
    rejection::OnRejection, request_head::RequestHead,
};

/// Settings of [`MfaMiddleware`](crate::actix::MfaMiddleware).
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) mfa: Mfa,
    pub(crate) identify: Arc<dyn Identify>,
    pub(crate) on_rejection: Option<OnRejection>,
}

impl AppWide for Settings {
    fn mfa(&self) -> &Mfa {
        &self.mfa
    }

    fn on_rejection(&self) -> Option<&OnRejection> {
        self.on_rejection.as_ref()
    }
}

/// State that the middleware puts into a request for the guards inside it.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) admission: Admission,
}

impl RequestHead for HttpRequest {
    const APP_WIDE: &'static str = "MfaMiddleware";

    fn admission(&self) -> Option<Admission> {
        self.extensions().get::<RequestContext>().map(|context| context.admission.clone())
    }

    fn method(&self) -> &str {
        self.head().method.as_str()
    }

    fn target(&self) -> Option<&str> {
        self.uri().path_and_query().map(PathAndQuery::as_str)
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.headers().get_all(name).map(HeaderValue::as_bytes)
    }

    fn cookies(&self) -> impl Iterator<Item = &[u8]> {
        self.headers().get_all(header::COOKIE).map(HeaderValue::as_bytes)
    }

    fn peer(&self) -> Option<IpAddr> {
        self.peer_addr().map(|socket| socket.ip())
    }

    async fn identify(&mut self, admission: &Admission) -> Result<Option<Subject>, IdentifyError> {
        match admission.app::<Settings>() {
            Some(settings) => settings.identify.identify(self).await,
            None => Err(IdentifyError::misconfigured("MfaMiddleware is missing")),
        }
    }
}
