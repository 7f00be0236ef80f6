//! What a request carries for the guards in it.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, Uri, header, request::Parts};
use mfakit_core::{Decision, Event, Grant, Mfa, Misconfigured, Requirement, Subject, with_causes};

use crate::{
    admit as decide,
    answer::Answer,
    asker::Asker,
    facts::{Facts, Method},
    problem::{Kind, Problem},
    respond,
    tower::identify::{Identify, IdentifyError},
};

/// What [`MfaLayer`](crate::tower::MfaLayer) was told.
pub(crate) struct LayerState {
    pub(crate) mfa: Mfa,
    pub(crate) identify: Box<dyn Identify>,
    pub(crate) login_page: Option<String>,
}

/// One request's cell: how to ask who it is, and what the guards found out.
pub(crate) struct RequestCell {
    layer: Arc<LayerState>,
    found: Mutex<Found>,
    guarded: AtomicBool,
}

/// What was found out about a request so far.
#[derive(Default)]
struct Found {
    /// Who it is; `None` until the app was asked.
    subject: Option<Option<Subject>>,
    /// The grant of the last guard that let the request pass.
    grant: Option<Grant>,
}

impl RequestCell {
    pub(crate) fn new(layer: Arc<LayerState>) -> Self {
        Self { layer, found: Mutex::default(), guarded: AtomicBool::new(false) }
    }

    /// The cell in a request, or the answer to a request that has none.
    pub(crate) fn of(parts: &Parts) -> Result<Arc<Self>, Answer> {
        parts.extensions.get::<Arc<Self>>().cloned().ok_or_else(|| {
            let error = "MfaLayer is missing or stands inside the guard: add .layer(MfaLayer::new(mfa, identify)) \
                         to the whole app, after the routes";
            tracing::error!(target: "mfakit", error, "misconfigured");
            Problem::new(Kind::Misconfigured).into_answer()
        })
    }

    pub(crate) fn mfa(&self) -> &Mfa {
        &self.layer.mfa
    }

    pub(crate) fn login_page(&self) -> Option<&str> {
        self.layer.login_page.as_deref()
    }

    /// Whether a guard looked at the request.
    pub(crate) fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Relaxed)
    }

    pub(crate) fn mark_guarded(&self) {
        self.guarded.store(true, Ordering::Relaxed);
    }

    /// The grant of the last guard that let the request pass.
    pub(crate) fn grant(&self) -> Option<Grant> {
        self.found().grant.clone()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who it is, asked at most once.
    pub(crate) async fn subject(&self, parts: &mut Parts) -> Result<Option<Subject>, Answer> {
        if let Some(subject) = &self.found().subject {
            return Ok(subject.clone());
        }
        match AssertUnwindSafe(self.layer.identify.identify(parts)).catch_unwind().await {
            Ok(Ok(subject)) => {
                self.found().subject = Some(subject.clone());
                Ok(subject)
            }
            Ok(Err(IdentifyError::Failed(error))) => {
                let error = with_causes(&*error);
                self.mfa().observe(&Event::AppFailed { function: "identify", error: &error });
                Err(self.refuse(parts, Kind::Unavailable))
            }
            Ok(Err(IdentifyError::Misconfigured(what))) => {
                Err(self.misconfigured(parts, Misconfigured::new(what)))
            }
            Err(_) => Err(self.misconfigured(parts, Misconfigured::panicked("identify"))),
        }
    }

    /// Whether the request may pass, asked with the headers that came with it.
    pub(crate) async fn judge(
        &self,
        requirement: &Requirement,
        subject: Option<&Subject>,
        headers: &HeaderMap,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        let cookies = headers.get_all(header::COOKIE).iter().map(http::HeaderValue::as_bytes);
        let decided =
            AssertUnwindSafe(decide::admit(self.mfa(), subject, requirement, cookies)).catch_unwind().await;
        match decided {
            Ok(Ok(Decision::Granted(grant))) => {
                self.found().grant = Some(grant.clone());
                Ok(grant)
            }
            Ok(Ok(Decision::Denied(denial))) => {
                Err(respond::denied(self.mfa(), self.login_page(), &denial, subject, &facts()))
            }
            Ok(Err(_)) => Err(self.problem(subject, &facts(), Kind::Misconfigured)),
            Err(_) => {
                self.mfa().misconfigured(Misconfigured::panicked("store"));
                Err(self.problem(subject, &facts(), Kind::Misconfigured))
            }
        }
    }

    /// Reports a mistake in how the app is put together, and answers it.
    pub(crate) fn misconfigured(&self, parts: &Parts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.refuse(parts, Kind::Misconfigured)
    }

    /// The same, for a request of which only the facts are left.
    #[cfg(feature = "axum")]
    pub(crate) fn misconfigured_for(&self, facts: &Facts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.problem(None, facts, Kind::Misconfigured)
    }

    fn refuse(&self, parts: &Parts, kind: Kind) -> Answer {
        self.problem(None, &facts_of(parts), kind)
    }

    fn problem(&self, subject: Option<&Subject>, facts: &Facts, kind: Kind) -> Answer {
        respond::problem(self.mfa(), Asker::of(facts, subject), Problem::new(kind))
    }
}

/// Whether a request may pass: what every guard asks, whatever it is made of.
pub(crate) async fn admit(
    parts: &mut Parts,
    requirement: impl FnOnce() -> Result<Requirement, Misconfigured>,
) -> Result<Grant, Answer> {
    let cell = RequestCell::of(parts)?;
    cell.mark_guarded();
    let requirement = requirement().map_err(|what| cell.misconfigured(parts, what))?;
    let subject = cell.subject(parts).await?;
    cell.judge(&requirement, subject.as_ref(), &parts.headers, || facts_of(parts)).await
}

/// What of a request may influence an answer.
pub(crate) fn facts_of(parts: &Parts) -> Facts {
    let joined = |name: HeaderName| {
        let mut values =
            parts.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let first = values.next()?.into_owned();
        Some(values.fold(first, |joined, value| format!("{joined}, {value}")))
    };
    Facts {
        method: Method::named(parts.method.as_str()),
        target: original_uri(parts).path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        accept: joined(header::ACCEPT),
        fetch_site: joined(HeaderName::from_static("sec-fetch-site")),
        fetch_mode: joined(HeaderName::from_static("sec-fetch-mode")),
        origin: joined(header::ORIGIN),
        referer: joined(header::REFERER),
        content_type: joined(header::CONTENT_TYPE),
    }
}

/// The target as it came, where routers have cut off a prefix since.
pub(crate) fn original_uri(parts: &Parts) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    &parts.uri
}
