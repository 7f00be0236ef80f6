//! Decision to let a request pass, between the time it is made and the time it is used.
//!
//! 1. A guard decides before the arguments of a handler are extracted, and the client controls how long that
//!    takes: a body can be withheld for hours. So a claim is checked once more when it is taken [GRANT-2].
//! 2. The end of the grant is checked every time, by the clock. The store is read again only if more than a second has
//!    passed, so a request that arrives all at once costs one reading of the clock [GUARD-12].
//! 3. A grant that is good for one request is consumed when the claim is taken [GRANT-6].

use mfakit_core::{
    Decision, Grant, GrantToken, Misconfigured, Reason, Requirement, Timestamp,
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
    let requirement = match requirement {
        Ok(requirement) => requirement,
        Err(mistake) => {
            let answer = admission.misconfigured(&head.facts(), mistake.clone());
            return Err(admission.mark_rejected(answer));
        }
    };
    if let Err(answer) = admission.identify(head).await {
        return Err(admission.mark_rejected(answer));
    }
    let token = grant_token(head.cookies(), requirement.scope());
    match Claim::at_once(admission, requirement, token) {
        Ok(claim) => Ok(claim),
        // Boxed, so that a request that passes at once needs no room for it.
        Err(undecided) => Box::pin(undecided.claim_of_guard(requirement, || head.facts())).await,
    }
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
    pub(crate) token: Option<GrantToken>,
    pub(crate) grant: Grant,
    /// Time just before the store was read.
    pub(crate) asked_at: Timestamp,
}

/// Request that does not pass at once: the store has to be waited for, or the request is rejected.
pub(crate) struct Undecided {
    admission: Admission,
    token: Option<GrantToken>,
    asked_at: Timestamp,
    /// Decision, if there is one already.
    decided: Option<Result<Decision, Misconfigured>>,
}

impl Claim {
    /// Checks whether a request of the known caller may pass, as far as the store answers at once. Almost every request
    /// that passes ends here. So this is a plain function, and the rest is done by [`Undecided`].
    pub(crate) fn at_once(
        admission: Admission,
        requirement: &Requirement,
        token: Option<GrantToken>,
    ) -> Result<Self, Box<Undecided>> {
        let (asked_at, decided) = match admission.mfa().try_now() {
            Ok(now) => {
                let caller = admission.caller();
                (now, admission.mfa().check_at_once(caller, requirement, token.as_ref(), now))
            }
            Err(mistake) => (Timestamp::default(), Some(Err(mistake))),
        };
        match decided {
            Some(Ok(Decision::Granted(grant))) => {
                admission.note_granted(grant.clone());
                Ok(Self { admission, requirement: *requirement, token, grant, asked_at })
            }
            decided => Err(Box::new(Undecided { admission, token, asked_at, decided })),
        }
    }
}

impl Undecided {
    /// Waits for the decision like [`claim`](Self::claim), and records that a guard rejected the request.
    ///
    /// # Errors
    ///
    /// Returns the same answers as [`claim`](Self::claim).
    pub(crate) async fn claim_of_guard(
        self,
        requirement: &Requirement,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let admission = self.admission.clone();
        self.claim(requirement, facts).await.map_err(|answer| admission.mark_rejected(answer))
    }

    /// Waits for the decision.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request that may not pass.
    pub(crate) async fn claim(
        self,
        requirement: &Requirement,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let Self { admission, token, asked_at, decided } = self;
        let decided = match decided {
            Some(decided) => decided,
            None => admission.mfa().check(admission.caller(), requirement, token.as_ref()).await,
        };
        let grant = admission.conclude(decided, facts)?;
        admission.note_granted(grant.clone());
        Ok(Claim { admission, requirement: *requirement, token, grant, asked_at })
    }
}

impl Admission {
    /// Returns the answer to a request whose grant has ended since a guard let it pass.
    pub(crate) fn expired(&self, claim: &Claim, facts: &Facts) -> Answer {
        self.mark_answered();
        let caller = self.caller();
        let denial = self.mfa().deny(caller, &claim.requirement, Reason::Expired);
        self.shape(respond::denied(self.mfa(), &denial, caller, facts))
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
        match self.take_at_once() {
            Ok(grant) => Ok(grant),
            // Boxed, so that a request that passes at once needs no room for it.
            Err(claim) => Box::pin(claim.take_anew(facts)).await,
        }
    }

    /// Lets the request pass, if the clock alone shows that it still may.
    pub(crate) fn take_at_once(self) -> Result<Grant, Box<Self>> {
        if !self.requirement.is_once() && self.freshness() == Freshness::Fresh {
            Ok(self.grant)
        } else {
            Err(Box::new(self))
        }
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
        let admission = self.admission.clone();
        self.judge_or_consume(facts).await.map_err(|answer| admission.mark_rejected(answer))
    }

    async fn judge_or_consume(self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        if !self.requirement.is_once() {
            return self.judge_again(facts).await;
        }
        let Self { admission, requirement, token, .. } = self;
        let decided = admission.mfa().consume(admission.caller(), &requirement, token.as_ref()).await;
        let grant = admission.conclude(decided, facts)?;
        admission.note_consumed(*requirement.scope());
        Ok(grant)
    }

    /// Checks a decision once more: by the clock, and by the store if it is stale.
    async fn judge_again(&self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        let Self { admission, requirement, token, grant, asked_at } = self;
        // An inner guard has consumed the grant for this very request, and checked it again in the process.
        let consumed_here = admission.has_consumed(requirement.scope());
        if consumed_here && self.freshness() != Freshness::Over {
            return Ok(grant.clone());
        }
        let mfa = admission.mfa();
        let check = mfa.check_again(admission.caller(), requirement, token.as_ref(), grant, *asked_at);
        admission.conclude(check.await, facts)
    }

    /// Returns the same claim with a new decision.
    pub(crate) async fn renewed(mut self, facts: Facts) -> Result<Self, Answer> {
        let Ok(asked_at) = self.admission.mfa().try_now() else {
            return Err(self.admission.reject(self.admission.caller(), &facts, Kind::Misconfigured));
        };
        self.grant = self.judge_again(|| facts).await?;
        self.asked_at = asked_at;
        Ok(self)
    }
}
