//! Verifies a code.
//!
//! Two steps of the store come before the answer, one on either side of the provider. Each is one round trip.
//!
//! 1. The attempt is counted before anything else is done with the code [RATE-4]. So a code that is bound to be rejected
//!    costs no query of the directory.
//! 2. The directory is queried, and the number compared, before the provider is called [BIND-3]. If the code is not sent,
//!    the attempt is released entirely.
//! 3. The challenge becomes a grant after the provider approved the code. That the number completed a challenge is
//!    recorded at the same time, because a right code shows it whether or not there is a grant. After a rejected code,
//!    the same code's grant is looked up, and the rejection is counted, at the same time.
//!
//! Everything ends before the answer, so a start that follows it finds everything that this verify wrote.

use std::time::Duration;

use futures_util::future::join;

use crate::{
    catalog::ScopeSettings,
    challenge::Challenge,
    code::Code,
    engine::{
        backend_error::{BackendError, unless_panicked},
        mfa::Mfa,
        misconfigured::Misconfigured,
        number_on_file::OnFile,
        reason::Ended,
        spans,
        task::Stopped,
        verified::Verified,
        verify_error::VerifyError,
    },
    event::{EventContext, EventKind},
    grant::{Binding, Grant},
    lock::Lock,
    proof::{Entered, GrantNonce},
    provider::{ProviderErrorKind, Verdict, VerifyRequest},
    scope::Scope,
    store::{
        AttemptReservation, Key, Redeem, RedeemOutcome, ReleaseAttempt, Repeat, ReserveAttempt, Revocation,
    },
    subject::{Recognition, Subject},
    token::ChallengeId,
};

/// Result of reserving an attempt in the store.
enum Entry {
    /// The attempt was counted, and the provider must be called.
    Counted(Attempt),
    /// The code was right before.
    Repeated(Box<Repeat>),
}

