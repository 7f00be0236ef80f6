//! Decides whether a request may carry out an action.
//!
//! 1. A check looks for any bound grant that counts. Without one, nothing of the request is read but its action.
//! 2. Once the arguments are extracted, the grant of the action is read again, judged again and consumed. Exactly one of all
//!    concurrent requests consumes it.
//! 3. Only a grant that the check has found counts. One that was made since then does not, because the caller was identified
//!    before it.

use std::time::Duration;

#[cfg(feature = "testing")]
use crate::engine::user_grants::UserGrants;
use crate::{
    action::Words,
    approval::{ActionDigest, Approval, ApprovalId},
    clock::Timestamp,
    decision::{Decision, Denial, Question, Reason, judge},
    engine::{
        backend_error::BackendError,
        check::ended,
        claims::{Approved, BoundAtOnce, BoundCheck, Claim, Claims, GrantTokens},
        mfa::Mfa,
        misconfigured::Misconfigured,
        not_granted::NotGranted,
        reason::Ended,
        spans,
    },
    event::{EventContext, EventKind},
    grant::{Grant, GrantRecord},
    kept_action::KeptAction,
    requirement::Requirement,
    scope::Scope,
    store::{BoundGrants, ConsumeOutcome, Key},
    subject::Subject,
    token::GrantToken,
};

/// Facts that the grants of one request are judged by.
#[derive(Clone, Copy)]
struct Asked<'a> {
    subject: &'a Subject,
    requirement: &'a Requirement,
    max_age: Duration,
    tokens: &'a GrantTokens<'a>,
}

/// State of an approval that a request names.
enum Found {
    Granted(Claims, Box<KeptAction>),
    Unproven(Approval, Reason),
    Consumed,
    Over,
}

impl<'a> Asked<'a> {
    fn key(&self) -> Key<'a> {
        Key::unbound(self.subject.user(), self.subject.login(), self.requirement.scope())
    }
}

