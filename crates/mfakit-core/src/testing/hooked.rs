//! A store that does something else first, or after.

use std::fmt;

use async_trait::async_trait;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    limit::Limit,
    lock::LockRule,
    store::{
        AttemptReservation, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat, Key,
        MfaStore, OpenOutcome, Redeem, RedeemOutcome, RepeatLookup, ReserveAttempt, ReserveBudget,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError, UserState,
    },
    subject::UserId,
    token::ChallengeId,
};

/// Another store, with a hook before and after each verb: for tests of what happens when a store errs, falls silent,
/// or is late.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{MemoryStore, store::StoreError, testing::{HookedStore, StoreHook, Verb}};
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
/// let store = HookedStore::new(MemoryStore::new(), Down);
/// ```
pub struct HookedStore<S, H> {
    store: S,
    hook: H,
    sharing: Option<Sharing>,
}

/// What happens before and after each verb of a [`HookedStore`].
#[async_trait]
pub trait StoreHook: Send + Sync + 'static {
    /// Before the verb. An error is the verb's answer, and the store is not asked.
    async fn before(&self, _verb: Verb) -> Result<(), StoreError> {
        Ok(())
    }

    /// After the verb has taken effect. An error is the verb's answer.
    async fn after(&self, _verb: Verb) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A verb of [`MfaStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as its verb")]
pub enum Verb {
    Grant,
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
    /// The same store with a hook.
    pub const fn new(store: S, hook: H) -> Self {
        Self { store, hook, sharing: None }
    }

    /// The same store, which says of itself that other processes see it, or that they do not.
    #[must_use]
    pub const fn saying(mut self, sharing: Sharing) -> Self {
        self.sharing = Some(sharing);
        self
    }

    async fn hooked<T>(
        &self,
        verb: Verb,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.hook.before(verb).await?;
        let answer = asked.await?;
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

    async fn release_attempt(&self, user: &UserId, era: u64, rule: &LockRule) -> Result<(), StoreError> {
        self.hooked(Verb::ReleaseAttempt, self.store.release_attempt(user, era, rule)).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.hooked(Verb::Redeem, self.store.redeem(request)).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.hooked(Verb::FindRepeat, self.store.find_repeat(request)).await
    }

    async fn consume(&self, key: Key<'_>, grant: &GrantRecord) -> Result<ConsumeOutcome, StoreError> {
        self.hooked(Verb::Consume, self.store.consume(key, grant)).await
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
}
