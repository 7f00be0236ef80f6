//! Decides whether a request may pass.
//!
//! 1. The identify function runs lazily, and the guards of a request share its answer.
//! 2. The subject and the grant cookie decide *whether* a request passes. No other header can make a
//!    difference [GUARD-10].
//! 3. An error or a panic of the app's function or of the store rejects the request [GUARD-2].
//! 4. A guard first gets a [`Claim`](crate::claim::Claim), and gets the grant only when it takes the claim. Anything
//!    that may still fail without costing a code happens in between. Taking the claim checks it once more, and consumes
//!    a grant that is good for one request [GRANT-2, GRANT-6].

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
};

use mfakit_core::{
    Denial, Grant, Mfa, Misconfigured, Reason, Scope, Subject,
    adapter::{Claims, GrantTerms, MfaExt as _},
};

use crate::{
    address::page_path,
    answer::{Answer, NO_STORE},
    app_wide::{AppWide, Bare},
    client_kind::ClientKind,
    endpoints,
    facts::{Facts, Method},
    keep_page::KeepPage,
    page::NextStep,
    problem::{Kind, Problem},
    rejection::{self, OnRejection},
    respond,
    turn::Turn,
};

/// State of a single request while it passes the guards: the engine, and the findings so far.
///
/// Clones share the state.
///
/// ```
/// use mfakit_core::Mfa;
/// use mfakit_middleware::adapter::Admission;
///
/// async fn handle(mfa: &Mfa, method: &str, target: &str, cookies: &[&[u8]]) {
///     let admission = Admission::new(mfa.clone(), None, method, Some(target), cookies.iter().copied());
///     // Put a clone into the request, and run the app. Then change the headers of its response:
///     let changes = admission.finish(200, []);
///     if let Some(value) = changes.cache_control {
///         println!("cache-control: {value}");
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Admission(Arc<Inner>);

struct Inner {
    app: Arc<dyn AppWide>,
    keep_page: Option<KeepPage>,
    /// Path of the request, if it is that of one of our routes.
    own_path: Option<String>,
    method: Method,
    /// Caller, once the app's function was called.
    caller: OnceLock<Option<Subject>>,
    turn: Turn,
    known: Mutex<Known>,
    guarded: AtomicBool,
    /// Status with which a guard rejected the request; 0 if none did.
    rejected: AtomicU16,
    /// True if the answer comes from a guard or one of our routes.
    answered: AtomicBool,
    /// True if one of our routes received the request.
    served: AtomicBool,
}

/// Findings about a request.
#[derive(Default)]
struct Known {
    /// Grant of the last guard that let the request pass.
    grant: Option<Noted>,
    /// Grants that this request has consumed.
    consumed: Vec<Consumed>,
}

/// Kind of grant, and its scope. A bound grant and an unbound one never stand for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consumed {
    Bound(Scope),
    Unbound(Scope),
}

/// Grant of a guard.
enum Noted {
    Grant(Grant),
    /// The only one of these. It is made for a handler that wants it, because a bound grant takes an allocation.
    Claims(Claims),
}

/// Header changes that a response needs on its way out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "the changes protect the response only if they are made"]
pub struct ResponseChanges {
    /// Value that replaces `Cache-Control`.
    pub cache_control: Option<&'static str>,
    /// Value to append as a `Set-Cookie`.
    pub set_cookie: Option<String>,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("guarded", &self.is_guarded()).finish_non_exhaustive()
    }
}

