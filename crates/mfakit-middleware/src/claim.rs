//! Decision to let a request pass, between the time it is made and the time it is used.
//!
//! 1. A guard decides before the arguments of a handler are extracted, and the client controls how long that
//!    takes: a body can be withheld for hours. So a claim is checked once more when it is taken [GRANT-2].
//! 2. The end of the grant is checked every time, by the clock. The store is read again only if more than a second has
//!    passed, so a request that arrives all at once costs one reading of the clock [GUARD-12].
//! 3. A grant that is good for one request is consumed when the claim is taken [GRANT-6].

use mfakit_core::{
    Grant, GrantToken, Misconfigured, Reason, Requirement, Subject, Timestamp,
    adapter::{Freshness, MfaExt as _},
};

use crate::{
    admission::Admission, answer::Answer, cookie::grant_token, facts::Facts, problem::Kind,
    request_head::RequestHead, respond,
};

/// Checks whether a request may pass, on behalf of a guard. Consumes nothing yet.
///
/// # Errors
///
/// Returns the answer to a request that may not pass, or whose `requirement` is a mistake.
pub async fn claim<H: RequestHead>(
    head: &mut H,
    requirement: Result<&Requirement, &Misconfigured>,
) -> Result<Claim, Answer> {
    let admission = Admission::of(head)?;
    admission.mark_guarded();
    let claimed = async {
        let requirement =
            requirement.map_err(|mistake| admission.misconfigured(&head.facts(), mistake.clone()))?;
        let subject = admission.subject(head).await?;
        admission.claim(requirement, subject, head.cookies(), || head.facts()).await
    };
    claimed.await.inspect_err(|answer| admission.mark_rejected(answer.status))
}

/// Request that may pass. Nothing is consumed yet.
///
/// ```
/// use mfakit_core::Requirement;
/// use mfakit_middleware::{Answer, adapter::{RequestHead, claim}};
///
/// /// Runs a handler that takes no body.
/// async fn guarded<H: RequestHead>(
///     head: &mut H,
///     requirement: &Requirement,
///     handler: impl AsyncFnOnce() -> Answer,
/// ) -> Answer {
///     let claim = match claim(head, Ok(requirement)).await {
///         Ok(claim) => claim,
///         Err(answer) => return answer,
///     };
///     match claim.take(|| head.facts()).await {
///         Ok(_grant) => handler().await,
///         Err(answer) => answer,
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request passes when its claim is taken, and not before"]
pub struct Claim {
    pub(crate) admission: Admission,
    pub(crate) requirement: Requirement,
    pub(crate) subject: Option<Subject>,
    pub(crate) token: Option<GrantToken>,
    pub(crate) grant: Grant,
    /// Time just before the store was read.
    pub(crate) asked_at: Timestamp,
}

impl Admission {
    /// Checks whether a request of this subject with these `Cookie` headers may pass. The guard lets the
    /// request pass when it has [taken](Claim::take) the claim.
    pub(crate) async fn claim<'a>(
        &self,
        requirement: &Requirement,
        subject: Option<Subject>,
        cookies: impl IntoIterator<Item = &'a [u8]>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let token = grant_token(cookies, requirement.scope());
        let Ok(asked_at) = self.mfa().try_now() else {
            return Err(self.reject(subject.as_ref(), &facts(), Kind::Misconfigured));
        };
        let decided = self.mfa().check(subject.as_ref(), requirement, token.as_ref()).await;
        let grant = self.conclude(decided, subject.as_ref(), facts)?;
        self.note_granted(grant.clone());
        Ok(Claim { admission: self.clone(), requirement: *requirement, subject, token, grant, asked_at })
    }

    /// Returns the answer to a request whose grant has ended since a guard let it pass.
    pub(crate) fn expired(&self, claim: &Claim, facts: &Facts) -> Answer {
        self.mark_answered();
        let (requirement, subject) = (claim.requirement, claim.subject.as_ref());
        let denial = self.mfa().deny(subject, &requirement, Reason::Expired);
        self.shape(respond::denied(self.mfa(), &denial, subject, facts))
    }
}

impl Claim {
    /// Lets the request pass, if it still may. Call this immediately before the handler.
    ///
    /// A grant that is good for one request is consumed here. Of all requests that claim it, one succeeds.
    ///
    /// # Errors
    ///
    /// Returns the answer to send if the grant has ended in the meantime: consumed by another request,
    /// revoked or expired.
    pub async fn take(self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        if !self.requirement.is_once() && self.freshness() == Freshness::Fresh {
            return Ok(self.grant);
        }
        // Kept in a separate future, so that a request that passes at once needs no room for it.
        let admission = self.admission.clone();
        Box::pin(self.take_anew(facts)).await.inspect_err(|answer| admission.mark_rejected(answer.status))
    }

    /// Returns the admission of the request.
    pub const fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Returns the freshness of the decision, as far as the clock can tell. If the app's clock panics, the decision
    /// counts as stale.
    pub(crate) fn freshness(&self) -> Freshness {
        self.admission.mfa().freshness(&self.grant, self.asked_at)
    }

    async fn take_anew(self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        if !self.requirement.is_once() {
            return self.judge_again(facts).await;
        }
        let Self { admission, requirement, subject, token, .. } = self;
        let decided = admission.mfa().consume(subject.as_ref(), &requirement, token.as_ref()).await;
        let grant = admission.conclude(decided, subject.as_ref(), facts)?;
        admission.note_consumed(*requirement.scope());
        Ok(grant)
    }

    /// Checks a decision once more: by the clock, and by the store if it is stale.
    async fn judge_again(&self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        let Self { admission, requirement, subject, token, grant, asked_at } = self;
        // An inner guard has consumed the grant for this very request, and checked it again in the process.
        let consumed_here = admission.has_consumed(requirement.scope());
        if consumed_here && self.freshness() != Freshness::Over {
            return Ok(grant.clone());
        }
        let mfa = admission.mfa();
        let check = mfa.check_again(subject.as_ref(), requirement, token.as_ref(), grant, *asked_at);
        admission.conclude(check.await, subject.as_ref(), facts)
    }

    /// Returns the same claim with a new decision.
    pub(crate) async fn renewed(mut self, facts: Facts) -> Result<Self, Answer> {
        let Ok(asked_at) = self.admission.mfa().try_now() else {
            return Err(self.admission.reject(self.subject.as_ref(), &facts, Kind::Misconfigured));
        };
        self.grant = self.judge_again(|| facts).await?;
        self.asked_at = asked_at;
        Ok(self)
    }
}
