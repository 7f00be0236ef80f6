//! Audit events.
//!
//! 1. Events contain no code, no full number, no cookie and no token. Sessions and challenges appear as a
//!    [`Fingerprint`].
//! 2. Every start ends in exactly one of [`CodeSent`](EventKind::CodeSent) and
//!    [`SendRejected`](EventKind::SendRejected), which is its decision record [SEND-3, LOG-1].
//! 3. Names are those of OWASP's Logging Vocabulary if it has one, and similar ones otherwise.
//! 4. Every event has a short, constant message, which begins its line in the log.
//!
//! | name | message |
//! |---|---|
//! | `authn_code_sent` | code sent |
//! | `excess_rate_limit_exceeded` | code not sent: limit reached |
//! | `authn_code_refused` | code not sent |
//! | `authn_login_fail` | code rejected |
//! | `authn_login_lock` | user locked |
//! | `authn_login_fail_max` | user disabled |
//! | `excess_rate_limit_exceeded` | attempt rejected: user locked |
//! | `authn_login_unlock` | user unlocked |
//! | `sequence_fail` | attempt rejected: challenge over |
//! | `authn_login_fail_surge` | unusually many codes rejected |
//! | `authn_login_success` | code accepted: grant made |
//! | `authn_login_successafterfail` | code accepted: grant made |
//! | `authn_login_repeated` | code entered again: same grant |
//! | `authn_token_consumed` | grant consumed |
//! | `authz_fail` | request denied by a guard |
//! | `authn_token_revoked` | grants revoked |
//! | `authn_number_forgotten` | number forgotten |
//! | `authn_number_added` | number added |
//! | `authn_number_replaced` | number replaced |
//! | `authn_number_removed` | number removed |
//! | `authn_number_changed` | number changed by the app |
//! | `authn_number_change_fail` | change of number rejected |
//! | `authn_recovery_codes_made` | recovery codes made |
//! | `authn_recovery_success` | recovery code used |
//! | `authn_recovery_fail` | recovery code rejected |
//! | `authn_recovery_allowed` | recovery allowed by the app |
//! | `authn_recovery_revoked` | recovery revoked |
//! | `authn_recovery_consumed` | recovery consumed |
//! | `sys_recovery_unreadable` | recovery record unreadable |
//! | `authn_recovery_revoke_pending` | recovery not revoked yet in the recovery book |
//! | `authn_token_revoke_pending` | grants not revoked yet after a change of number |
//! | `authn_number_checked` | number checked |
//! | `authn_notice_sent` | notice sent |
//! | `sys_notice_failed` | notice not sent: change held |
//! | `sys_notice_failed` | notice not sent |
//! | `malicious_csrf` | cross-site request rejected |
//! | `sys_provider_failed` | provider failed |
//! | `sys_store_failed` | store failed |
//! | `sys_app_failed` | function of the app failed |
//! | `sys_number_unreadable` | phone number on file unreadable |
//! | `sys_misconfigured` | app misconfigured |
//! | `sys_routes_not_reached` | challenge page not reached |
//! | `sys_addresses_uncounted` | client addresses not configured |

mod kind;
mod log;
#[cfg(test)]
mod tests;
mod words;

pub use kind::EventKind;
pub use log::TracingObserver;

use std::{borrow::Cow, fmt, net::IpAddr, sync::Arc};

use sha2::{Digest, Sha256};

use crate::{
    action::{ActionDigest, Approval, ApprovalId, Words},
    channel::Channel,
    clock::Timestamp,
    event::words::EventWords,
    redacted::Redacted,
    scope::Scope,
    subject::{LoginId, Subject, UserId},
    token::ChallengeId,
};

