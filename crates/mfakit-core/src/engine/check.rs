//! Decides whether a request may pass.

use std::{pin::pin, time::Duration};

use crate::{
    clock::Timestamp,
    decision::{Decision, Denial, Freshness, Question, Reason, freshness, judge},
    engine::{mfa::Mfa, misconfigured::Misconfigured, not_granted::NotGranted, reason::Ended, spans},
    event::{EventContext, EventKind},
    grant::{Grant, GrantRecord, GrantTerms},
    requirement::Requirement,
    store::{ConsumeOutcome, Key},
    subject::Subject,
    token::GrantToken,
};

/// Decision of a check that does not wait.
#[derive(Debug)]
#[must_use = "a request must be rejected unless the decision grants it"]
pub enum AtOnce {
    /// The request may pass, on these terms.
    Granted(GrantTerms),
    /// The request may not pass.
    Rejected(Result<Denial, Misconfigured>),
    /// The check has to wait for the store, and has done nothing.
    Undecided,
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
    /// Returns an error if the scope was not declared or is [bound only](crate::DeclaredScope::bound), if the subject has
    /// [no name](Subject::mistake), or if the store panicked. The request must then be rejected.
    pub async fn check(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        let checked = pin!(self.checked(subject, requirement, token));
        match spans::check("check", requirement.scope()) {
            None => checked.await,
            Some(span) => spans::within(span, checked, ended).await,
        }
    }

    async fn checked(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Decision, Misconfigured> {
        self.named(subject)?;
        let max_age = self.max_age(requirement)?;
        let judged = self.judged(subject, requirement, max_age, token).await;
        if judged.is_ok() {
            self.inner.observer.meter().granted(requirement.scope());
        }
        self.decided(subject, requirement, max_age, judged.map(|(grant, _)| grant))
    }

    /// Checks the request like [`check`](Self::check), if the store [answers at
    /// once](crate::store::MfaStore::grant_at_once). Otherwise has done nothing. A check whose span a subscriber wants
    /// is never made here.
    ///
    /// `now` is the current time, which the caller has just read.
    pub(crate) fn check_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        now: Timestamp,
    ) -> AtOnce {
        if spans::wants_check() {
            return AtOnce::Undecided;
        }
        let named = self.named(subject).and_then(|()| self.max_age(requirement));
        let max_age = match named {
            Ok(max_age) => max_age,
            Err(mistake) => return AtOnce::Rejected(Err(mistake)),
        };
        let judged = match subject {
            Some(subject) => {
                let clock_skew = self.inner.policy.clock_skew;
                let question =
                    Question { subject, requirement, max_age, approval: None, token, now, clock_skew };
                let judged = self.inner.store.grant_at_once(subject, requirement.scope(), |record| {
                    self.judge(record, &question).map(|(terms, _)| terms)
                });
                match judged {
                    Some(Ok(judged)) => judged.map_err(NotGranted::from),
                    Some(Err(error)) => Err(error.into()),
                    None => return AtOnce::Undecided,
                }
            }
            None => Err(Reason::Unauthenticated.into()),
        };
        match judged {
            Ok(terms) => {
                self.inner.observer.meter().granted(requirement.scope());
                AtOnce::Granted(terms)
            }
            Err(why) => AtOnce::Rejected(self.rejection(subject, requirement, max_age, why)),
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
        self.consume_if(subject, requirement, token, |_| true).await
    }

    /// Consumes a grant like [`consume`](Self::consume), if it is the `claimed` one. A grant that was made later counts as
    /// ended: it was made for other requests, and perhaps after the session ended.
    pub(crate) async fn consume_claimed(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        claimed: &Grant,
    ) -> Result<Decision, Misconfigured> {
        self.consume_if(subject, requirement, token, |grant| is_same(grant, claimed)).await
    }

    async fn consume_if(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        counts: impl Fn(&Grant) -> bool + Send,
    ) -> Result<Decision, Misconfigured> {
        let consumed = pin!(self.consumed(subject, requirement, token, counts));
        match spans::check("consume", requirement.scope()) {
            None => consumed.await,
            Some(span) => spans::within(span, consumed, ended).await,
        }
    }

    async fn consumed(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        counts: impl Fn(&Grant) -> bool + Send,
    ) -> Result<Decision, Misconfigured> {
        self.named(subject)?;
        let max_age = self.max_age(requirement)?;
        let consumed = match self.judged(subject, requirement, max_age, token).await {
            Ok((grant, _)) if !counts(&grant) => Err(Reason::Expired.into()),
            Ok((grant, record)) => self.take(subject, requirement, &record).await.map(|()| grant),
            Err(why) => Err(why),
        };
        if consumed.is_ok() {
            self.observe(EventContext::subject(subject).scope(requirement.scope()), EventKind::Consumed);
        }
        self.decided(subject, requirement, max_age, consumed)
    }

    /// Checks a decision of [`check`](Self::check) again, if time has passed before its use, for example while a client
    /// was sending the body. `asked_at` is the time just before `check` was called.
    ///
    /// The clock alone decides whether the grant has ended. If more than a second has passed, or if the clock
    /// was set back, the store is read again, because the grant may have been revoked. Another grant that was made
    /// since then does not count.
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
        match self.freshness(grant.expires_at(), asked_at) {
            Freshness::Fresh => Ok(Decision::Granted(grant.clone())),
            Freshness::Stale => match self.check(subject, requirement, token).await? {
                Decision::Granted(other) if !is_same(&other, grant) => self.has_ended(subject, requirement),
                decided => Ok(decided),
            },
            Freshness::Over => self.has_ended(subject, requirement),
        }
    }

