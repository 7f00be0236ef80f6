//! A store whose answers break its contract grants nothing, and the log names the broken rule.

use std::time::Duration;

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, MemoryStore, MfaStore, Requirement, Subject, Timestamp, UserId, VerifyError,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, ConsumeOutcome,
        FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget, ReserveSend, Revocation,
        SendReservation, Sharing, StoreError, UserState,
    },
};

use crate::world::{pay, world_with};

#[derive(Clone, Copy, Debug)]
enum Breach {
    AlwaysAsksForTheNumber,
    CountsNoFailure,
}

/// Memory store whose answer to an attempt breaks the contract.
#[derive(Debug)]
struct Broken(MemoryStore, Breach);

#[async_trait]
impl MfaStore for Broken {
    fn sharing(&self) -> Sharing {
        self.0.sharing()
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.0.grant(key).await
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        self.0.bound_grants(key).await
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.0.keep_action(request).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        self.0.actions(key, now).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        self.0.is_consumed(key, now).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        self.0.user_state(user, now).await
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        self.0.reserve_send(request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.0.release_send(user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        self.0.open_challenge(user, challenge).await
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        let answer = self.0.reserve_attempt(request).await?;
        Ok(match (self.1, answer) {
            (Breach::AlwaysAsksForTheNumber, _) => AttemptReservation::NumberNeeded,
            (
                Breach::CountsNoFailure,
                AttemptReservation::Reserved { challenge, attempt, failures: _, lock, era },
            ) => AttemptReservation::Reserved { challenge, attempt, failures: 0, lock, era },
            (Breach::CountsNoFailure, other) => other,
        })
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        self.0.release_attempt(request).await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.0.redeem(request).await
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        self.0.find_repeat(request).await
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        self.0.consume(key, grant, now).await
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        self.0.revoke(user, what).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.0.unlock(user).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        self.0.reserve_budget(request).await
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.0.exhausted_until(budget, limits, now).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.settle_budget(budget, change, now).await
    }
}

#[tokio::test]
async fn an_answer_that_breaks_the_contract_is_a_failure_of_the_store() {
    for (breach, named) in [
        (Breach::AlwaysAsksForTheNumber, "asked for the number on file, which the request names"),
        (Breach::CountsNoFailure, "counted an attempt, and returned no failure"),
    ] {
        let world = world_with(|b| b.store(Broken(MemoryStore::new(), breach)));
        let subject = Subject::bearer("alice", "sid-1");
        let live = world.start(&subject).await.unwrap();
        world.events.text();
        let verified = world.answer(&subject, &live, &world.right_code()).await;
        assert!(matches!(verified, Err(VerifyError::Unavailable)), "{breach:?}: {verified:?}");
        assert_eq!(world.provider.verifies(), 0, "{breach:?}");
        let events = world.events.text();
        assert!(events.contains("StoreFailed") && events.contains(named), "{breach:?}: {events}");
        world.clock.advance(Duration::from_secs(1));
        assert!(world.reason(&subject, Requirement::new(pay()), None).await.is_some(), "{breach:?}");
    }
}
