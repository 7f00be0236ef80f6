//! State of one user.

use crate::{
    challenge::Challenge, clock::Timestamp, grant::GrantRecord, kept_action::KeptAction, lock::Lock,
    scope::Scope, store::ConsumedAction, stored::stored, subject::LoginId,
};

/// State of one user.
///
/// ```
/// use mfakit_core::store::{Lock, UserState};
///
/// let unknown = UserState::default();
/// assert_eq!((unknown.failures, unknown.lock), (0, Lock::Unlocked));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UserState {
    /// Consecutive failures.
    pub failures: u32,
    /// Lock of the user.
    pub lock: Lock,
    /// Time of the next send according to the cool-down. `None` if nothing was sent recently.
    pub resend_at: Option<Timestamp>,
    /// Challenges that still accept a code.
    pub challenges: Vec<Challenge>,
    /// Grants that have not expired, unbound and bound ones.
    pub grants: Vec<GrantState>,
    /// Actions that are kept, and have not expired.
    pub actions: Vec<KeptAction>,
    /// Approvals that were consumed and are [remembered](crate::store::MfaStore::is_consumed): for each of these actions the
    /// newest of its digest, session and scope. A store may return others as well.
    pub consumed: Vec<ConsumedAction>,
}

impl UserState {
    /// Creates a state, for a store.
    #[must_use]
    pub const fn new(
        failures: u32,
        lock: Lock,
        resend_at: Option<Timestamp>,
        challenges: Vec<Challenge>,
        grants: Vec<GrantState>,
        actions: Vec<KeptAction>,
        consumed: Vec<ConsumedAction>,
    ) -> Self {
        Self { failures, lock, resend_at, challenges, grants, actions, consumed }
    }
}

/// Grant with its session and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantState {
    /// Session of the grant.
    pub login: LoginId,
    /// Scope of the grant.
    pub scope: Scope,
    /// Record of the grant.
    pub grant: GrantRecord,
}

stored!(GrantState { login, scope, grant });

impl GrantState {
    /// Creates a state, for a store.
    #[must_use]
    pub const fn new(login: LoginId, scope: Scope, grant: GrantRecord) -> Self {
        Self { login, scope, grant }
    }
}