    /// Denies a request whose grant has ended since it was checked.
    fn has_ended(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
    ) -> Result<Decision, Misconfigured> {
        let max_age = self.max_age(requirement)?;
        Ok(Decision::Denied(self.deny(subject, requirement, max_age, Reason::Expired)))
    }

    /// Returns the freshness of a decision for a grant that ends at `expires_at`, as far as the clock alone can tell.
    /// Reads the clock once and does no IO. A clock that panics makes the decision stale.
    pub(crate) fn freshness(&self, expires_at: Timestamp, asked_at: Timestamp) -> Freshness {
        let now = self.inner.clock.try_now();
        now.map_or(Freshness::Stale, |now| freshness(asked_at, expires_at, now))
    }

    /// Rejects a subject whose user or session has no name.
    pub(crate) fn named(&self, subject: Option<&Subject>) -> Result<(), Misconfigured> {
        match subject.and_then(Subject::mistake) {
            None => Ok(()),
            Some(mistake) => Err(self.misconfigured(Misconfigured::new(mistake))),
        }
    }

    /// Returns the maximum age of an unbound grant. It is a mistake to require one for a scope that is bound only.
    fn max_age(&self, requirement: &Requirement) -> Result<Duration, Misconfigured> {
        let settings = self.declared(requirement.scope())?;
        if settings.is_bound() {
            return Err(self.misconfigured(Misconfigured::unbound(requirement.scope().as_str())));
        }
        Ok(requirement.within(settings.grant_lifetime()))
    }

    pub(super) async fn judged(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        token: Option<&GrantToken>,
    ) -> Result<(Grant, GrantRecord), NotGranted> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let record = self.inner.store.grant(key(subject, requirement)).await?;
        let (now, clock_skew) = (self.try_now()?, self.inner.policy.clock_skew);
        let question = Question { subject, requirement, max_age, approval: None, token, now, clock_skew };
        let (terms, given) = self.judge(record.as_ref(), &question)?;
        Ok((terms.grant(requirement.scope), given.or(record).ok_or(Reason::Missing)?))
    }

    /// Judges the record that the store has. In a test, the grant that the user has in every session comes first, and its
    /// record is returned with the terms.
    fn judge(
        &self,
        record: Option<&GrantRecord>,
        question: &Question<'_>,
    ) -> Result<(GrantTerms, Option<GrantRecord>), Reason> {
        #[cfg(feature = "testing")]
        let otherwise = match self.inner.user_grants.judge(question) {
            Some(Ok((terms, given))) => return Ok((terms, Some(given))),
            Some(Err(reason)) => reason,
            None => Reason::Missing,
        };
        #[cfg(not(feature = "testing"))]
        let otherwise = Reason::Missing;
        Ok((judge(record.ok_or(otherwise)?, question)?, None))
    }

    pub(super) async fn take(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        record: &GrantRecord,
    ) -> Result<(), NotGranted> {
        let subject = subject.ok_or(Reason::Unauthenticated)?;
        let key = key(subject, requirement);
        #[cfg(feature = "testing")]
        if self.inner.user_grants.consume(key, record) {
            return Ok(());
        }
        match self.inner.store.consume(key, record, self.try_now()?).await? {
            ConsumeOutcome::Consumed => Ok(()),
            ConsumeOutcome::Gone => Err(Reason::Missing.into()),
        }
    }

    /// Returns the decision.
    fn decided(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        judged: Result<Grant, NotGranted>,
    ) -> Result<Decision, Misconfigured> {
        match judged {
            Ok(grant) => Ok(Decision::Granted(grant)),
            Err(why) => self.rejection(subject, requirement, max_age, why).map(Decision::Denied),
        }
    }

    /// Denies a request, with its event, or returns the mistake.
    pub(super) fn rejection(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        max_age: Duration,
        why: NotGranted,
    ) -> Result<Denial, Misconfigured> {
        match why {
            NotGranted::Denied(reason) => Ok(self.deny(subject, requirement, max_age, reason)),
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

/// Returns the key of the grant that the requirement asks for.
fn key<'a>(subject: &'a Subject, requirement: &'a Requirement) -> Key<'a> {
    Key::unbound(subject.user(), subject.login(), requirement.scope())
}

/// Returns whether two decisions rest on one grant.
fn is_same(grant: &Grant, other: &Grant) -> bool {
    grant.verified_at == other.verified_at
}

/// Returns the outcome of a check, for its span.
pub(super) fn ended(decided: &Result<Decision, Misconfigured>) -> Ended {
    match decided {
        Ok(Decision::Granted(_)) => Ended::check(None),
        Ok(Decision::Denied(denial)) => Ended::check(Some(denial.reason)),
        Err(_) => Ended::failed("misconfigured"),
    }
}
