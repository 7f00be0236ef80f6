//! Building blocks for the other crates of mfakit. **Exempt from semantic versioning**: anything here may change in a
//! patch release.
//!
//! Apps do not need this module. Only `mfakit-middleware`, `mfakit-redis` and `mfakit-sqlx` do, which depend on an exact
//! version of this crate.

mod bound;
mod sealed;

use crate::{
    client_address::ClientAddress,
    clock::Timestamp,
    decision::{Decision, Denial, Reason},
    engine::{BackendError, Mfa, Misconfigured},
    event::{EventContext, EventKind},
    grant::Grant,
    messages::Messages,
    requirement::Requirement,
    scope::Scope,
    subject::Subject,
    token::GrantToken,
};

pub use crate::{
    catalog::ScopeSettings,
    clock::whole_seconds,
    decision::Freshness,
    engine::{
        Approved, AtOnce, BoundAtOnce, BoundCheck, Claims, ConsumedApproval, Destination, GrantTokens,
        PendingDenial, ProposedAction, ShownAction, Situation,
    },
    grant::GrantTerms,
    guarded_call::{NoAnswer, guarded_call, guarded_poll, guarded_wait},
    key_ring::{KeyRing, Purpose},
    origin::Origin,
    random::random,
    site::Site,
    theme::view::ThemeView,
    timeout::{CALL_TIMEOUT, with_timeout},
    tls::{Certificates, Stream, Tls, TlsError},
    url_path::UrlPath,
};

pub use bound::MfaBoundExt;

/// Name of the cookie of what a recovery code has opened. It is no declared scope.
pub const RECOVERY_COOKIE: Scope = Scope::RECOVER;

/// Methods of [`Mfa`] that only adapters need. This trait is sealed and implemented only for [`Mfa`].
pub trait MfaExt: sealed::Sealed {
    /// Returns the app's place on the web.
    fn site(&self) -> &Site;

    /// Returns the messages in the language that best suits this `Accept-Language`.
    fn messages(&self, accept_language: Option<&str>) -> &Messages;

    /// Returns the label of a scope in the language of `messages`.
    fn label<'a>(&'a self, settings: &'a ScopeSettings, messages: &'a Messages) -> &'a str;

    /// Returns the keys of forms and signed values.
    fn keys(&self) -> &KeyRing;

    /// Returns whether the builder has a recovery book.
    fn has_recovery(&self) -> bool;

    /// Returns the settings of a scope, or `None` if it was not declared.
    fn scope(&self, scope: &Scope) -> Option<&ScopeSettings>;

    /// Returns the setting for the address of a request, or `None` if the app has none.
    fn client_address(&self) -> Option<ClientAddress>;

    /// Sends an event to the observer. If the observer panics, only the event is lost.
    fn observe(&self, context: EventContext<'_>, kind: EventKind<'_>);

    /// Reports a mistake in how the app is set up, and returns it.
    fn misconfigured(&self, mistake: Misconfigured) -> Misconfigured;

    /// Reports that a request for the route at `path` did not reach the routes. Reports it once per engine.
    fn report_missing_routes(&self, path: &str);

    /// Reports that the layer that answers the routes is on a router nested at `prefix`. Makes one report per engine,
    /// together with [`report_missing_routes`](Self::report_missing_routes).
    fn report_nested_routes(&self, prefix: &str);

    /// Records that the routes received a request.
    fn note_routes_reached(&self);

    /// Records that a browser was redirected to the page at `path`. Reports the third redirect if the routes have not
    /// received a request by then.
    fn note_redirect_to_page(&self, path: &str);

    /// Consumes a grant like [`Mfa::consume`], if it is the `claimed` one and not one that was made later.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Mfa::check`].
    fn consume_claimed(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        claimed: &Grant,
    ) -> impl Future<Output = Result<Decision, Misconfigured>> + Send;

    /// Returns whether a grant was made after `at`, by more than [`Policy::clock_skew`](crate::Policy::clock_skew).
    fn is_later(&self, grant: &Grant, at: Timestamp) -> bool;

    /// Denies a request for `reason`, with its event.
    fn deny(&self, subject: Option<&Subject>, requirement: &Requirement, reason: Reason) -> Denial;

    /// Checks a request like [`Mfa::check`], if the store [answers at once](crate::store::MfaStore::grant_at_once).
    /// Otherwise has done nothing. `now` is the current time, which the caller has just read.
    fn check_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        now: Timestamp,
    ) -> AtOnce;

    /// Returns the freshness of a decision for a grant that ends at `expires_at`, as far as the clock alone can tell.
    /// Reads the clock once and does no IO.
    fn freshness(&self, expires_at: Timestamp, asked_at: Timestamp) -> Freshness;

    /// Returns the current time of the builder's clock.
    ///
    /// # Errors
    ///
    /// Returns an error if the clock panicked. The observer has received it as an event.
    fn try_now(&self) -> Result<Timestamp, Misconfigured>;

    /// Returns the state of `subject` with regard to `requirement`. `token` is the value of the grant cookie, if
    /// the request has one. Reads the store once, and the directory once unless the user is locked. Sends nothing
    /// [SEND-9].
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed, or if the directory panicked.
    fn situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> impl Future<Output = Result<Situation, BackendError>> + Send;
}

