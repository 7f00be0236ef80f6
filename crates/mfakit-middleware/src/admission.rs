//! May this request pass?
//!
//! 1. Who it is gets asked when a guard needs it, at most once a request.
//! 2. The subject and the grant cookie decide *whether*. No other header can make a difference [GUARD-10].
//! 3. An error or a panic of the app's function or of the store refuses [GUARD-2].
//! 4. A guard is given a [`Claim`] first, and the grant only when it takes that. In between stands whatever may
//!    still fail without costing a code; taking it uses up a grant that is good for once [GRANT-6].

use std::{
    any::Any,
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::FutureExt;
use mfakit_core::{
    About, Decision, Denial, EventKind, Grant, GrantToken, Mfa, Misconfigured, PATIENCE, Reason, Requirement,
    Scope, Subject, patiently, with_causes,
};

use crate::{
    answer::Answer,
    asker::Asker,
    cookie::grant_token,
    facts::Facts,
    identify::IdentifyError,
    page::Onward,
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
}

/// What was found out about a request so far.
#[derive(Default)]
struct Found {
    /// Who it is; `None` until the app was asked.
    subject: Option<Option<Subject>>,
    /// The grant of the last guard that let the request pass.
    grant: Option<Grant>,
    /// The scopes whose grant this request has used up.
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
        let (found, guarded) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Inner { mfa, login_page, on_rejection, found, guarded }))
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

    /// Has the [app's function](OnRejection) write an answer that rejects a program, if there is such a function. Other
    /// answers, and those that it has written already, stay as they are.
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

    /// Whether a request of this subject, with these `Cookie` headers, may pass. Looks only: the guard lets the
    /// request pass when it has [taken](Claim::take) the claim.
    ///
    /// # Errors
    ///
    /// The answer to one that may not.
    pub async fn claim<'a>(
        &self,
        requirement: &Requirement,
        subject: Option<&Subject>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let token = grant_token(cookies, requirement.scope());
        let check = self.mfa().check(subject, requirement, token.as_ref());
        let decided = AssertUnwindSafe(check).catch_unwind().await;
        if !requirement.is_once() {
            return self.conclude(decided, subject, facts).map(|grant| Claim(Claimed::Granted(grant)));
        }
        let facts = facts();
        self.conclude(decided, subject, || facts.clone())?;
        let (admission, requirement, subject) = (self.clone(), *requirement, subject.cloned());
        Ok(Claim(Claimed::Once(Box::new(Once { admission, requirement, subject, token, facts }))))
    }

    /// What a decision means for the request.
    fn conclude(
        &self,
        decided: Result<Result<Decision, Misconfigured>, Box<dyn Any + Send>>,
        subject: Option<&Subject>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        match decided {
            Ok(Ok(Decision::Granted(grant))) => {
                self.found().grant = Some(grant.clone());
                Ok(grant)
            }
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
                self.found().used.contains(denial.requirement.scope())
            }
            Reason::Unauthenticated | Reason::Unavailable => false,
        }
    }

    /// Reports a mistake in how the app is put together, and answers it.
    pub fn misconfigured(&self, facts: &Facts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.refuse(None, facts, Kind::Misconfigured)
    }

    fn refuse(&self, subject: Option<&Subject>, facts: &Facts, kind: Kind) -> Answer {
        let (asker, problem) = (Asker::of(facts, subject), Problem::new(kind));
        self.shape(respond::problem(self.mfa(), facts, asker, problem, Onward::Home))
    }
}

/// A request that may pass, of which nothing is used up yet.
#[derive(Debug)]
#[must_use = "a request passes when its claim is taken, and not before"]
pub struct Claim(Claimed);

#[derive(Debug)]
enum Claimed {
    Granted(Grant),
    /// Apart, so that the guards that use nothing up need not hold room for it.
    Once(Box<Once>),
}

/// What is needed to decide once more, when the request itself is with the extractors.
#[derive(Debug)]
struct Once {
    admission: Admission,
    requirement: Requirement,
    subject: Option<Subject>,
    token: Option<GrantToken>,
    facts: Facts,
}

impl Claim {
    /// Lets the request pass. A grant that is good for once is used up here: of all requests that claim it, one
    /// takes it.
    ///
    /// # Errors
    ///
    /// The answer to a request whose grant is gone by now: used by another request, revoked or expired.
    pub async fn take(self) -> Result<Grant, Answer> {
        match self.0 {
            Claimed::Granted(grant) => Ok(grant),
            Claimed::Once(once) => Box::pin(once.take()).await,
        }
    }
}

impl Once {
    async fn take(self: Box<Self>) -> Result<Grant, Answer> {
        let Self { admission, requirement, subject, token, facts } = *self;
        let consume = admission.mfa().consume(subject.as_ref(), &requirement, token.as_ref());
        let decided = AssertUnwindSafe(consume).catch_unwind().await;
        let grant = admission.conclude(decided, subject.as_ref(), || facts)?;
        admission.found().used.push(*requirement.scope());
        Ok(grant)
    }
}

/// It could not be found out who it is; the log says why.
#[derive(Clone, Copy, Debug)]
pub struct Unidentified(Kind);
