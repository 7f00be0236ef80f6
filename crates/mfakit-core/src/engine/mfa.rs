//! The engine itself.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use futures_util::future::poll_immediate;

use crate::{
    catalog::ScopeSettings,
    client_address::ClientAddress,
    clock::{Clock, Timestamp},
    destinations::Destinations,
    directory::Directory,
    engine::{holds::Holds, in_flight::InFlight, misconfigured::Misconfigured},
    event::{Event, EventContext, EventKind, Observer, with_causes},
    key_ring::KeyRing,
    messages::{Messages, best},
    policy::Policy,
    provider::MfaProvider,
    risk::{OnRiskError, RiskCheck},
    scope::Scope,
    site::Site,
    store::{MfaStore, StoreError},
    timeout::{CALL_TIMEOUT, with_timeout},
};

/// The engine: who may pass, and the ceremony that makes it so.
///
/// Built once and cloned freely; all clones are one.
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
#[derive(Clone)]
pub struct Mfa {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) provider: Box<dyn MfaProvider>,
    pub(crate) store: Box<dyn MfaStore>,
    pub(crate) directory: Box<dyn Directory>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) observer: Box<dyn Observer>,
    pub(crate) keys: KeyRing,
    pub(crate) policy: Policy,
    pub(crate) site: Site,
    /// In the default language.
    pub(crate) messages: Messages,
    /// In further languages.
    pub(crate) translations: Vec<Messages>,
    /// In ascending order of their scopes.
    pub(crate) scopes: Vec<ScopeSettings>,
    pub(crate) destinations: Destinations,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) risk: Option<(Box<dyn RiskCheck>, OnRiskError)>,
    pub(crate) holds: Holds,
    pub(crate) in_flight: InFlight,
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

    /// Where the app stands on the web.
    #[must_use]
    pub(crate) fn site(&self) -> &Site {
        &self.inner.site
    }

    /// The words in the language that suits this `Accept-Language` best.
    #[must_use = "words are to be read"]
    pub(crate) fn messages(&self, accept_language: Option<&str>) -> &Messages {
        best(&self.inner.messages, &self.inner.translations, accept_language)
    }

    /// The label of a scope in the language of these words.
    #[must_use]
    pub(crate) fn label<'a>(&'a self, entry: &'a ScopeSettings, messages: &'a Messages) -> &'a str {
        messages.label_of(entry.scope()).unwrap_or(entry.label())
    }

    /// The keys of forms and sealed values.
    #[must_use]
    pub(crate) fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    /// The limits.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// What was declared of a scope; `None` when nothing was.
    #[must_use]
    pub(crate) fn scope(&self, scope: &Scope) -> Option<&ScopeSettings> {
        let at = self.inner.scopes.binary_search_by(|entry| entry.scope.cmp(scope)).ok()?;
        self.inner.scopes.get(at)
    }

    /// How the app finds out where a request comes from; `None` where it did not say.
    #[must_use]
    pub(crate) fn client_address(&self) -> Option<ClientAddress> {
        self.inner.client_address
    }

    /// Tells the observer. One that panics loses the event, and nothing else: whoever asked is answered.
    pub(crate) fn observe(&self, about: EventContext<'_>, kind: EventKind<'_>) {
        let event = &Event { at: self.inner.clock.now(), about, kind };
        let heard = catch_unwind(AssertUnwindSafe(|| self.inner.observer.observe(event)));
        if heard.is_err() {
            tracing::error!(target: "mfakit", ?event, "the app's observer panicked");
        }
    }

    /// Asks the store, and says so to the observer where it fails or falls silent.
    pub(crate) async fn ask_store<T>(
        &self,
        mut verb: impl Future<Output = Result<T, StoreError>> + Unpin,
    ) -> Result<T, StoreError> {
        let answer = match poll_immediate(&mut verb).await {
            Some(answer) => answer,
            // The memory store never comes here, so the guard of every request need not hold room for a wait.
            None => Box::pin(with_timeout(verb))
                .await
                .unwrap_or_else(|| Err(StoreError::new(format!("no answer within {CALL_TIMEOUT:?}")))),
        };
        answer.inspect_err(|error| {
            self.observe(EventContext::new(), EventKind::StoreFailed { error: &with_causes(error) });
        })
    }

    /// The same engine, or an error that says the scope was not declared.
    pub(crate) fn declared(&self, scope: &Scope) -> Result<&ScopeSettings, Misconfigured> {
        self.scope(scope).ok_or_else(|| self.misconfigured(Misconfigured::undeclared(scope.as_str())))
    }

    /// Reports a mistake in how the app is put together, and hands it back.
    pub(crate) fn misconfigured(&self, error: Misconfigured) -> Misconfigured {
        self.observe(EventContext::new(), EventKind::Misconfigured { error: &error.to_string() });
        error
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
