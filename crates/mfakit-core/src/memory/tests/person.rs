//! One user, and the verbs of a store that concern them.

use std::time::Duration;

use futures_util::FutureExt;

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    kept_action::KeptAction,
    limit::Limit,
    lock::LockRule,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    send_rule::SendRule,
    store::{
        ActionRule, AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, ConsumeOutcome,
        KeepAction, Key, MfaStore, OpenOutcome, Redeem, RedeemOutcome, ReserveAttempt, ReserveBudget,
        ReserveSend, Revocation, SendReservation, StoreError,
    },
    subject::{LoginId, UserId},
    token::{ChallengeId, ProviderScope},
};

pub(in crate::memory) const MINUTE: Duration = Duration::from_secs(60);
pub(in crate::memory) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(in crate::memory) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Limits of a number, a block and an address, as in the default policy.
const LIMITS: [&[Limit]; 3] = [
    &[Limit::new(3, Duration::from_secs(600)), Limit::new(5, HOUR), Limit::new(10, DAY)],
    &[Limit::new(10, HOUR)],
    &[Limit::new(10, HOUR)],
];

const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_secs(30 * 60),
    longest_lock: DAY,
    disable_after: 50,
    forget_after: Duration::from_secs(30 * 24 * 60 * 60),
};

pub(in crate::memory) const BEGIN: Timestamp = Timestamp::from_millis(1_767_268_800_000);

/// One user, with one session, one scope, one challenge, one approval at most, and budgets that no other user has.
#[derive(Clone)]
pub(in crate::memory) struct Person {
    pub(in crate::memory) user: UserId,
    login: LoginId,
    scope: Scope,
    approval: Option<Approval>,
    id: ChallengeId,
    pub(in crate::memory) number: [u8; 32],
    budgets: [Budget; 3],
}

impl Person {
    pub(in crate::memory) fn new(number: u64) -> Self {
        let named = |kind: u8| {
            let mut bytes = [kind; 32];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            bytes
        };
        Self {
            user: UserId::from(format!("user-{number}")),
            login: format!("{:032x}", number + 1).parse().unwrap(),
            scope: Scope::new("transfer").unwrap(),
            approval: None,
            id: ChallengeId::from_bytes(named(1)),
            number: named(2),
            budgets: [Budget::Number(named(3)), Budget::Block(named(4)), Budget::Address(named(5))],
        }
    }

    pub(in crate::memory) fn for_scope(&self, scope: &str) -> Self {
        Self { scope: Scope::new(scope).unwrap(), ..self.clone() }
    }

    /// Returns the same user, who approves an action.
    pub(in crate::memory) fn approving(&self, action: u8) -> Self {
        let id = ApprovalId::from_bytes([action; 16]);
        let approval = Some(Approval::new(id, ActionDigest::from_bytes([action; 32])));
        Self { approval, ..self.clone() }
    }

    /// Keeps the action of the approval for five minutes.
    pub(in crate::memory) fn keep(
        &self,
        store: &impl MfaStore,
        now: Timestamp,
    ) -> Result<ApprovalId, StoreError> {
        let action = KeptAction::new(self.approval.unwrap(), self.login, self.scope, "{}", *b"{}")
            .with_times(now, now.plus(5 * MINUTE));
        let rule = ActionRule::default();
        done(store.keep_action(KeepAction::new(self.key().unbind(), &action, &rule, now)))
            .map(|kept| kept.outcome.id())
    }

    /// Returns whether the action of the approval is kept.
    pub(in crate::memory) fn has_action(&self, store: &impl MfaStore, now: Timestamp) -> bool {
        !done(store.actions(self.key(), now)).unwrap().is_empty()
    }

    /// Returns the number of approvals of the user that were consumed and are remembered.
    pub(in crate::memory) fn consumed(&self, store: &impl MfaStore, now: Timestamp) -> usize {
        done(store.user_state(&self.user, now)).unwrap().consumed.len()
    }

    /// Returns whether the grant of the approval was consumed.
    pub(in crate::memory) fn is_consumed(&self, store: &impl MfaStore, now: Timestamp) -> bool {
        done(store.is_consumed(self.key(), now)).unwrap()
    }

    /// Has an action carried out. That is remembered for thirty days.
    pub(in crate::memory) fn carry_out(&self, store: &impl MfaStore, now: Timestamp) {
        self.keep(store, now).unwrap();
        self.start(store, now);
        let grant = self.redeem(store, now, 30 * DAY).unwrap();
        assert!(self.consume(store, &grant));
    }

