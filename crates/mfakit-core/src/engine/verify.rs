//! A code is checked.

use std::time::Duration;

use tracing::Instrument;

use crate::{
    challenge::Challenge,
    code::Code,
    engine::{
        mfa::Mfa, misconfigured::Misconfigured, number_on_file::OnFile, verified::Verified,
        verify_error::VerifyError,
    },
    event::{EventContext, EventKind, with_causes},
    grant::{Binding, Grant},
    lock::Lock,
    proof::{Entered, GrantNonce},
    provider::{ProviderErrorKind, Verdict, VerifyRequest},
    scope::Scope,
    store::{AttemptReservation, Key, Redeem, RedeemOutcome, Repeat, ReserveAttempt, Revocation, StoreError},
    subject::{Recognition, Subject},
    timeout::{CALL_TIMEOUT, with_timeout},
    token::ChallengeId,
};

/// Result of asking the store for an attempt.
enum Entry {
    /// The attempt was counted, and the provider must be called.
    Counted(Attempt),
    /// The code was right before.
    Repeated(Box<Repeat>),
}

/// An attempt that was counted.
struct Attempt {
    challenge: Box<Challenge>,
    failures: u32,
    lock: Lock,
    era: u64,
}

impl Mfa {
    /// Checks a code against a challenge. The right code makes a grant.
    ///
    /// The right code can be entered again, for the same challenge and by the same subject. While the
    /// challenge and the grant last, it returns the same grant and token. Nothing is counted then, and the
    /// provider is not called.
    ///
    /// The attempt is counted in the store before the provider is called. It stays counted even if the caller
    /// does not wait for the answer. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns the reason why no grant was made.
    pub async fn verify(
        &self,
        subject: &Subject,
        scope: &Scope,
        challenge: &ChallengeId,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        if code.digits() != usize::from(self.inner.policy.code_digits) {
            return Err(VerifyError::MalformedCode);
        }
        let (mfa, subject, scope, challenge, code) =
            (self.clone(), subject.clone(), *scope, *challenge, code.clone());
        let ceremony = async move { mfa.verify_to_the_end(&subject, &scope, &challenge, &code).await };
        // The log keeps what happens here with the request that asked, though no longer in its task.
        tokio::spawn(ceremony.in_current_span()).await.unwrap_or_else(|stopped| {
            if !stopped.is_panic() {
                // The runtime shuts down.
                return Err(VerifyError::Unavailable);
            }
            let panicked = Misconfigured::panicked("directory, provider or store");
            Err(VerifyError::Misconfigured(self.misconfigured(panicked)))
        })
    }

    async fn verify_to_the_end(
        &self,
        subject: &Subject,
        scope: &Scope,
        id: &ChallengeId,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        self.named(Some(subject)).map_err(VerifyError::Misconfigured)?;
        let lifetime = self.declared(scope).map_err(VerifyError::Misconfigured)?.grant_lifetime();
        let entered = Entered { subject, scope, challenge: id, code };
        let key = Key { user: subject.user(), login: subject.login(), scope };
        // This comes first, because a lock may be due to the same code in flight, and end with it.
        let _in_flight = self.inner.in_flight.enter(key, id).await;
        let about = EventContext::subject(subject).scope(scope).challenge(id);
        self.may_attempt(about, key, id).await?;
        let on_file = self.number_on_file(subject.user()).await.map_err(|_| VerifyError::Unavailable)?;
        // Without a number there is no hash that a challenge could have kept, so any challenge is over.
        let numbers = on_file.as_ref().map_or(&[] as &[_], |on_file| &on_file.hashes);
        let attempt = match self.reserve_attempt(about, entered, numbers).await? {
            Entry::Counted(attempt) => attempt,
            Entry::Repeated(repeat) => return self.repeated(about, entered, *repeat),
        };
        let about = about.channel(attempt.challenge.channel);
        let on_file = on_file.ok_or(VerifyError::ChallengeOver)?;
        let outcome = match self.ask_provider(about, &attempt.challenge, &on_file, code).await {
            Ok(Verdict::Approved) => {
                self.redeem(entered, &attempt.challenge, lifetime, attempt.failures - 1).await.map(Some)
            }
            Ok(Verdict::Rejected) => Ok(None),
            Err(refusal) => Err(refusal),
        };
        if let Ok(Some(verified)) = outcome {
            self.number_completed(&on_file).await;
            self.inner.holds.end(subject.user());
            return Ok(verified);
        }
        // The same code may have been right meanwhile, on another instance. A store that just failed is not
        // asked again.
        if !matches!(outcome, Err(VerifyError::Unavailable))
            && let Some(verified) = self.find_repeat(about, entered, attempt.challenge.attempts_used).await
        {
            return Ok(verified);
        }
        let Err(refusal) = outcome else { return Err(self.rejected(about, &attempt, &on_file).await) };
        if matches!(refusal, VerifyError::ChallengeOver) {
            let _over = self.challenge_over(about);
        }
        // Nothing shows that the code was wrong, so it does not count as a failure.
        let (era, rule) = (attempt.era, &self.inner.policy.locks);
        let _: Result<(), StoreError> =
            self.ask_store(self.inner.store.release_attempt(key.user, era, rule)).await;
        Err(refusal)
    }

