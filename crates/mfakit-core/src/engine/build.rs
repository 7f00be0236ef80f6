//! Checks the builder's settings, and builds the engine from them.

use std::sync::Arc;

use crate::{
    catalog::{DeclaredScope, Profile, ScopeSettings},
    channel::Channel,
    client_address::ClientAddress,
    destinations::{Destinations, UnknownNumbers},
    engine::{
        build_error::BuildError,
        builder::MfaBuilder,
        holds::Holds,
        in_flight::InFlight,
        languages::{check_notices, languages},
        meter::Meter,
        mfa::{Inner, Mfa},
        payment_reports::PaymentReports,
        ports::{
            ClockPort, DirectoryPort, NotifierPort, NumberCheckPort, ObserverPort, ProviderPort,
            RecoveryPort, RiskPort, SetNotifier, Source, StorePort,
        },
        psd2,
        recovery::Owed,
        reserved_scopes::reserve,
        route_reports::RouteReports,
        withdrawals::Withdrawals,
    },
    event::{EventContext, EventKind},
    key_ring::KeyRing,
    messages::{Messages, check_label, check_name},
    origin::Origin,
    policy::{Policy, check_grant_lifetime},
    provider::MfaProvider,
    region::Region,
    scope::Scope,
    secret::Secret,
    site::{Site, is_app_hash, is_login_url, is_mount_path, may_be_same_site, parse_origin},
    store::Sharing,
    theme::Theme,
};
#[cfg(feature = "metrics")]
use crate::{engine::meter::Labels, store::MfaStore};

impl MfaBuilder {
    /// Checks all settings, and returns the engine.
    ///
    /// # Errors
    ///
    /// Returns the first setting that is missing or invalid, and what to write instead.
    pub fn build(self) -> Result<Mfa, BuildError> {
        self.check()?;
        let destinations =
            destinations(&self.messaging_to, &self.voice_to, self.unknown_numbers, &*self.provider)?;
        let source = Source::new(self.directory, self.number_book)?;
        let scopes = scopes(self.scopes, &source, &self.policy, &destinations)?;
        let site = site(SiteSettings {
            origin: self.origin,
            name: self.name,
            path: self.path,
            public_path: self.public_path.unwrap_or_default(),
            login_url: self.login_url,
            trusted_origins: self.trusted_origins,
            origin_aliases: self.origin_aliases,
            theme: self.theme,
            single_code: self.single_code,
            code_origin: self.code_origin,
            android_app_hash: self.android_app_hash,
        })?;
        let (messages, translations) = languages(self.messages, &scopes, &site, &self.policy)?;
        let notifier = notifier(self.notifier, &site, &messages, &translations)?;
        let (default_region, secrets) = (region(self.default_region)?, self.secrets.len());
        let meter = Meter::off();
        #[cfg(feature = "metrics")]
        let meter = if self.metrics { metered(&scopes, &destinations, secrets, &*self.store) } else { meter };
        let (keys, clock) = (keys(self.secrets, self.store.sharing())?, ClockPort::new(self.clock));
        let observer = ObserverPort::new(self.observer, clock.clone(), meter);
        let inner = Inner {
            provider: ProviderPort::new(self.provider, observer.clone()),
            store: StorePort::new(self.store, observer.clone()),
            directory: DirectoryPort::new(source, default_region, observer.clone()),
            risk: self.risk.map(|(check, on_error)| RiskPort::new(check, on_error, observer.clone())),
            number_check: self
                .number_check
                .map(|(check, on_errors)| NumberCheckPort::new(check, on_errors, observer.clone())),
            notifier: notifier.map(|set| NotifierPort::new(set, observer.clone())),
            recovery: self.recovery.map(|book| RecoveryPort::new(book, observer.clone())),
            clock,
            observer,
            keys,
            secrets,
            policy: self.policy,
            site,
            messages,
            translations,
            scopes,
            destinations,
            client_address: self.client_address,
            holds: Holds::new(),
            in_flight: InFlight::default(),
            withdrawals: Withdrawals::default(),
            owed: Owed::default(),
            #[cfg(feature = "testing")]
            user_grants: crate::engine::user_grants::UserGrants::default(),
            payment_reports: PaymentReports::default(),
            route_reports: RouteReports::default(),
        };
        Ok(started(inner))
    }

