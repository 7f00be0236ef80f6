//! The engine itself.

use std::{fmt, sync::Arc};

use crate::{
    catalog::ScopeSettings,
    client_address::ClientAddress,
    clock::Timestamp,
    destinations::Destinations,
    engine::{
        holds::Holds,
        in_flight::InFlight,
        misconfigured::Misconfigured,
        payment_reports::PaymentReports,
        ports::{
            ClockPort, DirectoryPort, NotifierPort, NumberCheckPort, ObserverPort, ProviderPort,
            RecoveryPort, RiskPort, StorePort,
        },
        recovery::Owed,
        route_reports::RouteReports,
        withdrawals::Withdrawals,
    },
    event::{EventContext, EventKind},
    key_ring::KeyRing,
    messages::{Messages, best},
    policy::Policy,
    scope::Scope,
    site::Site,
    store::Sharing,
};

/// The engine: decides which requests may pass, sends codes and verifies them.
///
/// Build it once when the app starts, and clone it freely. All clones share one engine.
///
/// ```
/// # use mfakit_core::{BuildError, Mfa, MfaProvider, PhoneNumber, UserId};
/// # fn example(bandwidth: impl MfaProvider) -> Result<Mfa, BuildError> {
/// async fn phone_book(user: UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
///     Ok(PhoneNumber::new("+19195551234").ok())
/// }
///
/// Mfa::builder(bandwidth, "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(phone_book)
///     .messaging_to(["US", "CA"])
///     .build()
/// # }
/// ```
///
/// Web apps leave the rest to the guards and routes of `mfakit`. Without them, an app calls the engine itself:
///
/// ```
/// use mfakit_core::{Channel, Code, Decision, LoginId, Mfa, Requirement, Scope, StartRequest, Subject};
///
/// # async fn example(mfa: Mfa, entered: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let transfer = Scope::new("transfer")?;
/// let alice = Subject::cookie("alice", LoginId::random());
///
/// let challenge = mfa.start(&alice, StartRequest::new(transfer, Channel::Messaging)).await?;
/// let verified = mfa.verify(&alice, &transfer, &challenge.id, &Code::parse(entered)?).await?;
///
/// let requirement = Requirement::new(transfer);
/// match mfa.check(Some(&alice), &requirement, verified.token.as_ref()).await? {
///     Decision::Granted(grant) => println!("confirmed until {:?}", grant.expires_at()),
///     Decision::Denied(denial) => println!("not confirmed: {}", denial.reason.as_str()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Mfa {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) provider: ProviderPort,
    pub(crate) store: StorePort,
    pub(crate) directory: DirectoryPort,
    pub(crate) clock: ClockPort,
    pub(crate) observer: ObserverPort,
    pub(crate) risk: Option<RiskPort>,
    pub(crate) number_check: Option<NumberCheckPort>,
    pub(crate) notifier: Option<NotifierPort>,
    pub(crate) recovery: Option<RecoveryPort>,
    pub(crate) keys: KeyRing,
    /// Number of secrets that the app configured.
    pub(crate) secrets: usize,
    pub(crate) policy: Policy,
    pub(crate) site: Site,
    /// In the default language.
    pub(crate) messages: Messages,
    /// In the additional languages.
    pub(crate) translations: Vec<Messages>,
    /// In ascending order of their scopes.
    pub(crate) scopes: Vec<ScopeSettings>,
    pub(crate) destinations: Destinations,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) holds: Holds,
    pub(crate) in_flight: InFlight,
    pub(crate) withdrawals: Withdrawals,
    /// Openings of recovery that could not be ended yet.
    pub(super) owed: Owed,
    #[cfg(feature = "testing")]
    pub(crate) user_grants: crate::engine::user_grants::UserGrants,
    pub(crate) payment_reports: PaymentReports,
    pub(crate) route_reports: RouteReports,
}

