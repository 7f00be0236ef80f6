//! Somebody whom a store has never seen, and what they do.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    channel::Channel,
    conformance::suite::{Suite, answered},
    grant::{Binding, GrantRecord},
    limit::Limit,
    lock::{Lock, LockRule},
    proof::{CodeProof, GrantNonce},
    random::random,
    scope::Scope,
    send_rule::SendRule,
    store::{
        AttemptReservation, ConsumeOutcome, FindRepeat, Key, OpenOutcome, Redeem, RedeemOutcome, Repeat,
        RepeatLookup, ReserveAttempt, ReserveSend, Revocation, SendReservation, UserState,
    },
    subject::{LoginId, UserId},
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// How long a challenge of the suite lives.
pub(super) const CODE_LIFETIME: Duration = Duration::from_mins(5);

/// How long a grant of the suite lasts.
pub(super) const GRANT_LIFETIME: Duration = Duration::from_mins(10);

/// The rule about failures that the suite goes by.
pub(super) const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_mins(30),
    longest_lock: Duration::from_hours(24),
    disable_after: 50,
    forget_after: Duration::from_hours(30 * 24),
};

/// A rule that lets all sends pass that the suite makes on the way to something else.
pub(super) fn generous() -> SendRule {
    let plenty = vec![Limit::new(1000, Duration::from_hours(1))];
    SendRule { cool_down: Vec::new(), per_login_and_scope: plenty.clone(), per_user: plenty }
}

/// A user in one log-in, who wants one thing.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) suite: Suite,
    pub(super) user: UserId,
    pub(super) login: LoginId,
    pub(super) scope: Scope,
    /// The keyed hash of their number.
    pub(super) number: [u8; 32],
    /// Proof of the code that this person enters.
    pub(super) proof: CodeProof,
    /// Nonce of the grants that this person gets.
    pub(super) nonce: GrantNonce,
}

/// What is known of an attempt that was counted.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) challenge: Challenge,
    pub(super) failures: u32,
    pub(super) lock: Lock,
    pub(super) era: u64,
}

impl Person {
    pub(super) fn new(suite: &Suite) -> Self {
        let user = UserId::from(format!("conformance {}", LoginId::random()));
        let suite = suite.clone();
        let (proof, nonce) = (CodeProof::from_bytes(random()), GrantNonce::random());
        let (login, scope, number) = (LoginId::random(), scope("transfer"), random());
        Self { suite, user, login, scope, number, proof, nonce }
    }

    /// The same user in another log-in.
    pub(super) fn elsewhere(&self) -> Self {
        Self { login: LoginId::random(), ..self.clone() }
    }

    /// The same user in the same log-in, who wants something else.
    pub(super) fn wants(&self, name: &str) -> Self {
        Self { scope: scope(name), ..self.clone() }
    }

    /// Returns the same person with a different code.
    pub(super) fn guesses(&self) -> Self {
        Self { proof: CodeProof::from_bytes(random()), ..self.clone() }
    }

