//! Verifies a code.
//!
//! Two steps of the store come before the answer, one on either side of the provider. Each is one round trip.
//!
//! 1. The attempt is counted before anything else is done with the code [RATE-4]. So a code that is certain to be
//!    rejected costs no query of the directory. An attempt that would lock the user if it failed is an exception: the store does
//!    not count it before the number is known, so that a slow directory locks no user while nothing is sent.
//! 2. The directory is queried, and the number compared, before the provider is called [BIND-3]. If the code is not sent,
//!    the attempt is released entirely.
//!    For a settled scope, the app's number check comes next.
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
    challenge_ref::ChallengeRef,
    code::Code,
    engine::{
        attempt::{Attempt, Begun},
        backend_error::unless_panicked,
        mfa::Mfa,
        misconfigured::Misconfigured,
        number_on_file::{OnFile, Standing},
        reason::Ended,
        spans,
        task::Stopped,
        verified::Verified,
        verify_error::VerifyError,
    },
    event::{EventContext, EventKind},
    grant::Binding,
    lock::Lock,
    proof::{Entered, GrantNonce},
    provider::{ProviderErrorKind, Verdict, VerifyRequest},
    scope::Scope,
    store::{Key, Redeem, RedeemOutcome},
    subject::{Recognition, Subject},
};

impl Mfa {
    /// Checks a code against a challenge. The right code makes a grant.
    ///
    /// `challenge` is the identifier of the challenge, or a [`ChallengeRef`] with the identifier of its approval. A challenge
    /// that is bound to an action is found only by a `ChallengeRef`.
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
    /// Returns the reason why no grant was made. If the store fails in the step that makes the grant, it may have made
    /// it all the same, so this grant is withdrawn and the challenge ends. A later challenge and a later grant stay.
    ///
    /// If the withdrawal fails as well, the user can enter the same code again, which returns the grant. A grant that is
    /// bound to a cookie has no use before that, because no browser has its token. The grant of a
    /// [`Bearer`](Subject::bearer) subject is in use at once, so its withdrawal is repeated in the background, for at most
    /// half a minute. It ends as soon as the same code has returned the grant to this instance, and not if another
    /// instance returned it. If the store fails for longer, if the process ends in this time, or if a later challenge was
    /// opened before the store answered, the grant is valid until it expires: [`revoke_grant`](Self::revoke_grant) ends
    /// it.
    pub async fn verify(
        &self,
        subject: &Subject,
        scope: &Scope,
        challenge: impl Into<ChallengeRef>,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        if *scope == Scope::ENROLL {
            return Err(self.misconfigured(Misconfigured::enroll_scope()).into());
        }
        let span = spans::verify(self.scope(scope).map(ScopeSettings::scope));
        spans::within(span, self.attempted(subject, scope, challenge.into(), code), Ended::verify).await
    }

