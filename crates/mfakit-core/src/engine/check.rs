//! Decides whether a request may pass.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    decision::{Decision, Denial, Freshness, Question, Reason, freshness, judge},
    engine::{backend_error::BackendError, mfa::Mfa, misconfigured::Misconfigured},
    event::{EventContext, EventKind},
    grant::{Grant, GrantRecord},
    requirement::Requirement,
    store::{ConsumeOutcome, Key},
    subject::Subject,
    token::GrantToken,
};

/// Reason why a request may not pass.
enum NotGranted {
    Denied(Reason),
    /// The store or the clock panicked.
    Misconfigured(Misconfigured),
}

impl From<Reason> for NotGranted {
    fn from(reason: Reason) -> Self {
        Self::Denied(reason)
    }
}

impl From<Misconfigured> for NotGranted {
    fn from(mistake: Misconfigured) -> Self {
        Self::Misconfigured(mistake)
    }
}

impl From<BackendError> for NotGranted {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) => Self::Denied(Reason::Unavailable),
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}

impl Mfa {
    /// Returns whether `subject` may pass. Reads the store once and compares the times with the injected
    /// clock.
    ///
    /// `token` is the value of the grant cookie, if the request has one. An unauthenticated request (`None`) is denied
    /// as [`Reason::Unauthenticated`] without reading the store. If the requirement is [`once`](Requirement::once),
    /// this method only checks the grant. Call [`consume`](Self::consume) before you carry out the action.
    ///
    /// # Errors
    ///
    /// Returns an error if the scope was not declared, if the subject has [no name](Subject::mistake), or if the
    /// store panicked. The request must then be rejected.
    pub async fn check(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        self.named(subject)?;
        let max_age = self.max_age(requirement)?;
        match self.judged(subject, requirement, max_age, token).await {
            Ok((grant, _)) => Ok(Decision::Granted(grant)),
            Err(why) => self.rejected(subject, requirement, max_age, why),
        }
    }

    /// Checks the request like [`check`](Self::check), and consumes the grant. Of all concurrent calls, exactly one
    /// succeeds.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`check`](Self::check).
    pub async fn consume(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        self.named(subject)?;
        let max_age = self.max_age(requirement)?;
        let consumed = match self.judged(subject, requirement, max_age, token).await {
            Ok((grant, record)) => self.take(subject, requirement, &record).await.map(|()| grant),
            Err(why) => Err(why),
        };
        match consumed {
            Ok(grant) => {
                self.observe(EventContext::subject(subject).scope(requirement.scope()), EventKind::Consumed);
                Ok(Decision::Granted(grant))
            }
            Err(why) => self.rejected(subject, requirement, max_age, why),
        }
    }

    /// Checks a decision of [`check`](Self::check) again, if time has passed before its use, for example while a client
    /// was sending the body. `asked_at` is the time just before `check` was called.
    ///
    /// The clock alone decides whether the grant has ended. If more than a second has passed, or if the clock
    /// was set back, the store is read again, because the grant may have been revoked.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`check`](Self::check).
    pub async fn check_again(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        grant: &Grant,
        asked_at: Timestamp,
    ) -> Result<Decision, Misconfigured> {
        match self.freshness(grant, asked_at) {
            Freshness::Fresh => Ok(Decision::Granted(grant.clone())),
            Freshness::Stale => self.check(subject, requirement, token).await,
            Freshness::Over => {
                let max_age = self.max_age(requirement)?;
                Ok(Decision::Denied(self.deny(subject, requirement, max_age, Reason::Expired)))
            }
        }
    }

    /// Returns the freshness of a decision, as far as the clock alone can tell. Reads the clock once and does
    /// no IO. A clock that panics makes the decision stale.
    pub(crate) fn freshness(&self, grant: &Grant, asked_at: Timestamp) -> Freshness {
        let now = self.inner.clock.try_now();
        now.map_or(Freshness::Stale, |now| freshness(asked_at, grant.expires_at(), now))
    }

    /// Rejects a subject whose user or session has no name.
    pub(crate) fn named(&self, subject: Option<&Subject>) -> Result<(), Misconfigured> {
        match subject.and_then(Subject::mistake) {
            None => Ok(()),
            Some(mistake) => Err(self.misconfigured(Misconfigured::new(mistake))),
        }
    }

    fn max_age(&self, requirement: &Requirement) -> Result<Duration, Misconfigured> {
        Ok(requirement.within(self.declared(requirement.scope())?.grant_lifetime()))
    }

    async fn judged(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        token: Option<&GrantToken>,
    ) -> Result<(Grant, GrantRecord), NotGranted> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let key = Key { user: subject.user(), login: subject.login(), scope: requirement.scope() };
        let record = self.inner.store.grant(key).await?;
        let (now, clock_skew) = (self.try_now()?, self.inner.policy.clock_skew);
        let question = Question { subject, requirement, max_age, token, now, clock_skew };
        #[cfg(feature = "testing")]
        let otherwise = match self.inner.user_grants.judge(&question) {
            Some(Ok(granted)) => return Ok(granted),
            Some(Err(reason)) => reason,
            None => Reason::Missing,
        };
        #[cfg(not(feature = "testing"))]
        let otherwise = Reason::Missing;
        let record = record.ok_or(otherwise)?;
        Ok((judge(&record, &question)?, record))
    }

    async fn take(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        record: &GrantRecord,
    ) -> Result<(), NotGranted> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let key = Key { user: subject.user(), login: subject.login(), scope: requirement.scope() };
        #[cfg(feature = "testing")]
        if self.inner.user_grants.consume(key, record) {
            return Ok(());
        }
        match self.inner.store.consume(key, record).await? {
            ConsumeOutcome::Consumed => Ok(()),
            ConsumeOutcome::Gone => Err(Reason::Missing.into()),
        }
    }

    fn rejected(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        why: NotGranted,
    ) -> Result<Decision, Misconfigured> {
        match why {
            NotGranted::Denied(reason) => {
                Ok(Decision::Denied(self.deny(subject, requirement, max_age, reason)))
            }
            NotGranted::Misconfigured(mistake) => Err(mistake),
        }
    }

    /// Denies a request, with its event.
    pub(crate) fn deny(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        reason: Reason,
    ) -> Denial {
        self.observe(EventContext::subject(subject).scope(requirement.scope()), EventKind::Denied { reason });
        Denial { reason, requirement: *requirement, max_age }
    }
}
