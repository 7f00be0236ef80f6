//! Decision to let a request pass, between the time it is made and the time it is used.
//!
//! 1. A guard decides before the arguments of a handler are extracted, and the client controls how long that
//!    takes: a body can be withheld for hours. So a claim is checked once more when it is taken [GRANT-2].
//! 2. The end of the grant is checked every time, by the clock. The store is read again only if more than a second has
//!    passed, so a request that arrives all at once costs one reading of the clock [GUARD-12].
//! 3. The claimed grant must still be the one in the store. One that replaced it may have been made after the session
//!    ended, for which the caller was identified too early.
//! 4. A grant that is good for one request is consumed when the claim is taken [GRANT-6].

use mfakit_core::{
    Decision, Grant, GrantToken, Misconfigured, Reason, Requirement, Timestamp,
    adapter::{AtOnce, Freshness, GrantTerms, MfaExt as _},
};

use crate::{
    admission::{Admission, Consumed},
    answer::Answer,
    cookie::grant_token,
    facts::Facts,
    problem::{Kind, Problem},
    request_head::RequestHead,
    respond,
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
    let mut place = None;
    claim_in(&mut place, head, requirement).await?;
    place.ok_or_else(|| lost(head))
}

/// Checks whether a request may pass like [`claim`], and returns the claim where it stays: in `place`, in the future of the
/// guard. Moving it costs more than judging it.
///
/// # Errors
///
/// Returns the same answers as [`claim`].
#[expect(clippy::manual_async_fn, reason = "an async function holds and copies each argument twice")]
pub(crate) fn claim_in<'a, H: RequestHead>(
    place: &'a mut Option<Claim>,
    head: &mut H,
    requirement: Result<&Requirement, &Misconfigured>,
) -> impl Future<Output = Result<&'a Claim, Answer>> {
    async move {
        let admission = Admission::of(head)?;
        admission.mark_guarded();
        let requirement = match requirement {
            Ok(requirement) => requirement,
            Err(mistake) => {
                let answer = admission.misconfigured(&head.facts(), mistake.clone());
                return Err(admission.mark_rejected(answer));
            }
        };
        if let Err(answer) = admission.settle_caller(head).await {
            return Err(admission.mark_rejected(answer));
        }
        let token = grant_token(head.cookies(), requirement.scope());
        if let Some(undecided) = Claim::at_once(place, admission, requirement, token.as_ref()) {
            // Boxed, so that a request that passes at once needs no room for it.
            let claim = Box::pin(undecided.claim_of_guard(requirement, token.as_ref(), || head.facts()));
            *place = Some(claim.await?);
        }
        place.as_ref().ok_or_else(|| lost(head))
    }
}

/// Returns the answer to a request without a claim, which no request reaches.
pub(crate) fn lost<H: RequestHead>(head: &H) -> Answer {
    respond::bare(&head.facts(), Problem::new(Kind::Misconfigured))
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
    pub(crate) terms: GrantTerms,
    /// Time just before the store was read.
    pub(crate) asked_at: Timestamp,
}

/// Request that does not pass at once: the store has to be waited for, or the request is rejected.
pub(crate) struct Undecided {
    admission: Admission,
    asked_at: Timestamp,
    /// Decision, if there is one already.
    decided: Option<Result<Decision, Misconfigured>>,
}

impl Claim {
    /// Checks whether the request of the caller may pass, as far as the store answers at once, and records the grant.
    /// Almost every request that passes ends here, with its claim in `place`. So this is a plain function, and the
    /// [`Undecided`] that it returns otherwise does the rest.
    #[must_use]
    pub(crate) fn at_once(
        place: &mut Option<Self>,
        admission: Admission,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Option<Box<Undecided>> {
        let asked_at = match admission.mfa().try_now() {
            Ok(now) => now,
            Err(mistake) => return Some(Undecided::new(admission, Timestamp::default(), Some(Err(mistake)))),
        };
        // Nothing is moved between here and the place, because that costs as much as the check itself.
        match admission.mfa().check_at_once(admission.caller(), requirement, token, asked_at) {
            AtOnce::Granted(terms) => {
                admission.note_granted(terms, requirement.scope());
                *place = Some(Self { admission, requirement: *requirement, terms, asked_at });
                None
            }
            AtOnce::Rejected(rejected) => {
                Some(Undecided::new(admission, asked_at, Some(rejected.map(Decision::Denied))))
            }
            AtOnce::Undecided => Some(Undecided::new(admission, asked_at, None)),
        }
    }
}

impl Undecided {
    #[cold]
    fn new(
        admission: Admission,
        asked_at: Timestamp,
        decided: Option<Result<Decision, Misconfigured>>,
    ) -> Box<Self> {
        Box::new(Self { admission, asked_at, decided })
    }

    /// Waits for the decision like [`claim`](Self::claim), and records that a guard rejected the request.
    ///
    /// # Errors
    ///
    /// Returns the same answers as [`claim`](Self::claim).
    pub(crate) async fn claim_of_guard(
        self,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let admission = self.admission.clone();
        self.claim(requirement, token, facts).await.map_err(|answer| admission.mark_rejected(answer))
    }

