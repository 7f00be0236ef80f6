//! May this request pass?
//!
//! 1. Who it is gets asked when a guard needs it, at most once a request.
//! 2. The subject and the grant cookie decide *whether*. No other header can make a difference [GUARD-10].
//! 3. An error or a panic of the app's function or of the store refuses [GUARD-2].

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt;
use mfakit_core::{
    About, Decision, EventKind, Grant, Mfa, Misconfigured, PATIENCE, Requirement, Subject, patiently,
    with_causes,
};

use crate::{
    answer::Answer,
    asker::Asker,
    cookie::grant_token,
    facts::Facts,
    identify::IdentifyError,
    problem::{Kind, Problem},
    respond,
};

/// One request's way past its guards: which engine to ask, and what was found out so far. Clones are one.
#[derive(Clone)]
pub struct Admission(Arc<Inner>);

struct Inner {
    mfa: Mfa,
    login_page: Option<Arc<str>>,
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

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("guarded", &self.is_guarded()).finish_non_exhaustive()
    }
}

impl Admission {
    /// A request that nothing is known of yet.
    #[must_use]
    pub fn new(mfa: Mfa, login_page: Option<Arc<str>>) -> Self {
        let (found, guarded) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Inner { mfa, login_page, found, guarded }))
    }

    /// The answer to a request that has no admission: the adapter's app-wide part, which is called `layer`
    /// there, is missing or stands inside the guard.
    pub fn missing(layer: &str) -> Answer {
        tracing::error!(
            target: "mfakit",
            error = format!("{layer} is missing or stands inside the guard: put it around the whole app"),
            "misconfigured"
        );
        Problem::new(Kind::Misconfigured).into_answer()
    }

    /// The engine.
    #[must_use]
    pub fn mfa(&self) -> &Mfa {
        &self.0.mfa
    }

    /// The app's log-in page.
    #[must_use]
    pub fn login_page(&self) -> Option<&str> {
        self.0.login_page.as_deref()
    }

    /// Whether a guard looked at the request, so that its answer must not be kept by a cache.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.0.guarded.load(Ordering::Relaxed)
    }

    /// Notes that a guard looks at the request.
    pub fn mark_guarded(&self) {
        self.0.guarded.store(true, Ordering::Relaxed);
    }

    /// The grant of the last guard that let the request pass, for a handler that asks for it.
    ///
    /// # Errors
    ///
    /// The answer where no guard ran.
    pub fn grant(&self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        let granted = self.found().grant.clone();
        granted.ok_or_else(|| {
            let what =
                "a handler asks for a Grant where no guard ran: add #[require_mfa(scope = \"…\")] to it";
            self.misconfigured(&facts(), Misconfigured::new(what))
        })
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who it is, if that is known already.
    #[must_use]
    pub fn known_subject(&self) -> Option<Option<Subject>> {
        self.found().subject.clone()
    }

    /// Asks the app's function who it is, and remembers what it says.
    ///
    /// # Errors
    ///
    /// When it erred or panicked; [`unidentified`](Self::unidentified) is the answer.
    pub async fn ask(
        &self,
        identify: impl Future<Output = Result<Option<Subject>, IdentifyError>>,
    ) -> Result<Option<Subject>, Unidentified> {
        // The error is put into words here as well, since that is the app's own code too.
        let asked = async {
            match patiently(identify).await {
                Some(Ok(subject)) => Ok(subject),
                Some(Err(IdentifyError::Failed(error))) => Err((Kind::Unavailable, with_causes(&*error))),
                Some(Err(IdentifyError::Misconfigured(what))) => Err((Kind::Misconfigured, what)),
                None => Err((Kind::Unavailable, format!("no answer within {PATIENCE:?}"))),
            }
        };
        match AssertUnwindSafe(asked).catch_unwind().await {
            Ok(Ok(subject)) => {
                self.found().subject = Some(subject.clone());
                Ok(subject)
            }
            Ok(Err((Kind::Misconfigured, what))) => {
                self.mfa().misconfigured(Misconfigured::new(what));
                Err(Unidentified(Kind::Misconfigured))
            }
            Ok(Err((kind, error))) => {
                let failed = EventKind::AppFailed { function: "identify", error: &error };
                self.mfa().observe(About::new(), failed);
                Err(Unidentified(kind))
            }
            Err(_) => {
                self.mfa().misconfigured(Misconfigured::panicked("identify"));
                Err(Unidentified(Kind::Misconfigured))
            }
        }
    }

    /// The answer to a request of which it could not be found out whose it is.
    pub fn unidentified(&self, why: &Unidentified, facts: &Facts) -> Answer {
        self.refuse(None, facts, why.0)
    }

    /// Whether a request of this subject, with these `Cookie` headers, may pass.
    ///
    /// # Errors
    ///
    /// The answer to one that may not.
    pub async fn judge<'a>(
        &self,
        requirement: &Requirement,
        subject: Option<&Subject>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        let token = grant_token(cookies, requirement.scope());
        let check = self.mfa().check(subject, requirement, token.as_ref());
        match AssertUnwindSafe(check).catch_unwind().await {
            Ok(Ok(Decision::Granted(grant))) => {
                self.found().grant = Some(grant.clone());
                Ok(grant)
            }
            Ok(Ok(Decision::Denied(denial))) => {
                Err(respond::denied(self.mfa(), self.login_page(), &denial, subject, &facts()))
            }
            Ok(Err(_)) => Err(self.refuse(subject, &facts(), Kind::Misconfigured)),
            Err(_) => {
                self.mfa().misconfigured(Misconfigured::panicked("store"));
                Err(self.refuse(subject, &facts(), Kind::Misconfigured))
            }
        }
    }

    /// Reports a mistake in how the app is put together, and answers it.
    pub fn misconfigured(&self, facts: &Facts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.refuse(None, facts, Kind::Misconfigured)
    }

    fn refuse(&self, subject: Option<&Subject>, facts: &Facts, kind: Kind) -> Answer {
        respond::problem(self.mfa(), Asker::of(facts, subject), Problem::new(kind))
    }
}

/// It could not be found out who it is; the log says why.
#[derive(Clone, Copy, Debug)]
pub struct Unidentified(Kind);
