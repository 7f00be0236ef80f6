//! Settings of the engine.

use crate::{
    catalog::DeclaredScope,
    client_address::ClientAddress,
    clock::{Clock, SystemClock},
    destinations::UnknownNumbers,
    directory::Directory,
    engine::{mfa::Mfa, ports::SetNotifier},
    event::{Observer, TracingObserver},
    memory::MemoryStore,
    messages::Messages,
    number_book::NumberBook,
    number_check::{NumberCheck, OnCheckErrors},
    policy::Policy,
    provider::MfaProvider,
    recovery_book::RecoveryBook,
    risk::{OnRiskError, RiskCheck},
    secret::Secret,
    store::MfaStore,
    theme::Theme,
};

/// Builder for [`Mfa`], made by [`Mfa::builder`]. [`build`](Self::build) checks all settings.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, ClientAddress, DeclaredScope, Mfa, MfaProvider, PhoneNumber, Secret, UserId};
///
/// # fn example(bandwidth: impl MfaProvider) -> Result<Mfa, Box<dyn std::error::Error>> {
/// async fn phone_book(user: UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
///     Ok(PhoneNumber::new("+19195551234").ok())
/// }
///
/// let mfa = Mfa::builder(bandwidth, "https://bank.example")
///     .name("Example Bank")
///     .scope("transfer", "make a transfer")
///     .declare(DeclaredScope::new("payout", "pay out").grant_lifetime(Duration::from_secs(120)))
///     .directory(phone_book)
///     .messaging_to(["US", "CA"])
///     .voice_to(["US"])
///     .login_url("/login")
///     .client_address(ClientAddress::TrustedProxies(1))
///     .secret(Secret::from_env("MFAKIT_SECRET")?)
///     .build()?;
/// # Ok(mfa)
/// # }
/// ```
///
/// | setting | default |
/// |---|---|
/// | [`scope`](Self::scope) or [`declare`](Self::declare) | none; at least one is required |
/// | [`directory`](Self::directory), [`directory_with`](Self::directory_with) or [`number_book`](Self::number_book) | none; one is required |
/// | [`recovery`](Self::recovery) | none: people who lose their phone ask the app |
/// | [`default_region`](Self::default_region) | none: a directory that returns text must return E.164 |
/// | [`messaging_to`](Self::messaging_to), [`voice_to`](Self::voice_to) | no country; at least one is required |
/// | [`unknown_numbers`](Self::unknown_numbers) | [`UnknownNumbers::Reject`] |
/// | [`name`](Self::name) | the origin's host |
/// | [`store`](Self::store) | a [`MemoryStore`] |
/// | [`secret`](Self::secret) | a random one if the store serves a single process; otherwise required |
/// | [`path`](Self::path) | `/mfa` |
/// | [`public_path`](Self::public_path) | none: browsers and the app see the same paths |
/// | [`login_url`](Self::login_url) | none: unauthenticated browsers are answered with 401 |
/// | [`trusted_origins`](Self::trusted_origins), [`origin_aliases`](Self::origin_aliases) | none |
/// | [`policy`](Self::policy) | [`Policy::default`] |
/// | [`clock`](Self::clock) | [`SystemClock`] |
/// | [`observer`](Self::observer) | [`TracingObserver`] |
/// | [`client_address`](Self::client_address) | unknown: sends are not counted by address, and a warning is logged |
/// | [`risk_check`](Self::risk_check), [`number_check`](Self::number_check) | none |
/// | [`notifier`](Self::notifier) | none |
/// | [`messages`](Self::messages) | [`Messages::english`] |
/// | [`theme`](Self::theme) | [`Theme::new`] |
/// | [`single_code`](Self::single_code) | a message contains the code twice |
/// | [`code_origin`](Self::code_origin) | the site's own origin |
/// | [`android_app_hash`](Self::android_app_hash) | none: the last line of a message names the origin |
/// | `metrics` (feature of the same name) | none |
#[must_use]
pub struct MfaBuilder {
    pub(super) provider: Box<dyn MfaProvider>,
    pub(super) origin: String,
    pub(super) name: Option<String>,
    pub(super) path: String,
    pub(super) public_path: Option<String>,
    pub(super) login_url: Option<String>,
    pub(super) trusted_origins: Vec<String>,
    pub(super) origin_aliases: Vec<String>,
    pub(super) scopes: Vec<DeclaredScope>,
    pub(super) messaging_to: Vec<String>,
    pub(super) voice_to: Vec<String>,
    pub(super) unknown_numbers: UnknownNumbers,
    pub(super) directory: Option<Box<dyn Directory>>,
    pub(super) number_book: Option<Box<dyn NumberBook>>,
    pub(super) recovery: Option<Box<dyn RecoveryBook>>,
    pub(super) default_region: Option<String>,
    pub(super) store: Box<dyn MfaStore>,
    pub(super) secrets: Vec<Secret>,
    pub(super) policy: Policy,
    pub(super) clock: Box<dyn Clock>,
    pub(super) observer: Box<dyn Observer>,
    pub(super) client_address: Option<ClientAddress>,
    pub(super) risk: Option<(Box<dyn RiskCheck>, OnRiskError)>,
    pub(super) number_check: Option<(Box<dyn NumberCheck>, OnCheckErrors)>,
    pub(super) notifier: Option<SetNotifier>,
    pub(super) messages: Vec<Messages>,
    pub(super) theme: Theme,
    pub(super) single_code: bool,
    pub(super) code_origin: Option<String>,
    pub(super) android_app_hash: Option<String>,
    #[cfg(feature = "metrics")]
    pub(super) metrics: bool,
}

