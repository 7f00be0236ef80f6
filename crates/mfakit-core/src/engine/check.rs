//! May this request pass?

use std::time::Duration;

use crate::{
    About, Consumption, Decision, Denial, EventKind, Grant, GrantRecord, GrantToken, Key, Mfa, Misconfigured,
    Reason, Requirement, Subject,
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
        Ok(requirement.within(self.declared(requirement.scope())?.grant_lifetime()))
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
}
