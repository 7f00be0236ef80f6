//! Users that a store has never seen, and the verbs that they call.

use std::time::Duration;

use crate::{
    approval::Approval,
    challenge::Challenge,
    channel::Channel,
    conformance::suite::{Suite, expect_answer},
    grant::{Binding, GrantRecord},
    kept_action::KeptAction,
    limit::Limit,
    lock::{Lock, LockRule},
    proof::{CodeProof, GrantNonce},
    random::random,
    scope::Scope,
    send_rule::SendRule,
    store::{
        AttemptReservation, ConsumeOutcome, FindRepeat, Key, OpenOutcome, Redeem, RedeemOutcome,
        ReleaseAttempt, Repeat, RepeatLookup, ReserveAttempt, ReserveSend, Revocation, SendReservation,
        UserState,
    },
    subject::{LoginId, UserId},
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// Lifetime of the suite's challenges.
pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Lifetime of the suite's grants.
pub(super) const GRANT_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Lock rule of the suite.
pub(super) const LOCKS: LockRule = LockRule {
    lock_after: 10,
    lock_for: Duration::from_secs(30 * 60),
    longest_lock: Duration::from_secs(24 * 60 * 60),
    disable_after: 50,
    forget_after: Duration::from_secs(30 * 24 * 60 * 60),
};

/// Returns a rule that allows every send, for sends that only set up a test.
pub(super) fn lenient() -> SendRule {
    let plenty = vec![Limit::new(1000, Duration::from_secs(60 * 60))];
    SendRule { cool_down: Vec::new(), per_login_and_scope: plenty.clone(), per_user: plenty }
}

/// User in one session, who confirms one scope.
#[derive(Clone, Debug)]
pub(super) struct TestUser {
    pub(super) suite: Suite,
    pub(super) id: UserId,
    pub(super) login: LoginId,
    pub(super) scope: Scope,
    /// Approval that this user's challenges and grants are for.
    pub(super) approval: Option<Approval>,
    /// Keyed hash of the number on file.
    pub(super) number: [u8; 32],
    /// Proof of the code that this user enters.
    pub(super) proof: CodeProof,
    /// Nonce of this user's grants.
    pub(super) nonce: GrantNonce,
}

/// Attempt that was counted, as the store described it.
#[derive(Clone, Debug)]
pub(super) struct CountedAttempt {
    pub(super) challenge: Challenge,
    pub(super) attempt: u32,
    pub(super) failures: u32,
    pub(super) lock: Lock,
    pub(super) era: u64,
}

impl TestUser {
    /// Creates a user whom no store has seen.
    pub(super) fn new(suite: &Suite) -> Self {
        let id = UserId::from(format!("conformance {}", LoginId::random()));
        let suite = suite.clone();
        let (proof, nonce) = (CodeProof::from_bytes(random()), GrantNonce::random());
        let (login, scope, number) = (LoginId::random(), scope("transfer"), random());
        Self { suite, id, login, scope, approval: None, number, proof, nonce }
    }

    /// Returns the same user in another session.
    pub(super) fn in_another_session(&self) -> Self {
        Self { login: LoginId::random(), ..self.clone() }
    }

    /// Returns another user with the same session, scope, number and code.
    pub(super) fn with_id(&self, id: &str) -> Self {
        Self { id: UserId::from(id), ..self.clone() }
    }

    /// Returns the same user in the same session, for another scope.
    pub(super) fn for_scope(&self, name: &str) -> Self {
        Self { scope: scope(name), ..self.clone() }
    }

    /// Returns the same user with a different code.
    pub(super) fn with_wrong_code(&self) -> Self {
        Self { proof: CodeProof::from_bytes(random()), ..self.clone() }
    }

    pub(super) fn key(&self) -> Key<'_> {
        let approval = self.approval.as_ref().map(|approval| &approval.id);
        Key { user: &self.id, login: &self.login, scope: &self.scope, approval }
    }

    pub(super) async fn reserve_send(&self, rule: &SendRule) -> (ChallengeId, SendReservation) {
        let (challenge, now) = (ChallengeId::random(), self.suite.now());
        let request = ReserveSend { key: self.key(), challenge: &challenge, rule, now };
        (challenge, expect_answer("reserve_send", self.suite.store().reserve_send(request).await))
    }

    pub(super) async fn release_send(&self, challenge: &ChallengeId) {
        expect_answer("release_send", self.suite.store().release_send(&self.id, challenge).await);
    }

    /// Returns the challenge that a send with this ID would open now.
    pub(super) fn new_challenge(&self, id: ChallengeId) -> Challenge {
        let now = self.suite.now();
        Challenge {
            id,
            login: self.login,
            scope: self.scope,
            approval: self.approval,
            method: Channel::Messaging.into(),
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

    pub(super) async fn open_challenge(&self, challenge: &Challenge) -> OpenOutcome {
        expect_answer("open_challenge", self.suite.store().open_challenge(&self.id, challenge).await)
    }

    /// Sends and opens a challenge.
    pub(super) async fn start_challenge(&self) -> Challenge {
        self.start_challenge_with(|challenge| challenge).await
    }

    /// Sends a challenge, changes it and opens it.
    pub(super) async fn start_challenge_with(
        &self,
        change: impl FnOnce(Challenge) -> Challenge,
    ) -> Challenge {
        let (id, reserved) = self.reserve_send(&lenient()).await;
        assert!(
            matches!(reserved, SendReservation::Reserved { .. }),
            "a user who is not locked and has sent little may send: {reserved:?}"
        );
        let challenge = change(self.new_challenge(id));
        let opened = self.open_challenge(&challenge).await;
        assert_eq!(opened, OpenOutcome::Opened, "a reserved send opens its challenge");
        challenge
    }

    /// Attempts this user's code.
    pub(super) async fn attempt(&self, challenge: &ChallengeId) -> AttemptReservation {
        self.attempt_under(&LOCKS, challenge, &[self.number]).await
    }

    /// Attempts this user's code under another rule, with other numbers on file.
    pub(super) async fn attempt_under(
        &self,
        rule: &LockRule,
        challenge: &ChallengeId,
        numbers: &[[u8; 32]],
    ) -> AttemptReservation {
        self.reserve_attempt(rule, challenge, Some(numbers), &[self.proof]).await
    }

    /// Attempts this user's code, whatever number the challenge went to.
    pub(super) async fn attempt_for_any_number(
        &self,
        rule: &LockRule,
        challenge: &ChallengeId,
    ) -> AttemptReservation {
        self.reserve_attempt(rule, challenge, None, &[self.proof]).await
    }

    /// Attempts a code that has one proof for each of several secrets.
    pub(super) async fn attempt_with(
        &self,
        challenge: &ChallengeId,
        proofs: &[CodeProof],
    ) -> AttemptReservation {
        self.reserve_attempt(&LOCKS, challenge, Some(&[self.number]), proofs).await
    }

    async fn reserve_attempt(
        &self,
        rule: &LockRule,
        challenge: &ChallengeId,
        numbers: Option<&[[u8; 32]]>,
        proofs: &[CodeProof],
    ) -> AttemptReservation {
        let request =
            ReserveAttempt { key: self.key(), challenge, numbers, proofs, rule, now: self.suite.now() };
        expect_answer("reserve_attempt", self.suite.store().reserve_attempt(request).await)
    }

    /// Attempts this user's code, and requires that the attempt is counted.
    pub(super) async fn attempt_counted(&self, challenge: &ChallengeId) -> CountedAttempt {
        expect_counted(self.attempt(challenge).await)
    }

    /// Fails several times, over as many challenges as needed. Returns the last failure.
    pub(super) async fn fail(&self, rule: &LockRule, failures: u32) -> CountedAttempt {
        let mut last = None;
        let mut challenge = None;
        for number in 0..failures {
            if number % 5 == 0 {
                challenge = Some(self.start_challenge().await.id);
            }
            if let Some(challenge) = &challenge {
                last = Some(expect_counted(self.attempt_under(rule, challenge, &[self.number]).await));
            }
        }
        last.unwrap_or_else(|| panic!("the suite fails at least once"))
    }

    /// Fails several times and waits until each lock ends, except one that the last failure causes.
    pub(super) async fn fail_through_locks(&self, failures: u32) -> CountedAttempt {
        let mut last = self.fail(&LOCKS, failures.min(LOCKS.lock_after)).await;
        while last.failures < failures {
            if let Lock::Until(end) = last.lock {
                self.suite.pass_until(end);
            }
            last = self.fail(&LOCKS, LOCKS.lock_after.min(failures - last.failures)).await;
        }
        last
    }

    /// Releases the failure of an attempt whose code reached the provider. Only its era matters.
    pub(super) async fn release_attempt(&self, era: u64) {
        let (challenge, now) = (&ChallengeId::random(), self.suite.now());
        let request = ReleaseAttempt::new(self.key(), challenge, 0, era, &LOCKS, now);
        expect_answer("release_attempt", self.suite.store().release_attempt(request).await);
    }

    /// Releases an attempt, and the number of its challenge with it if the code did not reach the provider.
    pub(super) async fn release(&self, attempt: &CountedAttempt, unsent: bool) {
        let CountedAttempt { challenge, attempt, era, .. } = attempt;
        let now = self.suite.now();
        let request = ReleaseAttempt::new(self.key(), &challenge.id, *attempt, *era, &LOCKS, now);
        let request = if unsent { request.unsent() } else { request };
        expect_answer("release_attempt", self.suite.store().release_attempt(request).await);
    }

    /// Redeems a challenge for a grant that is bound to a cookie.
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
        expect_answer("redeem", self.suite.store().redeem(request).await)
    }

    /// Settles an attempt, by its number on the challenge.
    pub(super) async fn settle(&self, challenge: &ChallengeId, attempt: u32) -> RepeatLookup {
        let (key, proofs, now) = (self.key(), &[self.proof], self.suite.now());
        let request = FindRepeat { key, challenge, attempt, proofs, now };
        expect_answer("find_repeat", self.suite.store().find_repeat(request).await)
    }

    /// Returns the repeat that [`settle`](Self::settle) finds, for an attempt whose number does not matter.
    pub(super) async fn find_repeat(&self, challenge: &ChallengeId) -> Option<Repeat> {
        match self.settle(challenge, 0).await {
            RepeatLookup::Found(repeat) => Some(*repeat),
            RepeatLookup::Pending | RepeatLookup::Nothing => None,
        }
    }

    /// Obtains a grant: starts a challenge, attempts its code and redeems it.
    pub(super) async fn obtain_grant(&self) -> GrantRecord {
        let challenge = self.start_challenge().await;
        let _: CountedAttempt = self.attempt_counted(&challenge.id).await;
        expect_granted(self.redeem(&challenge.id).await)
    }

    /// Reads the grant, in both ways if the store has both.
    pub(super) async fn grant(&self) -> Option<GrantRecord> {
        let grant = expect_answer("grant", self.suite.store().grant(self.key()).await);
        if let Some(answer) = self.suite.store().grant_at_once(self.key()) {
            assert_eq!(
                expect_answer("grant_at_once", answer),
                grant,
                "grant_at_once returns what grant returns"
            );
        }
        grant
    }

    pub(super) async fn consume(&self, grant: &GrantRecord) -> ConsumeOutcome {
        expect_answer("consume", self.suite.store().consume(self.key(), grant, self.suite.now()).await)
    }

    pub(super) async fn revoke(&self, revocation: Revocation) {
        expect_answer("revoke", self.suite.store().revoke(&self.id, revocation).await);
    }

    pub(super) async fn unlock(&self) {
        expect_answer("unlock", self.suite.store().unlock(&self.id).await);
    }

    pub(super) async fn user_state(&self) -> UserState {
        expect_answer("user_state", self.suite.store().user_state(&self.id, self.suite.now()).await)
    }
}

pub(super) fn scope(name: &str) -> Scope {
    Scope::new(name).unwrap_or_else(|error| panic!("the suite uses a scope {name:?}: {error}"))
}

pub(super) fn expect_counted(answer: AttemptReservation) -> CountedAttempt {
    match answer {
        AttemptReservation::Reserved { challenge, attempt, failures, lock, era } => {
            CountedAttempt { challenge: *challenge, attempt, failures, lock, era }
        }
        AttemptReservation::Rejected { .. }
        | AttemptReservation::Repeated(_)
        | AttemptReservation::NumberNeeded
        | AttemptReservation::Over
        | AttemptReservation::Locked(_) => {
            panic!("an attempt on a live challenge is counted unless the user is locked: {answer:?}")
        }
    }
}

pub(super) fn expect_granted(answer: RedeemOutcome) -> GrantRecord {
    match answer {
        RedeemOutcome::Granted(grant) => grant,
        RedeemOutcome::Over => panic!("a live challenge is redeemed for a grant, but it was over"),
    }
}

/// Describes a challenge completely, with the identifiers that its `Debug` hides.
pub(super) fn describe_challenge(challenge: &Challenge) -> String {
    format!(
        "{} {} {:?} under {} to {:?}, {challenge:?}",
        challenge.id.encode(),
        challenge.login,
        challenge.scope,
        challenge.provider_scope.as_str(),
        challenge.number,
    )
}

/// Describes an action completely, with the texts that its `Debug` hides.
pub(super) fn describe_action(action: &KeptAction) -> String {
    let KeptAction { words, canonical, target, .. } = action;
    format!("{words:?} {:?} for {target:?}, {action:?}", String::from_utf8_lossy(canonical))
}