/// Audit event: its time, its context and its kind.
///
/// ```
/// use mfakit_core::{Timestamp, UserId, event::{Event, EventContext, EventKind}};
///
/// // In a test of an observer:
/// let alice = UserId::from("alice");
/// let event = Event::new(Timestamp::from_millis(0), EventContext::user(&alice), EventKind::Unlocked);
/// assert_eq!(event.name(), "authn_login_unlock");
/// assert_eq!(event.about.user, Some(&alice));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// Time of the event by the engine's clock, in UTC.
    pub at: Timestamp,
    /// User, scope and other circumstances of the event.
    pub about: EventContext<'a>,
    /// Kind of the event.
    pub kind: EventKind<'a>,
}

impl<'a> Event<'a> {
    /// Creates an event, for tests of an observer.
    #[must_use]
    pub const fn new(at: Timestamp, about: EventContext<'a>, kind: EventKind<'a>) -> Self {
        Self { at, about, kind }
    }

    /// Returns the name, such as `authn_login_fail`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// Circumstances of an event, as far as they are known.
///
/// ```
/// use mfakit_core::{Channel, LoginId, Scope, Subject, event::EventContext};
///
/// let (alice, scope) = (Subject::cookie("alice", LoginId::random()), Scope::new("transfer")?);
/// let context = EventContext::subject(&alice).scope(&scope).channel(Channel::Voice);
/// assert_eq!(context.user, Some(alice.user()));
/// assert_eq!(context.session().map(|session| session.to_string().len()), Some(16));
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct EventContext<'a> {
    /// User of the request, or the user that the app acted on.
    pub user: Option<&'a UserId>,
    /// Scope that the request was about.
    pub scope: Option<&'a Scope>,
    /// Channel of the code.
    pub channel: Option<Channel>,
    /// Address of the client, if the builder configures how it is determined.
    pub address: Option<IpAddr>,
    /// Approval that the request names, or that the challenge or the grant has.
    pub approval: Option<&'a ApprovalId>,
    /// Digest of the action of the approval.
    pub digest: Option<&'a ActionDigest>,
    subject: Option<&'a Subject>,
    /// Session, if there is no subject.
    login: Option<&'a LoginId>,
    challenge: Option<&'a ChallengeId>,
    words: Option<EventWords<'a>>,
}

impl<'a> EventContext<'a> {
    /// Creates an empty context.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates the context of a user, in any session.
    #[must_use]
    pub fn user(user: &'a UserId) -> Self {
        Self { user: Some(user), ..Self::default() }
    }

    /// Creates the context of a user in a session, or an empty one for a request without a user.
    #[must_use]
    pub fn subject(subject: impl Into<Option<&'a Subject>>) -> Self {
        let subject = subject.into();
        Self { user: subject.map(Subject::user), subject, ..Self::default() }
    }

    /// Sets the session of a context without a subject.
    #[must_use]
    pub const fn login(mut self, login: &'a LoginId) -> Self {
        self.login = Some(login);
        self
    }

    /// Sets the scope.
    #[must_use]
    pub const fn scope(mut self, scope: &'a Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Sets the channel.
    #[must_use]
    pub const fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Sets the challenge.
    #[must_use]
    pub const fn challenge(mut self, challenge: &'a ChallengeId) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// Sets the approval of the action, with its digest.
    #[must_use]
    pub fn approval(mut self, approval: impl Into<Option<&'a Approval>>) -> Self {
        let approval = approval.into();
        self.approval = approval.map(|approval| &approval.id);
        self.digest = approval.map(|approval| &approval.digest);
        self
    }

    /// Sets the approval that the request names, whose digest is not known.
    #[must_use]
    pub const fn approval_id(mut self, approval: Option<&'a ApprovalId>) -> Self {
        self.approval = approval;
        self
    }

    /// Sets the words of the action.
    #[must_use]
    pub fn with_words(mut self, words: impl Into<Option<&'a Words>>) -> Self {
        self.words = words.into().map(EventWords::Known);
        self
    }

    /// Sets the words of the action to what a function returns, which is called only if an observer asks.
    pub(crate) fn words_from(mut self, words: &'a (dyn Fn() -> Words + Sync)) -> Self {
        self.words = Some(EventWords::From(words));
        self
    }

    /// Returns the words of the action: those that the person was shown before the code was entered. They are data of the
    /// app, and the payee may be text from a stranger. `None` if the event is not about an action, or if its words are not
    /// at hand.
    #[must_use]
    pub fn words(&self) -> Option<Cow<'a, Words>> {
        match self.words? {
            EventWords::Known(words) => Some(Cow::Borrowed(words)),
            EventWords::From(words) => Some(Cow::Owned(words())),
        }
    }

    /// Sets the address of the client.
    #[must_use]
    pub const fn address(mut self, address: Option<IpAddr>) -> Self {
        self.address = address;
        self
    }

    /// Returns the fingerprint of the session, which connects the events of one session.
    #[must_use]
    pub fn session(&self) -> Option<Fingerprint> {
        let login = self.subject.map(Subject::login).or(self.login);
        login.map(|login| Fingerprint::of(login.as_bytes()))
    }

    /// Returns the user and session of the request, for a test that records events.
    #[cfg(feature = "testing")]
    pub(crate) const fn recorded_subject(&self) -> Option<&'a Subject> {
        self.subject
    }

