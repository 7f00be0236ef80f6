//! Stores that break one guarantee each.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, MemoryStore, MfaStore, Timestamp, UserId,
    policy::Limit,
    store::{
        ApprovalId, AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge,
        CodeProof, ConsumeOutcome, FindRepeat, GrantRecord, KeepAction, Kept, KeptAction, Key, OpenOutcome,
        Redeem, RedeemOutcome, ReleaseAttempt, Repeat, RepeatLookup, ReserveAttempt, ReserveBudget,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError, UserState,
    },
};
use tokio::sync::Mutex;

use crate::fault::Fault;

/// Memory store with a fault.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) store: MemoryStore,
    fault: Fault,
    granted: Mutex<Vec<(ChallengeId, GrantRecord)>>,
    pub(crate) kept: Mutex<Vec<(UserId, KeptAction)>>,
    /// Number of empty records left behind.
    left: AtomicUsize,
    proofs: Mutex<Vec<(ChallengeId, CodeProof)>>,
    repeats: Mutex<Vec<Repeat>>,
    opened: Mutex<Vec<(UserId, Challenge)>>,
    /// Consumed approvals that are forgotten.
    pub(crate) forgotten: Mutex<Vec<ApprovalId>>,
}

impl Broken {
    pub(crate) fn by(fault: Fault) -> Self {
        let (granted, proofs, repeats, opened, kept, left, forgotten) = Default::default();
        Self { store: MemoryStore::new(), fault, granted, proofs, repeats, opened, kept, left, forgotten }
    }

    pub(crate) fn records(&self) -> usize {
        self.store.records() + self.left.load(Ordering::Relaxed)
    }

    /// Leaves an empty record behind, if this is its fault.
    pub(crate) fn leave(&self, fault: Fault) {
        self.left.fetch_add(usize::from(self.is(fault)), Ordering::Relaxed);
    }

    pub(crate) const fn fault(&self) -> Fault {
        self.fault
    }

    pub(crate) fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }
}

pub(crate) fn a_moment_before(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.as_millis() - 1)
}

#[async_trait]
impl MfaStore for Broken {
    fn sharing(&self) -> Sharing {
        self.store.sharing()
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        self.grant_of(key)
    }