impl Admission {
    /// Creates the admission of a request from its method, its path and query, and its `Cookie` headers.
    #[must_use]
    pub fn new<'a>(
        mfa: Mfa,
        on_rejection: Option<OnRejection>,
        method: &str,
        target: Option<&str>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        Self::within(Arc::new(Bare { mfa, on_rejection }), method, target, cookies)
    }

    /// Creates the admission like [`new`](Self::new), for an app-wide part with more settings.
    pub(crate) fn within<'a>(
        app: Arc<dyn AppWide>,
        method: &str,
        target: Option<&str>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let (method, target) = (Method::named(method), target.unwrap_or("/"));
        let own_path = endpoints::route_path(app.mfa(), target).map(str::to_owned);
        Self::with(app, method, own_path, KeepPage::of(method, target, cookies))
    }

    /// Returns an admission of the same request in which nothing has been found yet.
    pub(crate) fn without_caller(&self) -> Self {
        Self::with(Arc::clone(&self.0.app), self.0.method, self.0.own_path.clone(), self.0.keep_page.clone())
    }

    fn with(
        app: Arc<dyn AppWide>,
        method: Method,
        own_path: Option<String>,
        keep_page: Option<KeepPage>,
    ) -> Self {
        Self(Arc::new(Inner {
            app,
            keep_page,
            own_path,
            method,
            caller: OnceLock::new(),
            turn: Turn::default(),
            known: Mutex::default(),
            guarded: AtomicBool::new(false),
            rejected: AtomicU16::new(0),
            answered: AtomicBool::new(false),
            served: AtomicBool::new(false),
        }))
    }

    /// Returns the engine.
    #[must_use]
    pub fn mfa(&self) -> &Mfa {
        self.0.app.mfa()
    }

    /// Returns the settings of the adapter's app-wide part. `None` if they are another adapter's.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn app<A: AppWide>(&self) -> Option<&A> {
        let app: &dyn std::any::Any = &*self.0.app;
        app.downcast_ref()
    }

    /// Lets the [app's function](OnRejection), if there is one, write an answer that rejects a program. Other
    /// answers, and those that it has already written, stay as they are.
    pub(crate) fn shape(&self, answer: Answer) -> Answer {
        match self.0.app.on_rejection() {
            Some(on_rejection) => rejection::shape(self.mfa(), on_rejection, answer),
            None => answer,
        }
    }

    /// Returns whether a guard has checked the request, in which case caches must not store its answer.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.0.guarded.load(Ordering::Relaxed)
    }

    /// Records that a guard checks the request.
    pub(crate) fn mark_guarded(&self) {
        self.0.guarded.store(true, Ordering::Relaxed);
    }

    /// Records that a guard rejected the request with this answer, so that the handler must not run. Returns the
    /// answer.
    pub(crate) fn mark_rejected(&self, answer: Answer) -> Answer {
        self.0.rejected.store(answer.status, Ordering::Relaxed);
        answer
    }

    /// Returns the header changes for the response, given its status and its `Set-Cookie` headers.
    ///
    /// Also reports a request for one of our routes that did not reach it, and a handler that ran despite a rejection.
    /// Such a handler must have taken the guard as an `Option`, a
    /// `Result` or the like, which turns a rejection into a value. The response stays as it is, because the handler has
    /// already run.
    pub fn finish<'a>(
        &self,
        status: u16,
        set_cookies: impl IntoIterator<Item = &'a [u8]>,
    ) -> ResponseChanges {
        self.report_missing_routes(status);
        let guarded = self.is_guarded();
        if guarded {
            self.report_ignored_guard(status);
        }
        let ended =
            self.0.keep_page.as_ref().filter(|keep_page| {
                !set_cookies.into_iter().any(|set_cookie| keep_page.is_set_by(set_cookie))
            });
        ResponseChanges {
            cache_control: guarded.then_some(NO_STORE.1),
            set_cookie: ended.map(KeepPage::over),
        }
    }

    /// Reports that the app has no routes of ours, once per engine. The app then answers a request for one of them: with
    /// 404 or 405, or with the page that it has for every path.
    fn report_missing_routes(&self, status: u16) {
        let unhandled = matches!(status, 404 | 405) || (status == 200 && self.0.method == Method::Get);
        if let Some(path) = &self.0.own_path
            && unhandled
            && !self.0.served.load(Ordering::Relaxed)
        {
            self.mfa().report_missing_routes(path);
        }
    }

    /// Records a redirect to the page, if the app-wide part answers the routes. A router that replaces its fallback drops
    /// them, and then no request for the page arrives here.
    pub(crate) fn note_redirect(&self, denial: &Denial, answer: &Answer) {
        if answer.status == 303 && denial.reason != Reason::Unauthenticated && self.0.app.answers_routes() {
            self.mfa().note_redirect_to_page(&page_path(self.mfa(), denial.requirement.scope()));
        }
    }

    fn report_ignored_guard(&self, status: u16) {
        let rejected = self.0.rejected.load(Ordering::Relaxed);
        // A rejection may itself have a success status, 204, which keeps a page with a form in the browser.
        if (200..300).contains(&status) && rejected != 0 && rejected != status {
            let what = "a handler ran and succeeded although its guard rejected the request: take Guarded as it is, and \
                        not as an Option, a Result or an Either, or use #[require_mfa(scope = \"…\")]";
            self.mfa().misconfigured(Misconfigured::new(what));
        }
    }

    /// Returns whether the answer comes from a guard or one of our routes, so that nothing else reads the
    /// rest of the request's body. The app-wide part discards it, within
    /// [`Policy::drain`](mfakit_core::Policy::drain).
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.0.answered.load(Ordering::Relaxed)
    }

    /// Records that the rest of the body is not to be discarded, because its sender has stalled for too long.
    pub(crate) fn unmark_answered(&self) {
        self.0.answered.store(false, Ordering::Relaxed);
    }

    /// Records that the answer comes from a guard or one of our routes.
    pub(crate) fn mark_answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }

    /// Records that one of our routes received the request.
    pub(crate) fn mark_served(&self) {
        self.0.served.store(true, Ordering::Relaxed);
        self.mfa().note_routes_reached();
        self.mark_answered();
    }

    /// Records that another layer of the same engine, inside this one, has the request now, and reports for both.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn hand_over_to(&self, inner: &Mfa) {
        if self.mfa().is(inner) {
            self.0.served.store(true, Ordering::Relaxed);
        }
    }

    /// Returns the grant of the last guard that let the request pass, or the answer if no guard ran.
    pub(crate) fn grant(&self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        let granted = self.known().grant.as_ref().and_then(|noted| match noted {
            Noted::Grant(grant) => Some(grant.clone()),
            Noted::Claims(claims) => claims.only(),
        });
        granted.ok_or_else(|| {
            let what =
                "a handler extracts Granted, but no guard ran: add #[require_mfa(scope = \"…\")] to it";
            self.misconfigured(&facts(), Misconfigured::new(what))
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the app's function was called.
    pub(crate) fn is_identified(&self) -> bool {
        self.0.caller.get().is_some()
    }

    /// Returns the turn to call the app's function.
    pub(crate) fn turn(&self) -> &Turn {
        &self.0.turn
    }

    /// Returns the caller. `None` if the request is unauthenticated, or if the app's function was not called yet.
    pub(crate) fn caller(&self) -> Option<&Subject> {
        self.0.caller.get().and_then(Option::as_ref)
    }

    /// Records the caller. A request has one caller, so the first one stays.
    pub(crate) fn note_caller(&self, caller: Option<Subject>) {
        let _: Result<(), _> = self.0.caller.set(caller);
    }

    /// Records the grant of a guard that let the request pass.
    pub(crate) fn note_granted(&self, terms: GrantTerms, scope: &Scope) {
        self.known().grant = Some(Noted::Grant(terms.grant(*scope)));
    }

    /// Records the only grant for an action that may let the request pass.
    pub(crate) fn note_claims(&self, claims: Claims) {
        self.known().grant = Some(Noted::Claims(claims));
    }

    /// Records the grant for an action that may let the request pass.
    pub(crate) fn note_approved(&self, grant: Grant) {
        self.known().grant = Some(Noted::Grant(grant));
    }

    /// Returns whether this request has consumed such a grant.
    pub(crate) fn has_consumed(&self, grant: Consumed) -> bool {
        self.known().consumed.contains(&grant)
    }

    /// Records that this request has consumed a grant.
    pub(crate) fn note_consumed(&self, grant: Consumed) {
        self.known().consumed.push(grant);
    }

    /// Rejects a request if its routes belong to a different engine than the app-wide part around them, because the
    /// users of the two engines differ.
    pub(crate) fn belongs_to(&self, mfa: &Mfa, facts: &Facts) -> Result<(), Answer> {
        if self.mfa().is(mfa) {
            return Ok(());
        }
        let what = "the routes of one Mfa are inside the layer of another, so the user could belong to either: put the \
                    routes inside the layer that was given the same Mfa (or a clone of it); in an app with two groups \
                    of users, nest each group's routes in a separate layer";
        Err(self.misconfigured(facts, Misconfigured::new(what)))
    }

    /// Reports a mistake in how the app is set up, and returns the answer.
    pub fn misconfigured(&self, facts: &Facts, what: Misconfigured) -> Answer {
        self.mfa().misconfigured(what);
        self.reject(None, facts, Kind::Misconfigured)
    }

    pub(crate) fn reject(&self, subject: Option<&Subject>, facts: &Facts, kind: Kind) -> Answer {
        self.reject_with(subject, facts, Problem::new(kind))
    }

    pub(crate) fn reject_with(&self, subject: Option<&Subject>, facts: &Facts, problem: Problem) -> Answer {
        self.mark_answered();
        let client = ClientKind::of(facts, subject);
        self.shape(respond::problem(self.mfa(), facts, client, problem, NextStep::Home))
    }
}