    pub(super) const fn key(&self) -> Key<'_> {
        Key { user: &self.user, login: &self.login, scope: &self.scope }
    }

    pub(super) async fn reserve_send(&self, rule: &SendRule) -> (ChallengeId, SendReservation) {
        let (challenge, now) = (ChallengeId::random(), self.suite.now());
        let request = ReserveSend { key: self.key(), challenge: &challenge, rule, now };
        (challenge, answered("reserve_send", self.suite.store().reserve_send(request).await))
    }

    pub(super) async fn release_send(&self, challenge: &ChallengeId) {
        answered("release_send", self.suite.store().release_send(&self.user, challenge).await);
    }

    /// What a send under this name would open now.
    pub(super) fn challenge(&self, id: ChallengeId) -> Challenge {
        let now = self.suite.now();
        Challenge {
            id,
            login: self.login,
            scope: self.scope,
            channel: Channel::Messaging,
            provider_scope: ProviderScope::random(&self.scope),
            number: self.number,
            last_two: "34".to_owned(),
            sent_at: now,
            expires_at: now.plus(CODE_LIFETIME),
            resend_at: now,
            attempts: 5,
            attempts_used: 0,
            return_to: None,
        }
    }

    pub(super) async fn open(&self, challenge: &Challenge) -> OpenOutcome {
        answered("open_challenge", self.suite.store().open_challenge(&self.user, challenge).await)
    }

    /// A live challenge.
    pub(super) async fn start(&self) -> Challenge {
        self.start_with(|challenge| challenge).await
    }

    /// A live challenge that differs from others.
    pub(super) async fn start_with(&self, change: impl FnOnce(Challenge) -> Challenge) -> Challenge {
        let (id, reserved) = self.reserve_send(&generous()).await;
        assert!(
            matches!(reserved, SendReservation::Reserved { .. }),
            "one who is not locked and has sent little may send: {reserved:?}"
        );
        let challenge = change(self.challenge(id));
        assert_eq!(self.open(&challenge).await, OpenOutcome::Opened, "a reserved send opens its challenge");
        challenge
    }

    pub(super) async fn attempt(&self, challenge: &ChallengeId) -> AttemptReservation {
        self.attempt_under(&LOCKS, challenge, &[self.number]).await
    }

    pub(super) async fn attempt_under(
        &self,
        rule: &LockRule,
        challenge: &ChallengeId,
        numbers: &[[u8; 32]],
    ) -> AttemptReservation {
        self.attempt_in_full(rule, challenge, numbers, &[self.proof]).await
    }

    /// Reserves an attempt whose code has one proof for each of several secrets.
    pub(super) async fn attempt_with(
        &self,
        challenge: &ChallengeId,
        proofs: &[CodeProof],
    ) -> AttemptReservation {
        self.attempt_in_full(&LOCKS, challenge, &[self.number], proofs).await
    }

    async fn attempt_in_full(
        &self,
        rule: &LockRule,
        challenge: &ChallengeId,
        numbers: &[[u8; 32]],
        proofs: &[CodeProof],
    ) -> AttemptReservation {
        let request =
            ReserveAttempt { key: self.key(), challenge, numbers, proofs, rule, now: self.suite.now() };
        answered("reserve_attempt", self.suite.store().reserve_attempt(request).await)
    }

    /// An attempt that has to be counted.
    pub(super) async fn try_code(&self, challenge: &ChallengeId) -> Counted {
        counted(self.attempt(challenge).await)
    }

    /// So many failures, over as many challenges as that takes; the last of them.
    pub(super) async fn fail(&self, rule: &LockRule, failures: u32) -> Counted {
        let mut last = None;
        let mut challenge = None;
        for number in 0..failures {
            if number % 5 == 0 {
                challenge = Some(self.start().await.id);
            }
            if let Some(challenge) = &challenge {
                last = Some(counted(self.attempt_under(rule, challenge, &[self.number]).await));
            }
        }
        last.unwrap_or_else(|| panic!("the suite asks for at least one failure"))
    }

    /// Fails so often, waiting out every lock but the one that the last failure brings.
    pub(super) async fn fail_through_locks(&self, failures: u32) -> Counted {
        let mut last = self.fail(&LOCKS, failures.min(LOCKS.lock_after)).await;
        while last.failures < failures {
            if let Lock::Until(end) = last.lock {
                self.suite.pass_until(end);
            }
            last = self.fail(&LOCKS, LOCKS.lock_after.min(failures - last.failures)).await;
        }
        last
    }

    pub(super) async fn release_attempt(&self, era: u64) {
        answered("release_attempt", self.suite.store().release_attempt(&self.user, era, &LOCKS).await);
    }

    pub(super) async fn redeem(&self, challenge: &ChallengeId) -> RedeemOutcome {
        self.redeem_with(challenge, Binding::Cookie(GrantToken::random().hash()), GRANT_LIFETIME).await
    }

    pub(super) async fn redeem_with(
        &self,
        challenge: &ChallengeId,
        binding: Binding,
        lifetime: Duration,
    ) -> RedeemOutcome {
        let (key, proof, nonce, now) = (self.key(), &self.proof, &self.nonce, self.suite.now());
        let request = Redeem { key, challenge, binding, lifetime, proof, nonce, now };
        answered("redeem", self.suite.store().redeem(request).await)
    }

    /// Settles an attempt.
    pub(super) async fn settle(&self, challenge: &ChallengeId, attempt: u32) -> RepeatLookup {
        let (key, proofs, now) = (self.key(), &[self.proof], self.suite.now());
        let request = FindRepeat { key, challenge, attempt, proofs, now };
        answered("find_repeat", self.suite.store().find_repeat(request).await)
    }

    /// Returns what [`settle`](Self::settle) finds, for an attempt whose number does not matter.
    pub(super) async fn find_repeat(&self, challenge: &ChallengeId) -> Option<Repeat> {
        match self.settle(challenge, 0).await {
            RepeatLookup::Found(repeat) => Some(*repeat),
            RepeatLookup::Pending | RepeatLookup::Nothing => None,
        }
    }

    /// A grant, by a challenge that is met at once.
    pub(super) async fn elevate(&self) -> GrantRecord {
        let challenge = self.start().await;
        let _: Counted = self.try_code(&challenge.id).await;
        granted(self.redeem(&challenge.id).await)
    }

    pub(super) async fn grant(&self) -> Option<GrantRecord> {
        answered("grant", self.suite.store().grant(self.key()).await)
    }

    pub(super) async fn consume(&self, grant: &GrantRecord) -> ConsumeOutcome {
        answered("consume", self.suite.store().consume(self.key(), grant).await)
    }

    pub(super) async fn revoke(&self, what: Revocation) {
        answered("revoke", self.suite.store().revoke(&self.user, what).await);
    }

    pub(super) async fn unlock(&self) {
        answered("unlock", self.suite.store().unlock(&self.user).await);
    }

    pub(super) async fn user_state(&self) -> UserState {
        answered("standing", self.suite.store().user_state(&self.user, self.suite.now()).await)
    }
}

pub(super) fn scope(name: &str) -> Scope {
    Scope::new(name).unwrap_or_else(|error| panic!("the suite names a scope {name:?}: {error}"))
}

pub(super) fn counted(answer: AttemptReservation) -> Counted {
    match answer {
        AttemptReservation::Reserved { challenge, failures, lock, era } => {
            Counted { challenge: *challenge, failures, lock, era }
        }
        AttemptReservation::Rejected { .. }
        | AttemptReservation::Repeated(_)
        | AttemptReservation::Over
        | AttemptReservation::Locked(_) => {
            panic!("an attempt on a live challenge of one who is not locked is counted: {answer:?}")
        }
    }
}

pub(super) fn granted(answer: RedeemOutcome) -> GrantRecord {
    match answer {
        RedeemOutcome::Granted(grant) => grant,
        RedeemOutcome::Over => panic!("a live challenge becomes a grant, it was over"),
    }
}

/// All that a challenge says, names included, which its `Debug` hides.
pub(super) fn all_of(challenge: &Challenge) -> String {
    format!(
        "{} {} {:?} under {} to {:?}, {challenge:?}",
        challenge.id.encode(),
        challenge.login,
        challenge.scope,
        challenge.provider_scope.as_str(),
        challenge.number,
    )
}