impl Mfa {
    /// Returns whether `other` is this engine or a clone of it.
    ///
    /// ```
    /// # use mfakit_core::Mfa;
    /// # fn example(customers: Mfa, administrators: Mfa) {
    /// assert!(customers.is(&customers.clone()));
    /// assert!(!customers.is(&administrators));
    /// # }
    /// ```
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Returns the current time of the builder's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Returns the limits.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// Returns the declared scopes, in ascending order.
    ///
    /// ```
    /// # use mfakit_core::Mfa;
    /// # fn example(mfa: &Mfa) {
    /// for scope in mfa.scopes() {
    ///     println!("{scope}");
    /// }
    /// # }
    /// ```
    pub fn scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        self.inner.scopes.iter().map(|settings| settings.scope)
    }

    /// Asserts that each of these scopes is declared. Call it in a test, with the scopes that your routes require, so
    /// that a misspelled scope fails the test and not the first request.
    ///
    /// ```
    /// mod scopes {
    ///     pub const TRANSFER: &str = "transfer";
    ///     pub const SETTINGS: &str = "settings";
    /// }
    ///
    /// # fn example(mfa: mfakit_core::Mfa) {
    /// mfa.assert_scopes([scopes::TRANSFER, scopes::SETTINGS]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics at the first scope that is not declared. The text names the most similar declared scope.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion for tests")]
    pub fn assert_scopes<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) {
        for scope in scopes {
            let scope = scope.as_ref();
            let declared = Scope::new(scope).is_ok_and(|scope| self.scope(&scope).is_some());
            assert!(declared, "{}", self.undeclared(scope));
        }
    }

    /// Asserts that each of these scopes is declared, and is [bound only](crate::DeclaredScope::bound). Call it in a test,
    /// with the scopes of the routes that approve an action, so that no other route can require an unbound grant of them.
    ///
    /// ```
    /// # fn example(mfa: mfakit_core::Mfa) {
    /// mfa.assert_bound_scopes(["transfer"]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics at the first scope that is not declared or not bound only.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion for tests")]
    pub fn assert_bound_scopes<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) {
        for scope in scopes {
            let scope = scope.as_ref();
            self.assert_scopes([scope]);
            let settings = Scope::new(scope).ok().and_then(|scope| self.scope(&scope));
            let bound = settings.is_some_and(ScopeSettings::is_bound);
            assert!(
                bound,
                "the scope {scope:?} is not bound only: add .bound() or .psd2() to its declaration"
            );
        }
    }

    fn undeclared(&self, scope: &str) -> Misconfigured {
        Misconfigured::undeclared(scope, self.inner.scopes.iter().map(|settings| settings.scope.as_str()))
    }

    /// Reports that a request for one of the routes did not reach them. Makes one report per engine.
    pub(crate) fn report_missing_routes(&self, path: &str) {
        self.report_routes(|mount_path| Misconfigured::missing_routes(path, mount_path));
    }

    /// Reports that the layer that answers the routes is on a router nested at `prefix`. Makes one report per engine.
    pub(crate) fn report_nested_routes(&self, prefix: &str) {
        self.report_routes(|mount_path| Misconfigured::nested_routes(prefix, mount_path));
    }

    /// Records that the routes received a request.
    pub(crate) fn note_routes_reached(&self) {
        self.inner.route_reports.reach();
    }

    /// Records that a browser was redirected to the page at `path`. Reports the third redirect if the routes have not
    /// received a request by then. If the store is shared, another instance may answer for the page, so the report is a
    /// notice.
    pub(crate) fn note_redirect_to_page(&self, path: &str) {
        let Some(redirects) = self.inner.route_reports.redirect() else { return };
        let mistake = |mount_path: &str| Misconfigured::unreached_routes(path, redirects, mount_path);
        match self.inner.store.sharing() {
            Sharing::SingleProcess => self.report_routes(mistake),
            Sharing::Shared => {
                let notice = mistake(&self.inner.site.path).to_string();
                self.observe(EventContext::new(), EventKind::RoutesNotReached { notice: &notice });
            }
        }
    }

    fn report_routes(&self, mistake: impl FnOnce(&str) -> Misconfigured) {
        if self.inner.route_reports.is_first() {
            self.misconfigured(mistake(&self.inner.site.path));
        }
    }

    pub(crate) fn site(&self) -> &Site {
        &self.inner.site
    }

    /// Returns the messages in the language that best suits this `Accept-Language`.
    pub(crate) fn messages(&self, accept_language: Option<&str>) -> &Messages {
        best(&self.inner.messages, &self.inner.translations, accept_language)
    }

    /// Returns the label of a scope in the language of `messages`.
    pub(crate) fn label<'a>(&'a self, settings: &'a ScopeSettings, messages: &'a Messages) -> &'a str {
        let own = || settings.label_id().map(|id| messages.text(id));
        messages.label_of(settings.scope()).or_else(own).unwrap_or(settings.label())
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    /// Returns the settings of a scope, or `None` if it was not declared.
    pub(crate) fn scope(&self, scope: &Scope) -> Option<&ScopeSettings> {
        let at = self.inner.scopes.binary_search_by(|settings| settings.scope.cmp(scope)).ok()?;
        self.inner.scopes.get(at)
    }

    /// Returns the settings of a scope, or an error if it was not declared.
    pub(crate) fn declared(&self, scope: &Scope) -> Result<&ScopeSettings, Misconfigured> {
        self.scope(scope).ok_or_else(|| self.misconfigured(self.undeclared(scope.as_str())))
    }

    pub(crate) fn client_address(&self) -> Option<ClientAddress> {
        self.inner.client_address
    }

    pub(crate) fn observe(&self, about: EventContext<'_>, kind: EventKind<'_>) {
        self.inner.observer.observe(about, kind);
    }

    /// Reports a mistake in how the app is set up, and returns it.
    pub(crate) fn misconfigured(&self, mistake: Misconfigured) -> Misconfigured {
        self.inner.observer.misconfigured(mistake)
    }

    /// Returns the current time, or an error if the clock panicked.
    pub(crate) fn try_now(&self) -> Result<Timestamp, Misconfigured> {
        self.inner.clock.try_now().ok_or_else(|| self.inner.observer.panicked("clock"))
    }
}

impl fmt::Debug for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mfa")
            .field("provider", &self.inner.provider)
            .field("store", &self.inner.store)
            .field("site", &self.inner.site)
            .field("scopes", &self.inner.scopes)
            .finish_non_exhaustive()
    }
}