    /// Checks the settings that depend on no part of the engine.
    fn check(&self) -> Result<(), BuildError> {
        self.policy.check().map_err(BuildError::Policy)?;
        if self.client_address == Some(ClientAddress::TrustedProxies(0)) {
            return Err(BuildError::NoProxies);
        }
        match &self.recovery {
            Some(_) if self.number_book.is_none() => Err(BuildError::RecoveryWithoutBook),
            Some(book) if book.is_lasting() && self.secrets.is_empty() => {
                Err(BuildError::RecoveryWithoutSecret)
            }
            _ => Ok(()),
        }
    }
}

/// Returns the engine, and reports what its app should configure.
fn started(inner: Inner) -> Mfa {
    let mfa = Mfa { inner: Arc::new(inner) };
    if mfa.client_address().is_none() {
        mfa.observe(EventContext::new(), EventKind::ClientAddressNotConfigured);
    }
    mfa
}

/// Returns the notifier, after checking that each notice is short enough for a text message.
fn notifier(
    set: Option<SetNotifier>,
    site: &Site,
    messages: &Messages,
    translations: &[Messages],
) -> Result<Option<SetNotifier>, BuildError> {
    if set.is_some() {
        check_notices(site, messages, translations)?;
    }
    Ok(set)
}

/// Returns the meter of an engine whose app asks for metrics.
#[cfg(feature = "metrics")]
fn metered(scopes: &[ScopeSettings], to: &Destinations, secrets: usize, store: &dyn MfaStore) -> Meter {
    let (messaging, voice) = (to.regions(Channel::Messaging), to.regions(Channel::Voice));
    Meter::new(Labels::new(scopes, messaging, voice, secrets, store.size().is_some()))
}

/// Builder settings that make up the [`Site`], before they are checked.
struct SiteSettings {
    origin: String,
    name: Option<String>,
    path: String,
    public_path: String,
    login_url: Option<String>,
    trusted_origins: Vec<String>,
    origin_aliases: Vec<String>,
    theme: Theme,
    single_code: bool,
    code_origin: Option<String>,
    android_app_hash: Option<String>,
}

fn site(settings: SiteSettings) -> Result<Site, BuildError> {
    let origin_of =
        |text: String| parse_origin(&text).map_err(|why| BuildError::Origin { origin: text, why });
    let origin = origin_of(settings.origin)?;
    let host = origin.host().to_string();
    let name = match settings.name {
        Some(name) => match check_name(&name) {
            Ok(()) => name,
            Err(why) => return Err(BuildError::Name { name, why }),
        },
        None => host.clone(),
    };
    let (path, public_path) = (settings.path, settings.public_path);
    if !is_mount_path(&path) {
        return Err(BuildError::Path { path });
    }
    if !(public_path.is_empty() || is_mount_path(&public_path)) {
        return Err(BuildError::PublicPath { path: public_path });
    }
    if let Some(url) = settings.login_url.as_ref().filter(|url| !is_login_url(url)) {
        return Err(BuildError::LoginUrl { url: url.clone() });
    }
    let mut trusted_origins =
        settings.trusted_origins.into_iter().map(origin_of).collect::<Result<Vec<_>, _>>()?;
    if let Some(trusted) = trusted_origins.iter().find(|trusted| !may_be_same_site(trusted, &origin)) {
        return Err(BuildError::OtherSite { trusted: trusted.to_string(), origin: origin.to_string() });
    }
    for alias in settings.origin_aliases {
        trusted_origins.push(origin_of(alias)?);
    }
    let code_host = settings.code_origin.map(origin_of).transpose()?.map(|origin| origin.host().to_string());
    if let Some(hash) = settings.android_app_hash.as_ref().filter(|hash| !is_app_hash(hash)) {
        return Err(BuildError::AndroidAppHash { hash: hash.clone() });
    }
    settings.theme.check(&path).map_err(BuildError::Theme)?;
    Ok(Site {
        name,
        origin: origin.to_string(),
        host,
        path,
        public_path,
        login_url: settings.login_url,
        trusted_origins: trusted_origins.iter().map(Origin::to_string).collect(),
        theme: settings.theme,
        single_code: settings.single_code,
        code_host,
        android_app_hash: settings.android_app_hash,
    })
}

