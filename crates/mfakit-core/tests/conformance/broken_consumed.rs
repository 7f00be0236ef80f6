//! Faults of a store that remembers consumed approvals.

use std::time::Duration;

use mfakit_core::{
    MfaStore, Timestamp, UserId,
    store::{ConsumedAction, KeepAction, Kept, Key, Revocation, StoreError},
};

use crate::{
    broken::{Broken, a_moment_before},
    fault::Fault,
};

impl Broken {
    pub(crate) async fn is_consumed_of(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let now = match self.fault() {
            Fault::RemembersConsumedTooLong => a_moment_before(now),
            Fault::ForgetsConsumedTooSoon => now + Duration::from_secs(60),
            _ => now,
        };
        let is_consumed = self.store.is_consumed(key, now).await?;
        let forgotten = self.forgotten.lock().await;
        Ok(match self.fault() {
            Fault::ForgetsConsumed => false,
            Fault::TakesGoneForConsumed => self.store.actions(key, now).await?.is_empty(),
            _ => is_consumed && !key.approval.is_some_and(|id| forgotten.contains(id)),
        })
    }

    /// Changes the consumed approval that the answer to a request names.
    pub(crate) async fn naming(&self, request: KeepAction<'_>, kept: Kept) -> Result<Kept, StoreError> {
        let all = self.store.user_state(request.key.user, request.now).await?.consumed;
        let digest = request.action.approval.digest;
        let alike = || all.iter().filter(|consumed| consumed.approval.digest == digest).copied();
        let forgotten = self.forgotten.lock().await;
        let is_known = |consumed: &ConsumedAction| !forgotten.contains(&consumed.approval.id);
        let consumed = match self.fault() {
            Fault::NamesNoConsumed => None,
            Fault::NamesTheOldestConsumed => alike().min_by_key(|consumed| consumed.consumed_at),
            Fault::NamesConsumedOfOthers => kept.consumed.or(alike().next()),
            Fault::NamesConsumedWithoutTime => kept.consumed.map(|consumed| {
                let ConsumedAction { approval, login, scope, .. } = consumed;
                ConsumedAction::new(approval, login, scope, Timestamp::default())
            }),
            _ => kept.consumed.filter(is_known),
        };
        Ok(Kept::new(kept.outcome, consumed))
    }

    /// Forgets the consumed approvals of what is canceled.
    pub(crate) async fn forget(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let all = self.store.user_state(user, Timestamp::default()).await?.consumed;
        let covers = |it: &&ConsumedAction| what.covers(&it.login, &it.scope, Some(&it.approval.id));
        self.forgotten.lock().await.extend(all.iter().filter(covers).map(|it| it.approval.id));
        self.store.revoke(user, what).await
    }
}
