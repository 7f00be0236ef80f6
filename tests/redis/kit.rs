//! Users, requests and engines for the tests of the store.

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use mfakit::{
    ChallengeId, Channel, LoginId, Mfa, MfaBuilder, MfaStore, PhoneNumber, Scope, Secret, Timestamp, UserId,
    policy::Limit,
    provider::ProviderScope,
    store::{
        ActionDigest, ActionRule, Approval, ApprovalId, AttemptReservation, Binding, Challenge, CodeProof,
        FindRepeat, GrantNonce, GrantRecord, KeepAction, KeepOutcome, KeptAction, Key, LockRule, OpenOutcome,
        Redeem, RedeemOutcome, RepeatLookup, ReserveAttempt, ReserveSend, SendReservation, SendRule,
        StoreError,
    },
    testing::TestProvider,
};

pub(crate) const NUMBER: [u8; 32] = [3; 32];

/// Proof of the right code.
pub(crate) const PROOF: CodeProof = CodeProof::from_bytes([4; 32]);

pub(crate) const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_secs(30 * 60),
    longest_lock: Duration::from_secs(24 * 60 * 60),
    disable_after: 50,
    forget_after: Duration::from_secs(30 * 24 * 60 * 60),
};

/// User in one session, who confirms one scope, or one action of it.
#[derive(Clone)]
pub(crate) struct TestUser {
    pub(crate) id: UserId,
    pub(crate) login: LoginId,
    pub(crate) scope: Scope,
    pub(crate) approval: Option<Approval>,
}

impl TestUser {
    pub(crate) fn new(user: &str) -> Self {
        let (login, scope) = (LoginId::random(), Scope::new("pay").unwrap());
        Self { id: user.into(), login, scope, approval: None }
    }

    pub(crate) fn key(&self) -> Key<'_> {
        let approval = self.approval.as_ref().map(|approval| &approval.id);
        Key { approval, ..Key::unbound(&self.id, &self.login, &self.scope) }
    }

    /// Returns an action for five minutes, which only its name tells from others.
    pub(crate) fn action(&self, name: &str, now: Timestamp) -> KeptAction {
        let mut digest = [0; 32];
        digest.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes(digest));
        KeptAction::new(approval, self.login, self.scope, format!("{{\"payee\":{name:?}}}"), name)
            .with_target(Some(format!("/pay?for={name}")))
            .with_times(now, now.plus(Duration::from_secs(5 * 60)))
    }

    /// Returns this user with this approval.
    pub(crate) fn approving(&self, approval: Approval) -> Self {
        Self { approval: Some(approval), ..self.clone() }
    }

    /// Returns a challenge of this session with five attempts, as the engine makes it.
    pub(crate) fn challenge(&self, now: Timestamp) -> Challenge {
        Challenge::new(
            new_id(),
            self.login,
            self.scope,
            self.approval,
            Channel::Messaging,
            ProviderScope::from_stored("pay-aaaaaaaaaaaaaaaa"),
        )
        .with_number(NUMBER, "34")
        .with_times(now, now.plus(Duration::from_secs(5 * 60)), now)
        .with_attempts(5, 0)
    }
}

pub(crate) fn new_id() -> ChallengeId {
    static NUMBER: AtomicU8 = AtomicU8::new(0);
    ChallengeId::from_bytes([NUMBER.fetch_add(1, Ordering::Relaxed); 32])
}

/// Time that is never used: the Redis store takes the time from its server.
pub(crate) const NO_TIME: Timestamp = Timestamp::from_millis(0);

/// Returns a rule that keeps every send and rejects none.
pub(crate) fn many_sends() -> SendRule {
    let per_user = vec![Limit::new(1000, Duration::from_secs(24 * 60 * 60))];
    SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user }
}