    /// Checks the lock and looks up the challenge before the directory is queried, so that an attempt that is
    /// bound to be rejected costs no query. Decides nothing else: the attempt is reserved afterward, in one
    /// step.
    async fn may_attempt(
        &self,
        about: EventContext<'_>,
        key: Key<'_>,
        challenge: &ChallengeId,
    ) -> Result<(), VerifyError> {
        let user_state = self.inner.store.user_state(key.user, self.inner.clock.now());
        let user_state = self.ask_store(user_state).await.map_err(|_| VerifyError::Unavailable)?;
        if user_state.lock != Lock::Open {
            return Err(self.locked(about, user_state.lock));
        }
        let is_it =
            |live: &Challenge| live.id == *challenge && live.login == *key.login && live.scope == *key.scope;
        // The grant that stands may come from this challenge. The store decides what that means.
        let granted = user_state.grants.iter().any(|it| it.login == *key.login && it.scope == *key.scope);
        if granted || user_state.challenges.iter().any(is_it) {
            Ok(())
        } else {
            Err(self.challenge_over(about))
        }
    }

    fn locked(&self, about: EventContext<'_>, lock: Lock) -> VerifyError {
        let retry_after = lock.retry_after(self.inner.clock.now());
        self.observe(about, EventKind::AttemptRefused { retry_after });
        VerifyError::Locked { retry_after }
    }

    fn challenge_over(&self, about: EventContext<'_>) -> VerifyError {
        self.observe(about, EventKind::ChallengeOver);
        VerifyError::ChallengeOver
    }

    async fn reserve_attempt(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        numbers: &[[u8; 32]],
    ) -> Result<Entry, VerifyError> {
        let (rule, now) = (&self.inner.policy.locks, self.inner.clock.now());
        let Entered { subject, scope, challenge, .. } = entered;
        let key = Key { user: subject.user(), login: subject.login(), scope };
        let proofs = &*entered.proofs(self.keys());
        let request = ReserveAttempt { key, challenge, numbers, proofs, rule, now };
        match self.ask_store(self.inner.store.reserve_attempt(request)).await {
            Ok(AttemptReservation::Reserved { challenge, failures, lock, era }) => {
                Ok(Entry::Counted(Attempt { challenge, failures, lock, era }))
            }
            Ok(AttemptReservation::Repeated(repeat)) => Ok(Entry::Repeated(repeat)),
            Ok(AttemptReservation::Rejected { challenge, failures, lock }) => {
                // The challenge is reported as over, as if no code had been compared.
                self.tell_rejected(about.channel(challenge.channel), &challenge, failures, lock);
                Err(VerifyError::ChallengeOver)
            }
            Ok(AttemptReservation::Over) => Err(self.challenge_over(about)),
            Ok(AttemptReservation::Locked(lock)) => Err(self.locked(about, lock)),
            Err(_) => Err(VerifyError::Unavailable),
        }
    }

    /// The provider did not approve the code.
    async fn rejected(&self, about: EventContext<'_>, attempt: &Attempt, on_file: &OnFile) -> VerifyError {
        let Attempt { challenge, failures, lock, era: _ } = attempt;
        let attempts_left = self.tell_rejected(about, challenge, *failures, *lock);
        if self.rejections_abound(on_file).await {
            self.observe(about, EventKind::RejectionsAbound);
        }
        VerifyError::WrongCode { attempts_left }
    }

