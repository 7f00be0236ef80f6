//! Decides whether a request may pass.
//!
//! 1. The identity function runs lazily, at most once per request.
//! 2. The subject and the grant cookie decide *whether* a request passes. No other header can make a
//!    difference [GUARD-10].
//! 3. An error or a panic of the app's function or of the store rejects the request [GUARD-2].
//! 4. A guard first gets a [`Claim`], and the grant only when it takes that. Anything that may still fail
//!    without costing a code happens in between. Taking the claim checks it once more, and consumes a grant
//!    that is good for one request [GRANT-2, GRANT-6].

use std::{
    any::Any,
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
};

use futures_util::FutureExt;
use mfakit_core::{
    Decision, Denial, Grant, Mfa, Misconfigured, Reason, Requirement, Scope, Subject,
    adapter::{CALL_TIMEOUT, MfaExt as _, with_timeout},
    event::{EventContext, EventKind, with_causes},
};

use crate::{
    answer::Answer,
    claim::Claim,
    client_kind::ClientKind,
    cookie::grant_token,
    facts::Facts,
    identify::IdentifyError,
    page::NextStep,
    problem::{Kind, Problem},
    rejection::{self, OnRejection},
    respond,
};

/// One request's way past its guards: which engine to ask, and what was found out so far. Clones are one.
#[derive(Clone)]
pub struct Admission(Arc<Inner>);

struct Inner {
    mfa: Mfa,
    login_page: Option<Arc<str>>,
    on_rejection: Option<OnRejection>,
    found: Mutex<Found>,
    guarded: AtomicBool,
    /// Status with which a guard rejected the request; 0 if none did.
    rejected: AtomicU16,
    /// True if the answer comes from a guard or one of our routes.
    answered: AtomicBool,
}

/// What was found out about a request so far.
#[derive(Default)]
struct Found {
    /// Who it is; `None` until the app was asked.
    subject: Option<Option<Subject>>,
    /// The grant of the last guard that let the request pass.
    grant: Option<Grant>,
    /// Scopes whose grant this request has consumed.
    used: Vec<Scope>,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("guarded", &self.is_guarded()).finish_non_exhaustive()
    }
}

impl Admission {
    /// A request that nothing is known of yet.
    #[must_use]
    pub fn new(mfa: Mfa, login_page: Option<Arc<str>>, on_rejection: Option<OnRejection>) -> Self {
        Self(Arc::new(Inner {
            mfa,
            login_page,
            on_rejection,
            found: Mutex::default(),
            guarded: AtomicBool::new(false),
            rejected: AtomicU16::new(0),
            answered: AtomicBool::new(false),
        }))
    }

