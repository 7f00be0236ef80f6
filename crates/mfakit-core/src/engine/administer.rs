//! What an administrator may look at and mend.

use tracing::Instrument;

use crate::{
    channel::Channel,
    clock::Timestamp,
    directory::BoxError,
    engine::mfa::Mfa,
    event::{EventContext, EventKind},
    lock::Lock,
    scope::Scope,
    store::StoreError,
    subject::{Recognition, UserId},
};

/// How things stand for one user: nothing in it opens anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserStatus {
    /// How many codes in a row were rejected.
    pub failures: u32,
    /// Whether codes may be tried and sent.
    pub lock: Lock,
    /// When the next code may be sent, as far as the wait after the last one goes.
    pub resend_at: Option<Timestamp>,
    /// How many codes are on their way or arrived and may still be tried.
    pub live_challenges: usize,
    /// The grants that have not expired.
    pub grants: Vec<UserGrant>,
}

/// A grant as an administrator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserGrant {
    /// For what.
    pub scope: Scope,
    /// When the code was verified.
    pub verified_at: Timestamp,
    /// When it ends, whatever a route says.
    pub expires_at: Timestamp,
    /// How the code travelled.
    pub channel: Channel,
    /// How the app had recognised the person.
    pub recognition: Recognition,
}

impl Mfa {
    /// How things stand for a user.
    ///
    /// # Errors
    ///
    /// When the store could not be asked.
    pub async fn status(&self, user: &UserId) -> Result<UserStatus, StoreError> {
        let now = self.inner.clock.now();
        let user_state = self.ask_store(self.inner.store.user_state(user, now)).await?;
        let grants = user_state.grants.iter().map(|user_state| UserGrant {
            scope: user_state.scope,
            verified_at: user_state.grant.verified_at,
            expires_at: user_state.grant.expires_at,
            channel: user_state.grant.channel,
            recognition: user_state.grant.binding.recognition(),
        });
        Ok(UserStatus {
            failures: user_state.failures,
            lock: user_state.lock,
            resend_at: user_state.resend_at,
            live_challenges: user_state.challenges.len(),
            grants: grants.collect(),
        })
    }

    /// Ends a user's lock and count of failures: what support does after it has made sure of who is asking. The only
    /// way back for somebody who is disabled. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the store could not be asked; the lock then still stands.
    pub async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        let (mfa, user) = (self.clone(), user.clone());
        let unlocking = async move {
            mfa.ask_store(mfa.inner.store.unlock(&user)).await?;
            mfa.observe(EventContext::user(&user), EventKind::Unlocked);
            Ok(())
        };
        let unlocked = tokio::spawn(unlocking.in_current_span()).await;
        unlocked.unwrap_or_else(|stopped| Err(StoreError::new("the store stopped").with_source(stopped)))
    }

    /// Forgets that the number on file for a user ever completed a challenge: before it is taken off the record,
    /// because somebody else will have it one day. What was sent to it lately stays counted until the longest window
    /// has passed, or changing a number to and fro would be a way round its budget.
    ///
    /// # Errors
    ///
    /// When the directory or the store could not be asked.
    pub async fn forget_number(&self, user: &UserId) -> Result<(), BoxError> {
        let on_file = self.number_on_file(user).await.map_err(|_| "the directory could not be asked")?;
        let Some(on_file) = on_file else { return Ok(()) };
        self.forget_completion(&on_file).await?;
        self.observe(EventContext::user(user), EventKind::NumberForgotten);
        Ok(())
    }
}
