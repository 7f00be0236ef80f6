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
    engine::{InFlight, MfaBuilder, StartError, holds::Holds},
    event::{Event, EventContext, EventKind, Observer, with_causes},
    key_ring::{KeyRing, Purpose},
    messages::{Messages, best},
    phone::{InvalidPhoneNumber, PhoneNumber},
    policy::Policy,
    provider::MfaProvider,
    risk::{OnRiskError, RiskCheck},
    scope::Scope,
    site::Site,
    store::{MfaStore, StoreError},
    subject::UserId,
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
    /// Begins an engine that sends by `provider`, for the site at `origin`, such as
    /// `https://bank.example`. What is sent, redirected to and compared with comes from this origin and
    /// never from a `Host` header [WEB-14].
    pub fn builder(provider: impl MfaProvider, origin: impl Into<String>) -> MfaBuilder {
        MfaBuilder::new(Box::new(provider), origin.into())
    }

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
    pub fn site(&self) -> &Site {
        &self.inner.site
    }

    /// The words in the language that suits this `Accept-Language` best.
    #[must_use = "words are to be read"]
    pub fn messages(&self, accept_language: Option<&str>) -> &Messages {
        best(&self.inner.messages, &self.inner.translations, accept_language)
    }

    /// The label of a scope in the language of these words.
    #[must_use]
    pub fn label<'a>(&'a self, entry: &'a ScopeSettings, messages: &'a Messages) -> &'a str {
        messages.label_of(entry.scope()).unwrap_or(entry.label())
    }

    /// The keys of forms and sealed values.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    /// The limits.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// What was declared of a scope; `None` when nothing was.
    #[must_use]
    pub fn scope(&self, scope: &Scope) -> Option<&ScopeSettings> {
        let at = self.inner.scopes.binary_search_by(|entry| entry.scope.cmp(scope)).ok()?;
        self.inner.scopes.get(at)
    }

    /// How the app finds out where a request comes from; `None` where it did not say.
    #[must_use]
    pub fn client_address(&self) -> Option<ClientAddress> {
        self.inner.client_address
    }

    /// Tells the observer. One that panics loses the event, and nothing else: whoever asked is answered.
    pub fn observe(&self, about: EventContext<'_>, kind: EventKind<'_>) {
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
    pub fn misconfigured(&self, error: Misconfigured) -> Misconfigured {
        self.observe(EventContext::new(), EventKind::Misconfigured { error: &error.to_string() });
        error
    }

    /// Asks the directory for the number on file, and hashes it. A number that cannot be read counts as none,
    /// and an event gives the reason.
    pub(crate) async fn number_on_file(&self, user: &UserId) -> Result<Option<OnFile>, DirectoryFailed> {
        let error = match with_timeout(self.inner.directory.number(user)).await {
            Some(Ok(number)) => {
                return Ok(number.map(|number| {
                    let hashes = self.keys().hashes(Purpose::PhoneNumber, &[number.as_e164().as_bytes()]);
                    OnFile { number, hashes }
                }));
            }
            Some(Err(error)) if InvalidPhoneNumber::is_behind(&error) => {
                let unreadable = EventKind::NumberUnreadable { error: &with_causes(&*error) };
                self.observe(EventContext::user(user), unreadable);
                return Ok(None);
            }
            Some(Err(error)) => with_causes(&*error),
            None => format!("no answer within {CALL_TIMEOUT:?}"),
        };
        let failed = EventKind::AppFailed { function: "directory", error: &error };
        self.observe(EventContext::user(user), failed);
        Err(DirectoryFailed)
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

/// A number, and the keyed hashes that challenges may have kept of it: one for each secret.
pub(crate) struct OnFile {
    pub(crate) number: PhoneNumber,
    pub(crate) hashes: Vec<[u8; 32]>,
}

impl OnFile {
    /// The hash that is written down.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.hashes.first().copied().unwrap_or_default()
    }
}

/// The directory erred; the observer knows how.
pub(crate) struct DirectoryFailed;

impl From<DirectoryFailed> for StartError {
    fn from(_: DirectoryFailed) -> Self {
        Self::Unavailable
    }
}

/// The app is put together wrongly: nobody passes until that is mended.
///
/// The text says what is wrong and what to do; it is for the log, not for the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(String);

impl Misconfigured {
    /// A mistake, in words that say what to do.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// A guard or a call names a scope that the builder does not know.
    #[must_use]
    pub fn undeclared(scope: &str) -> Self {
        Self(format!(
            "the scope {scope:?} is not declared: add .scope({scope:?}, \"…\") to the builder of Mfa"
        ))
    }

    /// The builder was told how to find out where requests come from, and it cannot be found out.
    #[must_use]
    pub(crate) fn no_address() -> Self {
        Self::new(
            "the address of a request is not known, though .client_address(…) is set: on axum, serve the app by \
             into_make_service_with_connect_info::<SocketAddr>(); on another tower stack, put a PeerAddress into each \
             request; behind proxies, check how many there are",
        )
    }

    /// A function of the app's own panicked.
    #[must_use]
    pub fn panicked(function: &str) -> Self {
        Self(format!("the app's {function} panicked; nobody passes on its word"))
    }
}
