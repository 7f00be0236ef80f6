//! The port to whatever remembers challenges and grants.

use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;

use crate::{Binding, Challenge, ChallengeId, GrantRecord, LoginId, Scope, Timestamp, UserId};

/// Whatever remembers challenges and grants.
///
/// 1. Every verb is one atomic step, whatever runs beside it.
/// 2. An `Err` means "could not find out", and refuses. A store that cannot read a record says so instead
///    of treating it as absent.
/// 3. What a store cannot know (which limit, how long) is passed in. `now` is the app's clock; a store
///    shared by several instances may use its own instead, as long as it is one clock.
/// 4. Every call is bounded in time by the store itself. The engine drops one that takes longer than ten
///    seconds, so whatever a verb has begun by then must be whole or nothing.
/// 5. A store that is full refuses [`reserve_send`](Self::reserve_send) and forgets nothing that lives.
#[async_trait]
pub trait MfaStore: fmt::Debug + Send + Sync + 'static {
    /// Whether other processes see what this one writes.
    fn sharing(&self) -> Sharing;

    /// The grant of this user, log-in and scope, judged by nobody yet. One read.
    async fn grant(
        &self,
        user: &UserId,
        login: &LoginId,
        scope: &Scope,
    ) -> Result<Option<GrantRecord>, StoreError>;

    /// The challenge of this user, log-in and scope on which a code may still be tried.
    async fn live_challenge(&self, key: Key<'_>, now: Timestamp) -> Result<Option<Challenge>, StoreError>;

    /// Counts one send for the user, over all log-ins and scopes, unless the one before is too recent.
    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError>;

    /// Makes a challenge whose send was reserved the live one of its log-in and scope; the one before it is
    /// over. One whose log-in, scope or user was revoked since the reservation is over itself.
    async fn open_challenge(&self, user: &UserId, challenge: Challenge) -> Result<Opening, StoreError>;

    /// Counts one attempt on a live challenge, if it is this user's, log-in's and scope's and went to
    /// this number. A challenge that went to another number is over from now on.
    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError>;

    /// Consumes the challenge and makes the grant, in one step; ends the user's cool-down.
    async fn redeem(&self, request: Redeem<'_>) -> Result<Redemption, StoreError>;

    /// Ends grants, and what would become a grant: live challenges, and sends that are reserved.
    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError>;
}

/// Whether other processes see what a store writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody else sees it, and it is gone with the process.
    SingleProcess,
    /// Several instances work with it, so they need one secret.
    Shared,
}

/// Whose challenge or grant, in which log-in, for what.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The user.
    pub user: &'a UserId,
    /// The log-in.
    pub login: &'a LoginId,
    /// The scope.
    pub scope: &'a Scope,
}

/// One send, to be counted.
#[derive(Clone, Copy, Debug)]
pub struct ReserveSend<'a> {
    /// For whom.
    pub key: Key<'a>,
    /// The challenge that the send will open.
    pub challenge: &'a ChallengeId,
    /// How long to wait after the first send, the second, and so on; the last value repeats.
    pub cool_down: &'a [Duration],
    /// How long after a send the count of sends begins anew.
    pub forget_after: Duration,
    /// What time it is.
    pub now: Timestamp,
}

/// Whether a send was counted.
#[derive(Clone, Debug)]
#[must_use]
pub enum SendReservation {
    /// It was; the next one may follow at this time.
    Reserved {
        /// When the next send may follow.
        resend_at: Timestamp,
    },
    /// It was not: the send before is too recent.
    CoolingDown {
        /// When the next send may follow.
        resend_at: Timestamp,
        /// The live challenge of this log-in and scope, if there is one.
        live: Option<Box<Challenge>>,
    },
}

/// Whether a challenge is live now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Opening {
    /// It is.
    Opened,
    /// It was revoked while its code was on the way.
    Over,
}

/// One attempt, to be counted.
#[derive(Clone, Copy, Debug)]
pub struct ReserveAttempt<'a> {
    /// Whose challenge it has to be.
    pub key: Key<'a>,
    /// Which one.
    pub challenge: &'a ChallengeId,
    /// The keyed hashes of the number that is on file now, one for each secret that still reads.
    pub numbers: &'a [[u8; 32]],
    /// What time it is.
    pub now: Timestamp,
}

/// Whether an attempt was counted.
#[derive(Clone, Debug)]
#[must_use]
pub enum AttemptReservation {
    /// It was; the challenge is as it stands after that.
    Reserved(Box<Challenge>),
    /// It was not: there is no such challenge for this user, log-in, scope and number, or it is over.
    Over,
}

/// A challenge that was met.
#[derive(Clone, Copy, Debug)]
pub struct Redeem<'a> {
    /// Whose challenge it has to be.
    pub key: Key<'a>,
    /// Which one.
    pub challenge: &'a ChallengeId,
    /// What has to come with a request for the grant to count.
    pub binding: Binding,
    /// How long the grant lasts.
    pub lifetime: Duration,
    /// What time it is.
    pub now: Timestamp,
}

/// Whether a challenge became a grant.
#[derive(Clone, Debug)]
#[must_use]
pub enum Redemption {
    /// It did.
    Granted(GrantRecord),
    /// It had been consumed, revoked or replaced meanwhile.
    Over,
}

/// What of a user is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Everything.
    User,
    /// Everything of one log-in.
    Login(LoginId),
    /// One scope, in every log-in.
    Scope(Scope),
    /// One scope in one log-in.
    Elevation(LoginId, Scope),
}

impl Revocation {
    /// Whether it covers this log-in and scope.
    #[must_use]
    pub fn covers(&self, of_login: &LoginId, of_scope: &Scope) -> bool {
        match self {
            Self::User => true,
            Self::Login(login) => login == of_login,
            Self::Scope(scope) => scope == of_scope,
            Self::Elevation(login, scope) => login == of_login && scope == of_scope,
        }
    }
}

/// The store could not do what it was asked. Nothing is known, so everybody is refused.
#[derive(Debug)]
pub struct StoreError {
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error with a text for the log: no user, no number, no token in it.
    pub fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), source: None }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store refuses: {}", self.detail)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