impl std::fmt::Debug for MfaBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MfaBuilder")
            .field("origin", &self.origin)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl Mfa {
    /// Returns a builder for an engine that sends codes through `provider`, for the site at `origin`, such as
    /// `https://bank.example`.
    ///
    /// Messages, redirects and the check of a request's origin use this origin, and never a `Host` header
    /// [WEB-14].
    pub fn builder(provider: impl MfaProvider, origin: impl Into<String>) -> MfaBuilder {
        MfaBuilder::new(Box::new(provider), origin.into())
    }
}

impl MfaBuilder {
    fn new(provider: Box<dyn MfaProvider>, origin: String) -> Self {
        Self {
            provider,
            origin,
            name: None,
            path: "/mfa".to_owned(),
            public_path: None,
            login_url: None,
            trusted_origins: Vec::new(),
            origin_aliases: Vec::new(),
            scopes: Vec::new(),
            messaging_to: Vec::new(),
            voice_to: Vec::new(),
            unknown_numbers: UnknownNumbers::default(),
            directory: None,
            number_book: None,
            recovery: None,
            default_region: None,
            store: Box::new(MemoryStore::new()),
            secrets: Vec::new(),
            policy: Policy::default(),
            clock: Box::new(SystemClock),
            observer: Box::new(TracingObserver),
            client_address: None,
            risk: None,
            number_check: None,
            notifier: None,
            messages: Vec::new(),
            theme: Theme::new(),
            single_code: false,
            code_origin: None,
            android_app_hash: None,
            #[cfg(feature = "metrics")]
            metrics: false,
        }
    }

    /// Declares a scope and its label, which completes "your code to …", such as `make a transfer`.
    pub fn scope(self, name: impl Into<String>, label: impl Into<String>) -> Self {
        self.declare(DeclaredScope::new(name, label))
    }

