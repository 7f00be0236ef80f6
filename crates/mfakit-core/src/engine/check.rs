//! May this request pass?

use std::time::Duration;

use crate::{
    About, Challenge, Consumption, Decision, Denial, EventKind, Grant, GrantRecord, GrantToken, Key,
    LiveChallenge, Mfa, Misconfigured, Reason, Requirement, Scope, StoreError, Subject,
    decision::{Question, judge},
};

impl Mfa {
    /// Whether `subject` may pass: one read of the store, judged here by the injected clock.
    ///
    /// `token` is the value of the grant cookie, if one came along. Nobody logged in (`None`) is denied as
    /// [`Reason::Unauthenticated`] without asking the store. Where the requirement is [`once`](Requirement::once),
    /// this only looks; [`consume`](Self::consume) has to follow before anything is done.
    ///
    /// # Errors
    ///
    /// When the scope was not declared: then nobody passes, whatever they bring.
    pub async fn check(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        let max_age = self.max_age(requirement)?;
        Ok(match self.judged(subject, requirement, max_age, token).await {
            Ok((grant, _)) => Decision::Granted(grant),
            Err(reason) => self.denied(subject, requirement, max_age, reason),
        })
    }

    /// The same as [`check`](Self::check), and takes the grant away: of all that ask at the same time, one is let
    /// through.
    ///
    /// # Errors
    ///
    /// When the scope was not declared.
    pub async fn consume(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        let max_age = self.max_age(requirement)?;
        let consumed = match self.judged(subject, requirement, max_age, token).await {
            Ok((grant, record)) => self.take(subject, requirement, &record).await.map(|()| grant),
            Err(reason) => Err(reason),
        };
        Ok(match consumed {
            Ok(grant) => {
                self.observe(About::subject(subject).scope(requirement.scope()), EventKind::Consumed);
                Decision::Granted(grant)
            }
            Err(reason) => self.denied(subject, requirement, max_age, reason),
        })
    }

    fn max_age(&self, requirement: &Requirement) -> Result<Duration, Misconfigured> {
        let lifetime = self.declared(requirement.scope())?.grant_lifetime();
        Ok(requirement.max_age.map_or(lifetime, |max_age| max_age.min(lifetime)))
    }

    async fn judged(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        token: Option<&GrantToken>,
    ) -> Result<(Grant, GrantRecord), Reason> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let key = Key { user: subject.user(), login: subject.login(), scope: requirement.scope() };
        let record = self.ask_store(self.inner.store.grant(key)).await.map_err(|_| Reason::Unavailable)?;
        let (now, clock_skew) = (self.inner.clock.now(), self.inner.policy.clock_skew);
        let question = Question { subject, requirement, max_age, token, now, clock_skew };
        let record = record.ok_or(Reason::Missing)?;
        Ok((judge(&record, &question)?, record))
    }

    async fn take(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        record: &GrantRecord,
    ) -> Result<(), Reason> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let key = Key { user: subject.user(), login: subject.login(), scope: requirement.scope() };
        match self.ask_store(self.inner.store.consume(key, record)).await {
            Ok(Consumption::Consumed) => Ok(()),
            Ok(Consumption::Gone) => Err(Reason::Missing),
            Err(_) => Err(Reason::Unavailable),
        }
    }

    fn denied(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        reason: Reason,
    ) -> Decision {
        self.observe(About::subject(subject).scope(requirement.scope()), EventKind::Denied { reason });
        Decision::Denied(Denial { reason, requirement: *requirement, max_age })
    }

    /// The challenge on which this log-in may still try a code for `scope`.
    ///
    /// # Errors
    ///
    /// When the store could not be asked.
    pub async fn live_challenge(
        &self,
        subject: &Subject,
        scope: &Scope,
    ) -> Result<Option<LiveChallenge>, StoreError> {
        let now = self.inner.clock.now();
        let standing = self.ask_store(self.inner.store.standing(subject.user(), now)).await?;
        let theirs =
            |challenge: &&Challenge| challenge.login == *subject.login() && challenge.scope == *scope;
        Ok(standing.challenges.iter().find(theirs).map(|challenge| {
            let mut live = LiveChallenge::seen(challenge, now);
            // The user's lock may come sooner than the end of this challenge.
            live.attempts_left =
                live.attempts_left.min(self.inner.policy.locks.until_next(standing.failures));
            live
        }))
    }
}