    fn key(&self) -> Key<'_> {
        let approval = self.approval.as_ref().map(|approval| &approval.id);
        Key { approval, ..Key::unbound(&self.user, &self.login, &self.scope) }
    }

    /// Reserves a send, by the default policy.
    pub(in crate::memory) fn reserve(
        &self,
        store: &impl MfaStore,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let rule = SendRule {
            cool_down: vec![MINUTE / 2, MINUTE, 2 * MINUTE],
            per_login_and_scope: vec![Limit::new(3, 15 * MINUTE)],
            per_user: vec![Limit::new(5, HOUR)],
        };
        let reserved = done(store.reserve_send(ReserveSend::new(self.key(), &self.id, &rule, now)))?;
        Ok(matches!(reserved, SendReservation::Reserved { .. }))
    }

    pub(in crate::memory) fn release(&self, store: &impl MfaStore) {
        done(store.release_send(&self.user, &self.id)).unwrap();
    }

    /// Opens the challenge for five minutes. Returns whether it is open.
    pub(in crate::memory) fn open(&self, store: &impl MfaStore, now: Timestamp) -> bool {
        let provider_scope = ProviderScope::from_stored("transfer-aaaaaaaaaaaaaaaa");
        let challenge = Challenge::new(
            self.id,
            self.login,
            self.scope,
            self.approval,
            Channel::Messaging,
            provider_scope,
        )
        .with_number(self.number, "34")
        .with_times(now, now.plus(5 * MINUTE), now.plus(MINUTE / 2))
        .with_attempts(100, 0);
        done(store.open_challenge(&self.user, &challenge)).unwrap() == OpenOutcome::Opened
    }

    /// Reserves a send and opens its challenge.
    pub(in crate::memory) fn start(&self, store: &impl MfaStore, now: Timestamp) {
        assert!(self.reserve(store, now).unwrap());
        assert!(self.open(store, now));
    }

    /// Counts an attempt. Returns whether there is a challenge for it.
    pub(in crate::memory) fn attempt(&self, store: &impl MfaStore, now: Timestamp) -> bool {
        let (numbers, proofs) = ([self.number], [CodeProof::from_bytes([1; 32])]);
        let request = ReserveAttempt::new(self.key(), &self.id, &numbers, &proofs, &LOCKS, now);
        let reserved = done(store.reserve_attempt(request)).unwrap();
        matches!(reserved, AttemptReservation::Reserved { .. })
    }

    /// Redeems the challenge. Returns the grant.
    pub(in crate::memory) fn redeem(
        &self,
        store: &impl MfaStore,
        now: Timestamp,
        lifetime: Duration,
    ) -> Option<GrantRecord> {
        let (proof, nonce) = (CodeProof::from_bytes([1; 32]), GrantNonce::from_bytes([2; 32]));
        let redeem = Redeem::new(self.key(), &self.id, Binding::Bearer, lifetime, &proof, &nonce, now);
        match done(store.redeem(redeem)).unwrap() {
            RedeemOutcome::Granted(grant) => Some(grant),
            RedeemOutcome::Over => None,
        }
    }

    pub(in crate::memory) fn grant(&self, store: &impl MfaStore) -> Option<GrantRecord> {
        done(store.grant(self.key())).unwrap()
    }

    pub(in crate::memory) fn bound_grants(&self, store: &impl MfaStore) -> BoundGrants {
        done(store.bound_grants(self.key().unbind())).unwrap()
    }

    pub(in crate::memory) fn consume(&self, store: &impl MfaStore, grant: &GrantRecord) -> bool {
        done(store.consume(self.key(), grant, grant.verified_at)).unwrap() == ConsumeOutcome::Consumed
    }

    pub(in crate::memory) fn revoke(&self, store: &impl MfaStore) {
        done(store.revoke(&self.user, Revocation::User)).unwrap();
    }

    pub(in crate::memory) fn unlock(&self, store: &impl MfaStore) {
        done(store.unlock(&self.user)).unwrap();
    }

    /// Counts the send against one of the budgets: that of the number, of the block or of the address.
    pub(in crate::memory) fn count(
        &self,
        store: &impl MfaStore,
        budget: usize,
        now: Timestamp,
    ) -> Result<BudgetReservation, StoreError> {
        let (budget, limits) = (&self.budgets[budget], LIMITS[budget]);
        done(store.reserve_budget(ReserveBudget::new(budget, &self.id, &self.number, limits, now)))
    }

    pub(in crate::memory) fn settle(
        &self,
        store: &impl MfaStore,
        budget: usize,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) {
        done(store.settle_budget(&self.budgets[budget], change, now)).unwrap();
    }

    /// Records at the number that it completed a challenge, and releases the block, like the engine.
    pub(in crate::memory) fn complete(&self, store: &impl MfaStore, now: Timestamp) {
        for (budget, keep_counted, remember_for) in [(0, true, 90 * DAY), (1, false, Duration::ZERO)] {
            let change = BudgetChange::Complete { number: &self.number, keep_counted, remember_for };
            self.settle(store, budget, change, now);
        }
    }
}

/// Returns the answer of the memory store, which never waits.
fn done<T>(verb: impl Future<Output = T>) -> T {
    verb.now_or_never().expect("the memory store answers at once")
}