impl MfaExt for Mfa {
    fn site(&self) -> &Site {
        self.site()
    }

    fn messages(&self, accept_language: Option<&str>) -> &Messages {
        self.messages(accept_language)
    }

    fn label<'a>(&'a self, settings: &'a ScopeSettings, messages: &'a Messages) -> &'a str {
        self.label(settings, messages)
    }

    fn keys(&self) -> &KeyRing {
        self.keys()
    }

    fn has_recovery(&self) -> bool {
        self.inner.recovery.is_some()
    }

    fn scope(&self, scope: &Scope) -> Option<&ScopeSettings> {
        self.scope(scope)
    }

    fn client_address(&self) -> Option<ClientAddress> {
        self.client_address()
    }

    fn observe(&self, context: EventContext<'_>, kind: EventKind<'_>) {
        self.observe(context, kind);
    }

    fn misconfigured(&self, mistake: Misconfigured) -> Misconfigured {
        self.misconfigured(mistake)
    }

    fn report_missing_routes(&self, path: &str) {
        self.report_missing_routes(path);
    }

    fn report_nested_routes(&self, prefix: &str) {
        self.report_nested_routes(prefix);
    }

    fn note_routes_reached(&self) {
        self.note_routes_reached();
    }

    fn note_redirect_to_page(&self, path: &str) {
        self.note_redirect_to_page(path);
    }

    async fn consume_claimed(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        claimed: &Grant,
    ) -> Result<Decision, Misconfigured> {
        self.consume_claimed(subject, requirement, token, claimed).await
    }

    fn is_later(&self, grant: &Grant, at: Timestamp) -> bool {
        grant.verified_at() > at.plus(self.policy().clock_skew)
    }

    fn deny(&self, subject: Option<&Subject>, requirement: &Requirement, reason: Reason) -> Denial {
        let lifetime = self.scope(requirement.scope()).map(ScopeSettings::grant_lifetime).unwrap_or_default();
        self.deny(subject, requirement, requirement.within(lifetime), reason)
    }

    #[inline]
    fn check_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        now: Timestamp,
    ) -> AtOnce {
        self.check_at_once(subject, requirement, token, now)
    }

    #[inline]
    fn freshness(&self, expires_at: Timestamp, asked_at: Timestamp) -> Freshness {
        self.freshness(expires_at, asked_at)
    }

    #[inline]
    fn try_now(&self) -> Result<Timestamp, Misconfigured> {
        self.try_now()
    }

    async fn situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Situation, BackendError> {
        self.situation(subject, requirement, token).await
    }
}
