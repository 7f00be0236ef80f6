//! May this request pass?

use std::time::Duration;

use crate::{
    Decision, Denial, Event, GrantToken, Key, LiveChallenge, Mfa, Misconfigured, Reason, Requirement, Scope,
    StoreError, Subject,
    decision::{Question, judge},
};

impl Mfa {
    /// Whether `subject` may pass: one read of the store, judged here by the injected clock.
    ///
    /// `token` is the value of the grant cookie, if one came along. Nobody logged in (`None`) is denied as
    /// [`Reason::Unauthenticated`] without asking the store.
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
        let lifetime = self.declared(requirement.scope())?.grant_lifetime();
        let max_age = requirement.max_age.map_or(lifetime, |max_age| max_age.min(lifetime));
        let Some(subject) = subject else {
            return Ok(self.denied(None, requirement, max_age, Reason::Unauthenticated));
        };
        let read = self.inner.store.grant(subject.user(), subject.login(), requirement.scope());
        let Ok(record) = self.ask_store(read).await else {
            return Ok(self.denied(Some(subject), requirement, max_age, Reason::Unavailable));
        };
        let (now, clock_skew) = (self.inner.clock.now(), self.inner.policy.clock_skew);
        let question = Question { subject, requirement, max_age, token, now, clock_skew };
        Ok(match judge(record.as_ref(), &question) {
            Ok(grant) => Decision::Granted(grant),
            Err(reason) => self.denied(Some(subject), requirement, max_age, reason),
        })
    }

    fn denied(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        reason: Reason,
    ) -> Decision {
        self.observe(&Event::Denied { user: subject.map(Subject::user), scope: requirement.scope(), reason });
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
        let key = Key { user: subject.user(), login: subject.login(), scope };
        let found = self.ask_store(self.inner.store.live_challenge(key, now)).await?;
        Ok(found.map(|challenge| LiveChallenge::seen(&challenge, now)))
    }
}
