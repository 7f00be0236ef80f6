//! Decision to let a request with a bound requirement pass.
//!
//! 1. The caller is identified, and the store is read, before anything is extracted. An unauthenticated request is rejected
//!    unread.
//! 2. Without any grant that counts, only the marked argument is extracted. Its value is kept, and the request is
//!    rejected. This is the one exception to [GUARD-1].
//! 3. With one, all arguments are extracted. Then the grant for exactly this value is judged again and consumed [GRANT-2,
//!    GRANT-6]. If there is none, the value is kept, and the request is rejected. The handler receives the value that is read
//!    from its canonical form, so the digest covers all of it.
//! 4. A request can name an approval in place of its value. It must come from the site itself [WEB-1], and its body is not
//!    read.
//! 5. A `HEAD` request consumes no grant, because its answer shows the outcome to no person.

use mfakit_core::{
    Decision, Grant, Misconfigured, Reason, Requirement,
    action::{Action, ActionDigest},
    adapter::{Approved, BoundCheck, Claims, MfaBoundExt as _, MfaExt as _, PendingDenial},
    event::{EventContext, EventKind},
    store::KeptAction,
};

use crate::{
    admission::{Admission, Consumed},
    answer::Answer,
    approval_name::{Named, OF_GUARDED_ROUTES},
    approved_argument::ApprovedArgument,
    bound_cookie::BoundTokens,
    bound_request::{BoundRequest, Unproven},
    facts::{Facts, Method},
    origin,
    problem::{Kind, Problem},
    request_head::RequestHead,
};

/// Request for which grants count. One of them is consumed when the claim is taken.
#[derive(Clone, Debug)]
#[must_use = "a request passes when its claim is taken, and not before"]
pub struct BoundClaim {
    request: BoundRequest,
    claims: Claims,
}

/// Request that names its approval, which counts.
#[derive(Clone, Debug)]
#[must_use = "a request passes when its claim is taken, and not before"]
pub struct NamedClaim {
    claim: BoundClaim,
    action: Box<KeptAction>,
}

/// Next step of a request with a bound requirement.
///
/// ```
/// use mfakit_core::Requirement;
/// use mfakit_middleware::{Answer, ApprovedArgument, adapter::{Begun, RequestHead}};
///
/// /// Runs a handler whose only argument is approved.
/// async fn guarded<H: RequestHead, M: ApprovedArgument>(
///     head: &mut H,
///     requirement: Requirement,
///     extract: impl AsyncFnOnce() -> Result<M, Answer>,
///     handler: impl AsyncFnOnce(M) -> Answer,
/// ) -> Result<Answer, Answer> {
///     let begun = Begun::of(head, requirement).await?;
///     let facts = head.facts();
///     let (approved, _grant) = match begun {
///         Begun::Extract(claim) | Begun::ExtractMarkedFirst(claim) => {
///             claim.take(extract().await?, || facts).await?
///         }
///         Begun::Named(claim) => claim.take(claim.value(&facts)?, &facts).await?,
///         Begun::Unproven(unproven) => {
///             return Err(unproven.reject(extract().await?, &facts).await);
///         }
///     };
///     Ok(handler(approved).await)
/// }
/// ```
#[derive(Debug)]
#[must_use = "only a claim that is taken lets a request pass"]
pub enum Begun {
    /// Extract the other arguments, then the marked one. Then [take](BoundClaim::take) the claim.
    Extract(BoundClaim),
    /// Extract the marked argument, and [find](BoundClaim::find) its grant. Then extract the others, and
    /// [take](BoundClaim::take) the claim. Several grants count, and another argument may be the grant of this value.
    ExtractMarkedFirst(BoundClaim),
    /// Extract the marked argument only, and [reject](Unproven::reject) the request.
    Unproven(Unproven),
    /// Extract the other arguments only. The marked one is the [value](NamedClaim::value) that the request has named. Then
    /// [take](NamedClaim::take) the claim.
    Named(NamedClaim),
}