    /// Waits for the decision.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request that may not pass.
    pub(crate) async fn claim(
        self,
        requirement: &Requirement,
        token: Option<&GrantToken>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Claim, Answer> {
        let Self { admission, asked_at, decided } = self;
        let decided = match decided {
            Some(decided) => decided,
            None => admission.mfa().check(admission.caller(), requirement, token).await,
        };
        let terms = admission.conclude(decided, facts)?.terms();
        admission.note_granted(terms, requirement.scope());
        Ok(Claim { admission, requirement: *requirement, terms, asked_at })
    }
}

impl Admission {
    /// Returns the answer to a request whose grant has ended since a guard let it pass.
    pub(crate) fn expired(&self, claim: &Claim, facts: &Facts) -> Answer {
        self.mark_answered();
        let caller = self.caller();
        let denial = self.mfa().deny(caller, &claim.requirement, Reason::Expired);
        self.shape(respond::denied(self.mfa(), &denial, None, caller, facts))
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
    pub async fn take(&self, facts: impl FnOnce() -> Facts) -> Result<Grant, Answer> {
        match self.take_at_once() {
            Some(grant) => Ok(grant),
            // Boxed, so that a request that passes at once needs no room for it.
            None => {
                let facts = facts();
                let token = self.token(facts.cookies.as_deref().map(str::as_bytes));
                Box::pin(self.take_anew(token, || facts)).await
            }
        }
    }

    /// Lets the request pass like [`take`](Self::take). Reads the facts only if it may not.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) async fn take_from<H: RequestHead>(&self, head: &H) -> Result<Grant, Answer> {
        match self.take_at_once() {
            Some(grant) => Ok(grant),
            None => Box::pin(self.take_anew(self.token(head.cookies()), || head.facts())).await,
        }
    }

    /// Lets the request pass, if the clock alone shows that it still may.
    pub(crate) fn take_at_once(&self) -> Option<Grant> {
        let passes = !self.requirement.is_once() && self.freshness() == Freshness::Fresh;
        passes.then(|| self.grant())
    }

    /// Returns the grant.
    pub(crate) const fn grant(&self) -> Grant {
        self.terms.grant(*self.requirement.scope())
    }

    /// Returns the admission of the request.
    pub const fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Returns the freshness of the decision, as far as the clock can tell. If the app's clock panics, the decision
    /// counts as stale.
    pub(crate) fn freshness(&self) -> Freshness {
        self.admission.mfa().freshness(self.terms.expires_at(), self.asked_at)
    }

    pub(crate) async fn take_anew(
        &self,
        token: Option<GrantToken>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        let taken = if self.requirement.is_once() {
            self.consume(token, facts).await
        } else {
            self.judge_again(token, facts).await
        };
        taken.map_err(|answer| self.admission.mark_rejected(answer))
    }

    async fn consume(
        &self,
        token: Option<GrantToken>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        let Self { admission, requirement, .. } = self;
        let (caller, claimed) = (admission.caller(), self.grant());
        let consuming = admission.mfa().consume_claimed(caller, requirement, token.as_ref(), &claimed);
        let decided = consuming.await;
        let grant = admission.conclude(decided, facts)?;
        admission.note_consumed(Consumed::Unbound(*requirement.scope()));
        Ok(grant)
    }

    /// Checks a decision once more: by the clock, and by the store if it is stale.
    async fn judge_again(
        &self,
        token: Option<GrantToken>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        let Self { admission, requirement, asked_at, .. } = self;
        let grant = self.grant();
        // An inner guard has consumed the grant for this very request, and checked it again in the process.
        let consumed_here = admission.has_consumed(Consumed::Unbound(*requirement.scope()));
        if consumed_here && self.freshness() != Freshness::Over {
            return Ok(grant);
        }
        let (mfa, caller) = (admission.mfa(), admission.caller());
        let check = mfa.check_again(caller, requirement, token.as_ref(), &grant, *asked_at);
        admission.conclude(check.await, facts)
    }

    /// Returns the token of the grant cookie. A claim does not keep it, because almost no request needs it again.
    pub(crate) fn token<'a>(&self, cookies: impl IntoIterator<Item = &'a [u8]>) -> Option<GrantToken> {
        grant_token(cookies, self.requirement.scope())
    }

    /// Returns the same claim with a new decision.
    pub(crate) async fn renewed(mut self, facts: Facts) -> Result<Self, Answer> {
        let Ok(asked_at) = self.admission.mfa().try_now() else {
            return Err(self.admission.reject(self.admission.caller(), &facts, Kind::Misconfigured));
        };
        let token = self.token(facts.cookies.as_deref().map(str::as_bytes));
        self.terms = self.judge_again(token, || facts).await?.terms();
        self.asked_at = asked_at;
        Ok(self)
    }
}