    /// The answer to a request that has no admission: the adapter's app-wide part, which is called `layer`
    /// there, is missing or stands inside the guard.
    pub fn missing(layer: &str, facts: &Facts) -> Answer {
        tracing::error!(
            target: "mfakit",
            error = format!("{layer} is missing or stands inside the guard: put it around the whole app"),
            "misconfigured"
        );
        respond::bare(facts, Problem::new(Kind::Misconfigured))
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

    /// Lets the [app's function](OnRejection), if there is one, write an answer that rejects a program. Other
    /// answers, and those that it has already written, stay as they are.
    pub fn shape(&self, answer: Answer) -> Answer {
        match &self.0.on_rejection {
            Some(on_rejection) => rejection::shape(self.mfa(), on_rejection, answer),
            None => answer,
        }
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

    /// Records that a guard rejected the request with this status, so that the handler must not run.
    pub fn mark_rejected(&self, status: u16) {
        self.0.rejected.store(status, Ordering::Relaxed);
    }

    /// Reports a handler that ran despite a rejection, and answered with this status. It must have taken the
    /// guard as an `Option`, a `Result` or the like, which turns a rejection into a value. The answer stays
    /// as it is, because the handler has already run.
    pub fn report_ignored_guard(&self, status: u16) {
        let rejected = self.0.rejected.load(Ordering::Relaxed);
        // A rejection may itself have a success status, 204, which keeps a page with a form in the browser.
        if (200..300).contains(&status) && rejected != 0 && rejected != status {
            let what = "a handler ran and succeeded although its guard rejected the request: take Guarded as it is, and \
                        not as an Option, a Result or an Either, or use #[require_mfa(scope = \"…\")]";
            self.mfa().misconfigured(Misconfigured::new(what));
        }
    }

    /// Returns whether the answer comes from a guard or one of our routes, so that nothing else reads the
    /// rest of the request's body. The app-wide layer discards it, within
    /// [`Policy::drain`](mfakit_core::Policy::drain).
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.0.answered.load(Ordering::Relaxed)
    }

    /// Records that the rest of the body is not to be discarded after all, because its sender has already
    /// stalled for too long.
    pub fn unmark_answered(&self) {
        self.0.answered.store(false, Ordering::Relaxed);
    }

    /// Records that the answer comes from a guard or one of our routes.
    pub fn mark_answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
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
            match with_timeout(identify).await {
                Some(Ok(subject)) => Ok(subject),
                Some(Err(IdentifyError::Failed(error))) => Err((Kind::Unavailable, with_causes(&*error))),
                Some(Err(IdentifyError::Misconfigured(what))) => Err((Kind::Misconfigured, what)),
                None => Err((Kind::Unavailable, format!("no answer within {CALL_TIMEOUT:?}"))),
            }
        };
        match AssertUnwindSafe(asked).catch_unwind().await {
            Ok(Ok(subject)) => {
                if let Some(mistake) = subject.as_ref().and_then(Subject::mistake) {
                    self.mfa().misconfigured(Misconfigured::new(mistake));
                    return Err(Unidentified(Kind::Misconfigured));
                }
                self.found().subject = Some(subject.clone());
                Ok(subject)
            }
            Ok(Err((Kind::Misconfigured, what))) => {
                self.mfa().misconfigured(Misconfigured::new(what));
                Err(Unidentified(Kind::Misconfigured))
            }
            Ok(Err((kind, error))) => {
                let failed = EventKind::AppFailed { function: "identify", error: &error };
                self.mfa().observe(EventContext::new(), failed);
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

    /// Whether a request of this subject, with these `Cookie` headers, may pass. Looks only: the guard lets the
    /// request pass when it has [taken](Claim::take) the claim.
    ///
    /// # Errors
    ///
    /// The answer to one that may not.
    pub async fn claim<'a>(
        &self,
        requirement: &Requirement,
        subject: Option<Subject>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let token = grant_token(cookies, requirement.scope());
        let asked_at = self.mfa().now();
        let check = self.mfa().check(subject.as_ref(), requirement, token.as_ref());
        let decided = AssertUnwindSafe(check).catch_unwind().await;
        let grant = self.conclude(decided, subject.as_ref(), facts)?;
        self.found().grant = Some(grant.clone());
        Ok(Claim { admission: self.clone(), requirement: *requirement, subject, token, grant, asked_at })
    }

    /// What a decision means for the request.
    pub(crate) fn conclude(
        &self,
        decided: Result<Result<Decision, Misconfigured>, Box<dyn Any + Send>>,
        subject: Option<&Subject>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        match decided {
            Ok(Ok(Decision::Granted(grant))) => Ok(grant),
            Ok(Ok(Decision::Denied(denial))) if self.has_used(&denial) => {
                let scope = denial.requirement.scope();
                Err(self.misconfigured(
                    &facts(),
                    Misconfigured::new(format!(
                        "two guards of one route ask for {scope:?}, and the first that let the request pass \
                         used the grant up: take one of them away, or give the other a scope of its own"
                    )),
                ))
            }
            Ok(Ok(Decision::Denied(denial))) => {
                self.mark_answered();
                Err(self.shape(respond::denied(self.mfa(), self.login_page(), &denial, subject, &facts())))
            }
            Ok(Err(_)) => Err(self.refuse(subject, &facts(), Kind::Misconfigured)),
            Err(_) => {
                self.mfa().misconfigured(Misconfigured::panicked("store"));
                Err(self.refuse(subject, &facts(), Kind::Misconfigured))
            }
        }
    }

    /// Whether what is missing is what this very request has used up. No code helps then: whoever typed one
    /// would be asked for the next, so it is answered as the mistake that it is [GUARD-8].
    fn has_used(&self, denial: &Denial) -> bool {
        match denial.reason {
            Reason::Missing | Reason::Expired | Reason::Mismatch => {
                self.has_consumed(denial.requirement.scope())
            }
            _ => false,
        }
    }

    /// Returns whether this request has consumed a grant of this scope.
    pub(crate) fn has_consumed(&self, scope: &Scope) -> bool {
        self.found().used.contains(scope)
    }

    /// Records that this request has consumed a grant of this scope.
    pub(crate) fn note_use(&self, scope: Scope) {
        self.found().used.push(scope);
    }

    /// Returns the answer to a request whose grant has ended since a guard let it pass.
    pub(crate) fn expired(&self, claim: &Claim, facts: &Facts) -> Answer {
        self.mark_answered();
        let (requirement, subject) = (claim.requirement, claim.subject.as_ref());
        let denial = self.mfa().deny(subject, &requirement, Reason::Expired);
        self.shape(respond::denied(self.mfa(), self.login_page(), &denial, subject, facts))
    }

    /// Rejects a request to the routes of another engine than that of the layer around them, whose users are others.
    ///
    /// # Errors
    ///
    /// Returns the answer to send.
    pub fn belongs_to(&self, mfa: &Mfa, facts: &Facts) -> Result<(), Answer> {
        if self.mfa().is(mfa) {
            return Ok(());
        }
        let what = "the routes of one Mfa stand inside the layer of another: whose user is it? Put the routes inside \
                    the layer that was given the same Mfa (or a clone of it); an app with two groups of users nests \
                    each group's routes in a layer of its own";
        Err(self.misconfigured(facts, Misconfigured::new(what)))
    }

    /// Reports a mistake in how the app is put together, and returns the answer.
    pub fn misconfigured(&self, facts: &Facts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.refuse(None, facts, Kind::Misconfigured)
    }

    fn refuse(&self, subject: Option<&Subject>, facts: &Facts, kind: Kind) -> Answer {
        self.mark_answered();
        let (client, problem) = (ClientKind::of(facts, subject), Problem::new(kind));
        self.shape(respond::problem(self.mfa(), facts, client, problem, NextStep::Home))
    }
}

/// It could not be found out who it is; the log says why.
#[derive(Clone, Copy, Debug)]
pub struct Unidentified(Kind);
