//! What an auditor wants to know.
//!
//! 1. Carries no code, no full number, no cookie and no token; log-ins and challenges by a [`Fingerprint`].
//! 2. Every start ends in exactly one of [`CodeSent`](EventKind::CodeSent) and
//!    [`SendRejected`](EventKind::SendRejected): that is its decision record [SEND-3, LOG-1].
//! 3. Names are those of OWASP's Logging Vocabulary where it has one, and made like them where it has none.

mod kind;
mod log;

pub use kind::EventKind;
pub use log::TracingObserver;

use std::{fmt, net::IpAddr};

use sha2::{Digest, Sha256};

use crate::{
    channel::Channel,
    clock::Timestamp,
    redacted::Redacted,
    scope::Scope,
    subject::{LoginId, Subject, UserId},
    token::ChallengeId,
};

/// Something an auditor wants to know: when, about whom and what, and what it was.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// When, by the engine's clock; UTC.
    pub at: Timestamp,
    /// Whom and what it is about.
    pub about: EventContext<'a>,
    /// What happened.
    pub kind: EventKind<'a>,
}

impl Event<'_> {
    /// Its name, such as `authn_login_fail`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// Whom and what an event is about, as far as it is known.
#[derive(Clone, Copy, Default)]
pub struct EventContext<'a> {
    /// The user.
    pub user: Option<&'a UserId>,
    /// For what.
    pub scope: Option<&'a Scope>,
    /// How the code travels.
    pub channel: Option<Channel>,
    /// Where the request comes from, if the builder was told how to find out.
    pub address: Option<IpAddr>,
    login: Option<&'a LoginId>,
    challenge: Option<&'a ChallengeId>,
}

impl<'a> EventContext<'a> {
    /// About nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// About a user, whatever the log-in.
    #[must_use]
    pub fn user(user: &'a UserId) -> Self {
        Self { user: Some(user), ..Self::default() }
    }

    /// About a user in a log-in, if somebody is logged in.
    #[must_use]
    pub fn subject(subject: impl Into<Option<&'a Subject>>) -> Self {
        let subject = subject.into();
        Self { user: subject.map(Subject::user), login: subject.map(Subject::login), ..Self::default() }
    }

    /// The same about a scope.
    #[must_use]
    pub const fn scope(mut self, scope: &'a Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The same about a channel.
    #[must_use]
    pub const fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// The same about a challenge.
    #[must_use]
    pub const fn challenge(mut self, challenge: &'a ChallengeId) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// The same from an address.
    #[must_use]
    pub const fn address(mut self, address: Option<IpAddr>) -> Self {
        self.address = address;
        self
    }

    /// The log-in, so that lines of one can be told from those of another.
    #[must_use]
    pub fn session(&self) -> Option<Fingerprint> {
        self.login.map(|login| Fingerprint::of(login.as_bytes()))
    }

    /// The challenge, likewise.
    #[must_use]
    pub fn challenge_fingerprint(&self) -> Option<Fingerprint> {
        self.challenge.map(|challenge| Fingerprint::of(challenge.as_bytes()))
    }
}

impl fmt::Debug for EventContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("About")
            .field("user", &self.user)
            .field("session", &self.session().map(|print| print.to_string()))
            .field("scope", &self.scope)
            .field("channel", &self.channel)
            .field("challenge", &self.challenge_fingerprint().map(|print| print.to_string()))
            .field("address", &self.address)
            .finish()
    }
}

/// The first 64 bits of the SHA-256 of a random identifier: tells it from others, and is of no use in its place
/// [LOG-2]. Shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    fn of(bytes: &[u8]) -> Self {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"mfakit log ").chain_update(bytes).finalize().into();
        Self(digest.first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hears every [`Event`]. Must not block.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use mfakit_core::{Observer, event::{Event, EventKind}};
///
/// #[derive(Default)]
/// struct Locks(AtomicU64);
///
/// impl Observer for Locks {
///     fn observe(&self, event: &Event<'_>) {
///         if let EventKind::Locked { .. } = event.kind {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, event: &Event<'_>);
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("Observer").fmt(f)
    }
}

/// An error and what caused it, on one line.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