    /// Reports a wrong code to the observer. Returns the number of attempts left.
    fn tell_rejected(
        &self,
        about: EventContext<'_>,
        challenge: &Challenge,
        failures: u32,
        lock: Lock,
    ) -> u32 {
        let until_lock = match lock {
            Lock::Open => self.inner.policy.locks.until_next(failures),
            Lock::Until(_) | Lock::Disabled => 0,
        };
        let attempts_left = challenge.attempts_left().min(until_lock);
        self.observe(about, EventKind::CodeRejected { attempts_left, failures });
        match lock {
            Lock::Open => {}
            Lock::Until(until) => self.observe(about, EventKind::Locked { until, failures }),
            Lock::Disabled => self.observe(about, EventKind::Disabled { failures }),
        }
        attempts_left
    }

    async fn ask_provider(
        &self,
        about: EventContext<'_>,
        challenge: &Challenge,
        on_file: &OnFile,
        code: &Code,
    ) -> Result<Verdict, VerifyError> {
        let request = VerifyRequest {
            to: &on_file.number,
            scope: &challenge.provider_scope,
            code,
            lifetime: self.inner.policy.code_lifetime,
        };
        let (kind, error) = match with_timeout(self.inner.provider.verify(&request)).await {
            Some(Ok(verdict)) => return Ok(verdict),
            Some(Err(error)) => (error.kind(), with_causes(&error)),
            None => (ProviderErrorKind::Failed, format!("no answer within {CALL_TIMEOUT:?}")),
        };
        self.observe(about, EventKind::ProviderFailed { kind, error: &error });
        Err(match kind {
            ProviderErrorKind::Throttled { retry_after } => VerifyError::Throttled { retry_after },
            ProviderErrorKind::Credentials
            | ProviderErrorKind::Request
            | ProviderErrorKind::Unreachable
            | ProviderErrorKind::Failed
            | ProviderErrorKind::Answer => VerifyError::ProviderFailed,
        })
    }

    pub(crate) async fn redeem(
        &self,
        entered: Entered<'_>,
        challenge: &Challenge,
        lifetime: Duration,
        failures: u32,
    ) -> Result<Verified, VerifyError> {
        let subject = entered.subject;
        let now = self.inner.clock.now();
        let lifetime = subject.session_end().map_or(lifetime, |end| lifetime.min(end.since(now)));
        let about = EventContext::subject(subject)
            .scope(&challenge.scope)
            .channel(challenge.channel)
            .challenge(&challenge.id);
        let (proof, nonce) = (&entered.proof(self.keys()), &GrantNonce::random());
        let token = match subject.recognition() {
            Recognition::Cookie => Some(entered.token(self.keys(), nonce)),
            Recognition::Bearer => None,
        };
        let redeem = Redeem {
            key: Key { user: subject.user(), login: subject.login(), scope: &challenge.scope },
            challenge: &challenge.id,
            binding: token.as_ref().map_or(Binding::Bearer, |token| Binding::Cookie(token.hash())),
            lifetime,
            proof,
            nonce,
            now,
        };
        let record = match self.ask_store(self.inner.store.redeem(redeem)).await {
            Ok(RedeemOutcome::Granted(record)) => record,
            Ok(RedeemOutcome::Over) => return Err(VerifyError::ChallengeOver),
            Err(_) => {
                // The store may have made the grant before it fell silent. Nobody was told of one, so there is
                // to be none; if the store is silent still, the log says that it failed twice.
                let made = Revocation::Elevation(*subject.login(), challenge.scope);
                let _: Result<(), StoreError> =
                    self.ask_store(self.inner.store.revoke(subject.user(), made)).await;
                return Err(VerifyError::Unavailable);
            }
        };
        self.observe(about, EventKind::Granted { lifetime: record.lifetime(), failures });
        let grant = Grant {
            scope: challenge.scope,
            verified_at: record.verified_at,
            expires_at: record.expires_at,
            channel: record.channel,
            recognition: subject.recognition(),
        };
        Ok(Verified { grant, token, lifetime: record.lifetime(), return_to: challenge.return_to.clone() })
    }
}
