//! The guard inside a handler.

use std::sync::Arc;

use axum_core::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};
use mfakit_core::Subject;

use crate::{
    Grant, Refused, RequireMfa, StepUp,
    facts::Facts,
    tower::{RequestCell, facts_of},
};

/// What a [`StepUp`] remembers of its request.
pub(crate) struct Asked {
    cell: Arc<RequestCell>,
    subject: Option<Subject>,
    headers: HeaderMap,
    facts: Facts,
}

impl<S: Sync> FromRequestParts<S> for StepUp {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let cell = RequestCell::of(parts).map_err(Refused::new)?;
        // What the handler answers may depend on a grant, whether or not it asks for one this time.
        cell.mark_guarded();
        let subject = cell.subject(parts).await.map_err(Refused::new)?;
        let mut headers = HeaderMap::new();
        for cookie in parts.headers.get_all(http::header::COOKIE) {
            headers.append(http::header::COOKIE, cookie.clone());
        }
        Ok(Self(Asked { facts: facts_of(parts), cell, subject, headers }))
    }
}

impl StepUp {
    /// Goes on only for somebody who may pass.
    ///
    /// # Errors
    ///
    /// The answer for everybody else: hand it back with `?`.
    pub async fn require(&self, require: RequireMfa) -> Result<Grant, Refused> {
        let Asked { cell, subject, headers, facts } = &self.0;
        let requirement =
            require.requirement().map_err(|what| Refused::new(cell.misconfigured_for(facts, what)))?;
        let judged = cell.judge(&requirement, subject.as_ref(), headers, || facts.clone()).await;
        judged.map(Grant::from).map_err(Refused::new)
    }
}