fn destinations(
    messaging_to: &[String],
    voice_to: &[String],
    unknown_numbers: UnknownNumbers,
    provider: &dyn MfaProvider,
) -> Result<Destinations, BuildError> {
    let destinations = Destinations::new(regions(messaging_to)?, regions(voice_to)?, unknown_numbers)
        .map_err(|prefix| BuildError::UnknownNumbers { prefix })?;
    let reachable = |channel: &Channel| destinations.has_any(*channel);
    if !Channel::all().iter().any(reachable) {
        return Err(BuildError::NoCountry);
    }
    let unsupported =
        Channel::all().iter().copied().find(|channel| reachable(channel) && !provider.supports(*channel));
    match unsupported {
        Some(channel) => Err(BuildError::UnsupportedChannel { channel }),
        None => Ok(destinations),
    }
}

fn region(code: Option<String>) -> Result<Option<Region>, BuildError> {
    code.map(|code| code.parse().map_err(BuildError::Region)).transpose()
}

fn regions(codes: &[String]) -> Result<Vec<Region>, BuildError> {
    codes.iter().map(|code| code.parse().map_err(BuildError::Region)).collect()
}

fn keys(secrets: Vec<Secret>, sharing: Sharing) -> Result<KeyRing, BuildError> {
    let mut secrets = secrets.into_iter();
    match (secrets.next(), sharing) {
        (Some(current), _) => Ok(KeyRing::new(current, secrets)),
        (None, Sharing::SingleProcess) => Ok(KeyRing::new(Secret::random(), [])),
        (None, Sharing::Shared) => Err(BuildError::NoSecret),
    }
}

/// Returns the scopes of the app and, with a number book, those of the engine.
fn scopes(
    declared: Vec<DeclaredScope>,
    source: &Source,
    policy: &Policy,
    destinations: &Destinations,
) -> Result<Vec<ScopeSettings>, BuildError> {
    let reachable = |channel: &Channel| destinations.has_any(*channel);
    let mut scopes = catalog(declared, policy, reachable)?;
    if source.is_book() {
        reserve(&mut scopes, policy, reachable)?;
    } else if let Some(entry) = scopes.iter().find(|entry| entry.settled.is_some()) {
        return Err(BuildError::SettledWithoutBook { scope: entry.scope });
    }
    Ok(scopes)
}

fn catalog(
    declared: Vec<DeclaredScope>,
    policy: &Policy,
    reachable: impl Fn(&Channel) -> bool,
) -> Result<Vec<ScopeSettings>, BuildError> {
    let mut entries = Vec::with_capacity(declared.len());
    for DeclaredScope { name, label, grant_lifetime, channels, profile, payments, settled } in declared {
        let scope = Scope::new(&name).map_err(|why| BuildError::Scope { name: name.clone(), why })?;
        if scope.is_reserved() {
            return Err(BuildError::ReservedScope { name });
        }
        check_label(&label).map_err(|why| BuildError::Label { scope, why })?;
        let grant_lifetime = match profile {
            Profile::Psd2 => psd2::grant_lifetime(scope, grant_lifetime, policy)?,
            Profile::Any | Profile::Bound | Profile::Enroll => {
                grant_lifetime.unwrap_or(policy.grant_lifetime)
            }
        };
        check_grant_lifetime(grant_lifetime).map_err(BuildError::Policy)?;
        let channels: Vec<_> = Channel::all()
            .iter()
            .copied()
            .filter(|channel| channels.contains(channel) && reachable(channel))
            .collect();
        if channels.is_empty() {
            return Err(BuildError::NoChannel { scope });
        }
        entries.push(ScopeSettings {
            scope,
            label,
            grant_lifetime,
            channels,
            profile,
            payments,
            settled,
            label_id: None,
        });
    }
    entries.sort_by_key(|entry| entry.scope);
    let twice = entries.windows(2).find_map(|pair| match pair {
        [one, other] if one.scope == other.scope => Some(one.scope),
        _ => None,
    });
    match twice {
        Some(scope) => Err(BuildError::ScopeTwice { scope }),
        None if entries.is_empty() => Err(BuildError::NoScope),
        None => Ok(entries),
    }
}
