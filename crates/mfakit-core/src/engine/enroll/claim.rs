//! Claim on the changes of one user's number: of all concurrent changes, one sends a notice and is made.
//!
//! 1. The claim is a budget of one in the store. A budget is counted in one atomic step for all instances, and a revocation
//!    does not end it, so it lasts through the revocation that each change makes.
//! 2. The holder reads the number on file again, because an earlier holder may have changed it. From then on, the number stays
//!    as it is, so the notice names a change that is made.
//! 3. The holder releases the claim. If the holder dies, the claim ends by itself.
//! 4. A holder that took too long does not send the notice, so a claim that ends by itself is no other change's.
//! 5. The claim has one name for each secret. They are taken one by one, the earliest secret first, so that one of all
//!    contenders wins while a secret is being rotated.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    engine::{backend_error::BackendError, enroll::not_changed::NotChanged, mfa::Mfa},
    key_ring::Purpose,
    limit::Limit,
    number_book::NumberChange,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget},
    subject::UserId,
    token::ChallengeId,
};

/// Time after which a claim ends by itself. From the notice on, the holder makes four calls of at most ten seconds, and may
/// then watch a book that failed for half a minute.
const LASTS: Duration = Duration::from_secs(2 * 60);

/// Time in which the holder has to reach the notice.
const NOTICE_WITHIN: Duration = Duration::from_secs(30);

/// Claim on the changes of one user's number. Without a notifier, it claims nothing, because the number book then decides
/// which change is made.
#[must_use]
pub(super) struct Claim {
    id: ChallengeId,
    names: Vec<[u8; 32]>,
    taken_at: Timestamp,
}

impl Mfa {
    /// Claims the changes of a user. Returns [`NotChanged::Conflict`] if another change holds the claim, or has changed the
    /// number.
    pub(super) async fn claim_change(
        &self,
        user: &UserId,
        change: &NumberChange,
    ) -> Result<Claim, NotChanged> {
        let taken_at = self.try_now().map_err(BackendError::from)?;
        let mut claim = Claim { id: ChallengeId::random(), names: Vec::new(), taken_at };
        if self.inner.notifier.is_none() {
            return Ok(claim);
        }
        let parts: [&[u8]; 2] = [b"change of number", user.as_str().as_bytes()];
        for name in self.keys().hashes(Purpose::Budget, &parts).into_iter().rev() {
            // After an error it is unknown whether this name is taken. It then ends by itself.
            if !self.claim_name(&claim, &name).await? {
                self.release_claim(&claim).await;
                return Err(NotChanged::Conflict);
            }
            claim.names.push(name);
        }
        match self.current_number(user).await {
            Ok(on_file) if on_file.as_ref().map(|on_file| &on_file.number) == change.from() => Ok(claim),
            other => {
                self.release_claim(&claim).await;
                Err(other.err().map_or(NotChanged::Conflict, NotChanged::Failed))
            }
        }
    }

    /// Returns an error if the holder of a claim took too long to send the notice.
    pub(super) fn check_claim(&self, claim: &Claim) -> Result<(), BackendError> {
        if self.try_now()?.since(claim.taken_at) < NOTICE_WITHIN {
            return Ok(());
        }
        Err(self
            .inner
            .store
            .unreadable("a change took too long before its notice, so it may not be the only one"))
    }

    /// Releases a claim. If this fails, the store port reports it, and the claim ends by itself.
    pub(super) async fn release_claim(&self, claim: &Claim) {
        for name in claim.names.iter().rev() {
            let change = BudgetChange::Release { challenge: &claim.id };
            let _reported =
                self.inner.store.settle_budget(&Budget::Number(*name), change, self.inner.clock.now()).await;
        }
    }

    async fn claim_name(&self, claim: &Claim, name: &[u8; 32]) -> Result<bool, BackendError> {
        let request = ReserveBudget {
            budget: &Budget::Number(*name),
            challenge: &claim.id,
            number: name,
            limits: &[Limit::new(1, LASTS)],
            now: self.try_now()?,
        };
        match self.inner.store.reserve_budget(request).await? {
            BudgetReservation::Reserved { .. } => Ok(true),
            BudgetReservation::Exhausted { .. } => Ok(false),
        }
    }
}