/// An attempt that was counted.
struct Attempt {
    challenge: Box<Challenge>,
    number: u32,
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
        let span = spans::verify(self.scope(scope).map(ScopeSettings::scope));
        spans::within(span, self.attempted(subject, scope, challenge, code), Ended::verify).await
    }

    async fn attempted(
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
        self.to_the_end(ceremony).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(VerifyError::Unavailable),
            Stopped::Panicked(mistake) => Err(VerifyError::Misconfigured(mistake)),
        })
    }

    async fn verify_to_the_end(
        &self,
        subject: &Subject,
        scope: &Scope,
        id: &ChallengeId,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        self.named(Some(subject))?;
        let lifetime = self.declared(scope)?.grant_lifetime();
        let entered = Entered { subject, scope, challenge: id, code };
        let key = Key { user: subject.user(), login: subject.login(), scope };
        // This comes first, because a lock may be caused by the same code in flight, and end with it.
        let _in_flight = self.inner.in_flight.enter(key, id).await;
        let about = EventContext::subject(subject).scope(scope).challenge(id);
        let attempt = match self.reserve_attempt(about, entered, None).await? {
            Entry::Counted(attempt) => attempt,
            Entry::Repeated(repeat) => {
                return match self.number_on_file(subject.user()).await? {
                    Some(on_file) if on_file.has_hash(&repeat.challenge.number) => {
                        self.repeated(about, entered, *repeat)
                    }
                    other => Err(self.number_changed(about, entered, other.as_ref()).await),
                };
            }
        };
        let on_file = self.number_of(about, entered, &attempt).await?;
        let about = about.channel(attempt.challenge.channel);
        let rejected = match self.ask_provider(about, &attempt.challenge, &on_file, code).await {
            Ok(Verdict::Approved) => {
                let redeemed = self.redeem(entered, &attempt.challenge, lifetime, attempt.failures - 1);
                match join(redeemed, self.number_completed(&on_file)).await {
                    (Ok(verified), ()) => {
                        self.note_conversion(&on_file, attempt.challenge.channel);
                        self.inner.holds.end(subject.user());
                        return Ok(verified);
                    }
                    (Err(error), ()) => Some(error),
                }
            }
            Ok(Verdict::Rejected) => None,
            Err(error) => Some(error),
        };
        self.not_approved(about, entered, &attempt, &on_file, rejected).await
    }

    /// Ends an attempt that made no grant: the provider rejected the code (`None`), or something failed.
    async fn not_approved(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        attempt: &Attempt,
        on_file: &OnFile,
        error: Option<VerifyError>,
    ) -> Result<Verified, VerifyError> {
        // After a panic, the outcome is unknown, so everything stays counted.
        if let Some(error @ VerifyError::Misconfigured(_)) = error {
            return Err(error);
        }
        let repeat = self.find_repeat(about, entered, attempt.number);
        let Some(error) = error else {
            // The provider rejected the code even if it turns out to have been right on another instance.
            let (repeat, abound) = join(repeat, self.rejections_abound(on_file)).await;
            return repeat?.ok_or_else(|| self.rejected_code(about, attempt, abound));
        };
        // The same code may have been right on another instance in the meantime. A store that just failed is not called
        // again.
        if !matches!(error, VerifyError::Unavailable)
            && let Some(verified) = repeat.await?
        {
            return Ok(verified);
        }
        if matches!(error, VerifyError::ChallengeOver) {
            let _over = self.challenge_over(about);
        }
        // Nothing shows that the code was wrong, so it does not count as a failure.
        unless_panicked(self.release_attempt(entered, attempt, false).await)?;
        Err(error)
    }

    /// Returns the number to call the provider with: the one on file, if the challenge went to it. Otherwise the code is
    /// not sent, and nothing of the attempt stays counted.
    async fn number_of(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        attempt: &Attempt,
    ) -> Result<OnFile, VerifyError> {
        let on_file = match self.number_on_file(entered.subject.user()).await {
            Ok(Some(on_file)) if on_file.has_hash(&attempt.challenge.number) => return Ok(on_file),
            other => other,
        };
        let released = self.release_attempt(entered, attempt, true).await;
        // If both failed, the directory failed first.
        let on_file = on_file?;
        unless_panicked(released)?;
        Err(self.number_changed(about, entered, on_file.as_ref()).await)
    }

    /// Ends a challenge that went to another number than the one on file. Returns the error.
    async fn number_changed(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        on_file: Option<&OnFile>,
    ) -> VerifyError {
        // Without a number there is no hash that a challenge could have kept.
        let numbers = on_file.map_or(&[] as &[_], |on_file| &on_file.hashes);
        // The store ends the challenge instead of counting an attempt, because its number is not among these.
        self.reserve_attempt(about, entered, Some(numbers)).await.err().unwrap_or(VerifyError::ChallengeOver)
    }

    async fn release_attempt(
        &self,
        entered: Entered<'_>,
        attempt: &Attempt,
        unsent: bool,
    ) -> Result<(), BackendError> {
        let Entered { subject, scope, challenge, .. } = entered;
        let request = ReleaseAttempt {
            key: Key { user: subject.user(), login: subject.login(), scope },
            challenge,
            attempt: attempt.number,
            era: attempt.era,
            unsent,
            rule: &self.inner.policy.locks,
            now: self.inner.clock.now(),
        };
        self.inner.store.release_attempt(request).await
    }

    fn locked(&self, about: EventContext<'_>, lock: Lock) -> VerifyError {
        let retry_after = lock.retry_after(self.inner.clock.now());
        self.observe(about, EventKind::AttemptRejected { retry_after });
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
        numbers: Option<&[[u8; 32]]>,
    ) -> Result<Entry, VerifyError> {
        let (rule, now) = (&self.inner.policy.locks, self.inner.clock.now());
        let Entered { subject, scope, challenge, .. } = entered;
        let key = Key { user: subject.user(), login: subject.login(), scope };
        let proofs = &*entered.proofs(self.keys());
        let request = ReserveAttempt { key, challenge, numbers, proofs, rule, now };
        match self.inner.store.reserve_attempt(request).await? {
            AttemptReservation::Reserved { challenge, attempt: number, failures, lock, era } => {
                Ok(Entry::Counted(Attempt { challenge, number, failures, lock, era }))
            }
            AttemptReservation::Repeated(repeat) => Ok(Entry::Repeated(repeat)),
            AttemptReservation::Rejected { challenge, failures, lock } => {
                // The challenge is reported as over, as if no code had been compared.
                self.tell_rejected(about.channel(challenge.channel), &challenge, failures, lock);
                Err(VerifyError::ChallengeOver)
            }
            AttemptReservation::Over => Err(self.challenge_over(about)),
            AttemptReservation::Locked(lock) => Err(self.locked(about, lock)),
        }
    }

    /// Reports a code that the provider rejected, and returns the error.
    fn rejected_code(
        &self,
        about: EventContext<'_>,
        attempt: &Attempt,
        abound: Result<bool, Misconfigured>,
    ) -> VerifyError {
        let Attempt { challenge, failures, lock, .. } = attempt;
        let attempts_left = self.tell_rejected(about, challenge, *failures, *lock);
        match abound {
            Ok(true) => self.observe(about, EventKind::RejectionSurge),
            Ok(false) => {}
            Err(mistake) => return mistake.into(),
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
            Lock::Unlocked => self.inner.policy.locks.until_next(failures),
            Lock::Until(_) | Lock::Disabled => 0,
        };
        let attempts_left = challenge.attempts_left().min(until_lock);
        self.observe(about, EventKind::CodeRejected { attempts_left, failures });
        match lock {
            Lock::Unlocked => {}
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
        self.inner.provider.verify(about, &request).await?.map_err(|kind| match kind {
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
        let record = match self.inner.store.redeem(redeem).await {
            Ok(RedeemOutcome::Granted(record)) => record,
            Ok(RedeemOutcome::Over) => return Err(VerifyError::ChallengeOver),
            Err(error) => {
                // The store may have made the grant before it failed. The user does not receive this grant, so it must
                // not exist. If the store still fails, the log contains two failures.
                let made = Revocation::Elevation(*subject.login(), challenge.scope);
                let _: Result<(), BackendError> = self.inner.store.revoke(subject.user(), made).await;
                return Err(error.into());
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
