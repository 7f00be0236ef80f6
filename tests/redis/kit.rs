//! What the tests of the store itself have in common.

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use mfakit::{
    ChallengeId, Channel, LoginId, Mfa, MfaBuilder, MfaStore, PhoneNumber, Scope, Secret, Timestamp, UserId,
    policy::Limit,
    provider::ProviderScope,
    store::{
        AttemptReservation, Binding, Challenge, CodeProof, FindRepeat, GrantNonce, Key, LockRule,
        OpenOutcome, Redeem, RedeemOutcome, RepeatLookup, ReserveAttempt, ReserveSend, SendReservation,
        SendRule, StoreError,
    },
    testing::TestProvider,
};
use mfakit_redis::RedisStore;

pub(crate) const NUMBER: [u8; 32] = [3; 32];

/// Proof of the right code.
pub(crate) const PROOF: CodeProof = CodeProof::from_bytes([4; 32]);

pub(crate) const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_mins(30),
    longest_lock: Duration::from_hours(24),
    disable_after: 50,
    forget_after: Duration::from_hours(30 * 24),
};

/// A log-in of somebody, and a scope.
pub(crate) struct Asker {
    pub(crate) user: UserId,
    login: LoginId,
    scope: Scope,
}

impl Asker {
    pub(crate) fn new(user: &str) -> Self {
        Self { user: user.into(), login: LoginId::random(), scope: Scope::new("pay").unwrap() }
    }

    pub(crate) fn key(&self) -> Key<'_> {
        Key { user: &self.user, login: &self.login, scope: &self.scope }
    }

    /// A challenge of this log-in with five attempts, as the engine would make it.
    pub(crate) fn challenge(&self, now: Timestamp) -> Challenge {
        Challenge {
            id: fresh_id(),
            login: self.login,
            scope: self.scope,
            channel: Channel::Messaging,
            provider_scope: ProviderScope::from_stored("pay-aaaaaaaaaaaaaaaa"),
            number: NUMBER,
            last_two: "34".to_owned(),
            sent_at: now,
            expires_at: now.plus(Duration::from_mins(5)),
            resend_at: now,
            attempts: 5,
            attempts_used: 0,
            return_to: None,
        }
    }
}

pub(crate) fn fresh_id() -> ChallengeId {
    static NUMBER: AtomicU8 = AtomicU8::new(0);
    ChallengeId::from_bytes([NUMBER.fetch_add(1, Ordering::Relaxed); 32])
}

/// No moment at all: a store in Redis asks its server what time it is, and nobody else.
pub(crate) const NO_TIME: Timestamp = Timestamp::from_millis(0);

/// Hardly a limit, so that sends are kept and none is refused.
pub(crate) fn many_sends() -> SendRule {
    let per_user = vec![Limit::new(1000, Duration::from_hours(24))];
    SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user }
}

pub(crate) async fn reserve_send(
    store: &RedisStore,
    asker: &Asker,
    challenge: &ChallengeId,
    rule: &SendRule,
) -> Result<SendReservation, StoreError> {
    store.reserve_send(ReserveSend { key: asker.key(), challenge, rule, now: NO_TIME }).await
}

/// A challenge on which a code may be tried.
pub(crate) async fn live_challenge(store: &RedisStore, asker: &Asker) -> Challenge {
    let challenge = asker.challenge(NO_TIME);
    let reserved = reserve_send(store, asker, &challenge.id, &many_sends()).await.unwrap();
    assert!(matches!(reserved, SendReservation::Reserved { .. }), "{reserved:?}");
    assert_eq!(store.open_challenge(&asker.user, &challenge).await.unwrap(), OpenOutcome::Opened);
    challenge
}

pub(crate) async fn attempt(
    store: &RedisStore,
    asker: &Asker,
    challenge: &ChallengeId,
) -> Result<AttemptReservation, StoreError> {
    attempt_with(store, asker, challenge, PROOF).await
}

/// Reserves an attempt with the code of this proof.
pub(crate) async fn attempt_with(
    store: &RedisStore,
    asker: &Asker,
    challenge: &ChallengeId,
    proof: CodeProof,
) -> Result<AttemptReservation, StoreError> {
    let (key, numbers, proofs, rule) = (asker.key(), &[NUMBER], &[proof], &LOCKS);
    store.reserve_attempt(ReserveAttempt { key, challenge, numbers, proofs, rule, now: NO_TIME }).await
}

pub(crate) async fn redeem(
    store: &RedisStore,
    asker: &Asker,
    challenge: &ChallengeId,
) -> Result<RedeemOutcome, StoreError> {
    let (key, binding, lifetime) = (asker.key(), Binding::Bearer, Duration::from_mins(10));
    let (proof, nonce) = (&PROOF, &GrantNonce::from_bytes([5; 32]));
    store.redeem(Redeem { key, challenge, binding, lifetime, proof, nonce, now: NO_TIME }).await
}

pub(crate) async fn find_repeat(
    store: &RedisStore,
    asker: &Asker,
    challenge: &ChallengeId,
) -> Result<RepeatLookup, StoreError> {
    let (key, proofs) = (asker.key(), &[PROOF]);
    store.find_repeat(FindRepeat { key, challenge, attempt: 1, proofs, now: NO_TIME }).await
}

/// An engine on a store, whose one scope is `pay`.
pub(crate) fn engine(store: RedisStore) -> (Mfa, TestProvider) {
    let (builder, provider) = builder(store);
    (builder.build().unwrap(), provider)
}

/// The same, before it is built.
pub(crate) fn builder(store: RedisStore) -> (MfaBuilder, TestProvider) {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .secret(Secret::new([1; 32]).unwrap())
        .store(store);
    (mfa, provider)
}
