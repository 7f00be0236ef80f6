//! Methods for administrators and support.

use crate::{
    action::Approval,
    channel::Channel,
    clock::Timestamp,
    engine::{backend_error::BackendError, mfa::Mfa},
    event::{EventContext, EventKind},
    lock::Lock,
    scope::Scope,
    subject::{Recognition, UserId},
};

/// State of one user, for an administrator. Holds nothing that lets a request pass.
///
/// ```
/// use mfakit_core::{Mfa, UserId, store::Lock};
///
/// # async fn example(mfa: Mfa) -> Result<(), Box<dyn std::error::Error>> {
/// let alice = UserId::from("alice");
/// let status = mfa.status(&alice).await?;
/// println!("{} wrong codes in a row, {} grants", status.failures, status.grants.len());
/// if status.lock == Lock::Disabled {
///     mfa.unlock(&alice).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserStatus {
    /// Number of codes that were rejected in a row.
    pub failures: u32,
    /// State of the lock on entering and sending codes.
    pub lock: Lock,
    /// Time at which the next code may be sent, considering only the wait after the previous one.
    pub resend_at: Option<Timestamp>,
    /// Number of challenges that still accept a code.
    pub live_challenges: usize,
    /// The grants that have not expired.
    pub grants: Vec<UserGrant>,
}

/// Grant, as shown to an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserGrant {
    /// The scope.
    pub scope: Scope,
    /// Time at which the code was verified.
    pub verified_at: Timestamp,
    /// Time at which the grant ends, whatever the `max_age` of a route.
    pub expires_at: Timestamp,
    /// The channel of the code.
    pub channel: Channel,
    /// The means by which the app recognized the user.
    pub recognition: Recognition,
    /// The approval of the action that the grant is bound to, if it is bound.
    pub approval: Option<Approval>,
}

impl Mfa {
    /// Returns the state of a user.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed.
    pub async fn status(&self, user: &UserId) -> Result<UserStatus, BackendError> {
        let user_state = self.inner.store.user_state(user, self.try_now()?).await?;
        let grants = user_state.grants.iter().map(|granted| UserGrant {
            scope: granted.scope,
            verified_at: granted.grant.verified_at,
            expires_at: granted.grant.expires_at,
            channel: granted.grant.method.sent_over(),
            recognition: granted.grant.binding.recognition(),
            approval: granted.grant.approval,
        });
        Ok(UserStatus {
            failures: user_state.failures,
            lock: user_state.lock,
            resend_at: user_state.resend_at,
            live_challenges: user_state.challenges.len(),
            grants: grants.collect(),
        })
    }

    /// Ends a user's lock and resets the count of wrong codes. Call this after support has verified the user's
    /// identity. It is the only way back for a user who is [disabled](Lock::Disabled). Must be called within a tokio
    /// runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed. The lock may then still be in effect.
    pub async fn unlock(&self, user: &UserId) -> Result<(), BackendError> {
        let (mfa, user) = (self.clone(), user.clone());
        let unlocking = async move {
            mfa.inner.store.unlock(&user).await?;
            mfa.observe(EventContext::user(&user), EventKind::Unlocked);
            Ok(())
        };
        self.to_the_end(unlocking).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Deletes the record that the number on file for a user ever completed a challenge. Call this before the number
    /// is removed from the user's account, because it may be assigned to another person later.
    ///
    /// Codes that were sent to the number recently stay counted until the longest window has passed. Otherwise,
    /// changing a number back and forth would circumvent its budget.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory or the store failed.
    pub async fn forget_number(&self, user: &UserId) -> Result<(), BackendError> {
        let Some(on_file) = self.number_on_file(user).await? else { return Ok(()) };
        self.forget_completions_of(&on_file.number).await?;
        self.observe(EventContext::user(user), EventKind::NumberForgotten);
        Ok(())
    }
}
