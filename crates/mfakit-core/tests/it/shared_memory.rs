//! A memory store that two engines of one test share, and that can fall silent.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    AttemptReservation, Challenge, GrantRecord, Key, LoginId, MemoryStore, MfaStore, Opening, Redeem,
    Redemption, ReserveAttempt, ReserveSend, Revocation, Scope, SendReservation, Sharing, StoreError,
    Timestamp, UserId,
};

/// A memory store that two engines of one test share, and that can fall silent. Clones are one store.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedMemory {
    memory: Arc<MemoryStore>,
    /// From now on no verb answers.
    pub(crate) silent: Arc<AtomicBool>,
    /// From now on a redemption takes effect and does not say so.
    pub(crate) silent_redeem: Arc<AtomicBool>,
    /// From now on a revocation takes a second.
    pub(crate) slow_revoke: Arc<AtomicBool>,
}

impl SharedMemory {
    async fn speaks(&self) -> &MemoryStore {
        if self.silent.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        &self.memory
    }
}

#[async_trait]
impl MfaStore for SharedMemory {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn grant(
        &self,
        user: &UserId,
        login: &LoginId,
        scope: &Scope,
    ) -> Result<Option<GrantRecord>, StoreError> {
        self.speaks().await.grant(user, login, scope).await
    }

    async fn live_challenge(&self, key: Key<'_>, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
        self.speaks().await.live_challenge(key, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.speaks().await.reserve_send(request).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: Challenge) -> Result<Opening, StoreError> {
        self.speaks().await.open_challenge(user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.speaks().await.reserve_attempt(request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<Redemption, StoreError> {
        let redeemed = self.speaks().await.redeem(request).await;
        if self.silent_redeem.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        redeemed
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        if self.slow_revoke.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.speaks().await.revoke(user, what).await
    }
}
