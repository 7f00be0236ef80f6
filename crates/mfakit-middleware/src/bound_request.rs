//! Request for a bound requirement, and the answers that reject it.

use mfakit_core::{
    ActionError, Denial, Misconfigured, Reason, Requirement, Subject,
    action::ApprovalId,
    adapter::{
        BoundAtOnce, BoundCheck, GrantTokens, MfaBoundExt as _, MfaExt as _, PendingDenial, with_timeout,
    },
};

use crate::{
    admission::Admission,
    answer::Answer,
    approved_argument::ApprovedArgument,
    bound_cookie::BoundTokens,
    conclusion::Needed,
    facts::{Facts, Method},
    problem::Kind,
    respond::{self, Awaited},
};

/// Request for a bound requirement, whose caller is known.
#[derive(Clone, Debug)]
pub struct BoundRequest {
    pub(crate) admission: Admission,
    pub(crate) requirement: Requirement,
    pub(crate) tokens: BoundTokens,
}

/// Request without a grant that counts. Its value is kept, and then it is rejected.
#[derive(Debug)]
#[must_use = "a request without a grant is rejected"]
pub struct Unproven {
    request: BoundRequest,
    denial: PendingDenial,
}

impl BoundRequest {
    pub(crate) fn caller(&self) -> Option<&Subject> {
        self.admission.caller()
    }

    pub(crate) async fn check(&self) -> Result<BoundCheck, Misconfigured> {
        let Self { admission, requirement, tokens } = self;
        let (mfa, token) = (admission.mfa(), tokens.by_approval());
        let tokens: &GrantTokens<'_> = &token;
        match mfa.check_bound_at_once(self.caller(), requirement, tokens, mfa.try_now()?) {
            BoundAtOnce::Decided(decided) => decided,
            BoundAtOnce::Undecided => Box::pin(mfa.check_bound(self.caller(), requirement, tokens)).await,
        }
    }

    /// Rejects a request whose value is not approved, and keeps the value.
    pub(crate) async fn reject<M: ApprovedArgument>(
        &self,
        approved: M,
        denial: PendingDenial,
        facts: &Facts,
    ) -> Answer {
        let Self { admission, requirement, .. } = self;
        // A form can only repeat a `POST`.
        let target = Some(facts.target.as_str()).filter(|_| facts.method == Method::Post);
        let answer = admission.propose(requirement, approved.action(), target, denial, facts).await;
        admission.mark_rejected(answer)
    }

    /// Reports that another argument reads the body, which is then not approved.
    #[cfg(feature = "actix")]
    pub(crate) fn other_reads_body(&self, facts: &Facts) -> Answer {
        let what = "an argument before the one with #[approve] reads the request's body, which is then not approved: put \
                    everything into the approved value";
        self.admission.mark_rejected(self.admission.misconfigured(facts, Misconfigured::new(what)))
    }

    pub(crate) fn deny(&self, reason: Reason) -> PendingDenial {
        self.admission.mfa().deny_bound(self.caller(), &self.requirement, reason)
    }

    pub(crate) fn denied(&self, denial: Denial, approval: Option<Awaited>, facts: &Facts) -> Answer {
        self.admission.mark_rejected(self.admission.denied(denial, Needed::Bound(approval), facts))
    }

    /// Answers a request whose approval does not count. The answer names the approval if a code helps.
    pub(crate) fn unapproved(&self, denial: Denial, approval: &ApprovalId, facts: &Facts) -> Answer {
        let approval = self.admission.helps(&denial).then(|| Awaited::from(*approval));
        self.denied(denial, approval, facts)
    }

    pub(crate) fn invalid(&self, error: &ActionError, facts: &Facts) -> Answer {
        self.admission.mark_rejected(self.admission.invalid_action(error, facts))
    }

    /// Returns whether the grant of an approval was consumed. It only selects an answer, so a failure counts as
    /// `false`.
    pub(crate) async fn was_consumed(&self, approval: &ApprovalId) -> bool {
        let Some(subject) = self.caller() else { return false };
        let scope = self.requirement.scope();
        self.admission.mfa().is_consumed(subject, scope, approval).await.unwrap_or_default()
    }

    pub(crate) fn rejected(&self, kind: Kind, facts: &Facts) -> Answer {
        self.admission.mark_rejected(self.admission.reject(self.caller(), facts, kind))
    }

    /// Answers a request whose approval is over, or was never this session's.
    pub(crate) fn over(&self, approval: Option<&ApprovalId>, is_consumed: bool, facts: &Facts) -> Answer {
        let Self { admission, requirement, .. } = self;
        let (mfa, caller) = (admission.mfa(), self.caller());
        admission.mark_answered();
        let answer = respond::approval_over(mfa, requirement, approval, is_consumed, caller, facts);
        admission.mark_rejected(admission.shape(answer))
    }
}

impl Unproven {
    pub(crate) const fn new(request: BoundRequest, denial: PendingDenial) -> Self {
        Self { request, denial }
    }

    /// Waits for the marked argument, within the time limit of a call.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request whose body did not arrive in time.
    pub async fn in_time<T>(
        &self,
        extracting: impl Future<Output = T>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<T, Answer> {
        with_timeout(extracting).await.ok_or_else(|| {
            let answer = self.request.rejected(Kind::BodyTooSlow, &facts());
            // The client has already stalled for the whole time limit, so its body is not drained.
            self.request.admission.unmark_answered();
            answer
        })
    }

    /// Keeps the value of the request, and rejects it.
    pub async fn reject<M: ApprovedArgument>(self, approved: M, facts: &Facts) -> Answer {
        let Self { request, denial } = self;
        request.reject(approved, denial, facts).await
    }
}