impl Begun {
    /// Checks a request before anything of it is extracted.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request that may not pass, whatever its value is.
    pub async fn of<H: RequestHead>(head: &mut H, requirement: Requirement) -> Result<Self, Answer> {
        let admission = Admission::of(head)?;
        admission.mark_guarded();
        if let Err(answer) = admission.settle_caller(head).await {
            return Err(admission.mark_rejected(answer));
        }
        let requirement = requirement.once();
        let tokens = BoundTokens::read(head.cookies(), requirement.scope());
        let request = BoundRequest { admission, requirement, tokens };
        let method = Method::named(head.method());
        let named = if method.is_read() {
            Named::Nothing
        } else {
            Named::in_request(head.target(), head.values(OF_GUARDED_ROUTES))
        };
        if named != Named::Nothing {
            return Box::pin(request.named(named, head.facts())).await;
        }
        match request.check().await {
            Ok(BoundCheck::Claims(_)) if method == Method::Head => {
                let denial = request.deny(Reason::Missing);
                Ok(request.unproven(denial))
            }
            Ok(BoundCheck::Claims(claims)) => Ok(request.claimed(claims)),
            Ok(BoundCheck::Denied(denial)) if request.admission.helps(&denial) => {
                Ok(request.unproven(denial))
            }
            Ok(BoundCheck::Denied(denial)) => Err(request.denied(denial.report(None), None, &head.facts())),
            Err(_) => Err(request.rejected(Kind::Misconfigured, &head.facts())),
        }
    }
}

impl BoundRequest {
    fn claimed(self, claims: Claims) -> Begun {
        let is_only = claims.len() == 1;
        if is_only {
            self.admission.note_claims(claims.clone());
        }
        let claim = BoundClaim { request: self, claims };
        if is_only { Begun::Extract(claim) } else { Begun::ExtractMarkedFirst(claim) }
    }

    fn unproven(self, denial: PendingDenial) -> Begun {
        // Recorded before an extractor of the app runs, whose own rejection may be the answer.
        let _: Answer = self.admission.mark_rejected(Answer::new(Kind::StepUpRequired.status()));
        Begun::Unproven(Unproven::new(self, denial))
    }

    /// Checks whether the approval that the request names counts.
    async fn named(self, named: Named, facts: Facts) -> Result<Begun, Answer> {
        let Self { admission, requirement, tokens } = &self;
        let mfa = admission.mfa();
        let Some(subject) = self.caller() else {
            let denial = self.deny(Reason::Unauthenticated).report(None);
            return Err(self.denied(denial, None, &facts));
        };
        if let Err(why) = origin::check(&facts, subject, mfa.site()) {
            let context = EventContext::subject(subject).scope(requirement.scope()).approval_id(named.id());
            mfa.observe(context, EventKind::ForgeryRejected { why });
            let problem = Problem::new(Kind::CrossSite).detail(why);
            return Err(admission.mark_rejected(admission.reject_with(Some(subject), &facts, problem)));
        }
        let Named::Approval(id) = named else { return Err(self.over(None, false, &facts)) };
        let approved = mfa.approved(Some(subject), requirement, &id, &tokens.by_approval()).await;
        match approved {
            Ok(Approved::Granted { claims, action }) => {
                admission.note_claims(claims.clone());
                Ok(Begun::Named(NamedClaim { claim: BoundClaim { request: self, claims }, action }))
            }
            Ok(Approved::Denied(denial)) => Err(self.unapproved(denial, &id, &facts)),
            Ok(Approved::Consumed) => Err(self.over(Some(&id), true, &facts)),
            Ok(Approved::Over) => Err(self.over(Some(&id), false, &facts)),
            Err(_) => Err(self.rejected(Kind::Misconfigured, &facts)),
        }
    }
}

impl BoundClaim {
    /// Returns the request of the claim.
    pub const fn request(&self) -> &BoundRequest {
        &self.request
    }