    /// Returns the fingerprint of the challenge, which connects the events of one challenge.
    #[must_use]
    pub fn challenge_fingerprint(&self) -> Option<Fingerprint> {
        self.challenge.map(|challenge| Fingerprint::of(challenge.as_bytes()))
    }
}

impl fmt::Debug for EventContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventContext")
            .field("user", &self.user)
            .field("session", &self.session().map(|print| print.to_string()))
            .field("scope", &self.scope)
            .field("channel", &self.channel)
            .field("challenge", &self.challenge_fingerprint().map(|print| print.to_string()))
            .field("address", &self.address)
            .field("approval", &self.approval)
            .field("digest", &self.digest)
            .field("words", &self.words)
            .finish()
    }
}

/// First 64 bits of the SHA-256 hash of a random identifier. It distinguishes the identifier from others, but cannot be
/// used instead of it [LOG-2]. `Display` writes 16 hexadecimal digits.
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

/// Receiver of every [`Event`].
///
/// You can implement this trait outside this crate. An `Arc` or a `Box` of an observer is an observer, and
/// [`observer_fn`] makes one from a closure. Pass a clone of an `Arc` to the builder to keep access to what the observer
/// counts.
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observer of events",
    label = "not an observer",
    note = "for a closure, write `observer_fn(|event| …)`, from `mfakit::event`",
    note = "for a type of your own, write `impl Observer`; to keep access to it, pass an `Arc` of it"
)]
pub trait Observer: Send + Sync + 'static {
    /// Receives an event. Must not block.
    fn observe(&self, event: &Event<'_>);
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, event: &Event<'_>) {
        (**self).observe(event);
    }
}

impl<O: Observer + ?Sized> Observer for Box<O> {
    fn observe(&self, event: &Event<'_>) {
        (**self).observe(event);
    }
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("Observer").fmt(f)
    }
}

/// Creates an observer from a closure. It must not block.
///
/// ```
/// use mfakit_core::{Timestamp, event::{Event, EventContext, EventKind, Observer, observer_fn}};
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let observer = observer_fn(move |event| {
///     let _ = sender.send(event.name());
/// });
///
/// observer.observe(&Event::new(Timestamp::from_millis(0), EventContext::new(), EventKind::Consumed));
/// assert_eq!(receiver.recv(), Ok("authn_token_consumed"));
/// ```
pub fn observer_fn(observe: impl Fn(&Event<'_>) + Send + Sync + 'static) -> impl Observer {
    ObserverFn(observe)
}

struct ObserverFn<F>(F);

impl<F: Fn(&Event<'_>) + Send + Sync + 'static> Observer for ObserverFn<F> {
    fn observe(&self, event: &Event<'_>) {
        (self.0)(event);
    }
}

/// Writes an error and its causes on one line, separated by colons.
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
