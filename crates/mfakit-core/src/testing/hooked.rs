//! Store with a hook before and after each verb.

use std::fmt;

use async_trait::async_trait;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    kept_action::KeptAction,
    limit::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat,
        KeepAction, Kept, Key, MfaStore, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup,
        ReserveAttempt, ReserveBudget, ReserveSend, Revocation, SendReservation, Sharing, StoreError,
        StoreSize, UserState,
    },
    subject::UserId,
    token::ChallengeId,
};

/// Store that calls a [`StoreHook`] before and after each verb of another store. It lets a test fail, delay or suspend
/// the store.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{MemoryStore, MfaStore, store::StoreError, testing::{HookedStore, StoreHook, Verb}};
///
/// struct Down;
///
/// #[async_trait]
/// impl StoreHook for Down {
///     async fn before(&self, _: Verb) -> Result<(), StoreError> {
///         Err(StoreError::new("down for the test"))
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let store = HookedStore::new(MemoryStore::new(), Down);
/// assert!(store.unlock(&"alice".into()).await.is_err());
/// # })
/// ```
pub struct HookedStore<S, H> {
    store: S,
    hook: H,
    sharing: Option<Sharing>,
}

/// Hook that a [`HookedStore`] calls before and after each verb. Implement either method, or both.
///
/// ```
/// use std::time::Duration;
/// use async_trait::async_trait;
/// use mfakit_core::{store::StoreError, testing::{StoreHook, Verb}};
///
/// /// Makes every revocation take a second.
/// struct SlowRevocations;
///
/// #[async_trait]
/// impl StoreHook for SlowRevocations {
///     async fn before(&self, verb: Verb) -> Result<(), StoreError> {
///         if verb == Verb::Revoke {
///             tokio::time::sleep(Duration::from_secs(1)).await;
///         }
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait StoreHook: Send + Sync + 'static {
    /// Runs before the verb. If it returns an error, the verb returns that error, and the store is not called.
    async fn before(&self, _verb: Verb) -> Result<(), StoreError> {
        Ok(())
    }

    /// Runs after the verb has taken effect. If it returns an error, the verb returns that error.
    async fn after(&self, _verb: Verb) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Verb of [`MfaStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is named after its verb")]
#[non_exhaustive]
pub enum Verb {
    Grant,
    BoundGrants,
    KeepAction,
    Actions,
    IsConsumed,
    UserState,
    ReserveSend,
    ReleaseSend,
    OpenChallenge,
    ReserveAttempt,
    ReleaseAttempt,
    Redeem,
    FindRepeat,
    Consume,
    Revoke,
    Unlock,
    ReserveBudget,
    ExhaustedUntil,
    SettleBudget,
}

impl<S: MfaStore, H: StoreHook> HookedStore<S, H> {
    /// Adds a hook to a store.
    pub const fn new(store: S, hook: H) -> Self {
        Self { store, hook, sharing: None }
    }

    /// Sets the value that [`MfaStore::sharing`] returns. By default it is the value of the inner store.
    #[must_use]
    pub const fn with_sharing(mut self, sharing: Sharing) -> Self {
        self.sharing = Some(sharing);
        self
    }

    async fn hooked<T>(
        &self,
        verb: Verb,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.hook.before(verb).await?;
        let answer = call.await?;
        self.hook.after(verb).await?;
        Ok(answer)
    }
}

impl<S: fmt::Debug, H> fmt::Debug for HookedStore<S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedStore").field("store", &self.store).finish_non_exhaustive()
    }
}

#[async_trait]
impl<S: MfaStore, H: StoreHook> MfaStore for HookedStore<S, H> {
    fn sharing(&self) -> Sharing {
        self.sharing.unwrap_or_else(|| self.store.sharing())
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.hooked(Verb::Grant, self.store.grant(key)).await
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        self.hooked(Verb::BoundGrants, self.store.bound_grants(key)).await
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.hooked(Verb::KeepAction, self.store.keep_action(request)).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        self.hooked(Verb::Actions, self.store.actions(key, now)).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        self.hooked(Verb::IsConsumed, self.store.is_consumed(key, now)).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        self.hooked(Verb::UserState, self.store.user_state(user, now)).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.hooked(Verb::ReserveSend, self.store.reserve_send(request)).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.hooked(Verb::ReleaseSend, self.store.release_send(user, challenge)).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.hooked(Verb::OpenChallenge, self.store.open_challenge(user, challenge)).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.hooked(Verb::ReserveAttempt, self.store.reserve_attempt(request)).await
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.hooked(Verb::ReleaseAttempt, self.store.release_attempt(request)).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.hooked(Verb::Redeem, self.store.redeem(request)).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.hooked(Verb::FindRepeat, self.store.find_repeat(request)).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        self.hooked(Verb::Consume, self.store.consume(key, grant, now)).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.hooked(Verb::Revoke, self.store.revoke(user, what)).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.hooked(Verb::Unlock, self.store.unlock(user)).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        self.hooked(Verb::ReserveBudget, self.store.reserve_budget(request)).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.hooked(Verb::ExhaustedUntil, self.store.exhausted_until(budget, limits, now)).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.hooked(Verb::SettleBudget, self.store.settle_budget(budget, change, now)).await
    }

    fn size(&self) -> Option<StoreSize> {
        self.store.size()
    }
}