    /// Finds the grant for a value, before the other arguments are extracted. Returns the argument with the value as it is read
    /// from its canonical form.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request with another value, which is then kept.
    pub async fn find<M: ApprovedArgument>(
        &self,
        approved: M,
        facts: impl FnOnce() -> Facts,
    ) -> Result<M, Answer> {
        let BoundRequest { admission, requirement, .. } = &self.request;
        let (action, digest) =
            match admission.mfa().read_approved(requirement, approved.action(), &self.claims) {
                Ok(read) => read,
                Err(error) => return Err(self.request.invalid(&error, &facts())),
            };
        let approved = M::of_action(action);
        match self.claims.grant(&digest) {
            Some(grant) => {
                admission.note_approved(grant);
                Ok(approved)
            }
            None => {
                let denial = self.request.deny(Reason::Missing);
                Err(self.request.reject(approved, denial, &facts()).await)
            }
        }
    }

    /// Lets the request pass, if exactly this value was approved. Call this immediately before the handler, and give it the
    /// argument that this returns: the approved value, as it is read from its canonical form.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request with another value, which is then kept, and to one whose grant has ended in the
    /// meantime.
    pub fn take<M: ApprovedArgument>(
        &self,
        approved: M,
        facts: impl FnOnce() -> Facts,
    ) -> impl Future<Output = Result<(M, Grant), Answer>> {
        // The future does not hold what was extracted.
        let BoundRequest { admission, requirement, .. } = &self.request;
        let read = admission.mfa().read_approved(requirement, approved.action(), &self.claims);
        drop(approved);
        async move {
            let (action, digest) = match read {
                Ok(read) => read,
                Err(error) => return Err(self.request.invalid(&error, &facts())),
            };
            let denial = if self.claims.has(&digest) {
                match self.consume(&digest, &action).await {
                    Ok(Decision::Granted(grant)) => return Ok((M::of_action(action), self.passed(grant))),
                    Ok(Decision::Denied(denial)) => denial.into(),
                    Err(_) => return Err(self.request.rejected(Kind::Misconfigured, &facts())),
                }
            } else {
                self.request.deny(Reason::Missing)
            };
            Err(Box::pin(self.request.reject(M::of_action(action), denial, &facts())).await)
        }
    }

    async fn consume(&self, digest: &ActionDigest, action: &impl Action) -> Result<Decision, Misconfigured> {
        let Self { request: BoundRequest { admission, requirement, tokens }, claims } = self;
        let (caller, token) = (admission.caller(), tokens.by_approval());
        admission.mfa().consume_bound(caller, requirement, digest, &|| action.words(), &token, claims).await
    }

    /// Records that the request has consumed its grant.
    fn passed(&self, grant: Grant) -> Grant {
        let consumed = Consumed::Bound(*self.request.requirement.scope());
        self.request.admission.note_consumed(consumed);
        grant
    }
}

impl NamedClaim {
    /// Returns the request of the claim.
    pub const fn request(&self) -> &BoundRequest {
        self.claim.request()
    }

    /// Returns the value that the request has named.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request for a handler with another type of value, or with a type that has changed since.
    pub fn value<M: ApprovedArgument>(&self, facts: &Facts) -> Result<M, Answer> {
        let request = self.request();
        let action = request.admission.mfa().read_kept(&self.action);
        action.map(M::of_action).ok_or_else(|| request.over(Some(&self.action.approval.id), false, facts))
    }

    /// Lets the request pass with the value that it has named. Call this immediately before the handler.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request whose grant has ended in the meantime.
    pub async fn take<M: ApprovedArgument>(&self, approved: M, facts: &Facts) -> Result<(M, Grant), Answer> {
        let Self { claim, action } = self;
        let (request, approval) = (self.request(), &action.approval);
        match claim.consume(&approval.digest, approved.action()).await {
            Ok(Decision::Granted(grant)) => Ok((approved, claim.passed(grant))),
            // A request at the same time was first.
            Ok(Decision::Denied(_)) if request.was_consumed(&approval.id).await => {
                Err(request.over(Some(&approval.id), true, facts))
            }
            Ok(Decision::Denied(denial)) => Err(request.unapproved(denial, &approval.id, facts)),
            Err(_) => Err(request.rejected(Kind::Misconfigured, facts)),
        }
    }
}
