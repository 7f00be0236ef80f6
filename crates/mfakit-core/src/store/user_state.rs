//! How things stand for one user.

use crate::{
    challenge::Challenge, clock::Timestamp, grant::GrantRecord, lock::Lock, scope::Scope, subject::LoginId,
};

/// How things stand for one user.
#[derive(Clone, Debug, Default)]
pub struct UserState {
    /// Consecutive failures.
    pub failures: u32,
    /// Whether codes may be tried and sent.
    pub lock: Lock,
    /// When the next send may follow, as far as the cool-down goes; `None` where nothing was sent lately.
    pub resend_at: Option<Timestamp>,
    /// The challenges on which a code may still be tried.
    pub challenges: Vec<Challenge>,
    /// The grants that have not expired.
    pub grants: Vec<GrantState>,
}

/// A grant, and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantState {
    /// The log-in.
    pub login: LoginId,
    /// The scope.
    pub scope: Scope,
    /// The grant.
    pub grant: GrantRecord,
}