    async fn attempted(
        &self,
        subject: &Subject,
        scope: &Scope,
        challenge: ChallengeRef,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        if code.digits() != usize::from(self.inner.policy.code_digits) {
            return Err(VerifyError::MalformedCode);
        }
        let (mfa, subject, scope, code) = (self.clone(), subject.clone(), *scope, code.clone());
        let ceremony = async move { mfa.verify_to_the_end(&subject, &scope, &challenge, &code).await };
        self.to_the_end(ceremony).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(VerifyError::Unavailable),
            Stopped::Panicked(mistake) => Err(VerifyError::Misconfigured(mistake)),
        })
    }

    pub(super) async fn verify_to_the_end(
        &self,
        subject: &Subject,
        scope: &Scope,
        challenge: &ChallengeRef,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        self.named(Some(subject))?;
        let lifetime = self.declared(scope)?.grant_lifetime();
        let ChallengeRef { id, approval } = challenge;
        let entered = Entered { subject, scope, challenge: id, approval: approval.as_ref(), code };
        let key = Key::of(&entered);
        // This comes first, because a lock may be caused by the same code in flight, and end with it.
        let _in_flight = self.inner.in_flight.enter(key, id).await;
        let about = EventContext::subject(subject).scope(scope).challenge(id).approval_id(approval.as_ref());
        let (attempt, on_file) = match self.begin_attempt(about, entered).await? {
            Begun::Counted(attempt, on_file) => (attempt, on_file),
            Begun::Repeated(repeat) => return self.repeated(about, entered, *repeat),
        };
        let about =
            about.channel(attempt.challenge.method.sent_over()).approval(attempt.challenge.approval.as_ref());
        self.check_settled(about, entered, &attempt, &on_file).await?;
        let rejected = match self.ask_provider(about, &attempt.challenge, &on_file, code).await {
            Ok(Verdict::Approved) => {
                // This attempt turned out to be no failure.
                let failures = attempt.failures.saturating_sub(1);
                let redeemed = self.redeem(entered, &attempt.challenge, lifetime, attempt.number, failures);
                match join(redeemed, self.code_completed(subject, &on_file)).await {
                    (Ok(verified), ()) => {
                        self.note_conversion(&on_file, attempt.challenge.method.sent_over());
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

    /// Runs the app's check for a settled scope. A number that it rejects ends the challenge. If the check fails, the code is not
    /// compared, and the attempt stays counted on its challenge, so the number of calls is limited.
    async fn check_settled(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        attempt: &Attempt,
        on_file: &OnFile,
    ) -> Result<(), VerifyError> {
        let checked = self.check_settled_number(about, entered.subject, &attempt.challenge, on_file).await;
        match checked {
            // After a panic, the outcome is unknown, so everything stays counted.
            Ok(()) | Err(VerifyError::Misconfigured(_)) => checked,
            Err(VerifyError::ChallengeOver) => {
                unless_panicked(self.release_attempt(entered, attempt, true).await)?;
                Err(self.over_by_number(about, entered, None).await)
            }
            Err(error) => {
                unless_panicked(self.release_attempt(entered, attempt, false).await)?;
                Err(error)
            }
        }
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

    /// Records that a right code to a number was entered. A code to the number on file shows that its owner has the phone.
    async fn code_completed(&self, subject: &Subject, on_file: &OnFile) {
        self.number_completed(on_file).await;
        if matches!(on_file.standing, Standing::Confirmed(_)) {
            self.owner_has_phone(subject.user()).await;
        }
    }

    pub(super) fn locked(&self, about: EventContext<'_>, lock: Lock) -> VerifyError {
        let retry_after = lock.retry_after(self.inner.clock.now());
        self.observe(about, EventKind::AttemptRejected { retry_after });
        VerifyError::Locked { retry_after }
    }

    pub(super) fn challenge_over(&self, about: EventContext<'_>) -> VerifyError {
        self.observe(about, EventKind::ChallengeOver);
        VerifyError::ChallengeOver
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
    pub(super) fn tell_rejected(
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
        attempt: u32,
        failures: u32,
    ) -> Result<Verified, VerifyError> {
        let subject = entered.subject;
        let now = self.inner.clock.now();
        let lifetime = subject.session_end().map_or(lifetime, |end| lifetime.min(end.since(now)));
        let about = EventContext::subject(subject)
            .scope(&challenge.scope)
            .channel(challenge.method.sent_over())
            .challenge(&challenge.id)
            .approval(challenge.approval.as_ref());
        let (proof, nonce) = (&entered.proof(self.keys()), &GrantNonce::random());
        let token = match subject.recognition() {
            Recognition::Cookie => Some(entered.token(self.keys(), nonce)),
            Recognition::Bearer => None,
        };
        let approval = challenge.approval.as_ref().map(|approval| &approval.id);
        let key = Key { user: subject.user(), login: subject.login(), scope: &challenge.scope, approval };
        let redeem = Redeem {
            key,
            challenge: &challenge.id,
            binding: token.as_ref().map_or(Binding::Bearer, |token| Binding::Cookie(token.hash())),
            lifetime,
            proof,
            nonce,
            now,
        };
        let (redeemed, words) = join(self.inner.store.redeem(redeem), self.words_of(key)).await;
        let redeemed = redeemed.and_then(|outcome| match outcome {
            RedeemOutcome::Granted(record) if record.approval != challenge.approval => {
                Err(self.inner.store.unreadable("a grant has another approval than its challenge"))
            }
            other => Ok(other),
        });
        let record = match redeemed {
            Ok(RedeemOutcome::Granted(record)) => record,
            Ok(RedeemOutcome::Over) => return Err(VerifyError::ChallengeOver),
            Err(error) => {
                // The store may have made the grant before it failed. The user does not receive this grant, so it must
                // not exist.
                self.withdraw(entered, attempt, *nonce).await;
                return Err(error.into());
            }
        };
        self.observe(
            about.with_words(words.as_ref()),
            EventKind::Granted { lifetime: record.lifetime(), failures },
        );
        let grant = record.grant(challenge.scope);
        Ok(Verified { grant, token, lifetime: record.lifetime(), return_to: challenge.return_to.clone() })
    }
}
