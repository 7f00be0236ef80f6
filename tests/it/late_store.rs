//! A store that answers late.

use std::time::Duration;

use async_trait::async_trait;
use mfakit::{
    LoginId, MemoryStore, MfaStore, Scope, UserId,
    core::{
        AttemptReservation, Challenge, GrantRecord, Key, Opening, Redeem, Redemption, ReserveAttempt,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError, Timestamp,
    },
};

/// A store that answers late, after giving everything else that is ready a chance to run.
#[derive(Debug)]
pub(crate) struct Late(pub(crate) MemoryStore);

#[async_trait]
impl MfaStore for Late {
    fn sharing(&self) -> Sharing {
        self.0.sharing()
    }

    async fn grant(
        &self,
        user: &UserId,
        login: &LoginId,
        scope: &Scope,
    ) -> Result<Option<GrantRecord>, StoreError> {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.0.grant(user, login, scope).await
    }

    async fn live_challenge(&self, key: Key<'_>, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
        self.0.live_challenge(key, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.0.reserve_send(request).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: Challenge) -> Result<Opening, StoreError> {
        self.0.open_challenge(user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        self.0.reserve_attempt(request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<Redemption, StoreError> {
        self.0.redeem(request).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.0.revoke(user, what).await
    }
}