    /// Declares a scope with its own lifetime or channels.
    pub fn declare(mut self, scope: DeclaredScope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// Lists the countries that text messages may be sent to, by ISO 3166 code. No message is sent to any other
    /// country. A second call replaces the list.
    ///
    /// A code covers one country without its territories. `US` does not include Puerto Rico (`PR`) or Guam
    /// (`GU`), nor Canada, which shares `+1`. [`Region::with_territories`](crate::region::Region::with_territories) lists a country with its
    /// territories:
    ///
    /// ```
    /// # use mfakit_core::{MfaBuilder, Region};
    /// # fn example(builder: MfaBuilder) -> MfaBuilder {
    /// builder.messaging_to(Region::with_territories("US").into_iter().chain(["CA".to_owned()]))
    /// # }
    /// ```
    pub fn messaging_to<R: Into<String>>(mut self, regions: impl IntoIterator<Item = R>) -> Self {
        self.messaging_to = regions.into_iter().map(Into::into).collect();
        self
    }

    /// Lists the countries that voice calls may be made to, as [`messaging_to`](Self::messaging_to) does for text
    /// messages. Without it, voice calls are off. A second call replaces the list.
    pub fn voice_to<R: Into<String>>(mut self, regions: impl IntoIterator<Item = R>) -> Self {
        self.voice_to = regions.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the treatment of numbers that the metadata of libphonenumber does not know, such as those of a
    /// newly opened area code. The log names them: `number unknown to the metadata`.
    ///
    /// ```
    /// # use mfakit_core::{MfaBuilder, UnknownNumbers};
    /// # fn example(builder: MfaBuilder) -> MfaBuilder {
    /// builder.messaging_to(["US"]).unknown_numbers(UnknownNumbers::starting_with(["+1471"]))
    /// # }
    /// ```
    pub fn unknown_numbers(mut self, unknown: UnknownNumbers) -> Self {
        self.unknown_numbers = unknown;
        self
    }

    /// Sets the app's name in messages and on the challenge page.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the store of challenges and grants.
    pub fn store(mut self, store: impl MfaStore) -> Self {
        self.store = Box::new(store);
        self
    }

    /// Adds a secret that keys are derived from. The first secret is used for writing, and all of them are used for
    /// reading. To rotate without signing users out, take three steps. Finish each step on every instance before the
    /// next: `old`, then `old, new`, then `new, old`. After 90 days, keep only `new`.
    ///
    /// mfakit remembers for 90 days that a number completed a challenge. Such numbers do not depend on the budgets of
    /// their block and address. Dropping `old` earlier forgets the numbers that have not completed another challenge in
    /// the meantime. Dropping it within a day also forgets the sends counted under it. If a secret has leaked, drop it
    /// at once anyway.
    pub fn secret(mut self, secret: Secret) -> Self {
        self.secrets.push(secret);
        self
    }

    /// Sets the path below which the routes are mounted.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets the prefix that a proxy strips. With `/app`, browsers request `/app/orders`, and the app sees
    /// `/orders`.
    ///
    /// Every address in mfakit's answers then begins with the prefix: redirects, links, forms, files and
    /// `challenge_url`. All paths in the settings are written without it: [`path`](Self::path), the paths of the
    /// [`Theme`], and the sign-in page. The grant cookie keeps the path `/`, because its `__Host-` prefix requires it.
    /// `X-Forwarded-Prefix` is not read, because clients can set it as well.
    ///
    /// An app that is nested under a path and sees the full path does not need this.
    pub fn public_path(mut self, prefix: impl Into<String>) -> Self {
        self.public_path = Some(prefix.into());
        self
    }

    /// Sets the app's sign-in page, to which unauthenticated browsers are redirected. Without it they are
    /// answered with 401.
    ///
    /// Write a path of the app, such as `/login`, or the http or https URL of a page on another site. Write a path without the
    /// [public path](Self::public_path), which is prepended.
    pub fn login_url(mut self, url: impl Into<String>) -> Self {
        self.login_url = Some(url.into());
        self
    }

    /// Lists other origins of the same site whose pages may call the routes with the user's cookies, such as
    /// `https://app.bank.example` for the site at `https://api.bank.example`. The app's own CORS settings must allow
    /// them as well. A second call replaces the list.
    ///
    /// [`build`](Self::build) rejects an origin on another site, such as `https://bank-app.example`: browsers do not
    /// send the grant cookie (`SameSite=Lax`) with requests of its pages, so every request would need another code.
    /// Recognize the users of such a front end by a bearer token instead
    /// ([`Subject::bearer`](crate::Subject::bearer)), which needs no entry here.
    ///
    /// Two hosts are certainly on different sites if their names have fewer than two labels in common, counted from the
    /// right. Nothing else is rejected: mfakit has no list of public suffixes, so it cannot tell that `a.co.uk` and
    /// `b.co.uk` are different sites.
    pub fn trusted_origins<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.trusted_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Lists other origins at which the app itself is reachable, such as `https://bank.com` for an app at
    /// `https://bank.example`. Requests from its own pages there are accepted. A second call replaces the list.
    pub fn origin_aliases<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.origin_aliases = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the limits.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Sets how the client address of a request is determined, so that sends are counted by address as well.
    ///
    /// Count only the proxies that every request passes. With a higher number, clients can choose their own
    /// address.
    ///
    /// On axum, [`Direct`](ClientAddress::Direct) requires that you serve the app with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn client_address(mut self, client_address: ClientAddress) -> Self {
        self.client_address = Some(client_address);
        self
    }

    /// Adds the texts of a language. The first language is the default, and `Accept-Language` selects among all of
    /// them. Each additional language needs a [label](Messages::label) for every scope. Languages other than English
    /// need the feature `translations`.
    pub fn messages(mut self, messages: Messages) -> Self {
        self.messages.push(messages);
        self
    }

    /// Sets the appearance of the challenge page.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Sets the origin that a text message binds its code to, which is that of the page with the field for the code. Set
    /// it if the front end is on another host: phones offer the code only on this host and its subdomains.
    ///
    /// ```
    /// # use mfakit_core::MfaBuilder;
    /// # fn example(builder: MfaBuilder) -> MfaBuilder {
    /// builder.code_origin("https://app.example") // the last line is then `@app.example #123456`
    /// # }
    /// ```
    pub fn code_origin(mut self, origin: impl Into<String>) -> Self {
        self.code_origin = Some(origin.into());
        self
    }

    /// Ends each text message with the hash of an Android app, so that the app can read the code by the SMS Retriever
    /// API. `hash` consists of 11 characters, such as `FA+9qCX9VSu`.
    ///
    /// The hash replaces the line that binds the code to the site. Both would have to be the last line, so browsers and
    /// iOS then offer the code without its origin. Android's User Consent API reads any message and needs no hash.
    ///
    /// Android passes on messages of at most 140 bytes. [`build`](Self::build) rejects longer ones: shorten
    /// [`MessageId::Message`](crate::messages::MessageId::Message).
    pub fn android_app_hash(mut self, hash: impl Into<String>) -> Self {
        self.android_app_hash = Some(hash.into());
        self
    }

    /// Puts the code into a message once.
    ///
    /// By default, a text message contains the code in its sentence and again in its last line. The last line binds the
    /// code to the site (`@bank.example #123456`), so that a phone fills it in on that site only. A voice call reads
    /// the code twice.
    ///
    /// Bandwidth does not document that it replaces `{CODE}` more than once, and that it keeps line breaks. If your
    /// first message shows `#{CODE}`, call `single_code()`. The last line is then omitted, and a voice call reads the
    /// code once.
    pub fn single_code(mut self) -> Self {
        self.single_code = true;
        self
    }
}