impl Mfa {
    pub(crate) async fn check_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
    ) -> Result<BoundCheck, Misconfigured> {
        match spans::check("check_bound", requirement.scope()) {
            None => self.checked_bound(subject, requirement, tokens).await,
            Some(span) => {
                let checked = self.checked_bound(subject, requirement, tokens);
                Box::pin(spans::within(span, checked, checked_in)).await
            }
        }
    }

    async fn checked_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
    ) -> Result<BoundCheck, Misconfigured> {
        self.named(subject)?;
        let max_age = self.bound_age(requirement)?;
        let claimed = match subject {
            None => Err(Reason::Unauthenticated.into()),
            Some(subject) => self.claims(Asked { subject, requirement, max_age, tokens }).await,
        };
        self.claimed(subject, requirement, claimed)
    }

    pub(crate) fn check_bound_at_once(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        tokens: &GrantTokens<'_>,
        now: Timestamp,
    ) -> BoundAtOnce {
        if spans::wants_check() {
            return BoundAtOnce::Undecided;
        }
        let max_age = match self.named(subject).and_then(|()| self.bound_age(requirement)) {
            Ok(max_age) => max_age,
            Err(mistake) => return BoundAtOnce::Decided(Err(mistake)),
        };
        let claimed = match subject {
            None => Err(Reason::Unauthenticated.into()),
            Some(subject) => {
                let asked = Asked { subject, requirement, max_age, tokens };
                let judged = |grants: &BoundGrants| self.judge_all(grants, &asked, now);
                match self.inner.store.bound_grants_at_once(asked.key(), judged) {
                    Some(Ok(judged)) => judged.map_err(NotGranted::from),
                    Some(Err(error)) => Err(error.into()),
                    None => return BoundAtOnce::Undecided,
                }
            }
        };
        BoundAtOnce::Decided(self.claimed(subject, requirement, claimed))
    }

    pub(crate) async fn approved(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        approval: &ApprovalId,
        tokens: &GrantTokens<'_>,
    ) -> Result<Approved, Misconfigured> {
        self.named(subject)?;
        let max_age = self.bound_age(requirement)?;
        let about = EventContext::subject(subject).scope(requirement.scope()).approval_id(Some(approval));
        let found = match subject {
            None => Err(Reason::Unauthenticated.into()),
            Some(subject) => {
                let asked = Asked { subject, requirement, max_age, tokens };
                self.find_approved(asked, approval).await
            }
        };
        match found {
            Ok(Found::Granted(claims, action)) => {
                self.inner.observer.meter().granted(requirement.scope());
                Ok(Approved::Granted { claims, action })
            }
            Ok(Found::Unproven(approval, reason)) => {
                let denial = self.deny_bound(subject, requirement, reason);
                Ok(Approved::Denied(denial.report(Some(&approval))))
            }
            Ok(gone @ (Found::Consumed | Found::Over)) => {
                self.observe_denied(about, Reason::Missing);
                Ok(if matches!(gone, Found::Consumed) { Approved::Consumed } else { Approved::Over })
            }
            Err(NotGranted::Denied(reason)) => {
                self.observe_denied(about, reason);
                Ok(Approved::Denied(Denial { reason, requirement: *requirement, max_age }))
            }
            Err(NotGranted::Misconfigured(mistake)) => Err(mistake),
        }
    }

    /// Finds the action of an approval and its grant.
    async fn find_approved(&self, asked: Asked<'_>, approval: &ApprovalId) -> Result<Found, NotGranted> {
        let Some(action) = self.kept_action(asked.key(), approval).await? else {
            let is_consumed = self.is_consumed(asked.subject, asked.key().scope, approval).await?;
            return Ok(if is_consumed { Found::Consumed } else { Found::Over });
        };
        let grants = self.inner.store.bound_grants(asked.key()).await?;
        let own: BoundGrants = grants.of_approval(approval).cloned().into_iter().collect();
        Ok(match self.judge_all(&own, &asked, self.try_now()?) {
            Ok(claims) => Found::Granted(claims, Box::new(action)),
            Err(reason) => Found::Unproven(action.approval, reason),
        })
    }

    /// Returns whether the grant of an approval of this session and scope was consumed a short time ago.
    pub(crate) async fn is_consumed(
        &self,
        subject: &Subject,
        scope: &Scope,
        approval: &ApprovalId,
    ) -> Result<bool, BackendError> {
        let key = Key { approval: Some(approval), ..Key::unbound(subject.user(), subject.login(), scope) };
        self.inner.store.is_consumed(key, self.try_now()?).await
    }

    /// Returns the action of an approval, if it is kept for the session and scope of the key.
    async fn kept_action(
        &self,
        key: Key<'_>,
        approval: &ApprovalId,
    ) -> Result<Option<KeptAction>, BackendError> {
        let key = Key { approval: Some(approval), ..key };
        let kept = self.inner.store.actions(key, self.try_now()?).await?;
        Ok(kept.into_iter().find(|action| key.keeps(action)))
    }

    pub(crate) async fn consume_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        digest: &ActionDigest,
        words: &(dyn Fn() -> Words + Sync),
        tokens: &GrantTokens<'_>,
        claims: &Claims,
    ) -> Result<Decision, Misconfigured> {
        let consumed = self.consumed_bound(subject, requirement, digest, words, tokens, claims);
        match spans::check("consume_bound", requirement.scope()) {
            None => consumed.await,
            Some(span) => Box::pin(spans::within(span, consumed, ended)).await,
        }
    }

    async fn consumed_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        digest: &ActionDigest,
        words: &(dyn Fn() -> Words + Sync),
        tokens: &GrantTokens<'_>,
        claims: &Claims,
    ) -> Result<Decision, Misconfigured> {
        self.named(subject)?;
        let max_age = self.bound_age(requirement)?;
        let claim = claims.of(digest);
        let taken = match (subject, claim) {
            (None, _) => Err(Reason::Unauthenticated.into()),
            (Some(_), None) => Err(Reason::Missing.into()),
            (Some(subject), Some(claim)) => {
                self.take_claim(Asked { subject, requirement, max_age, tokens }, claim).await
            }
        };
        let about = EventContext::subject(subject).scope(requirement.scope());
        let about = about.approval(claim.map(|claim| &claim.approval));
        match taken {
            Ok(grant) => {
                self.observe(about.words_from(words), EventKind::Consumed);
                Ok(Decision::Granted(grant))
            }
            Err(NotGranted::Denied(reason)) => {
                self.observe_denied(about, reason);
                Ok(Decision::Denied(Denial { reason, requirement: *requirement, max_age }))
            }
            Err(NotGranted::Misconfigured(mistake)) => Err(mistake),
        }
    }

    /// Reads the grant of a claim again, judges it again, and consumes it.
    async fn take_claim(&self, asked: Asked<'_>, claim: &Claim) -> Result<Grant, NotGranted> {
        let (key, id) = (asked.key(), &claim.approval.id);
        let at_once = self.inner.store.bound_grants_at_once(key, |grants| grants.of_approval(id).cloned());
        let record = match at_once {
            Some(record) => record?,
            None => self.inner.store.bound_grants(key).await?.of_approval(id).cloned(),
        };
        let now = self.try_now()?;
        let (found, record) = self.judge_one(record, &asked, id, now)?;
        if !found.is_same(claim) {
            return Err(Reason::Expired.into());
        }
        let key = Key { approval: Some(id), ..key };
        #[cfg(feature = "testing")]
        if self.inner.user_grants.consume(key, &record) {
            return Ok(found.grant(*key.scope));
        }
        match self.inner.store.consume(key, &record, now).await? {
            ConsumeOutcome::Consumed => Ok(found.grant(*key.scope)),
            ConsumeOutcome::Gone => Err(Reason::Missing.into()),
        }
    }

    async fn claims(&self, asked: Asked<'_>) -> Result<Claims, NotGranted> {
        let grants = self.inner.store.bound_grants(asked.key()).await?;
        Ok(self.judge_all(&grants, &asked, self.try_now()?)?)
    }

    /// Judges all bound grants. Returns those that count, or else the reason that tells most.
    fn judge_all(&self, grants: &BoundGrants, asked: &Asked<'_>, now: Timestamp) -> Result<Claims, Reason> {
        let mut reason = Reason::Missing;
        let mut claims = smallvec::SmallVec::<[Claim; 1]>::new();
        for record in grants.iter() {
            match self.judge_bound(record, asked, now) {
                Ok(claim) => claims.push(claim),
                Err(Reason::Mismatch) if reason == Reason::Expired => {}
                Err(Reason::Missing) => {}
                Err(other) => reason = other,
            }
        }
        #[cfg(feature = "testing")]
        for given in self.inner.user_grants.bound(asked.subject, asked.requirement.scope()) {
            match self.judge_given(given, asked, now) {
                Ok((claim, _)) => claims.push(claim),
                Err(other) => reason = other,
            }
        }
        Claims::new(asked.requirement.scope, claims).ok_or(reason)
    }

    /// Judges the record of an approval. In a test, a grant that the user has in every session counts as well.
    fn judge_one(
        &self,
        record: Option<GrantRecord>,
        asked: &Asked<'_>,
        id: &ApprovalId,
        now: Timestamp,
    ) -> Result<(Claim, GrantRecord), Reason> {
        #[cfg(feature = "testing")]
        {
            let mut given = self.inner.user_grants.bound(asked.subject, asked.requirement.scope());
            if let Some(given) = given.find(|given| given.is_for(id)) {
                return self.judge_given(given, asked, now);
            }
        }
        let record = record.filter(|record| record.is_for(id)).ok_or(Reason::Missing)?;
        Ok((self.judge_bound(&record, asked, now)?, record))
    }

    /// Judges the session's copy of a grant that a test gave to the user.
    #[cfg(feature = "testing")]
    fn judge_given(
        &self,
        mut given: GrantRecord,
        asked: &Asked<'_>,
        now: Timestamp,
    ) -> Result<(Claim, GrantRecord), Reason> {
        let approval = given.approval.ok_or(Reason::Missing)?;
        let question = self.bound_question(asked, &approval.id, None, now);
        let terms = UserGrants::judge_copy(&mut given, &question)?;
        Ok((Claim { approval, terms }, given))
    }

    fn judge_bound(&self, record: &GrantRecord, asked: &Asked<'_>, now: Timestamp) -> Result<Claim, Reason> {
        let approval = record.approval.ok_or(Reason::Missing)?;
        let token = (asked.tokens)(&approval.id);
        let question = self.bound_question(asked, &approval.id, token.as_ref(), now);
        Ok(Claim { approval, terms: judge(record, &question)? })
    }

    fn bound_question<'a>(
        &self,
        asked: &Asked<'a>,
        approval: &'a ApprovalId,
        token: Option<&'a GrantToken>,
        now: Timestamp,
    ) -> Question<'a> {
        let Asked { subject, requirement, max_age, .. } = *asked;
        let clock_skew = self.inner.policy.clock_skew;
        Question { subject, requirement, max_age, approval: Some(approval), token, now, clock_skew }
    }

    fn claimed(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        claimed: Result<Claims, NotGranted>,
    ) -> Result<BoundCheck, Misconfigured> {
        match claimed {
            Ok(claims) => {
                self.inner.observer.meter().granted(requirement.scope());
                Ok(BoundCheck::Claims(claims))
            }
            Err(NotGranted::Denied(reason)) => {
                Ok(BoundCheck::Denied(self.deny_bound(subject, requirement, reason)))
            }
            Err(NotGranted::Misconfigured(mistake)) => Err(mistake),
        }
    }

    /// Returns the maximum age of a bound grant.
    fn bound_age(&self, requirement: &Requirement) -> Result<Duration, Misconfigured> {
        let settings = self.declared(requirement.scope())?;
        if settings.is_enroll() {
            return Err(self.misconfigured(Misconfigured::enroll_scope()));
        }
        Ok(requirement.within(settings.grant_lifetime()))
    }
}

/// Returns the outcome of a check, for its span.
fn checked_in(checked: &Result<BoundCheck, Misconfigured>) -> Ended {
    match checked {
        Ok(BoundCheck::Claims(_)) => Ended::check(None),
        Ok(BoundCheck::Denied(denial)) => Ended::check(Some(denial.reason)),
        Err(_) => Ended::failed("misconfigured"),
    }
}
