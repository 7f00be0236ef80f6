//! One send of a code, and everything that is bound to it.
//!
//! ```text
//!               provider accepts                  right code: consumed, grant made
//!  reserved ─────────────────────► live ─────────────────────────────────────────► spent
//!     │                             │ ▲
//!     │ provider rejects            │ └─ wrong code: one attempt fewer
//!     ▼                             ▼
//!   nothing                        over: expired, no attempt left, a newer one live,
//!                                        number changed, session revoked
//! ```

use std::time::Duration;

use crate::{
    approval::{Approval, ApprovalId},
    clock::Timestamp,
    method::Method,
    scope::Scope,
    stored::stored,
    subject::LoginId,
    token::{ChallengeId, ProviderScope},
};

/// Record that a store keeps of one code that was sent. It contains neither the code nor the phone number.
///
/// A store that reads a challenge back builds it with [`new`](Self::new) and the four `with_` methods, which together
/// set every field. A new field that security depends on will only be added as an argument of one of them, so that a
/// store that does not keep it stops compiling.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, ChallengeId, LoginId, Scope, Timestamp, provider::ProviderScope, store::Challenge};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let (id, login) = (ChallengeId::from_bytes([7; 32]), LoginId::random());
/// let provider_scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
/// let challenge = Challenge::new(id, login, Scope::new("transfer")?, None, Channel::Messaging, provider_scope)
///     .with_number([1; 32], "34")
///     .with_times(now, now + Duration::from_secs(300), now + Duration::from_secs(30))
///     .with_attempts(5, 2);
/// assert!(challenge.is_live(now) && challenge.attempts_left() == 3);
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Challenge {
    /// Identifier of the challenge.
    pub id: ChallengeId,
    /// Session that requested the code. No other session may enter it.
    pub login: LoginId,
    /// Scope that the code confirms.
    pub scope: Scope,
    /// Approval that the code gives. `None` if the challenge is not bound to an action.
    pub approval: Option<Approval>,
    /// Method that the challenge is met with.
    pub method: Method,
    /// Scope of this send at the provider.
    pub provider_scope: ProviderScope,
    /// Keyed hash of the number that the code was sent to.
    pub number: [u8; 32],
    /// Last two digits of that number, for display.
    pub last_two: String,
    /// Time of the send.
    pub sent_at: Timestamp,
    /// Time at which the challenge expires. From then on, no code is accepted.
    pub expires_at: Timestamp,
    /// Time at which the user may request the next code.
    pub resend_at: Timestamp,
    /// Maximum number of attempts.
    pub attempts: u32,
    /// Number of attempts that were used.
    pub attempts_used: u32,
    /// Return target of the user, signed.
    pub return_to: Option<String>,
}

stored!(Challenge {
    id,
    login,
    scope,
    approval,
    method,
    provider_scope,
    number,
    last_two,
    sent_at,
    expires_at,
    resend_at,
    attempts,
    attempts_used,
    return_to,
});

impl Challenge {
    /// Creates a challenge that accepts no code yet: it has no number, no time and no attempts.
    #[must_use]
    pub fn new(
        id: ChallengeId,
        login: LoginId,
        scope: Scope,
        approval: Option<Approval>,
        method: impl Into<Method>,
        provider_scope: ProviderScope,
    ) -> Self {
        let never = Timestamp::from_millis(0);
        Self {
            id,
            login,
            scope,
            approval,
            method: method.into(),
            provider_scope,
            number: [0; 32],
            last_two: String::new(),
            sent_at: never,
            expires_at: never,
            resend_at: never,
            attempts: 0,
            attempts_used: 0,
            return_to: None,
        }
    }

    /// Sets the keyed hash of the number and its last two digits.
    #[must_use]
    pub fn with_number(mut self, hash: [u8; 32], last_two: impl Into<String>) -> Self {
        self.number = hash;
        self.last_two = last_two.into();
        self
    }

    /// Sets the time of the send, the time of expiry and the time at which the next code may be requested.
    #[must_use]
    pub const fn with_times(
        mut self,
        sent_at: Timestamp,
        expires_at: Timestamp,
        resend_at: Timestamp,
    ) -> Self {
        self.sent_at = sent_at;
        self.expires_at = expires_at;
        self.resend_at = resend_at;
        self
    }

    /// Sets the maximum number of attempts and the number of attempts that were used.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32, attempts_used: u32) -> Self {
        self.attempts = attempts;
        self.attempts_used = attempts_used;
        self
    }

    /// Sets the signed return target.
    #[must_use]
    pub fn with_return_to(mut self, return_to: Option<String>) -> Self {
        self.return_to = return_to;
        self
    }

    /// Returns whether a code may still be entered.
    ///
    /// A clock that was set back does not extend the challenge: it is over if it was sent more than a minute
    /// from now.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        let from_the_future = self.sent_at > now.plus(Duration::from_secs(60));
        now < self.expires_at && !from_the_future && self.attempts_used < self.attempts
    }

    /// Returns the identifier of the approval that the challenge gives.
    pub(crate) fn approval_id(&self) -> Option<&ApprovalId> {
        self.approval.as_ref().map(|approval| &approval.id)
    }

    /// Returns whether the challenge gives the approval with this identifier.
    pub(crate) fn is_for(&self, id: &ApprovalId) -> bool {
        self.approval.is_some_and(|approval| approval.id == *id)
    }

    /// Returns whether the challenge has the same session, scope and approval as another, so that only one can be live.
    pub(crate) fn replaces(&self, other: &Self) -> bool {
        let id = |challenge: &Self| challenge.approval.map(|approval| approval.id);
        (self.login, self.scope, id(self)) == (other.login, other.scope, id(other))
    }

    /// Returns the number of attempts that are left.
    #[must_use]
    pub const fn attempts_left(&self) -> u32 {
        self.attempts.saturating_sub(self.attempts_used)
    }

    /// Returns the masked number that the code was sent to, such as `•••34`.
    #[must_use]
    pub fn sent_to(&self) -> String {
        format!("•••{}", self.last_two)
    }
}