pub(crate) async fn reserve_send(
    store: &impl MfaStore,
    user: &TestUser,
    challenge: &ChallengeId,
    rule: &SendRule,
) -> Result<SendReservation, StoreError> {
    store.reserve_send(ReserveSend::new(user.key(), challenge, rule, NO_TIME)).await
}

pub(crate) async fn keep(
    store: &impl MfaStore,
    user: &TestUser,
    action: &KeptAction,
) -> Result<KeepOutcome, StoreError> {
    let key = user.key().unbind();
    let rule = ActionRule::default();
    let request = KeepAction::new(key, action, &rule, action.kept_at);
    store.keep_action(request).await.map(|kept| kept.outcome)
}

/// Keeps an action, and returns the user with its approval.
pub(crate) async fn kept(store: &impl MfaStore, user: &TestUser, name: &str) -> TestUser {
    let action = user.action(name, NO_TIME);
    assert_eq!(keep(store, user, &action).await.unwrap(), KeepOutcome::Kept(action.approval.id));
    user.approving(action.approval)
}

/// Completes a challenge.
pub(crate) async fn granted(store: &impl MfaStore, user: &TestUser) -> GrantRecord {
    let challenge = live_challenge(store, user).await;
    match redeem(store, user, &challenge.id).await.unwrap() {
        RedeemOutcome::Granted(grant) => grant,
        RedeemOutcome::Over => panic!("the challenge is live"),
    }
}

/// Sends and opens a challenge.
pub(crate) async fn live_challenge(store: &impl MfaStore, user: &TestUser) -> Challenge {
    let challenge = user.challenge(NO_TIME);
    let reserved = reserve_send(store, user, &challenge.id, &many_sends()).await.unwrap();
    assert!(matches!(reserved, SendReservation::Reserved { .. }), "{reserved:?}");
    assert_eq!(store.open_challenge(&user.id, &challenge).await.unwrap(), OpenOutcome::Opened);
    challenge
}

pub(crate) async fn attempt(
    store: &impl MfaStore,
    user: &TestUser,
    challenge: &ChallengeId,
) -> Result<AttemptReservation, StoreError> {
    attempt_with(store, user, challenge, PROOF).await
}

/// Reserves an attempt with the code of this proof.
pub(crate) async fn attempt_with(
    store: &impl MfaStore,
    user: &TestUser,
    challenge: &ChallengeId,
    proof: CodeProof,
) -> Result<AttemptReservation, StoreError> {
    let (key, numbers, proofs, rule) = (user.key(), &[NUMBER], &[proof], &LOCKS);
    store.reserve_attempt(ReserveAttempt::new(key, challenge, numbers, proofs, rule, NO_TIME)).await
}

pub(crate) async fn redeem(
    store: &impl MfaStore,
    user: &TestUser,
    challenge: &ChallengeId,
) -> Result<RedeemOutcome, StoreError> {
    let (key, binding, lifetime) = (user.key(), Binding::Bearer, Duration::from_secs(10 * 60));
    let (proof, nonce) = (&PROOF, &GrantNonce::from_bytes([5; 32]));
    store.redeem(Redeem::new(key, challenge, binding, lifetime, proof, nonce, NO_TIME)).await
}

pub(crate) async fn find_repeat(
    store: &impl MfaStore,
    user: &TestUser,
    challenge: &ChallengeId,
) -> Result<RepeatLookup, StoreError> {
    let (key, proofs) = (user.key(), &[PROOF]);
    store.find_repeat(FindRepeat::new(key, challenge, 1, proofs, NO_TIME)).await
}

/// Returns an engine on a store, with the one scope `pay`.
pub(crate) fn engine(store: impl MfaStore) -> (Mfa, TestProvider) {
    let (builder, provider) = builder(store);
    (builder.build().unwrap(), provider)
}

/// Returns the builder of [`engine`].
pub(crate) fn builder(store: impl MfaStore) -> (MfaBuilder, TestProvider) {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .secret(Secret::new([1; 32]).unwrap())
        .store(store);
    (mfa, provider)
}
