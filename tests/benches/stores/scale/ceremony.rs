//! A whole ceremony: the verbs that the engine calls for a start and for the right code.

use std::time::Duration;

use futures_util::FutureExt;
use mfakit::{
    ChallengeId, Channel, GrantToken, LoginId, MemoryStore, MfaStore, Scope, Timestamp, UserId,
    policy::Limit,
    provider::ProviderScope,
    store::{
        AttemptReservation, Binding, Budget, BudgetChange, BudgetReservation, Challenge, CodeProof,
        GrantNonce, Key, LockRule, OpenOutcome, Redeem, RedeemOutcome, ReserveAttempt, ReserveBudget,
        ReserveSend, SendReservation, SendRule, StoreError,
    },
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const REMEMBER_NUMBERS_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

const PER_NUMBER: [Limit; 3] =
    [Limit::new(3, Duration::from_secs(600)), Limit::new(5, HOUR), Limit::new(10, DAY)];
const PER_BLOCK: [Limit; 1] = [Limit::new(10, HOUR)];

const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_secs(30 * 60),
    longest_lock: DAY,
    disable_after: 50,
    forget_after: Duration::from_secs(30 * 24 * 60 * 60),
};

/// Limits on the sends to one user, as in the default policy.
pub(super) struct Rules(SendRule);

impl Rules {
    pub(super) fn new() -> Self {
        let (cool_down, per_login_and_scope) =
            (vec![MINUTE / 2, MINUTE, 2 * MINUTE], vec![Limit::new(3, 15 * MINUTE)]);
        Self(SendRule { cool_down, per_login_and_scope, per_user: vec![Limit::new(5, HOUR)] })
    }
}

/// One user with everything that a ceremony needs. Users differ by their number.
pub(super) struct User {
    user: UserId,
    login: LoginId,
    scope: Scope,
    id: ChallengeId,
    number: [u8; 32],
    budgets: [Budget; 3],
}

impl User {
    pub(super) fn new(number: u64) -> Self {
        let named = |kind: u8, number: u64| {
            let mut bytes = [kind; 32];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            bytes
        };
        Self {
            user: UserId::from(format!("user-{number}")),
            login: format!("{:032x}", number + 1).parse().unwrap(),
            scope: Scope::new("transfer").unwrap(),
            id: ChallengeId::from_bytes(named(1, number)),
            number: named(2, number),
            budgets: [
                Budget::Number(named(3, number)),
                // A block has 10,000 numbers.
                Budget::Block(named(4, number / 10_000)),
                Budget::Address(named(5, number)),
            ],
        }
    }

    fn key(&self) -> Key<'_> {
        Key::unbound(&self.user, &self.login, &self.scope)
    }

    /// Reads the user's grant, as each guarded request does. Returns whether there is one.
    pub(super) fn has_grant(&self, store: &MemoryStore) -> bool {
        done(store.grant(self.key())).unwrap().is_some()
    }

    /// Starts a challenge, like the engine.
    pub(super) fn start(&self, store: &MemoryStore, rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
        self.reserve(store, rules, now)?;
        let [_, block, address] = &self.budgets;
        for budget in [block, address] {
            assert_eq!(done(store.exhausted_until(budget, &PER_BLOCK, now))?, None);
        }
        self.count(store, [true; 3], now)?;
        self.open(store, now)
    }

    /// Reserves the send of a start.
    pub(super) fn reserve(
        &self,
        store: &MemoryStore,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let reserved = done(store.reserve_send(ReserveSend::new(self.key(), &self.id, &rules.0, now)))?;
        assert!(matches!(reserved, SendReservation::Reserved { .. }), "{reserved:?}");
        Ok(())
    }

    /// Reserves a send and releases it, which sweeps what has expired and leaves nothing behind.
    pub(super) fn start_and_release(&self, store: &MemoryStore, now: Timestamp) {
        self.reserve(store, &Rules::new(), now).unwrap();
        done(store.release_send(&self.user, &self.id)).unwrap();
    }

    /// Counts a send against its number, its block and its address, or against some of them.
    pub(super) fn count(
        &self,
        store: &MemoryStore,
        which: [bool; 3],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let limits = [&PER_NUMBER[..], &PER_BLOCK, &PER_BLOCK];
        for ((budget, limits), _) in self.budgets.iter().zip(limits).zip(which).filter(|(_, counts)| *counts)
        {
            let request = ReserveBudget::new(budget, &self.id, &self.number, limits, now);
            let reserved = done(store.reserve_budget(request))?;
            assert!(matches!(reserved, BudgetReservation::Reserved { .. }), "{reserved:?}");
        }
        Ok(())
    }

    /// Opens the challenge of a start.
    pub(super) fn open(&self, store: &MemoryStore, now: Timestamp) -> Result<(), StoreError> {
        let provider_scope = ProviderScope::from_stored("transfer-aaaaaaaaaaaaaaaa");
        let challenge =
            Challenge::new(self.id, self.login, self.scope, None, Channel::Messaging, provider_scope)
                .with_number(self.number, "34")
                .with_times(now, now.plus(5 * MINUTE), now.plus(MINUTE / 2))
                .with_attempts(5, 0);
        assert_eq!(done(store.open_challenge(&self.user, &challenge))?, OpenOutcome::Opened);
        Ok(())
    }

    /// Enters the right code, like the engine. The grant lives for a day.
    pub(super) fn verify(&self, store: &MemoryStore, now: Timestamp) {
        let numbers = [self.number];
        let proofs = [CodeProof::from_bytes([1; 32])];
        let attempt = ReserveAttempt::new(self.key(), &self.id, &numbers, &proofs, &LOCKS, now);
        let reserved = done(store.reserve_attempt(attempt)).unwrap();
        assert!(matches!(reserved, AttemptReservation::Reserved { .. }), "{reserved:?}");
        self.redeem(store, now);
        self.complete(store, now);
    }

    /// Redeems the challenge.
    pub(super) fn redeem(&self, store: &MemoryStore, now: Timestamp) {
        let (proof, nonce) = (CodeProof::from_bytes([1; 32]), GrantNonce::from_bytes([2; 32]));
        let token = GrantToken::from_cookie(&[b'a'; GrantToken::LEN]).unwrap();
        let redeem =
            Redeem::new(self.key(), &self.id, Binding::Cookie(token.hash()), DAY, &proof, &nonce, now);
        assert!(matches!(done(store.redeem(redeem)).unwrap(), RedeemOutcome::Granted(_)));
    }

    /// Records that the number completed a challenge, and releases its block.
    pub(super) fn complete(&self, store: &MemoryStore, now: Timestamp) {
        let [of_number, of_block, _] = &self.budgets;
        for (budget, itself) in [(of_number, true), (of_block, false)] {
            let remember_for = if itself { REMEMBER_NUMBERS_FOR } else { Duration::ZERO };
            let change = BudgetChange::Complete { number: &self.number, keep_counted: itself, remember_for };
            done(store.settle_budget(budget, change, now)).unwrap();
        }
    }
}

/// Returns the answer of the memory store, which never waits.
fn done<T>(verb: impl Future<Output = T>) -> T {
    verb.now_or_never().expect("the memory store answers at once")
}