    fn grant_at_once(&self, key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
        if self.is(Fault::ForgetsGrantsAtOnce) { Some(Ok(None)) } else { Some(self.grant_of(key)) }
    }

    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        self.store.bound_grants(key).await
    }

    fn bound_grants_at_once(&self, key: Key<'_>) -> Option<Result<BoundGrants, StoreError>> {
        if self.is(Fault::ForgetsBoundGrantsAtOnce) {
            return Some(Ok(BoundGrants::new()));
        }
        self.store.bound_grants_at_once(key)
    }

    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.keep(request).await
    }

    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        self.actions_of(key, now).await
    }

    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
        self.is_consumed_of(key, now).await
    }

    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
        let mut user_state = self.store.user_state(user, now).await?;
        if self.is(Fault::ReturnsNoActions) {
            user_state.actions.clear();
        }
        if self.is(Fault::ReturnsNoGrants) {
            user_state.grants.clear();
        }
        if self.is(Fault::ReturnsSpentChallenges) {
            let proofs = self.proofs.lock().await;
            let spent = |id: &ChallengeId| proofs.iter().any(|(redeemed, _)| redeemed == id);
            let opened = self.opened.lock().await;
            let spent_of_user = opened.iter().filter(|(of, challenge)| of == user && spent(&challenge.id));
            user_state.challenges.extend(spent_of_user.map(|(_, challenge)| challenge.clone()));
        }
        Ok(user_state)
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        if self.is(Fault::ForgetsFailuresOnStart) {
            self.store.unlock(request.key.user).await?;
        }
        if self.is(Fault::EndsLocksTooLate) {
            let now = a_moment_before(request.now);
            return self
                .store
                .reserve_send(ReserveSend::new(request.key, request.challenge, request.rule, now))
                .await;
        }
        if self.is(Fault::CountsSendsPerLogin) {
            let rule = mfakit_core::store::SendRule {
                per_login_and_scope: request.rule.per_user.clone(),
                per_user: Vec::new(),
                ..request.rule.clone()
            };
            return self
                .store
                .reserve_send(ReserveSend::new(request.key, request.challenge, &rule, request.now))
                .await;
        }
        self.reserve_send_of(request).await
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        if self.is(Fault::ReleasesNoSend) {
            return Ok(());
        }
        self.leave(Fault::KeepsEmptyUsers);
        self.store.release_send(user, challenge).await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        let opening = self.open(user, challenge).await?;
        self.opened.lock().await.push((user.clone(), challenge.clone()));
        Ok(if self.is(Fault::OpensRevokedSends) { OpenOutcome::Opened } else { opening })
    }

    async fn reserve_attempt(
        &self,
        mut request: ReserveAttempt<'_>,
    ) -> Result<AttemptReservation, StoreError> {
        if self.is(Fault::ExpiresChallengesTooLate) {
            request.now = a_moment_before(request.now);
            return self.store.reserve_attempt(request).await;
        }
        let mut answer = self.store.reserve_attempt(request).await?;
        if self.is(Fault::EntersCodesOfOtherActions) && matches!(answer, AttemptReservation::Over) {
            request.key = request.key.unbind();
            answer = self.store.reserve_attempt(request).await?;
        }
        if let AttemptReservation::Reserved { challenge, attempt, .. } = &mut answer
            && self.is(Fault::UsesNumbersAgain)
        {
            *attempt = challenge.attempts_used;
        }
        if let (true, AttemptReservation::Reserved { era, .. }) =
            (self.is(Fault::ReleasesEveryAttempt), &answer)
        {
            let ReserveAttempt { key, challenge, rule, now, .. } = request;
            self.store.release_attempt(ReleaseAttempt::new(key, challenge, 0, *era, rule, now)).await?;
        }
        let ReserveAttempt { key, challenge, proofs, now, .. } = request;
        match (self.fault, answer) {
            (Fault::RecognizesNoRepeat, AttemptReservation::Repeated(_)) => Ok(AttemptReservation::Over),
            (Fault::CountsNoGuessOnSpentChallenges, answer @ AttemptReservation::Rejected { .. }) => {
                self.store.unlock(key.user).await?;
                Ok(answer)
            }
            (Fault::RecognizesRepeatsOfLockedUsers, AttemptReservation::Locked(lock)) => {
                let request = FindRepeat::new(key, challenge, 0, proofs, now);
                match self.store.find_repeat(request).await? {
                    RepeatLookup::Found(repeat) => Ok(AttemptReservation::Repeated(repeat)),
                    RepeatLookup::Pending | RepeatLookup::Nothing => Ok(AttemptReservation::Locked(lock)),
                }
            }
            (Fault::RecognizesRepeatsWithoutGrant, AttemptReservation::Repeated(repeat)) => {
                self.repeats.lock().await.push((*repeat).clone());
                Ok(AttemptReservation::Repeated(repeat))
            }
            (Fault::RecognizesRepeatsWithoutGrant, AttemptReservation::Over) => {
                let repeats = self.repeats.lock().await;
                let before = repeats.iter().find(|repeat| repeat.challenge.id == *challenge);
                let repeated = |repeat: &Repeat| AttemptReservation::Repeated(Box::new(repeat.clone()));
                Ok(before.map_or(AttemptReservation::Over, repeated))
            }
            (_, answer) => Ok(answer),
        }
    }

    async fn find_repeat(&self, mut request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        let proofs = self.proofs.lock().await.clone();
        let right = proofs.iter().filter(|(id, _)| id == request.challenge).map(|(_, proof)| *proof);
        let right: Vec<_> = right.collect();
        if self.is(Fault::FindsGrantsOfOtherCodes) {
            request.proofs = &right;
            return self.store.find_repeat(request).await;
        }
        let found = self.store.find_repeat(request).await?;
        Ok(match (self.fault, found) {
            (Fault::KeepsAttemptsOfRepeats, RepeatLookup::Found(mut repeat)) => {
                repeat.challenge.attempts_used += 1;
                RepeatLookup::Found(repeat)
            }
            (Fault::ReturnsNoPendingAttempt, RepeatLookup::Pending) => RepeatLookup::Nothing,
            (_, found) => found,
        })
    }

    async fn release_attempt(&self, mut request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        request.unsent &= !self.is(Fault::KeepsUnsentAttempts);
        request.unsent |= self.is(Fault::ReturnsSentAttempts);
        self.store.release_attempt(request).await
    }

    async fn redeem(&self, mut request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        let mut answer = self.store.redeem(request).await?;
        if self.is(Fault::RedeemsForOtherActions) && matches!(answer, RedeemOutcome::Over) {
            request.key = request.key.unbind();
            answer = self.store.redeem(request).await?;
        }
        if matches!(answer, RedeemOutcome::Granted(_)) {
            self.proofs.lock().await.push((*request.challenge, *request.proof));
        }
        if !self.is(Fault::GrantsTwice) {
            return Ok(answer);
        }
        let mut granted = self.granted.lock().await;
        match answer {
            RedeemOutcome::Granted(grant) => {
                granted.push((*request.challenge, grant.clone()));
                Ok(RedeemOutcome::Granted(grant))
            }
            RedeemOutcome::Over => {
                let before = granted.iter().find(|(challenge, _)| challenge == request.challenge);
                Ok(before.map_or(RedeemOutcome::Over, |(_, grant)| RedeemOutcome::Granted(grant.clone())))
            }
        }
    }

    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        if self.is(Fault::ConsumesOtherGrants) {
            let current = self.store.grant(key).await?;
            return self.store.consume(key, current.as_ref().unwrap_or(grant), now).await;
        }
        let consumed = self.consume_of(key, grant, now).await?;
        Ok(if self.is(Fault::ConsumesTwice) { ConsumeOutcome::Consumed } else { consumed })
    }

    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        match self.fault {
            Fault::RevokesNothing => Ok(()),
            Fault::KeepsRevokedActions => self.revoke_without_actions(user, what).await,
            Fault::RevokesApprovalsTogether => self.revoke_beside(user, what).await,
            Fault::ForgetsConsumedOnCancel => self.forget(user, what).await,
            Fault::RevokesEverything => self.store.revoke(user, Revocation::User).await,
            _ => self.store.revoke(user, what).await,
        }
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.store.unlock(user).await
    }

    async fn reserve_budget(&self, mut request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let mixed = match request.budget {
            Budget::Number(hash) | Budget::Block(hash) | Budget::Address(hash) => Budget::Number(*hash),
            Budget::Rejections => Budget::Rejections,
        };
        if self.is(Fault::MixesBudgets) {
            request.budget = &mixed;
            return self.store.reserve_budget(request).await;
        }
        let answer = self.store.reserve_budget(request).await?;
        if matches!(answer, BudgetReservation::Exhausted { .. }) {
            self.leave(Fault::KeepsRejectedEvents);
        }
        if self.is(Fault::CountsRejectedEvents) && matches!(answer, BudgetReservation::Exhausted { .. }) {
            request.limits = &[];
            let _ = self.store.reserve_budget(request).await?;
            let far = [Limit::new(u32::MAX, Duration::from_secs(60 * 60))];
            request.limits = &far;
            let _ = self.store.reserve_budget(request).await?;
        }
        Ok(answer)
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        if self.is(Fault::SeesRoomInExhaustedBudgets) {
            return Ok(None);
        }
        if self.is(Fault::CountsReads) {
            let (challenge, number) = (&ChallengeId::from_bytes([0; 32]), &[0; 32]);
            let request = ReserveBudget::new(budget, challenge, number, limits, now);
            let answer = self.store.reserve_budget(request).await?;
            return Ok(match answer {
                BudgetReservation::Reserved { .. } => None,
                BudgetReservation::Exhausted { retry_at, .. } => Some(retry_at),
            });
        }
        self.store.exhausted_until(budget, limits, now).await
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.leave(Fault::KeepsEmptyBudgets);
        self.store.settle_budget(budget, change, now).await?;
        if self.is(Fault::RemembersNoCompletion) {
            self.store.settle_budget(budget, BudgetChange::Forget, now).await?;
        }
        Ok(())
    }
}
